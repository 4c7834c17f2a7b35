"""One promise: what was promised, what became of it, who says so, and on what evidence."""

from typing import Any

from reforms.api.clocks import CLOCKS
from reforms.api.views import AssessmentViewSet, PromiseViewSet, TimelineViewSet
from reforms.dates import PartialDate
from reforms.pages import illustrations, paging
from reforms.pages.asking import Answer, Asking
from reforms.pages.chosen import ChosenPromises
from reforms.pages.feeds import feeds_of
from reforms.pages.linked_data import claim_reviews
from reforms.pages.page import Page
from reforms.vocabulary import Status

UPDATES = 20  # on one page of the timeline
VIEWS = 20
RELATED = 12


class Promise(Page):
    """One concrete proposal with all that the record says of it."""

    template = "pages/promise.html"
    parameters = ("cursor",)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        key = kwargs["pk"]
        wanted = {"omit": "updates", "expand": "programme,reform,bodies,topics"}
        promise = ask.ask(PromiseViewSet, "retrieve", wanted, pk=key)
        views = ask.ask(AssessmentViewSet, "list", {}, promise=key)["results"]
        timeline = ask.ask(
            TimelineViewSet,
            "list",
            {
                "limit": UPDATES,
                "expand": "organisation",
                "cursor": self.given.get("cursor", ""),
            },
            promise=key,
        )
        title = promise["title"] or key
        programme, reform = _object(promise["programme"]), _object(promise["reform"])
        return {
            "title": title,
            "description": _described(promise),
            "og_type": "article",
            "crumbs": [
                (self.to("home"), "All reforms"),
                (self.to("programme", programme["id"]), programme["title"] or programme["id"]),
                (self.to("reform", reform["id"]), reform["title"] or reform["id"]),
            ],
            "promise": promise,
            "programme": programme,
            "reform": reform,
            "responsible": [
                one["body"] for one in promise["bodies"] if one["role"] == "responsible"
            ],
            "affected": [one["body"] for one in promise["bodies"] if one["role"] == "affected"],
            "relations": self._relations(ask, promise["relations"]),
            "views": views[:VIEWS],
            "views_left": len(views) - VIEWS,
            "saying": [one for one in views if one["headline"]],
            "dissenting": [one for one in views if one["dissents"]],
            "timeline": timeline["results"],
            "drawn": self._drawn(promise, views, timeline),
            "pager": paging.links(self, timeline, "#timeline"),
            "neighbours": self._neighbours(ask, promise, reform["id"]),
            "cite": self._citation(promise, title),
            "feeds": feeds_of("promise", key, title),
            "card_of": ("promise", key),
            "linked_data": claim_reviews(
                promise, views[:VIEWS], programme, self.origin + self.request.path
            ),
            "replies_template": ["pages/promise/replies.html", "pages/promise/no_replies.html"],
        }

    def _drawn(self, promise: Answer, views: list[Answer], timeline: Answer) -> Any:
        """The timeline as a picture, where this page has all of it; later pages go on in words."""
        if timeline["next"] or timeline["previous"]:
            return ""
        return illustrations.timeline(self.clocks, promise, views, timeline["results"])

    def _relations(self, ask: Asking, relations: list[Answer]) -> list[dict[str, Any]]:
        """The first related promises, each as far as the record still has it."""
        relations = relations[:RELATED]
        if not relations:
            return []
        these = ",".join(one["promise"] for one in relations)
        fields = {"fields": "id,title,status,language"}
        rows = ask.ask(ChosenPromises, "list", fields, chosen=these)["results"]
        known = {row["id"]: row for row in rows}
        return [
            {"kind": one["kind"], "id": one["promise"], "promise": known.get(one["promise"])}
            for one in relations
        ]

    def _neighbours(self, ask: Asking, promise: Answer, reform: str) -> dict[str, Answer]:
        """The promises before and after it in its reform."""
        clocks = {name: self.carried[name] for name in CLOCKS if name in self.carried}
        asked = {"reform": reform, **clocks}
        place = _place(reform, promise["number"])
        found = {}
        for name, backwards in (("previous", True), ("next", False)):
            cursor = paging.beyond("promise", place, asked, backwards)
            answer = ask.list(
                PromiseViewSet, reform=reform, cursor=cursor, limit=1, fields="id,title,language"
            )
            if answer["results"]:
                [found[name]] = answer["results"]
        return found

    def _citation(self, promise: Answer, title: str) -> dict[str, Any]:
        """How somebody cites what this page says, apart from its address."""
        status = Status(promise["status"]).label.lower()
        since = f" since {promise['status_since']}" if promise["status_since"] else ""
        verified = promise["verification"].replace("_", " ")
        told = f"{status}{since}" + (f" ({verified})" if promise["verification"] != "none" else "")
        day = f", as of {self.clocks.as_of}" if self.clocks.as_of else ""
        return {
            "title": title,
            "said": told + (", contested" if promise["contested"] else "") + day,
            "recorded_at": self.clocks.recorded_at or self.head.recorded_at,
        }


def _place(reform: str, number: int) -> str:
    """Where the promise stands in the order of all: it is the key of the API's list."""
    programme, _, direction = reform.rpartition("-")
    return f"{programme}-{int(direction):03d}-{number:05d}"


def _object(one: Any) -> Answer:
    """What was embedded; what was withdrawn is an id."""
    return one if isinstance(one, dict) else {"id": one, "title": one}


def _described(promise: Answer) -> str:
    status = Status(promise["status"]).label
    since = (
        f" since {PartialDate.parse(promise['status_since'])}" if promise["status_since"] else ""
    )
    return f"{status}{since}. {promise['statement'] or promise['title'] or ''}".strip()
