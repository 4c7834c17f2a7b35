"""The first entries of a ledger that begins after the record: for a database from before it."""

from datetime import datetime
from typing import Any

from django.db import models

from reforms import ledger, records, verdicts
from reforms.errors import TransitionRefused
from reforms.models import Promise, PublicObject, Reply, StatusUpdate
from reforms.vocabulary import EntryAction, ReviewState, Role

_ENDS: dict[str, EntryAction] = {
    ReviewState.SUPERSEDED.value: EntryAction.SUPERSEDE,
    ReviewState.RETRACTED.value: EntryAction.RETRACT,
    ReviewState.REMOVED.value: EntryAction.REMOVE,
}


def adopt() -> int:
    """Record all that is public as if it became so now; return the number of entries.

    What the record said before is not known to the ledger, and is not claimed: every moment of
    publication becomes the ledger's. Raises TransitionRefused once there is an entry.
    """
    operator = ledger.acting(ledger.by_role(Role.OPERATOR))
    with operator, ledger.writing(batched=True), verdicts.batch():
        if ledger.head_in_hand().sequence:
            raise TransitionRefused("The ledger has begun; what is public is recorded as it is.")
        for model in records.TYPES.values():
            if issubclass(model, PublicObject):
                _adopt_objects(model)
        updates = StatusUpdate.objects.public()
        for update in updates.order_by("published_at", "pk"):
            _adopt_publication(update)
        # All successors are there by now.
        for update in updates.filter(review_state__in=_ENDS).order_by("ended_at", "pk"):
            _adopt_end(update)
        return ledger.head_in_hand().sequence


def _adopt_objects(model: Any) -> None:
    things = model.objects.public().order_by("pk")
    if model is Promise:
        things = things.order_by("position")
    for thing in list(_parents_first(things)):
        at = ledger.moment()
        model.objects.filter(pk=thing.pk).update(public_since=at)
        thing.public_since = at
        entry = _append(EntryAction.CREATE, thing, at)
        if isinstance(thing, Promise):
            model.objects.filter(pk=thing.pk).update(changed_at=at)
            verdicts.recompute([thing.pk], entry, at)
            verdicts.reindex([thing.pk])
        if isinstance(thing, Reply):
            Promise.objects.filter(pk=thing.promise_id).update(changed_at=at)


def _parents_first(things: "models.QuerySet[Any]") -> list[Any]:
    """Each object behind the one of its own kind that it points to."""
    by_id = {thing.pk: thing for thing in things}
    ordered: dict[str, Any] = {}

    def place(thing: Any) -> None:
        for name in ("edition_of_id", "successor_id"):
            parent = by_id.get(getattr(thing, name, None))
            if parent is not None and parent.pk not in ordered:
                place(parent)
        ordered.setdefault(thing.pk, thing)

    for thing in by_id.values():
        place(thing)
    return list(ordered.values())


def _adopt_publication(update: StatusUpdate) -> None:
    at = ledger.moment()
    ended_at = at if update.review_state in _ENDS else None
    StatusUpdate.objects.filter(pk=update.pk).update(published_at=at, ended_at=ended_at)
    # As it was when it was published; how it ended is an entry of its own.
    update.review_state, update.ended_reason = ReviewState.PUBLISHED.value, ""
    update.successor_id = update.ended_at = None
    update.published_at = at
    _settle(update, _append(EntryAction.PUBLISH, update, at), at)


def _adopt_end(update: StatusUpdate) -> None:
    at = update.ended_at = ledger.moment()
    StatusUpdate.objects.filter(pk=update.pk).update(ended_at=at)
    action = _ENDS[update.review_state]
    _settle(update, _append(action, update, at, update.ended_reason), at)


def _settle(update: StatusUpdate, entry: int, at: datetime) -> None:
    Promise.objects.filter(pk=update.promise_id).update(changed_at=at)
    verdicts.recompute([update.promise_id], entry, at)


def _append(action: EntryAction, thing: models.Model, at: Any, reason: str = "") -> int:
    type_, document = records.type_of(thing), records.document(thing)
    entry = ledger.append(action, type_, str(thing.pk), document, at=at, reason=reason)
    return entry.sequence
