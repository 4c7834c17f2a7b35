"""What verdicts rest on and what search sees, read for many promises at once, and by statements
that are kept.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter
from types import SimpleNamespace
from typing import Any

from django.db.models import Q

from reforms import bulk
from reforms.assessment import Assessment
from reforms.dates import PartialDate
from reforms.models import (
    Citation,
    Programme,
    Promise,
    PromiseBody,
    StatusUpdate,
    VerdictSpan,
)
from reforms.querysets import OPEN
from reforms.statements import ByIds, Slot
from reforms.verdicts.derived import CODED, SAID, STORED, Considered, evidence, looked_until
from reforms.vocabulary import Precision, Status

BATCH = 500
_NEVER = datetime.max.replace(tzinfo=UTC)

_OF_PROGRAMMES = (
    *("id", "jurisdiction", "announced_on", "announced_precision"),
    *("lead_organisation_id", "time_zone"),
)
_OF_PROMISES = (
    *("pk", "withdrawn_at", "changed_at", "title", "statement"),
    *(*STORED, *CODED),
)
_OF_UPDATES = (
    *("pk", "promise_id", "organisation_id", "status", "effective_on", "effective_precision"),
    *("assessed_on", "published_at", "counts_from", "ended_at", "note"),
)
_OF_EVIDENCE = (
    *("update_id", "origin_id", "source__publisher_id", "origin__type", "origin__country"),
    *("stance", "basis"),
)
_OF_SPANS = ("pk", "promise_id", "known_from", *SAID)


def pages(
    promise_ids: Iterable[str],
    lock: bool = False,
    since: datetime | None = None,
    judged: bool = True,
    worded: bool = False,
    held: Promise | None = None,
) -> Iterator[list[Any]]:
    """The promises with the updates that stand, or stood after `since`, a page at a time, in the
    order of their ids; of `judged` with what verdicts rest on and the open spans, of `worded` with
    what search sees. They have the columns that are needed for that, no others. `held` is the only
    one of them, if it was locked and read before: it is not read again.

    Whoever is to write verdicts or the search index holds the ledger, and locks the promises before
    reading what that rests on: otherwise two writers could each miss what the other is about to
    commit.
    """
    ids = sorted(set(promise_ids))
    programmes: dict[str, Programme] = {}
    for start in range(0, len(ids), BATCH):
        # Values rather than instances: of each promise dozens of rows are read.
        if held is not None:
            rows = [_own_columns(held) + _programme_columns(held.programme)]
        else:
            rows = (_HELD if lock else _PROMISES).rows(ids[start : start + BATCH])
        found = {row[0]: _promise(row, programmes) for row in rows}
        page = list(found)
        updates = _UPDATES.rows(page, since=since or _NEVER)
        if judged:
            _consider(found, updates, since or _NEVER)
            for row in _SPANS.rows(page):
                span = dict(zip(_OF_SPANS, row, strict=True))
                found[span["promise_id"]].open_spans.append(span)
        if worded:
            for pk, name in _BODIES.rows(page):
                found[pk].bodies.append(name)
            for _, pk, *_, ended, note in reversed(updates):
                if ended is None:
                    found[pk].notes.append(note)
        yield list(found.values())


def _promise(row: Any, programmes: dict[str, Programme]) -> Any:
    """A promise, to be given what belongs to it; promises of one programme have it together."""
    own, (key, *others) = row[: len(_OF_PROMISES)], row[len(_OF_PROMISES) :]
    programme = programmes.get(key)
    if programme is None:
        columns = dict(zip(_OF_PROGRAMMES, (key, *others), strict=True))
        programme = programmes[key] = bulk.new(Programme, **columns)
    return SimpleNamespace(
        **dict(zip(_OF_PROMISES, own, strict=True)),
        programme=programme,
        considered=[],
        open_spans=[],
        bodies=[],
        notes=[],
    )


_own_columns, _programme_columns = attrgetter(*_OF_PROMISES), attrgetter(*_OF_PROGRAMMES)


def _promises(ids: Any) -> Any:
    of_programmes = [f"programme__{name}" for name in _OF_PROGRAMMES]
    return (
        Promise.objects.filter(pk__in=ids).order_by("pk").values_list(*_OF_PROMISES, *of_programmes)
    )


def _updates(ids: Any) -> Any:
    """Those that stand, or stood after a moment."""
    stood = Q(ended_at=None) | Q(ended_at__gt=Slot("since"))
    return StatusUpdate.objects.public().filter(stood, promise__in=ids)


_PROMISES = ByIds(_promises)
_HELD = ByIds(lambda ids: _promises(ids).select_for_update(of=("self",)))
_UPDATES = ByIds(
    lambda ids: (
        _updates(ids).order_by("counts_from", "published_at", "pk").values_list(*_OF_UPDATES)
    )
)
_CITATIONS = ByIds(
    lambda ids: (
        Citation.objects.filter(update__in=_updates(ids).order_by().values("pk"))
        .order_by()
        .values_list(*_OF_EVIDENCE)
    )
)
_SPANS = ByIds(
    lambda ids: (
        VerdictSpan.objects.filter(known_to=OPEN, promise__in=ids)
        .order_by()
        .values_list(*_OF_SPANS)
    )
)
_BODIES = ByIds(
    lambda ids: (
        PromiseBody.objects.filter(promise__in=ids)
        .order_by("body")
        .values_list("promise_id", "body__name")
    )
)


def _consider(promises: Mapping[str, Any], updates: Sequence[Any], since: datetime) -> None:
    """Give the promises their updates, each with its evidence, oldest first."""
    cited: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for update, *said in _CITATIONS.rows(list(promises), since=since):
        cited[update].append(tuple(said))
    for row in updates:
        pk, promise_id, organisation, status, day, precision, assessed, at, counts, ended, _ = row
        promise = promises[promise_id]
        jurisdiction = promise.programme.jurisdiction
        promise.considered.append(
            Considered(
                at,
                ended,
                Assessment(
                    str(pk),
                    organisation,
                    Status(status),
                    PartialDate(day, Precision(precision)),
                    counts,
                    looked_until(assessed, at, counts, promise.programme),
                    at,
                    tuple([evidence(*said, jurisdiction) for said in cited.get(pk, ())]),
                ),
            )
        )
