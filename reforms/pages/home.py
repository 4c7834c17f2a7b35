"""The first page: how far it all is, and what changed last."""

from typing import Any

from django.urls import reverse

from reforms.api.actions import UpdateViewSet
from reforms.api.views import ProgrammeViewSet, ReformViewSet
from reforms.pages.asking import Asking
from reforms.pages.feeds import feeds_of
from reforms.pages.linked_data import website
from reforms.pages.page import Page
from reforms.pages.programmes import MOST, last_corrections, progress
from reforms.vocabulary import ReviewState

UPDATES = 8
CORRECTIONS = 5


class Home(Page):
    """All reforms of all programmes, and what changed last."""

    template = "pages/home.html"

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        reforms = ask.list(ReformViewSet, expand="programme", limit=MOST)
        found = progress(reforms["results"])
        updates = ask.list(
            UpdateViewSet,
            review_state=ReviewState.PUBLISHED.value,
            expand="promise,organisation",
            fields="id,promise,organisation,status,effective_on,published_at",
            limit=UPDATES,
        )
        return {
            "title": "What became of what was promised",
            "description": "Every announced reform, what became of it, who says so and on what"
            " evidence.",
            "programmes": found,
            # The last one may go on behind the reforms that were asked for.
            "cut": found[-1]["programme"]["id"] if reforms["next"] else "",
            "others": self._others(ask, found) if reforms["next"] else [],
            "updates": updates["results"],
            "corrections": last_corrections(self, ask, CORRECTIONS),
            "feeds": feeds_of(),
            "linked_data": [
                website(self.origin, self.origin + reverse("pages:promises") + "?search=")
            ],
        }

    def _others(self, ask: Asking, shown: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Programmes that have no place on this page."""
        known = {one["programme"]["id"] for one in shown}
        answer = ask.list(ProgrammeViewSet, fields="id,title,language", limit=MOST)
        return [one for one in answer["results"] if one["id"] not in known]
