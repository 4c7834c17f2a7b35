"""What the ledger said of objects at each of its entries, as far as verdicts rest on it."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reforms.ledger.comparing import document_in
from reforms.models import LedgerEntry
from reforms.records import Document
from reforms.vocabulary import Basis, EntryAction

_IDS = 500

# What verdicts rest on, of each type of object.
_JUDGED = {
    "programme": ("lead_organisation", "announced_on", "jurisdiction", "time_zone"),
    "publisher": ("type", "country"),
    "source": ("publisher",),
    "promise": ("programme", "kind", "commitment", "deadline"),
    "update": (
        "id",
        "promise",
        "organisation",
        "status",
        "effective_on",
        "assessed_on",
        "review_state",
        "published_at",
        "citations",
    ),
}
_OF_CITATION = ("source", "origin", "stance", "basis")
# What stands for a document that holds none of it: whoever judges by it finds out.
_UNREADABLE: Document = {}
_Key = tuple[str, str]


class Past:
    """What the ledger said of some objects, entry by entry."""

    def __init__(self) -> None:
        self.moments: dict[int, datetime] = {}
        # The sequence of each entry that said something new, and what it said; None: withdrawn.
        self.said: dict[_Key, list[tuple[int, Document | None]]] = defaultdict(list)
        # All entries but those that only withdraw.
        self.entries: dict[_Key, list[int]] = defaultdict(list)

    def read(self, type_: str, ids: Iterable[str]) -> None:
        """Take in the entries about objects of one type."""
        wanted = sorted(id_ for id_ in set(ids) if (type_, id_) not in self.said)
        names = ("sequence", "recorded_at", "action", "object_id", "payload__body")
        for start in range(0, len(wanted), _IDS):
            about = LedgerEntry.objects.filter(
                object_type=type_, object_id__in=wanted[start : start + _IDS]
            )
            for sequence, moment, action, id_, body in about.order_by("sequence").values_list(
                *names
            ):
                self._take((type_, id_), sequence, action, document_in(body))
                self.moments[sequence] = moment

    def _take(self, key: _Key, sequence: int, action: str, document: Document | None) -> None:
        if action != EntryAction.WITHDRAW:
            self.entries[key].append(sequence)
        said = self.said[key]
        last = said[-1][1] if said else None
        if action == EntryAction.REDACT and last is None:
            return  # what was withdrawn does not come back
        if document is not None:
            document = _judged(key[0], document)
        if not said or document != last:
            said.append((sequence, document))

    def turns(self, key: _Key) -> list[int]:
        """The entries that changed what was said, but for the first."""
        return [sequence for sequence, _ in self.said[key][1:]]


def _judged(type_: str, document: Document) -> Document:
    """The fields of a document that verdicts rest on."""
    try:
        judged = {name: document[name] for name in _JUDGED[type_]}
        if "citations" in judged:
            judged["citations"] = [
                {name: one[name] for name in _OF_CITATION} for one in judged["citations"]
            ]
    except (KeyError, TypeError):
        return _UNREADABLE
    return judged


@dataclass(frozen=True, slots=True)
class After:
    """The documents after an entry, as `replaying` looks at them."""

    past: Past
    sequence: int

    def __getitem__(self, key: _Key) -> Document:
        document = self.get(key)
        if document is None:
            raise KeyError(key)
        return document

    def get(self, key: _Key) -> Document | None:
        said = self.past.said.get(key, [])
        place = bisect_right(said, self.sequence, key=lambda one: one[0])
        return said[place - 1][1] if place else None


def last_follower(sequence: int, source: str, old: Any, new: Any) -> int:
    """The last of the entries behind a source's correction in which its citations follow it."""
    if old is None or new is None:
        return sequence
    rows = LedgerEntry.objects.filter(sequence__gt=sequence).order_by("sequence")
    columns_ = ("sequence", "action", "object_type", "object_id", "payload__body")
    for number, action, type_, id_, body in rows.values_list(*columns_).iterator(chunk_size=50):
        if action not in (EntryAction.EDIT, EntryAction.CORRECT):
            break
        same = LedgerEntry.objects.filter(object_type=type_, object_id=id_, sequence__lt=number)
        before = same.order_by("-sequence").values_list("payload__body", flat=True).first()
        if not _follows(document_in(before), document_in(body), source, old, new):
            break
        sequence = number
    return sequence


def _follows(
    before: Document | None, after: Document | None, source: str, old: Any, new: Any
) -> bool:
    """Whether nothing changed but the origin of citations, from the source's old publisher."""
    if not (before and after and "citations" in before and "citations" in after):
        return False
    if before == after or {**before, "citations": after["citations"]} != after:
        return False
    if len(before["citations"]) != len(after["citations"]):
        return False
    return all(
        was == is_
        or (
            (was["source"], was["origin"]) == (source, old["publisher"])
            and was["basis"] != Basis.RELAYS
            and {**was, "origin": new["publisher"]} == is_
        )
        for was, is_ in zip(before["citations"], after["citations"], strict=True)
    )
