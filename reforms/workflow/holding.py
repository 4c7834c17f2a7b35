"""Holding status updates while something is done to them."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from reforms import ledger
from reforms.errors import RuleBroken, TrackerError, TransitionRefused
from reforms.models import Citation, Promise, StatusUpdate
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
    promise = (
        Promise.objects.select_for_update(of=("self",))
        .select_related("programme")
        .get(pk=update.promise_id)
    )
    updates = StatusUpdate.objects.select_for_update(of=("self",)).select_related("organisation")
    current = updates.get(pk=update.pk)
    current.promise = promise
    return current


@contextmanager
def citing(update: Any, citations: Sequence[Citation]) -> Iterator[None]:
    """Inside, whoever asks for the citations of the update is given these, which are its own."""
    update._prefetched_objects_cache = {"citations": citations}
    yield
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
