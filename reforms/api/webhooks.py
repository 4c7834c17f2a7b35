"""Webhooks over HTTP: an organisation subscribes, looks after its subscriptions, and sees its log.

None of it is for anybody else: it needs the scope `webhooks`, and what is another's is not there.
"""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.urls import reverse
from rest_framework import exceptions
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from reforms import ledger, roles, submissions, webhooks
from reforms.api import permissions
from reforms.api import question as questions
from reforms.api.authentication import ANYBODY, Discreet
from reforms.api.bodies import JSON, Body, read_json
from reforms.api.question import Askable, Question
from reforms.api.serializers.submission import sent
from reforms.api.serializers.webhook import AskedSerializer, WebhookSerializer
from reforms.api.webhook_shapes import (
    CHANGE,
    ENABLING,
    NOTHING,
    OVERLAP_HOURS,
    REPLAY,
    ROTATION,
    SUBSCRIPTION,
    ResumeFrom,
)
from reforms.api.writing import Answer, Write, WriteMixin
from reforms.models import DisabledBy, Webhook
from reforms.scopes import Scope
from reforms.submissions.complaints import Place
from reforms.submissions.shapes import Shape

_NOBODY = (
    "Webhooks are shown to their organisation only: send a key with the scope webhooks, as"
    " “Authorization: Bearer rt_…”."
)
_EXAMPLE = {
    "name": "our newsroom",
    "url": "https://newsroom.example/hooks/reforms",
    "filters": {"type": ["update"], "action": ["publish", "retract"]},
}


def demand(request: Request) -> None:
    """Raise unless whoever asks may look after webhooks."""
    if not request.user.is_authenticated:
        raise exceptions.NotAuthenticated(_NOBODY)
    permissions.demand_scope(request.user, Scope.WEBHOOKS)


def own(request: Request, pk: str) -> Webhook:
    """The webhook of an organisation for which whoever asks speaks; to others it is not there."""
    mine = Webhook.objects.filter(organisation__in=roles.organisations_of(request.user))
    try:
        return mine.get(pk=uuid.UUID(pk))
    except (Webhook.DoesNotExist, ValueError):
        raise Http404(f"You have no webhook {pk}.") from None


