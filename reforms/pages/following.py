"""Which entries of the ledger a feed tells, and how its documents follow one another.

A feed is the ledger, narrowed. Its first document holds the newest entries; what came before is in
archives (RFC 5005), each of which covers a stretch of the ledger that no entry joins any more. So
whoever follows `prev-archive` back to the last archive that they know has missed nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.http import Http404

from reforms.ledger import finding
from reforms.models import LedgerEntry, StatusUpdate
from reforms.vocabulary import CORRECTIONS, EntryAction

BLOCK = 100  # entries of the ledger that an archive covers
NEWEST = 50  # entries that the first document holds, if there are as many
# Of so few updates the entries are found one by one; more are met soon on the way back.
FEW = 1000

# What is said of an update after which it is another one for a reader.
TOLD = (
    EntryAction.PUBLISH,
    EntryAction.SUPERSEDE,
    EntryAction.RETRACT,
    EntryAction.REMOVE,
    EntryAction.REDACT,
)

# How a status update is told to belong to an object, and the entries about all that does.
_COLUMNS = {
    "programme": "promise__programme",
    "reform": "promise__reform",
    "promise": "promise",
    "organisation": "organisation",
}
_ABOUT: dict[str, Callable[[list[str]], Q]] = {
    "programme": finding.about_programmes,
    "reform": finding.about_reforms,
    "promise": finding.about_promises,
    "organisation": finding.about_organisations,
}


class Told(NamedTuple):
    """An entry of the ledger, as far as a feed needs it."""

    sequence: int
    recorded_at: Any
    object_id: str


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a feed: its entries, newest first, and the archives beside it (or None)."""

    entries: list[Told]
    older: int | None
    newer: int | None = None


def updates(type_: str = "", id_: str = "") -> QuerySet[LedgerEntry]:
    """Entries about public status updates: all, or those of an object."""
    entries = LedgerEntry.objects.filter(object_type="update", action__in=_values(TOLD))
    if not type_:
        return entries
    public = StatusUpdate.objects.public().filter(**{_COLUMNS[type_]: id_}).order_by()
    ids = list(public.values_list("pk", flat=True)[: FEW + 1])
    if len(ids) <= FEW:
        return entries.filter(object_id__in=[str(one) for one in ids])
    return entries.filter(_ABOUT[type_]([id_]))


def corrections(type_: str = "", id_: str = "") -> QuerySet[LedgerEntry]:
    """Entries that correct something: all, or those about an object and what belongs to it."""
    entries = LedgerEntry.objects.filter(action__in=_values(CORRECTIONS))
    return entries.filter(_ABOUT[type_]([id_])) if type_ else entries


def newest(entries: QuerySet[LedgerEntry], head: int) -> Document:
    """The first document, when the ledger has `head` entries."""
    whole = head // BLOCK * BLOCK  # entries that archives cover
    found = _told(entries.filter(sequence__lte=head).order_by("-sequence"), BLOCK + NEWEST + 1)
    # All of the stretch that is not over yet: no archive has them.
    shown = sum(place < NEWEST or one.sequence > whole for place, one in enumerate(found))
    rest = found[shown:]
    return Document(found[:shown], _archive_of(rest[0]) if rest else None)


def archive(entries: QuerySet[LedgerEntry], head: int, number: int) -> Document:
    """An archive, by its number from 1; raises Http404 where its stretch is not over."""
    whole = head // BLOCK
    if not 1 <= number <= whole:
        raise Http404(f"There is no archive {number} of this feed: the last is {whole}.")
    first, last = (number - 1) * BLOCK + 1, number * BLOCK
    back, on = entries.order_by("-sequence"), entries.order_by("sequence")
    older = _told(back.filter(sequence__lt=first), 1)
    newer = _told(on.filter(sequence__gt=last, sequence__lte=whole * BLOCK), 1)
    return Document(
        _told(back.filter(sequence__gte=first, sequence__lte=last), BLOCK),
        _archive_of(older[0]) if older else None,
        _archive_of(newer[0]) if newer else None,
    )


def _told(entries: QuerySet[LedgerEntry], most: int) -> list[Told]:
    columns = entries.values_list("sequence", "recorded_at", "object_id")
    return [Told(*one) for one in columns[:most]]


def _archive_of(one: Told) -> int:
    return (one.sequence - 1) // BLOCK + 1


def _values(actions: tuple[EntryAction, ...]) -> list[str]:
    return [one.value for one in actions]
