"""The entrance: what there is to read."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reforms.api import question as questions
from reforms.api.authentication import Discreet
from reforms.api.question import Askable
from reforms.api.reading import MAX_AGE

LISTS = (
    "programme",
    "reform",
    "promise",
    "update",
    "source",
    "publisher",
    "body",
    "topic",
    "organisation",
    "reply",
    "change",
    "correction",
)
STATISTICS = ("statistics-agreement",)
# For readers of news; they are pages.
FEEDS = {"feeds/updates": "pages:updates-feed", "feeds/corrections": "pages:corrections-feed"}


class ApiRoot(Discreet, APIView):
    """The addresses of lists and statistics, of a key's usage, feeds, schema and documentation."""

    http_method_names = ["get", "head"]

    @extend_schema(
        operation_id="root",
        responses={
            200: {
                "type": "object",
                "additionalProperties": {"type": "string", "format": "uri"},
                "example": {"promises": "http://localhost:8000/api/v1/promises/"},
            }
        },
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        questions.read(request._request.GET, "", self.askable())
        here = reverse("api-root")
        views = [*(f"{name}-list" for name in LISTS), *STATISTICS, "webhook-list", "key"]
        names = {reverse(view).removeprefix(here).rstrip("/"): view for view in views}
        addresses = {**names, **FEEDS, "schema": "schema", "docs": "docs"}
        return Response(
            {name: request.build_absolute_uri(reverse(view)) for name, view in addresses.items()},
            headers={"Cache-Control": f"public, max-age={MAX_AGE}", "Vary": "Accept"},
        )

    def askable(self) -> Askable:
        return Askable("root", ())
