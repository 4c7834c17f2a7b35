"""What follows from the record for a promise: its verdict of every day, as rows are stored."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from reforms.assessment import Assessment, Evidence, Period, periods
from reforms.dates import PartialDate
from reforms.models import Citation, Programme, Promise, Publisher, StatusUpdate, VerdictSpan
from reforms.querysets import OPEN
from reforms.vocabulary import Basis, Precision, Stance, Status

BATCH = 500

# The columns of a promise that hold its verdict.
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

# The columns of a promise that its spans repeat: what filters and statistics ask for.
CODED = ("kind", "commitment", "deadline_on")

# All that a span says.
SAID = ("valid_from", "valid_to", *STORED, *CODED)


class Considered(NamedTuple):
    """A public update as verdicts look at it: when it began and ceased to stand, what it says."""

    published_at: datetime
    ended_at: datetime | None
    assessment: Assessment


def pages(
    promise_ids: Iterable[str], lock: bool = False, since: datetime | None = None
) -> Iterator[list[Any]]:
    """The promises with their open spans and the updates that stand, or stood after `since`; a page
    at a time, in the order of their ids. They have the columns that verdicts need, no others.

    Whoever is to write verdicts locks the promises before reading what they rest on: otherwise two
    writers could each miss what the other is about to commit.
    """
    ids = sorted(set(promise_ids))
    promises = Promise.objects.select_for_update(of=("self",)) if lock else Promise.objects.all()
    considered = Q(ended_at=None) if since is None else Q(ended_at=None) | Q(ended_at__gt=since)
    updates = StatusUpdate.objects.public().filter(considered)
    programmes: dict[str, Programme] = {}
    for start in range(0, len(ids), BATCH):
        # Values rather than instances: of each promise dozens of rows are read.
        page = promises.filter(pk__in=ids[start : start + BATCH]).order_by("pk").values(*_READ)
        found = {values["pk"]: SimpleNamespace(**values) for values in page}
        new = {one.programme_id for one in found.values()} - programmes.keys()
        programmes |= Programme.objects.in_bulk(new) if new else {}
        for promise in found.values():
            promise.programme = programmes[promise.programme_id]
            promise.considered, promise.open_spans = [], []
        _consider(found, updates.filter(promise__in=list(found)))
        spans = VerdictSpan.objects.filter(known_to=OPEN, promise__in=list(found)).order_by()
        for span in spans.values("pk", "promise_id", "known_from", *SAID):
            found[span["promise_id"]].open_spans.append(span)
        yield list(found.values())


_READ = ("pk", "programme_id", "withdrawn_at", "changed_at", *STORED, *CODED)
_OF_UPDATES = (
    *("pk", "promise_id", "organisation_id", "status", "effective_on", "effective_precision"),
    *("assessed_on", "published_at", "counts_from", "ended_at"),
)
_OF_EVIDENCE = (
    *("update_id", "origin_id", "source__publisher_id", "origin__type", "origin__country"),
    *("stance", "basis"),
)


def _consider(promises: Mapping[str, Any], updates: QuerySet[StatusUpdate]) -> None:
    """Give the promises their updates, each read with its evidence, oldest first."""
    cited: dict[Any, list[tuple[Any, ...]]] = defaultdict(list)
    citations = Citation.objects.filter(update__in=updates.order_by().values("pk")).order_by()
    for update, *said in citations.values_list(*_OF_EVIDENCE):
        cited[update].append(tuple(said))
    rows = updates.order_by("counts_from", "published_at", "pk").values_list(*_OF_UPDATES)
    for pk, promise_id, organisation, status, day, precision, assessed, at, counts, ended in rows:
        promise = promises[promise_id]
        assert at is not None
        assert counts is not None
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
                    _looked_until(assessed, at, counts, promise.programme),
                    at,
                    tuple([_evidence(*said, jurisdiction) for said in cited.get(pk, ())]),
                ),
            )
        )


def standing(promise: Any, moment: datetime | None) -> list[Considered] | None:
    """The updates that stood at a moment of the ledger, or now; None of a withdrawn promise."""
    if promise.withdrawn_at and (moment is None or promise.withdrawn_at <= moment):
        return None
    if moment is None:
        return [one for one in promise.considered if one.ended_at is None]
    return [
        one
        for one in promise.considered
        if one.published_at <= moment and (one.ended_at is None or one.ended_at > moment)
    ]


def told(promise: Any, updates: list[Considered] | None) -> list[Period]:
    """The verdict of every day since the programme was announced; of a withdrawn promise, none."""
    if updates is None:
        return []
    programme = promise.programme
    assert programme.announced is not None
    return periods(
        [update.assessment for update in updates],
        programme.lead_organisation_id,
        programme.announced.first,
    )


def columns(period: Period) -> dict[str, Any]:
    """A verdict as its columns, those of `STORED`."""
    return dict(zip(STORED, _stored(period), strict=True))


def _stored(period: Period) -> tuple[Any, ...]:
    verdict = period.verdict
    since, first = verdict.since, verdict.first_implemented
    return (
        verdict.status.value,
        since.day if since else None,
        since.written.precision.value if since else "",
        verdict.verification.value,
        verdict.contested,
        first.first if first else None,
        first.last if first else None,
        period.last_published_at,
    )


def said_of(promise: Any, periods_told: Iterable[Period]) -> list[tuple[Any, ...]]:
    """The periods as spans say them: the values of `SAID`."""
    coded = tuple([getattr(promise, name) for name in CODED])
    return [(one.first, one.last, *_stored(one), *coded) for one in periods_told]


def as_spans(promise: Promise, periods_told: Iterable[Period]) -> Iterator[dict[str, Any]]:
    """The periods as the columns of spans, those of `SAID`."""
    for values in said_of(promise, periods_told):
        yield dict(zip(SAID, values, strict=True))


# What two spans are compared by.
said: Callable[[Mapping[str, Any]], tuple[Any, ...]] = itemgetter(*SAID)


def assessment(
    update: StatusUpdate, programme: Programme, moment: datetime | None = None
) -> Assessment:
    """A published update as the pure functions see it; one that is not published as if it were
    published at `moment`.
    """
    published_at = update.published_at or moment
    assert update.effective is not None
    assert published_at is not None
    counts_from = update.counts_from or min(update.effective_on, programme.today(published_at))
    return Assessment(
        id=str(update.pk),
        organisation=update.organisation_id,
        status=Status(update.status),
        effective=update.effective,
        counts_from=counts_from,
        assessed=_looked_until(update.assessed_on, published_at, counts_from, programme),
        published_at=published_at,
        evidence=tuple(
            _evidence(
                one.origin_id,
                one.source.publisher_id,
                one.origin.type,
                one.origin.country,
                one.stance,
                one.basis,
                programme.jurisdiction,
            )
            for one in update.citations.all()
        ),
    )


def _looked_until(
    assessed_on: date | None, published_at: datetime, counts_from: date, programme: Programme
) -> date:
    """The day up to which the assessor looked, which was no later than that of publication."""
    if assessed_on is None:
        return counts_from
    return min(assessed_on, programme.today(published_at))


@lru_cache(maxsize=10_000)
def _evidence(
    origin: str, publisher: str, kind: str, country: str, stance: str, basis: str, where: str
) -> Evidence:
    """A citation as verification sees it; many say the same."""
    official = Publisher(type=kind, country=country).is_official_in(where)
    return Evidence(origin, publisher, official, Stance(stance), Basis(basis))