class AllOfThem(BasePagination):
    """How the list is documented: it is short, and always whole."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {"type": "object", "required": ["results"], "properties": {"results": schema}}


class _Private(Discreet, GenericViewSet[Webhook]):
    """What reading and writing share."""

    queryset = Webhook.objects.all()
    serializer_class = WebhookSerializer
    pagination_class = AllOfThem
    filter_backends = ()
    lookup_value_regex = "[0-9a-f-]+"
    authentication_classes = ANYBODY
    private = True

    question: Question

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.action:
            demand(request)
            self.question = questions.read(request._request.GET, "", self.askable())

    def askable(self) -> Askable:
        """Nothing is asked but, by the mixin, `dry_run`."""
        return Askable("webhook", spoken=False)


def _write(shape: Shape, example: Any, **more: Any) -> Write:
    return Write({JSON: shape.schema()}, example, needs_body=False, **more)


class WebhookViewSet(WriteMixin, _Private):
    """Webhooks of one's own organisation: where changes of the record are sent."""

    http_method_names = ["get", "head", "post", "patch", "delete"]
    writes = {
        "create": Write(
            {JSON: sent(SUBSCRIPTION)}, _EXAMPLE, statuses=(201,), answer=WebhookSerializer
        ),
        "change": Write({JSON: CHANGE.schema()}, {"filters": {}}, answer=WebhookSerializer),
        "delete": Write({}),
        "rotate_secret": _write(ROTATION, {"overlap_hours": 48}, answer=WebhookSerializer),
        "enable": _write(ENABLING, {"resume_from": "now"}, answer=WebhookSerializer),
        "disable": _write(NOTHING, {}, answer=WebhookSerializer),
        "replay": Write({JSON: REPLAY.schema()}, {"after": 1200}, answer=AskedSerializer),
        "ping": _write(NOTHING, {}, answer=AskedSerializer),
    }

    # Reading

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """All webhooks of your organisation, in the order of their names."""
        mine = Webhook.objects.filter(organisation__in=roles.organisations_of(request.user))
        return Response({"results": [self.row(one) for one in mine.order_by("name", "pk")]})

    def retrieve(self, request: Request, pk: str) -> Response:
        """One webhook: where it stands, and whether it is failing or disabled."""
        return Response(self.row(own(request, pk)))

    def row(self, webhook: Webhook) -> dict[str, Any]:
        """A webhook as it is answered."""
        webhook.head = ledger.head().sequence  # type: ignore[attr-defined]
        path = reverse("webhook-detail", args=[webhook.pk])
        webhook.api_url = self.request.build_absolute_uri(path)  # type: ignore[attr-defined]
        return dict(WebhookSerializer(webhook).data)

    # Writing

    def create(self, request: Request) -> HttpResponse:
        """Subscribe. The secret is in this answer and in no other."""
        body = read_json(request)
        given = dict(body.value)
        named = given.pop("organisation", None)
        read = _read(SUBSCRIPTION, given)
        # Looking up a name takes time: nobody shall wait at the ledger for it.
        webhooks.vet(read["url"])

        def act() -> Answer:
            organisation = permissions.contributor(request.user, named)
            read["filters"] = read.get("filters") or {}
            origin = request.build_absolute_uri("/").rstrip("/")
            made, secret = webhooks.subscribe(organisation, origin=origin, **read)
            row = self.row(made)
            return Answer(201, row, {"Location": row["api_url"]}, once={"secret": secret})

        return self.perform(body, act)

    def change(self, request: Request, pk: str) -> HttpResponse:
        """Change its name, its address or its filters as a whole: only what is given changes."""
        body = read_json(request)
        read = _read(CHANGE, body.value)
        if "url" in read:
            webhooks.vet(read["url"])
        if "filters" in read:
            read["filters"] = read["filters"] or {}
        return self.take(pk, body, lambda one: webhooks.change(one, **read))

    def delete(self, request: Request, pk: str) -> HttpResponse:
        """Unsubscribe, and forget the log."""
        webhook = own(request, pk)

        def act() -> Answer:
            webhooks.delete(webhook)
            return Answer(204, {})

        answer = self.perform(Body(JSON, ""), act)
        if answer.status_code == 204:
            answer.content = b""
        return answer

    def rotate_secret(self, request: Request, pk: str) -> HttpResponse:
        """Get another secret, in this answer alone; the old one signs as well for a while."""
        body = read_json(request, optional=True)
        hours = _read(ROTATION, body.value).get("overlap_hours", OVERLAP_HOURS)

        def act() -> Answer:
            webhook = own(request, pk)
            secret = webhooks.rotate(webhook, timedelta(hours=hours))
            return Answer(200, self.row(webhook), once={"secret": secret})

        return self.perform(body, act)

    def enable(self, request: Request, pk: str) -> HttpResponse:
        """Send events again: those that were missed first, or only what comes from now on."""
        body = read_json(request, optional=True)
        word = _read(ENABLING, body.value).get("resume_from")
        return self.take(pk, body, lambda one: webhooks.enable(one, skip=word == ResumeFrom.NOW))

    def disable(self, request: Request, pk: str) -> HttpResponse:
        """Send nothing until it is enabled again."""
        body = read_json(request, optional=True)
        _read(NOTHING, body.value)
        return self.take(pk, body, lambda one: webhooks.disable(one, DisabledBy.OWNER))

    def replay(self, request: Request, pk: str) -> HttpResponse:
        """Have events sent again, with the same ids: one, or all that match behind an entry."""
        body = read_json(request)
        read = _read(REPLAY, body.value)
        if len(read) != 1:
            place = Place()
            place.complain("missing", "Give either after or sequence.", allowed=REPLAY.names)
            place.refuse()

        def ask(webhook: Webhook) -> str | None:
            if "sequence" in read:
                return webhooks.send_again(webhook, read["sequence"])
            webhooks.go_back(webhook, read["after"])
            return None

        return self.ask(pk, body, ask)

    def ping(self, request: Request, pk: str) -> HttpResponse:
        """Have a message sent that is about nothing, also while it is disabled."""
        body = read_json(request, optional=True)
        _read(NOTHING, body.value)
        return self.ask(pk, body, webhooks.ping)

    def take(self, pk: str, body: Body, act: Callable[[Webhook], None]) -> HttpResponse:
        """Do something to a webhook, and answer with what it is then."""

        def write() -> Answer:
            webhook = own(self.request, pk)
            act(webhook)
            return Answer(200, self.row(webhook))

        return self.perform(body, write)

    def ask(self, pk: str, body: Body, act: Callable[[Webhook], str | None]) -> HttpResponse:
        """Ask for messages, and answer with what will be sent."""

        def write() -> Answer:
            webhook = own(self.request, pk)
            message = act(webhook)
            return Answer(200, {"message": message, "position": webhook.position})

        return self.perform(body, write)


def _read(shape: Shape, value: Any) -> dict[str, Any]:
    """What was sent; raise SubmissionRefused with all that is wrong with it."""
    place = Place()
    read = shape.read(value, place) or {}
    if place.complaints:
        raise submissions.SubmissionRefused(place.complaints)
    return {name: one for name, one in read.items() if one is not None or name == "filters"}
