"""The ledger for readers: the history of a promise, corrections, and every change."""

from typing import Any
from urllib.parse import urlencode

from reforms.api.changes import ChangeViewSet, CorrectionViewSet, HistoryViewSet
from reforms.api.entry_filters import Correction, FeedFilters, ObjectType, PromiseObjectType
from reforms.api.errors import Gone
from reforms.api.views import PromiseViewSet
from reforms.pages.asking import Asking
from reforms.pages.listing import CURSOR, Listing, filters_of, timeless
from reforms.vocabulary import EntryAction

ENTRIES = 50  # entries on one page


class EntryList(Listing):
    """Entries are of every moment, so that no clock is set for them."""

    dated = False
    limit = ENTRIES
    days = {"recorded_since": "Recorded on or after"}


class History(EntryList):
    """What the record said of one promise, change by change, newest first."""

    template = "pages/record/history.html"
    view = HistoryViewSet
    parameters = (*filters_of(HistoryViewSet), CURSOR)
    terms = {"type": ("About", PromiseObjectType), "action": ("What happened", EntryAction)}

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        pk = kwargs["pk"]
        asked = {name: self.given[name] for name in self.parameters if name in self.given}
        answer = timeless(ask).ask(HistoryViewSet, "list", {**asked, "limit": ENTRIES}, promise=pk)
        title, withdrawn = pk, False
        try:
            promise = ask.ask(PromiseViewSet, "retrieve", {"fields": "title"}, pk=pk)
            title = promise["title"] or pk
        except Gone:
            withdrawn = True
        return {
            "title": f"History of “{title}”",
            "description": f"What the record said of “{title}”, change by change, with reasons.",
            "crumbs": [] if withdrawn else [(f"/promises/{pk}/", title)],
            "withdrawn": withdrawn,
            "promise_id": pk,
            "rows": answer["results"],
            "turned": self.turned(answer),
            "choices": list(self.choices()),
            "narrowed": self.narrowed(),
            "hidden": self.hidden(),
        }


class Corrections(EntryList):
    """What was taken back or said differently, and why, newest first."""

    template = "pages/record/corrections.html"
    view = CorrectionViewSet
    parameters = (*filters_of(CorrectionViewSet), CURSOR)
    terms = {"action": ("What happened", Correction), "type": ("About", ObjectType)}

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            "title": "Corrections",
            "description": "What the record took back or said differently, and why, newest first.",
            "meanings": Correction.meanings(),
            **self.rows(timeless(ask)),
        }


class Changes(EntryList):
    """The ledger itself, in its order: its end, unless another place or a filter is asked for."""

    template = "pages/record/changes.html"
    view = ChangeViewSet
    parameters = tuple(FeedFilters.base_filters)
    terms = {"action": ("What happened", EntryAction), "type": ("About", ObjectType)}
    days = {}

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        asked = {name: self.given[name] for name in self.parameters if name in self.given}
        last = self.head.sequence
        if not asked:
            asked["after"] = str(max(0, last - ENTRIES))
        answer = timeless(ask).list(self.view, limit=ENTRIES, **asked)
        rows = answer["results"]
        after = int(asked.get("after", "0"))
        turned = {}
        if len(rows) == ENTRIES and rows[-1]["sequence"] < last:
            turned["next"] = self._after(rows[-1]["sequence"])
        if after and not self.narrowed():
            turned["previous"] = self._after(max(0, after - ENTRIES))
        return {
            "title": "Changes",
            "description": "Every public change of the record, in order: the ledger.",
            "rows": rows,
            "turned": turned,
            "choices": list(self.choices()),
            "narrowed": self.narrowed(),
            "hidden": self.hidden(),
        }

    def narrowed(self) -> dict[str, str]:
        return {name: value for name, value in super().narrowed().items() if name != "after"}

    def hidden(self) -> dict[str, str]:
        return {name: value for name, value in super().hidden().items() if name != "after"}

    def _after(self, sequence: int) -> str:
        return f"{self.request.path}?{urlencode({**self.given, 'after': sequence})}"
