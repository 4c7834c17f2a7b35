"""Who asks: a key in the header `Authorization`, or a session of somebody who is signed in.

Both come out as somebody whom `reforms.roles` can ask; nobody at all is an AnonymousUser.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.request import Request

from reforms import keys
from reforms.api import throttling
from reforms.models import Key

REALM = 'Bearer realm="reform-tracker"'


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer rt_…`, and no other way: an address ends up in logs and histories.

    A key that lets nobody in is refused everywhere, also where reading needs none: whoever sends
    one wants to know.
    """

    def authenticate(self, request: Request) -> tuple[Key, Key] | None:
        header = request.headers.get("Authorization")
        if header is None:
            return None
        throttling.refuse_guesses(request)
        scheme, _, text = header.strip().partition(" ")
        try:
            if scheme.lower() != "bearer":
                raise keys.KeyRefused(
                    "The header Authorization is written as: Bearer, a blank, and the key."
                )
            key = keys.find(text.strip())
        except keys.KeyRefused as refusal:
            throttling.count_failure(request)
            raise exceptions.AuthenticationFailed(str(refusal)) from None
        keys.note_use(key)
        return key, key

    def authenticate_header(self, request: Request) -> str:
        return REALM


# Where answers differ by who asks. Elsewhere no session is looked at, so that caches may answer.
ANYBODY: list[type[BaseAuthentication]] = [KeyAuthentication, SessionAuthentication]


class Discreet:
    """A view whose answers to a key or a session are kept by no cache."""

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """Mark the answer as private where somebody is known to have asked."""
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if request.user.is_authenticated:
            response["Cache-Control"] = "private, no-store"
        return response


class KeyScheme(OpenApiAuthenticationExtension):
    """A key, as OpenAPI describes it."""

    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "rt_…",
            "description": "A key of an organisation; curators issue them.",
        }
