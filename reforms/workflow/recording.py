"""What is done to an object as one change: the ledger says of it what the public sees."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import F

from reforms import ledger, records, verdicts
from reforms.errors import RuleBroken
from reforms.models import (
    Body,
    LedgerEntry,
    Programme,
    Promise,
    PublicObject,
    Publisher,
    Reply,
    Source,
    StatusUpdate,
)
from reforms.vocabulary import Basis, EntryAction
from reforms.workflow.checking import said

# Why the citations of a source change with it: the source's own entry says why that one did.
FOLLOWS = "Its source’s publisher was corrected."

# What verdicts are made of, beside status updates.
_JUDGED = (Programme, Promise, Publisher, Source)

# The objects that are being changed: what is saved inside is part of that change.
_open: ContextVar[tuple[tuple[str, str], ...]] = ContextVar("open", default=())


@dataclass(slots=True)
class Change:
    """A change under way. Documents are None where there is no object."""

    before: records.Document | None
    was_public: bool
    nested: bool = False
    after: records.Document | None = None
    is_public: bool = False

    @property
    def changed(self) -> bool:
        return self.before != self.after or self.was_public != self.is_public


@contextmanager
def recording(thing: models.Model, reason: str = "") -> Iterator[Change]:
    """Edit an object and what belongs to it inside this block, as one change; see `change`, which
    sees to it that what a public object refers to is public too.
    """
    key = (records.type_of(thing), str(thing.pk))
    nested = key in _open.get()
    with ledger.writing():
        # What is stored decides: the instance at hand may be older, or say what it likes.
        stored = records.stored(thing, lock=True)
        if isinstance(stored, PublicObject) and stored.withdrawn_at is not None:
            raise RuleBroken(f"{thing} was withdrawn from the record and stays as it was")
        if stored is None and not thing._state.adding:
            raise RuleBroken(f"{thing} is not there any more")
        if not nested and isinstance(stored, _JUDGED) and stored.is_public:
            # The verdicts of what was written before rest on how things stood then.
            verdicts.flush()
        made = Change(*_seen(stored), nested)
        token = _open.set((*_open.get(), key))
        try:
            yield made
        finally:
            _open.reset(token)
        if stored is None and not nested and records.stored(thing) is not None:
            _make_public_at_birth(thing)
        made.after, made.is_public = _seen(records.stored(thing))
        _refuse_other_days(thing, made)
        if made.changed and not nested:
            since = stored.public_since if isinstance(stored, PublicObject) else None
            _settle(thing, made, _record(thing, made, reason, since))


def _seen(stored: Any) -> tuple[records.Document | None, bool]:
    """The record document of a stored object, and whether anybody may read it."""
    return (records.document(stored), stored.is_public) if stored is not None else (None, False)


def _refuse_other_days(thing: models.Model, made: Change) -> None:
    """From when a public update counts was told by its programme's day, and is never told anew."""
    if not isinstance(thing, Programme) or made.before is None or made.after is None:
        return
    zone = made.before["time_zone"]
    counted = StatusUpdate.objects.public().filter(promise__programme=thing)
    if made.after["time_zone"] != zone and counted.exists():
        raise RuleBroken(
            {
                "time_zone": [
                    f"it stays {zone}: by its days the public status updates of the programme count"
                ]
            }
        )


def is_public_at_birth(thing: models.Model) -> bool:
    """Whether it is public as soon as it is there: all but what organisations submit."""
    if isinstance(thing, Source | StatusUpdate):
        return False
    return not (isinstance(thing, Publisher) and thing.submitted_by_id)


def _make_public_at_birth(thing: models.Model) -> None:
    if is_public_at_birth(thing):
        write(thing, public_since=ledger.moment())


def write(thing: Any, **columns: Any) -> None:
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


def _settle(thing: models.Model, made: Change, entry: LedgerEntry | None) -> None:
    """Bring up to date all that follows from a change; `entry` is what the ledger says of it."""
    if isinstance(thing, StatusUpdate):
        StatusUpdate.objects.filter(pk=thing.pk).update(version=F("version") + 1)
    if isinstance(thing, Source) and made.before and made.after:
        old = made.before["publisher"]
        if old != made.after["publisher"]:
            _follow_publisher(thing, old)
    if entry is None:
        return
    if isinstance(thing, StatusUpdate | Reply):
        # It changes what is public about the promise; a reply says nothing of what became of it.
        Promise.objects.filter(pk=thing.promise_id).update(changed_at=entry.recorded_at)
        return
    if isinstance(thing, Promise):
        write(thing, changed_at=entry.recorded_at)
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


def _follow_publisher(source: Source, old: str) -> None:
    """An origin that nobody named is the source's own publisher, also after that was corrected.

    Why it was is said once, where it can be redacted. Updates come first: a promise's own entry
    settles its verdict, by which all citations of its updates have followed.
    """
    followers = source.citations.filter(origin=old).exclude(basis=Basis.RELAYS.value)
    for citation in followers.select_related("promise", "update").order_by(
        F("update").asc(nulls_last=True), "pk"
    ):
        owner: Any = citation.promise or citation.update
        with recording(owner, FOLLOWS):
            # Its author may have replaced it meanwhile.
            owner.citations.filter(pk=citation.pk).update(origin=source.publisher_id)
