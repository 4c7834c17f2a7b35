"""What verdicts rest on, read for many promises at once, and by statements that are kept."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.db.models import Q

from reforms import bulk
from reforms.assessment import Assessment
from reforms.dates import PartialDate
from reforms.models import Citation, Programme, Promise, StatusUpdate, VerdictSpan
from reforms.querysets import OPEN
from reforms.statements import ByIds, Slot
from reforms.verdicts.derived import CODED, SAID, STORED, Considered, evidence, looked_until
from reforms.vocabulary import Precision, Status

BATCH = 500
_NEVER = datetime.max.replace(tzinfo=UTC)

_OF_PROMISES = ("pk", "programme_id", "withdrawn_at", "changed_at", *STORED, *CODED)
_OF_PROGRAMMES = (
    *("id", "jurisdiction", "announced_on", "announced_precision"),
    *("lead_organisation_id", "time_zone"),
)
_OF_UPDATES = (
    *("pk", "promise_id", "organisation_id", "status", "effective_on", "effective_precision"),
    *("assessed_on", "published_at", "counts_from", "ended_at"),
)
_OF_EVIDENCE = (
    *("update_id", "origin_id", "source__publisher_id", "origin__type", "origin__country"),
    *("stance", "basis"),
)
_OF_SPANS = ("pk", "promise_id", "known_from", *SAID)


def pages(
    promise_ids: Iterable[str], lock: bool = False, since: datetime | None = None
) -> Iterator[list[Any]]:
    """The promises with their open spans and the updates that stand, or stood after `since`; a page
    at a time, in the order of their ids. They have the columns that verdicts need, no others.

    Whoever is to write verdicts locks the promises before reading what they rest on: otherwise two
    writers could each miss what the other is about to commit.
    """
    ids = sorted(set(promise_ids))
    programmes: dict[str, Programme] = {}
    for start in range(0, len(ids), BATCH):
        # Values rather than instances: of each promise dozens of rows are read.
        rows = (_HELD if lock else _PROMISES).rows(ids[start : start + BATCH])
        found = {
            row[0]: SimpleNamespace(**dict(zip(_OF_PROMISES, row, strict=True))) for row in rows
        }
        page = list(found)
        new = {one.programme_id for one in found.values()} - programmes.keys()
        for row in _PROGRAMMES.rows(sorted(new)) if new else ():
            columns = dict(zip(_OF_PROGRAMMES, row, strict=True))
            programmes[columns["id"]] = bulk.new(Programme, **columns)
        for promise in found.values():
            promise.programme = programmes[promise.programme_id]
            promise.considered, promise.open_spans = [], []
        _consider(found, since or _NEVER)
        for row in _SPANS.rows(page):
            span = dict(zip(_OF_SPANS, row, strict=True))
            found[span["promise_id"]].open_spans.append(span)
        yield list(found.values())


def _promises(ids: Any) -> Any:
    return Promise.objects.filter(pk__in=ids).order_by("pk").values_list(*_OF_PROMISES)


def _updates(ids: Any) -> Any:
    """Those that stand, or stood after a moment."""
    stood = Q(ended_at=None) | Q(ended_at__gt=Slot("since"))
    return StatusUpdate.objects.public().filter(stood, promise__in=ids)


_PROMISES = ByIds(_promises)
_HELD = ByIds(lambda ids: _promises(ids).select_for_update(of=("self",)))
_PROGRAMMES = ByIds(
    lambda ids: Programme.objects.filter(pk__in=ids).order_by().values_list(*_OF_PROGRAMMES)
)
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


def _consider(promises: Mapping[str, Any], since: datetime) -> None:
    """Give the promises their updates, each read with its evidence, oldest first."""
    ids = list(promises)
    cited: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    for update, *said in _CITATIONS.rows(ids, since=since):
        cited[update].append(tuple(said))
    rows = _UPDATES.rows(ids, since=since)
    for pk, promise_id, organisation, status, day, precision, assessed, at, counts, ended in rows:
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
