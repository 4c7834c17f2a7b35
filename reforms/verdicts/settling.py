"""When verdicts are stored: at once, or at the end of a batch; and what that makes of the spans."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any

from django.db import transaction

from reforms import bulk
from reforms.assessment import Period
from reforms.dates import now
from reforms.models import Promise, VerdictSpan
from reforms.querysets import OPEN
from reforms.verdicts import derived, indexing, reading
from reforms.verdicts.derived import SAID, STORED


@dataclass(frozen=True, slots=True)
class _Touch:
    """An entry of the ledger that touches promises. Without its moment, what stands now counts."""

    sequence: int
    moment: datetime | None
    promise_ids: tuple[str, ...]
    changed: bool = False


@dataclass(slots=True)
class _Waiting:
    """What waits for the end of a batch: touches, oldest first, and promises to be indexed."""

    touches: list[_Touch] = field(default_factory=list)
    to_index: set[str] = field(default_factory=set)

    def add(self, touch: _Touch) -> None:
        """Sequences rise. One that does not tells that the writes of those before were undone."""
        while self.touches and (last := self.touches[-1]).sequence >= touch.sequence:
            if (last.sequence, last.moment) == (touch.sequence, touch.moment):
                break
            self.touches.pop()
        self.touches.append(touch)


_waiting: ContextVar[_Waiting | None] = ContextVar("waiting", default=None)


@contextmanager
def batch() -> Iterator[None]:
    """Many writes in one transaction: what follows from them is settled once, at its end.

    Until then the stored verdicts and the search index are those of before. A batch inside another
    is a part of it.
    """
    with transaction.atomic():
        if _waiting.get() is not None:
            yield
            return
        waiting = _Waiting()
        token = _waiting.set(waiting)
        try:
            yield
        finally:
            _waiting.reset(token)
        _settle(waiting.touches, waiting.to_index)


@contextmanager
def part() -> Iterator[None]:
    """A part of a batch that may fail alone: what waited before it then waits again, also if it
    was settled inside, which was undone with the rest.
    """
    waiting = _waiting.get()
    if waiting is None:
        yield
        return
    touches, number = waiting.touches, len(waiting.touches)
    try:
        yield
    except BaseException:
        waiting.touches = touches
        del touches[number:]
        raise


def flush() -> None:
    """Settle the verdicts that wait in a batch: before an edit of what they rest on.

    A batch knows when each update began and ceased to stand. What a source, a publisher, a
    programme or the promise itself said earlier it does not know.
    """
    if waiting := _waiting.get():
        touches, waiting.touches = waiting.touches, []
        _settle(touches)


def recompute(
    promise_ids: Iterable[str],
    sequence: int,
    moment: datetime | None = None,
    changed: bool = False,
    held: Promise | None = None,
) -> None:
    """Store the verdicts of promises anew, where they have changed; in a batch, at its end.

    `sequence` is the number of the ledger entry that touches them. `moment` is when the entry was
    recorded: a batch needs it to tell what stood then. With `changed` something public about them
    has changed at that moment, whatever becomes of the verdict, and they are indexed anew. `held`
    is the promise, if there is but one that was locked and read before and is still as it was.
    """
    ids = tuple(set(promise_ids))
    if waiting := _waiting.get():
        if changed:  # at once: if a part of the batch is undone, nobody tells us
            Promise.objects.filter(pk__in=ids).update(changed_at=moment)
            waiting.to_index.update(ids)
        waiting.add(_Touch(sequence, moment, ids))
    else:
        _settle([_Touch(sequence, moment, ids, changed)], ids if changed else (), held)


def close(promise_ids: Iterable[str], sequence: int) -> None:
    """Nothing is said of withdrawn promises any more, from the ledger entry `sequence` on."""
    recompute(promise_ids, sequence)


def reindex(promise_ids: Iterable[str]) -> None:
    """Index each promise anew for search; in a batch, at its end."""
    if waiting := _waiting.get():
        waiting.to_index.update(promise_ids)
    else:
        _settle([], promise_ids)


def _settle(
    touches: Sequence[_Touch], to_index: Iterable[str] = (), held: Promise | None = None
) -> None:
    """Write what the touches, oldest first, have made of the promises and their spans; and what
    search sees of promises, which mostly are the same.
    """
    to_index = set(to_index)
    by_promise: dict[str, list[_Touch]] = defaultdict(list)
    for touch in touches:
        for promise_id in touch.promise_ids:
            by_promise[promise_id].append(touch)
    moments = [touch.moment for touch in touches if touch.moment is not None]
    for page in reading.pages(
        to_index.union(by_promise),
        lock=True,
        since=min(moments, default=None),
        judged=bool(by_promise),
        worded=bool(to_index),
        held=held,
    ):
        revisions = [_Revision(promise) for promise in page if promise.pk in by_promise]
        for revision in revisions:
            revision.follow(by_promise[revision.promise.pk])
        changed = [one.promise for one in revisions if one.is_changed]
        bulk.change(Promise, _WRITTEN, [_values_of(promise) for promise in changed])
        _write([span for one in revisions for span in one.spans])
        if to_index:
            indexing.index(promise for promise in page if promise.pk in to_index)


_WRITTEN = (*STORED, "changed_at")
_values_of = attrgetter("pk", *_WRITTEN)


@dataclass(slots=True)
class _Span:
    """A span as it is, or is to be, stored: without `pk` it is new; `said` are its `SAID`."""

    promise_id: str
    said: tuple[Any, ...]
    known_from: int
    known_to: int = OPEN
    pk: int | None = None


class _Revision:
    """The columns and spans of one promise, as the entries that touch it make them."""

    def __init__(self, promise: Any) -> None:
        self.promise = promise
        self.is_changed = False
        # All spans that were open before, after or between the entries.
        self.spans = [
            _Span(promise.pk, derived.said(span), span["known_from"], OPEN, span["pk"])
            for span in promise.open_spans
        ]
        self._open = {span.said: span for span in self.spans}

    def follow(self, touches: Iterable[_Touch]) -> None:
        """Go through the entries, oldest first."""
        before: Any = ()
        for touch in touches:
            standing = derived.standing(self.promise, touch.moment)
            if standing != before:
                told = derived.told(self.promise, standing)
                self._revise_spans(told, touch)
                self._revise_columns(told, touch)
            if touch.changed:
                self._note_change(touch)
            before = standing

    def _revise_spans(self, told: list[Period], touch: _Touch) -> None:
        said = dict.fromkeys(derived.said_of(self.promise, told))
        for gone in self._open.keys() - said.keys():
            self._open.pop(gone).known_to = touch.sequence
        for key in said.keys() - self._open.keys():
            span = _Span(self.promise.pk, key, touch.sequence)
            self._open[key] = span
            self.spans.append(span)

    def _revise_columns(self, told: list[Period], touch: _Touch) -> None:
        verdict = derived.columns(told[-1]) if told else {}
        if any(getattr(self.promise, name) != value for name, value in verdict.items()):
            vars(self.promise).update(verdict)
            self._note_change(touch)

    def _note_change(self, touch: _Touch) -> None:
        self.promise.changed_at = max(self.promise.changed_at, touch.moment or now())
        self.is_changed = True


def _write(spans: list[_Span]) -> None:
    """Store spans; one that ends with the very entry that began it was never known."""
    undone = [one.pk for one in spans if one.pk and one.known_to == one.known_from]
    ended = [
        (one.pk, one.known_to)
        for one in spans
        if one.pk and one.known_to not in (OPEN, one.known_from)
    ]
    new = [one for one in spans if not one.pk and one.known_to != one.known_from]
    if undone:
        VerdictSpan.objects.filter(pk__in=undone).delete()
    bulk.change(VerdictSpan, ("known_to",), ended)
    if new:
        bulk.insert(
            VerdictSpan,
            ((one.promise_id, one.known_from, one.known_to, *one.said) for one in new),
            ("promise", "known_from", "known_to", *SAID),
        )
