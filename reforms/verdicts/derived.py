"""What follows from the record for a promise: its verdict of every day, as rows are stored."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from typing import Any, NamedTuple

from reforms.assessment import Assessment, Evidence, Period, periods
from reforms.models import Programme, Promise, Publisher, StatusUpdate
from reforms.vocabulary import Basis, Stance, Status

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
        assessed=looked_until(update.assessed_on, published_at, counts_from, programme),
        published_at=published_at,
        evidence=tuple(
            evidence(
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


def looked_until(
    assessed_on: date | None, published_at: datetime, counts_from: date, programme: Programme
) -> date:
    """The day up to which the assessor looked, which was no later than that of publication."""
    if assessed_on is None:
        return counts_from
    return min(assessed_on, programme.today(published_at))


@lru_cache(maxsize=10_000)
def evidence(
    origin: str, publisher: str, kind: str, country: str, stance: str, basis: str, where: str
) -> Evidence:
    """A citation as verification sees it; many say the same."""
    official = Publisher(type=kind, country=country).is_official_in(where)
    return Evidence(origin, publisher, official, Stance(stance), Basis(basis))
