"""The entrance: what there is to read."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from reforms.api import exports
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
# For readers of news; they are pages.
FEEDS = {"feeds/updates": "pages:updates-feed", "feeds/corrections": "pages:corrections-feed"}
EXPORTS = tuple(f"export-{view.table}" for view in exports.EXPORTS)
STATISTICS = ("statistics", "statistics-timeseries", "statistics-agreement")


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
        addresses = [reverse(view) for view in views]
        # Each is there in other formats, too.
        addresses += [reverse(view, args=["csv"]) for view in EXPORTS]
        addresses.append(reverse("release-list"))
        named = {address.removeprefix(here).rstrip("/"): address for address in addresses}
        named |= {name: reverse(view) for name, view in FEEDS.items()}
        named |= {"schema": reverse("schema"), "docs": reverse("docs")}
        return Response(
            {name: request.build_absolute_uri(address) for name, address in named.items()},
            headers={"Cache-Control": f"public, max-age={MAX_AGE}", "Vary": "Accept"},
        )

    def askable(self) -> Askable:
        return Askable("root", ())
