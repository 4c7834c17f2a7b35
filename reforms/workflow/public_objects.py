"""Writing public objects: programmes, reforms, promises, sources and all that they refer to."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models

from reforms import ledger, records, verdicts
from reforms.errors import RuleBroken
from reforms.models import (
    Body,
    LedgerEntry,
    Programme,
    Promise,
    PromiseBody,
    PromiseRelation,
    PublicObject,
    Publisher,
    Source,
    StatusUpdate,
)
from reforms.vocabulary import Basis, EntryAction
from reforms.workflow.checking import prepare, said, store
from reforms.workflow.citing import cite, known

# What follows from other rows: never written from an instance that somebody holds.
DERIVED = frozenset((*verdicts.STORED, "changed_at", "public_since", "withdrawn_at"))

# What verdicts are made of, beside status updates.
_JUDGED = (Programme, Promise, Publisher, Source)

# The objects that are being changed: what is saved inside is part of that change.
_open: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("open", default=())


@dataclass(slots=True)
class Change:
    """A change under way. Documents are None where there is no object."""

    before: records.Document | None
    was_public: bool
    after: records.Document | None = None
    is_public: bool = False

    @property
    def changed(self) -> bool:
        return self.before != self.after or self.was_public != self.is_public


@contextmanager
def change(thing: models.Model, reason: str = "") -> Iterator[Change]:
    """Edit an object and what belongs to it inside this block, as one change.

    At its end the ledger records it, if it is public and its record document has changed, and what
    rests on it is settled. Raises RuleBroken where a public reason is due and none is given.
    """
    key = (records.type_of(thing), str(thing.pk))
    nested = key in _open.get()
    with ledger.writing():
        # What is stored decides: the instance at hand may be older, or say what it likes.
        stored = records.stored(thing, lock=True)
        if isinstance(stored, PublicObject) and stored.withdrawn_at is not None:
            raise RuleBroken(f"{thing} was withdrawn from the record and stays as it was")
        if not nested and isinstance(stored, _JUDGED) and stored.is_public:
            # The verdicts of what was written before rest on how things stood then.
            verdicts.flush()
        made = Change(*_seen(stored))
        token = _open.set((*_open.get(), key))
        try:
            yield made
        finally:
            _open.reset(token)
        if stored is None and records.stored(thing) is not None:
            _make_public_at_birth(thing, nested)
        made.after, made.is_public = _seen(records.stored(thing))
        if made.changed and not nested:
            since = stored.public_since if isinstance(stored, PublicObject) else None
            settle(thing, made, _record(thing, made, reason, since), reason)


def _seen(stored: Any) -> tuple[records.Document | None, bool]:
    """The record document of a stored object, and whether anybody may read it."""
    return (records.document(stored), stored.is_public) if stored is not None else (None, False)


def _make_public_at_birth(thing: models.Model, nested: bool) -> None:
    """All but sources and status updates are public as soon as they are there."""
    if nested or isinstance(thing, Source | StatusUpdate):
        return
    _make_public_what_it_names(thing)
    _set(thing, public_since=ledger.moment())


def _make_public_what_it_names(thing: models.Model) -> None:
    if isinstance(thing, Promise):
        make_public(Source.objects.filter(citations__promise=thing))
    if isinstance(thing, Programme):
        make_public(Source.objects.filter(announced_programmes=thing))
    if isinstance(thing, Source) and thing.edition_of_id:
        make_public(Source.objects.filter(pk=thing.edition_of_id))


def _set(thing: Any, **columns: Any) -> None:
    """Write derived columns, in the database and in the instance at hand."""
    type(thing)._default_manager.filter(pk=thing.pk).update(**columns)
    for name, value in columns.items():
        setattr(thing, name, value)


def _record(
    thing: models.Model, made: Change, reason: str, since: datetime | None
) -> LedgerEntry | None:
    """Append what the public sees of the change; None where it sees nothing.

    `since` is when the object became public, if it was before.
    """
    if not made.is_public or made.after is None:
        return None
    if not made.was_public or made.before is None:
        assert isinstance(thing, PublicObject)
        assert thing.public_since is not None
        return _append(EntryAction.CREATE, made.after, thing.public_since)
    _make_public_what_it_names(thing)
    action = records.kind_of_edit(made.before, made.after)
    if action == EntryAction.CORRECT and since is not None and ledger.is_unread(since):
        action = EntryAction.EDIT  # nobody has read what was said before
    if action == EntryAction.CORRECT:
        reason = said(reason, "this changes what the public record says: say why, in a sentence")
    elif reason:
        reason = said(reason)
    return _append(action, made.after, ledger.moment(), reason)


def _append(
    action: EntryAction, document: records.Document, at: datetime, reason: str = ""
) -> LedgerEntry:
    return ledger.append(
        action, document["object_type"], document["id"], document, at=at, reason=reason
    )


def save(thing: models.Model, reason: str = "", **parts: Any) -> bool:
    """Check and store a public object with its parts; return whether the record changed.

    Parts replace what was there: a promise takes `bodies` (pairs of body id and role), `topics`
    (ids), `relations` (pairs of kind and promise id) and `citations` (`Cited`); a programme takes
    `announced_by` (source ids). `reason` is public; a change of what the record says needs one.
    Raises RuleBroken naming every bad field.
    """
    if isinstance(thing, StatusUpdate):
        raise TypeError("status updates are written by submit, revise and the actions")
    prepare(thing)
    with change(thing, reason) as made:
        _store(thing)
        _replace_parts(thing, parts)
    return made.changed


def _store(thing: models.Model) -> None:
    """Write a row's own columns; what is derived may have moved on since it was read."""
    if thing._state.adding:
        store(thing, force_insert=True)
        return
    store(
        thing,
        update_fields=[
            column.name
            for column in thing._meta.concrete_fields
            if not column.primary_key and column.name not in DERIVED
        ],
    )


