"""Do the tables hold what the ledger says? A row that was changed behind its back is named.

Objects pass in pages, in the order of their ids: memory stays bounded. What is derived from the
documents is for `retracing` (verdicts) and for `integrity`.
"""

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from reforms import records
from reforms.dates import timestamp
from reforms.models import LedgerEntry, LedgerPayload, Publisher, Source, StatusUpdate
from reforms.vocabulary import EntryAction

PAGE = 500
LONGEST_VALUE = 200

# The rows of other tables that a document is made of as well.
_PARTS = {
    "programme": ("announced_by",),
    "promise": ("body_ties", "topics", "relations", "citations"),
    "update": ("citations",),
}
_BEGINS = (EntryAction.CREATE.value, EntryAction.PUBLISH.value)
_ENDS = (
    EntryAction.SUPERSEDE.value,
    EntryAction.RETRACT.value,
    EntryAction.REMOVE.value,
    EntryAction.WITHDRAW.value,
)


@dataclass(slots=True)
class _Said:
    """What the ledger says of an object: its last document and its entry, its moments."""

    last: int = 0
    document: records.Document | None = None
    begins: list[datetime] = field(default_factory=list)
    ends: list[datetime] = field(default_factory=list)


def check_tables() -> Iterator[str]:
    """Every difference between the ledger and the tables, and every entry of no object."""
    unknown = LedgerEntry.objects.exclude(object_type__in=records.TYPES)
    for sequence, type_ in unknown.values_list("sequence", "object_type").iterator():
        yield f"entry {sequence}: there is no type of object called {type_}"
    for type_ in records.TYPES:
        yield from _differences(type_)
        yield from _without_row(type_)


def _differences(type_: str) -> Iterator[str]:
    model = records.TYPES[type_]
    rows = model._default_manager.prefetch_related(*_PARTS.get(type_, ())).order_by("pk")
    page = list(rows[:PAGE])
    while page:
        said = _said(type_, [str(row.pk) for row in page])
        for row in page:
            for complaint in dict.fromkeys(_complaints(row, said.get(str(row.pk)))):
                yield f"{type_} {row.pk}: {complaint}"
        page = list(rows.filter(pk__gt=page[-1].pk)[:PAGE])


def _complaints(row: Any, said: _Said | None) -> Iterator[str]:
    if said is None:
        if _should_be_recorded(row):
            yield "it is public, and the ledger has no entry about it"
        return
    if len(said.begins) != 1:
        yield f"it became public once, the ledger says so {len(said.begins)} times"
    if said.document is None:
        yield "the ledger has no document of it"
    else:
        yield from _difference("", records.document(row), said.document)
    names = ("published_at", "ended_at") if isinstance(row, StatusUpdate) else _PUBLIC_OBJECT
    for name, moments in zip(names, (said.begins, said.ends), strict=True):
        stored = getattr(row, name)
        if stored != (moment := max(moments, default=None)):
            yield differ(name, _written(stored), _written(moment))


_PUBLIC_OBJECT = ("public_since", "withdrawn_at")


def _should_be_recorded(row: Any) -> bool:
    if isinstance(row, StatusUpdate):
        return row.is_public
    if isinstance(row, Source) or (isinstance(row, Publisher) and row.submitted_by_id):
        # Private until something public rests on it.
        return row.public_since is not None or row.withdrawn_at is not None
    return True


def _written(moment: datetime | None) -> str | None:
    return timestamp(moment) if moment else None


def _difference(path: str, stored: Any, said: Any) -> Iterator[str]:
    """Each value that differs, called by its place in the document."""
    if isinstance(stored, dict) and isinstance(said, dict):
        for name in dict.fromkeys((*stored, *said)):
            place = f"{path}.{name}" if path else name
            yield from _difference(place, stored.get(name), said.get(name))
    elif isinstance(stored, list) and isinstance(said, list) and len(stored) == len(said):
        for number, pair in enumerate(zip(stored, said, strict=True)):
            yield from _difference(f"{path}[{number}]", *pair)
    # Python takes true for 1.
    elif stored != said or isinstance(stored, bool) != isinstance(said, bool):
        yield differ(path, stored, said)


def differ(path: str, stored: Any, said: Any) -> str:
    """What is said of a stored value that is not the ledger's."""
    return f"{path} is {_shown(stored)}, the ledger says {_shown(said)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


def _said(type_: str, ids: Sequence[str]) -> dict[str, _Said]:
    """What the ledger says of the objects; those of which it says nothing are missing."""
    entries = LedgerEntry.objects.filter(object_type=type_, object_id__in=ids).order_by()
    said: dict[str, _Said] = {}
    columns = ("object_id", "action", "sequence", "recorded_at")
    # In no order and without a condition on the action: so it is always the index by object.
    for id_, action, sequence, at in entries.values_list(*columns).iterator():
        one = said.setdefault(id_, _Said())
        if action in _BEGINS:
            one.begins.append(at)
        elif action in _ENDS:
            one.ends.append(at)
        if action != EntryAction.WITHDRAW:  # a withdrawn object stays as it was
            one.last = max(one.last, sequence)
    lasts = LedgerPayload.objects.filter(pk__in=[one.last for one in said.values()])
    documents = {pk: document_in(body) for pk, body in lasts.values_list("pk", "body")}
    for id_, one in said.items():
        # It may have been redacted after it was withdrawn.
        one.document = documents.get(one.last) or _last_document(entries.filter(object_id=id_))
    return said


def _last_document(entries: "QuerySet[LedgerEntry]") -> records.Document | None:
    bodies = entries.order_by("-sequence").values_list("payload__body", flat=True)
    documents = map(document_in, bodies.iterator())
    return next((one for one in documents if one is not None), None)


def document_in(body: str | None) -> records.Document | None:
    """The document of a payload as it is stored; None where there is none."""
    try:
        document = json.loads(body or "")["document"]
    except (ValueError, KeyError, TypeError):  # tampered with: the chain says so
        return None
    return document if isinstance(document, dict) else None


def _without_row(type_: str) -> Iterator[str]:
    """Objects of the ledger that the tables do not have."""
    entries = LedgerEntry.objects.filter(object_type=type_).order_by("object_id", "sequence")
    ids = entries.values_list("object_id", flat=True)
    page = list(dict.fromkeys(ids[:PAGE]))
    while page:
        found = records.TYPES[type_]._default_manager.filter(pk__in=_keys(type_, page))
        there = {str(pk) for pk in found.values_list("pk", flat=True)}
        for id_ in page:
            if id_ not in there:
                yield f"{type_} {id_}: the ledger speaks of it, and there is no such row"
        page = list(dict.fromkeys(ids.filter(object_id__gt=page[-1])[:PAGE]))


def _keys(type_: str, ids: Sequence[str]) -> list[Any]:
    """The ids that can be a primary key of that type at all."""
    if type_ != "update":
        return list(ids)
    keys = []
    for id_ in ids:
        try:
            keys.append(uuid.UUID(id_))
        except ValueError:
            continue
    return keys
