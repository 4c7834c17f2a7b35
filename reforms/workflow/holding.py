"""Holding status updates while something is done to them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from reforms import ledger
from reforms.errors import RuleBroken, TrackerError, TransitionRefused
from reforms.models import Citation, StatusUpdate
from reforms.statements import Slot, Statement
from reforms.vocabulary import ReviewState


@contextmanager
def all_or_nothing(*updates: StatusUpdate) -> Iterator[None]:
    """One transaction; when a rule breaks it, the instances in hand tell what is stored."""
    try:
        with ledger.writing():
            yield
    except TrackerError:
        for update in updates:
            update.refresh_from_db()
        raise


def held(update: StatusUpdate) -> StatusUpdate:
    """The update as it is stored, with its promise; both are locked.

    Whoever writes about a promise holds its row: two verdicts never cross. The update is held too,
    so that what is judged is what becomes public.
    """
    current: StatusUpdate
    [current] = _update().rows({"key": update.pk})
    return current


@cache
def _update() -> Statement:
    updates = StatusUpdate.objects.select_for_update(of=("self", "promise"))
    related = updates.select_related("promise__programme", "organisation", "replaces")
    return Statement(related.filter(pk=Slot("key")))


def citations_of(update: StatusUpdate) -> list[Citation]:
    """What an update cites, in order, with the sources and whose assertion each of them is, as far
    as to tell whether those are public.
    """
    return _citations().rows({"key": update.pk})


@cache
def _citations() -> Statement:
    citations = Citation.objects.filter(update=Slot("key")).order_by("position", "pk")
    own = [column.name for column in Citation._meta.concrete_fields]
    public = [
        f"{of}__{when}" for of in ("source", "origin") for when in ("public_since", "withdrawn_at")
    ]
    return Statement(citations.select_related("source", "origin").only(*own, *public))


def tell(update: StatusUpdate, current: StatusUpdate) -> None:
    """Let the instance in hand tell what the one that is held does, as if it were read anew."""
    update._state.fields_cache.clear()
    update._prefetched_objects_cache = {}  # type: ignore[attr-defined]
    for column in StatusUpdate._meta.concrete_fields:
        setattr(update, column.attname, getattr(current, column.attname))
    update.promise, update.organisation = current.promise, current.organisation


@contextmanager
def citing(update: Any, citations: Sequence[Citation]) -> Iterator[None]:
    """Inside, whoever asks for the citations of the update is given these, which are its own."""
    update._prefetched_objects_cache = {"citations": citations}
    try:
        yield
    finally:
        del update._prefetched_objects_cache


def check_pair(update: StatusUpdate, successor: StatusUpdate) -> None:
    """Raise where the one cannot take the place of the other."""
    if (update.organisation_id, update.promise_id) != (
        successor.organisation_id,
        successor.promise_id,
    ):
        raise RuleBroken(
            {"successor": ["it must be the same organisation's, about the same promise"]}
        )
    if update.pk == successor.pk:
        raise RuleBroken({"successor": ["it must be another update than the one it replaces"]})


def check_stands(replaced: StatusUpdate) -> None:
    """Raise where a submission is to replace what does not stand any more."""
    state = StatusUpdate.objects.values_list("review_state", flat=True).get(pk=replaced.pk)
    if state != ReviewState.PUBLISHED:
        raise TransitionRefused(
            f"The update that it is to replace is {state}; only a published one can be superseded."
            " Its author can submit it as one that replaces nothing."
        )
