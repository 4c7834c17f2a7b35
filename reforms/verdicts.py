"""Stored verdicts: what `assessment` says of each promise, kept beside it for lists and filters.

Called by `workflow` for the promises that a change touches, and by `check_integrity` for all.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from reforms import search
from reforms.assessment import Assessment, Evidence, judge
from reforms.dates import now
from reforms.models import Citation, Programme, Promise, StatusUpdate
from reforms.vocabulary import Basis, Stance, Status

BATCH = 500

# The columns of a promise that are derived here.
STORED = (
    "status",
    "status_since",
    "status_since_precision",
    "verification",
    "contested",
    "implemented_from",
    "implemented_to",
    "last_published_at",
)

# Inside `batch`: the promises whose verdicts, and those whose search index, wait for its end.
_waiting: ContextVar[tuple[set[str], set[str]] | None] = ContextVar("waiting", default=None)


@contextmanager
def batch() -> Iterator[None]:
    """Many writes in one transaction: what follows from them is settled once, at its end.

    Until then the stored verdicts and the search index are those of before.
    """
    waiting: tuple[set[str], set[str]] = (set(), set())
    with transaction.atomic():
        token = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(token)
        recompute(waiting[0])
        reindex(waiting[1])


def recompute(promise_ids: Iterable[str]) -> None:
    """Store the verdict of each promise anew, where it has changed; in a batch, at its end."""
    if waiting := _waiting.get():
        waiting[0].update(promise_ids)
        return
    for promise in _with_assessments(promise_ids, lock=True):
        verdict = derive(promise)
        if any(getattr(promise, name) != value for name, value in verdict.items()):
            Promise.objects.filter(pk=promise.pk).update(**verdict, changed_at=now())


def derive(promise: Promise) -> dict[str, Any]:
    """The derived columns of a promise, from its standing updates."""
    updates = promise.standing  # type: ignore[attr-defined]
    verdict = judge(
        [assessment(update, promise.programme) for update in updates],
        promise.programme.lead_organisation_id,
    )
    first = verdict.first_implemented
    return {
        "status": verdict.status.value,
        "status_since": verdict.since.day if verdict.since else None,
        "status_since_precision": verdict.since.written.precision.value if verdict.since else "",
        "verification": verdict.verification.value,
        "contested": verdict.contested,
        "implemented_from": first.first if first else None,
        "implemented_to": first.last if first else None,
        "last_published_at": max((one.published_at for one in updates), default=None),
    }


def assessment(update: StatusUpdate, programme: Programme) -> Assessment:
    """A published update as the pure functions see it."""
    assert update.effective is not None
    assert update.counts_from is not None
    assert update.published_at is not None
    assessed = update.counts_from
    if update.assessed_on is not None:
        assessed = min(update.assessed_on, programme.today(update.published_at))
    return Assessment(
        id=str(update.pk),
        organisation=update.organisation_id,
        status=Status(update.status),
        effective=update.effective,
        counts_from=update.counts_from,
        assessed=assessed,
        published_at=update.published_at,
        evidence=tuple(_evidence(one, programme.jurisdiction) for one in update.citations.all()),
    )


def _evidence(citation: Citation, jurisdiction: str) -> Evidence:
    return Evidence(
        origin=citation.origin_id,
        publisher=citation.source.publisher_id,
        official=citation.origin.is_official_in(jurisdiction),
        stance=Stance(citation.stance),
        basis=Basis(citation.basis),
    )


def _with_assessments(promise_ids: Iterable[str], lock: bool = False) -> Iterator[Promise]:
    """The promises with their standing updates, a batch at a time, in the order of their ids.

    Whoever is to write verdicts locks the promises before reading what they rest on: otherwise two
    writers could each miss what the other is about to commit.
    """
    ids = sorted(set(promise_ids))
    promises = Promise.objects.select_for_update(of=("self",)) if lock else Promise.objects.all()
    standing = StatusUpdate.objects.standing().prefetch_related(
        Prefetch("citations", queryset=Citation.objects.select_related("source", "origin"))
    )
    for start in range(0, len(ids), BATCH):
        yield from (
            promises.filter(pk__in=ids[start : start + BATCH])
            .select_related("programme")
            .prefetch_related(Prefetch("updates", queryset=standing, to_attr="standing"))
            .order_by("pk")
        )


def reindex(promise_ids: Iterable[str]) -> None:
    """Index each promise anew for search; in a batch, at its end."""
    if waiting := _waiting.get():
        waiting[1].update(promise_ids)
        return
    ids = sorted(set(promise_ids))
    # As above: two writers that index one promise come one after the other.
    list(Promise.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    for promise_id, texts in _searchable(ids):
        search.index(promise_id, texts)


def _searchable(promise_ids: Iterable[str]) -> Iterator[tuple[str, Mapping[str, list[str]]]]:
    """What search sees of each promise: its own texts, its bodies' names, public notes."""
    ids = sorted(set(promise_ids))
    notes: QuerySet[StatusUpdate] = StatusUpdate.objects.standing().newest_first()
    for start in range(0, len(ids), BATCH):
        for promise in Promise.objects.filter(pk__in=ids[start : start + BATCH]).prefetch_related(
            "bodies", Prefetch("updates", queryset=notes, to_attr="standing")
        ):
            yield (
                promise.pk,
                {
                    "title": list(promise.title.values()),
                    "statement": list(promise.statement.values()),
                    "bodies": [
                        name
                        for body in sorted(promise.bodies.all(), key=lambda one: one.pk)
                        for name in body.name.values()
                    ],
                    "notes": [note for update in promise.standing for note in update.note.values()],
                },
            )


def drift(promise_ids: Iterable[str]) -> Iterator[tuple[str, str, Any, Any]]:
    """Every stored value that differs from its recomputation: id, column, stored, recomputed."""
    ids = list(promise_ids)
    for promise in _with_assessments(ids):
        expected = derive(promise) | {"position": promise.place()}
        for name, value in expected.items():
            if (stored := getattr(promise, name)) != value:
                yield promise.pk, name, stored, value
    for promise_id, texts in _searchable(ids):
        if not search.is_indexed(promise_id, texts):
            yield promise_id, "search index", "stale or missing", "the present texts"
