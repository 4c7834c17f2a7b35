"""The list of promises: searched, narrowed by the API's filters, page by page."""

from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from reforms.api.filtersets import PromiseFilters
from reforms.api.pagination import KeysetPagination
from reforms.api.views import PromiseViewSet
from reforms.pages import paging
from reforms.pages.asking import Asking
from reforms.pages.narrowing import Narrowing
from reforms.pages.page import Page

ROWS = 50
MOST = 10_000  # promises that are counted; where there are more, nobody needs to know how many
# What a row of a list of promises shows.
ROW = (
    "id,reform,number,title,commitment,status,status_since,verification,contested,deadline,"
    "timeliness,language"
)


class BoundedPages(KeysetPagination):
    """Pages of a list that is counted no further than anybody reads."""

    def counted(self, queryset: Any) -> int:
        # Sorted first, all of them would be read before the first is counted.
        return int(queryset.order_by().values("pk")[: MOST + 1].count())


class ListedPromises(PromiseViewSet):
    """Promises as a page lists them."""

    basename = "promise"
    pagination_class = BoundedPages


class Promises(Page):
    """Promises that match a search and filters."""

    template = "pages/promises.html"
    parameters = (*PromiseFilters.base_filters, "ordering", "cursor")

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        asked = {name: self.given[name] for name in self.parameters if name in self.given}
        if "search" in asked and self.clocks.sequence is None:
            asked.setdefault("ordering", "relevance")
        answer = ask.list(ListedPromises, fields=ROW, limit=ROWS, count="true", **asked)
        narrowing = Narrowing(self, ask)
        active = list(narrowing.active())
        return {
            "title": f"Promises: “{self.given['search']}”" if "search" in asked else "Promises",
            "description": "Search all promises, by reform, status, evidence, deadline and more.",
            "crumbs": [(self.to("home"), "All reforms")],
            "robots": "noindex, follow" if active or "cursor" in asked else "",
            "promises": answer["results"],
            "count": answer["count"],
            "most": MOST,
            "pager": paging.links(self, answer),
            "narrowing": narrowing,
            "active": active,
            "api_address": self._addressed(reverse("promise-list"), asked),
            "downloads": [
                (self._addressed(reverse("export-promises", args=[extension]), asked), name)
                for extension, name in (("csv", "CSV"), ("xlsx", "spreadsheet"))
            ],
        }

    def _addressed(self, path: str, asked: dict[str, str]) -> str:
        """Where the API answers the same question, one way or another."""
        question = self._question(asked)
        return f"{path}?{urlencode(question)}" if question else path

    def _question(self, asked: dict[str, str]) -> dict[str, str]:
        """What the API is asked, apart from how a page shows it."""
        whole = {**asked, **self.carried}
        return {name: value for name, value in whole.items() if name != "cursor"}
