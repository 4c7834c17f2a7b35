"""How far programmes are: their reforms with their counts, and all of them together."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from reforms.api.changes import CorrectionViewSet
from reforms.api.views import ProgrammeViewSet, ReformViewSet
from reforms.pages import counts, illustrations, paging
from reforms.pages.asking import Answer, Asking
from reforms.pages.feeds import feeds_of
from reforms.pages.page import Page

MOST = 200  # reforms on one page


def progress(reforms: Iterable[Answer]) -> list[dict[str, Any]]:
    """Each programme of the reforms, which embed it: its numbered directions, and what is apart.

    The counts of a programme are of its numbered directions alone.
    """
    found = []
    for _, those in groupby(reforms, key=lambda one: one["programme"]["id"]):
        rows = list(those)
        numbered = [one for one in rows if one["numbered"]]
        found.append(
            {
                "programme": rows[0]["programme"],
                "directions": numbered,
                "counts": counts.together(one["promises"] for one in numbered),
                "apart": [one for one in rows if not one["numbered"]],
            }
        )
    return found


def last_corrections(page: Page, ask: Asking, most: int, **about: str) -> list[Answer]:
    """The newest corrections of the record, as it was at the moment that the page is about."""
    cursor = ""
    if page.clocks.sequence is not None:
        cursor = paging.beyond("correction", page.clocks.sequence + 1, about)
    answer = ask.list(CorrectionViewSet, limit=most, cursor=cursor, **about)
    rows: list[Answer] = answer["results"]
    return rows


class Programme(Page):
    """One programme: all of its reforms, and how far they are."""

    template = "pages/programme.html"
    parameters = ("cursor",)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        programme = ask.ask(
            ProgrammeViewSet,
            "retrieve",
            {"expand": "lead_organisation,announced_by"},
            pk=kwargs["pk"],
        )
        reforms = ask.list(
            ReformViewSet,
            programme=kwargs["pk"],
            expand="programme",
            limit=MOST,
            cursor=self.given.get("cursor", ""),
        )
        found = progress(reforms["results"])
        return {
            "title": programme["title"],
            "description": programme["summary"] or f"What became of “{programme['title']}”.",
            "programme": programme,
            "one": found[0] if found else None,
            "feeds": feeds_of("programme", kwargs["pk"], programme["title"]),
            "card_of": ("programme", kwargs["pk"]),
            **illustrations.over_time(ask, "programme", kwargs["pk"]),
            "part": bool(reforms["next"] or reforms["previous"]),
            "pager": paging.links(self, reforms),
        }
