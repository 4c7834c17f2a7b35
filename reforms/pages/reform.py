"""One reform: how far it is, and its promises in their order."""

from typing import Any

from reforms.api.views import ReformViewSet
from reforms.pages import illustrations, paging
from reforms.pages.asking import Asking
from reforms.pages.feeds import feeds_of
from reforms.pages.page import Page
from reforms.pages.promises import ROW, ROWS, ListedPromises


class Reform(Page):
    """One direction of a programme with its promises."""

    template = "pages/reform.html"
    parameters = ("cursor",)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        key = kwargs["pk"]
        reform = ask.ask(ReformViewSet, "retrieve", {"expand": "programme"}, pk=key)
        promises = ask.list(
            ListedPromises,
            reform=key,
            fields=ROW,
            limit=ROWS,
            cursor=self.given.get("cursor", ""),
        )
        programme = reform["programme"]
        title = reform["title"] or key
        return {
            "title": title,
            "description": reform["summary"] or f"What became of “{title}”: promise by promise.",
            "crumbs": [
                (self.to("home"), "All reforms"),
                (self.to("programme", programme["id"]), programme["title"]),
            ],
            "reform": reform,
            "programme": programme,
            "counts": reform["promises"],
            "aspirations": reform["promises"]["total"] - reform["promises"]["checkable"],
            **illustrations.over_time(ask, "reform", key),
            "promises": promises["results"],
            "feeds": feeds_of("reform", key, title),
            "card_of": ("reform", key),
            "pager": paging.links(self, promises),
        }
