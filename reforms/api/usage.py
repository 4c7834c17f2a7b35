"""What a key is, and what it may still ask for."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reforms.api import question as questions
from reforms.api import throttling
from reforms.api.authentication import Discreet, KeyAuthentication
from reforms.api.question import Askable
from reforms.scopes import Scope

LIMITS = ("key-read", "key-write", "key-rows")


class LimitSerializer(serializers.Serializer[Any]):
    """A limit of a key, in the window that is open now."""

    name = serializers.CharField(help_text="As in the headers RateLimit and RateLimit-Policy.")
    limit = serializers.IntegerField(source="quota", help_text="The most in one window.")
    window = serializers.IntegerField(source="seconds", help_text="Its length in seconds.")
    remaining = serializers.IntegerField(
        allow_null=True, help_text="What is left; null while that is not known."
    )
    reset = serializers.IntegerField(help_text="Seconds until the next window.")


class KeyUsageSerializer(serializers.Serializer[Any]):
    """What may be shown of a key."""

    id = serializers.CharField(help_text="The part of the key that may be shown.")
    name = serializers.CharField(help_text="What it is for.")
    organisation = serializers.CharField(
        source="organisation_id", help_text="The id of the organisation that it speaks for."
    )
    scopes = serializers.ListField(
        child=serializers.ChoiceField(choices=Scope.values()), help_text="What it may do."
    )
    programme = serializers.CharField(
        source="programme_id",
        allow_null=True,
        help_text="The id of the only programme that it may write about; null for all.",
    )
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    last_used_at = serializers.DateTimeField(allow_null=True, help_text="To the hour.")
    limits = LimitSerializer(many=True, help_text="What it may still ask for.")


class KeyUsage(Discreet, APIView):
    """The key that asks: what it may do, until when, and how much of its limits is left."""

    http_method_names = ["get", "head"]
    authentication_classes = [KeyAuthentication]
    # Nothing here is for everybody.
    private = True

    @extend_schema(operation_id="key_retrieve", responses={200: KeyUsageSerializer})
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        questions.read(request._request.GET, "", self.askable())
        key: Any = request.auth
        if key is None:
            raise exceptions.NotAuthenticated(
                "This is about the key that asks: send it, as “Authorization: Bearer rt_…”."
            )
        who = throttling.whose(request)
        key.limits = [one for name in LIMITS for one in throttling.look(name, who)]
        return Response(KeyUsageSerializer(key).data)

    def askable(self) -> Askable:
        return Askable("key", ())
