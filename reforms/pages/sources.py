"""Sources and their publishers: what documents there are, and what rests on each."""

from typing import Any

from reforms.api.actions import UpdateViewSet
from reforms.api.sources import SourceViewSet
from reforms.api.views import PromiseViewSet, PublisherViewSet
from reforms.pages.asking import Answer, Asking
from reforms.pages.listing import CURSOR, Choice, Context, Listing, filters_of, undated
from reforms.pages.places import carrying
from reforms.vocabulary import PublisherType, SourceKind

PROMISES = 25  # promises on one page of a source
MOST = 200  # rows of a list that is shown whole, as far as the API goes at once


class SourceList(Listing):
    """All sources that something public cites."""

    template = "pages/record/sources.html"
    view = SourceViewSet
    expand = "publisher"
    parameters = (*filters_of(SourceViewSet), "ordering", CURSOR)
    terms = {"kind": ("Kind", SourceKind)}
    days = {"published_after": "Published on or after", "published_before": "on or before"}

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            "title": "Sources",
            "description": "The documents on which the record rests: each is cited by something"
            " public.",
            **self.rows(undated(ask)),
        }

    def choices(self) -> Any:
        yield from super().choices()
        orders = (
            ("", "by id"),
            ("-published_on", "newest first"),
            ("published_on", "oldest first"),
        )
        yield Choice("ordering", "Order", self.given.get("ordering", ""), orders)


class SourcePage(Context):
    """One source, the promises that rest on it, and the passages that they cite."""

    template = "pages/record/source.html"
    parameters = (CURSOR,)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        pk, now = kwargs["pk"], undated(ask)
        source = now.ask(SourceViewSet, "retrieve", {"expand": "publisher"}, pk=pk)
        title = source["title"] or pk
        return {
            "title": title,
            "description": f"{title}: what the record says of this source, and what rests on it.",
            "crumbs": [(carrying("/sources/", self.given), "Sources")],
            "source": source,
            **self._editions(now, pk),
            **(self._citing_then(ask, pk) if self.known_at else self._citing(ask, pk)),
        }

    def _editions(self, ask: Asking, pk: str) -> dict[str, Any]:
        # Which edition belongs to which may have been edited since: it is asked about now alone.
        if self.known_at:
            return {}
        return {"editions": ask.list(SourceViewSet, edition_of=pk, limit=MOST)["results"]}

    def _citing(self, ask: Asking, pk: str) -> dict[str, Any]:
        answer = ask.list(
            PromiseViewSet,
            source=pk,
            expand="citations,updates",
            limit=PROMISES,
            count="true",
            cursor=self.given.get(CURSOR, ""),
        )
        return {
            "count": answer["count"],
            "promises": [resting_on(promise, pk) for promise in answer["results"]],
            "turned": self.turned(answer),
        }

    def _citing_then(self, ask: Asking, pk: str) -> dict[str, Any]:
        """Status updates alone, because what promises cite may have been edited since."""
        answer = ask.list(
            UpdateViewSet,
            source=pk,
            expand="promise",
            limit=PROMISES,
            count="true",
            cursor=self.given.get(CURSOR, ""),
        )
        return {
            "count": answer["count"],
            "updates": answer["results"],
            "turned": self.turned(answer),
        }


def resting_on(promise: Answer, source: str) -> Answer:
    """A promise with what of it rests on a source: `own` citations, and `updates` with theirs."""
    updates = [
        {**update, "citations": _of(update["citations"], source)} for update in promise["updates"]
    ]
    return {
        "promise": promise,
        "own": _of(promise["citations"], source),
        "updates": [update for update in updates if update["citations"]],
    }


def _of(citations: list[Answer], source: str) -> list[Answer]:
    return [one for one in citations if one["source"]["id"] == source]


class PublisherList(Listing):
    """Who published what the record cites."""

    template = "pages/record/publishers.html"
    view = PublisherViewSet
    limit = 100
    parameters = (*filters_of(PublisherViewSet), CURSOR)
    terms = {"type": ("Type", PublisherType)}

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            "title": "Publishers",
            "description": "Who published the documents that the record cites, and what sort of"
            " publisher each is.",
            "crumbs": [(carrying("/sources/", self.given), "Sources")],
            **self.rows(undated(ask)),
        }


class PublisherPage(Context):
    """One publisher and its sources."""

    template = "pages/record/publisher.html"
    parameters = (CURSOR,)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        pk, now = kwargs["pk"], undated(ask)
        publisher = now.one(PublisherViewSet, pk=pk)
        name = publisher["name"] or pk
        told = {
            "title": name,
            "description": f"{name}: what sort of publisher it is, and which documents of it the"
            " record cites.",
            "crumbs": [
                (carrying("/sources/", self.given), "Sources"),
                (carrying("/publishers/", self.given), "Publishers"),
            ],
            "publisher": publisher,
        }
        # A source's publisher may have been corrected since: it is asked about now alone.
        return told if self.known_at else {**told, **self._sources(now, pk)}

    def _sources(self, ask: Asking, pk: str) -> dict[str, Any]:
        cursor = self.given.get(CURSOR, "")
        answer = ask.list(SourceViewSet, publisher=pk, limit=50, count="true", cursor=cursor)
        return {
            "rows": answer["results"],
            "count": answer["count"],
            "turned": self.turned(answer),
        }