def _replace_parts(thing: Any, parts: dict[str, Any]) -> None:
    for name, values in parts.items():
        match name:
            case "bodies":
                thing.body_ties.all().delete()
                _add(PromiseBody(promise=thing, body_id=body, role=role) for body, role in values)
            case "relations":
                thing.relations.all().delete()
                _add(PromiseRelation(promise=thing, kind=kind, to_id=to) for kind, to in values)
            case "topics" | "announced_by":
                listed = getattr(thing, name)
                listed.set(known(listed.model, name, values))
            case "citations":
                cite(values, promise=thing)
            case _:
                raise TypeError(f"{type(thing).__name__} has no part called {name}")


def _add(rows: Iterable[models.Model]) -> None:
    for row in rows:
        prepare(row)
        store(row, force_insert=True)


def settle(thing: models.Model, made: Change, entry: LedgerEntry | None, reason: str) -> None:
    """Bring up to date all that follows from a change; `entry` is what the ledger says of it."""
    if isinstance(thing, Source) and made.before and made.after:
        old = made.before["publisher"]
        if old != made.after["publisher"]:
            _follow_publisher(thing, old, reason)
    if entry is None:
        return
    if isinstance(thing, StatusUpdate):
        Promise.objects.filter(pk=thing.promise_id).update(changed_at=entry.recorded_at)
        return
    if isinstance(thing, Promise):
        _set(thing, changed_at=entry.recorded_at)
        verdicts.recompute([thing.pk], entry.sequence, entry.recorded_at)
        verdicts.reindex([thing.pk])
        return
    if entry.action == EntryAction.CREATE:
        return  # nothing rests on it yet
    if isinstance(thing, Body):
        verdicts.reindex(Promise.objects.filter(bodies=thing).values_list("pk", flat=True))
    resting = Promise.objects.resting_on(thing).values_list("pk", flat=True)
    head = ledger.head_in_hand()
    assert head.recorded_at is not None
    verdicts.recompute(resting, head.sequence, head.recorded_at)


def _follow_publisher(source: Source, old: str, reason: str) -> None:
    """An origin that nobody named is the source's own publisher, also after that was corrected."""
    followers = source.citations.filter(origin=old).exclude(basis=Basis.RELAYS.value)
    for citation in followers.select_related("promise", "update").order_by("pk"):
        owner: Any = citation.promise or citation.update
        with change(owner, reason):
            citation.origin_id = source.publisher_id
            citation.save(update_fields=["origin"])


def make_public(sources: models.QuerySet[Source]) -> None:
    """A source becomes public when something public first cites it, and its original before it."""
    for source in sources.filter(public_since=None).order_by("pk").distinct():
        if source.edition_of_id:
            make_public(Source.objects.filter(pk=source.edition_of_id))
        with change(source):
            _set(source, public_since=ledger.moment())
