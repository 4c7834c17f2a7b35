"""What follows from the record for a promise: its verdict of every day, as rows are stored."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Prefetch, Q

from reforms.assessment import Assessment, Evidence, Period, periods
from reforms.models import Citation, Programme, Promise, StatusUpdate, VerdictSpan
from reforms.querysets import OPEN
from reforms.vocabulary import Basis, Stance, Status

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


def pages(
    promise_ids: Iterable[str], lock: bool = False, since: datetime | None = None
) -> Iterator[list[Any]]:
    """The promises with their open spans and the updates that stand, or stood after `since`; a page
    at a time, in the order of their ids.

    Whoever is to write verdicts locks the promises before reading what they rest on: otherwise two
    writers could each miss what the other is about to commit.
    """
    ids = sorted(set(promise_ids))
    promises = Promise.objects.select_for_update(of=("self",)) if lock else Promise.objects.all()
    considered = Q(ended_at=None) if since is None else Q(ended_at=None) | Q(ended_at__gt=since)
    citations = Citation.objects.select_related("source", "origin").only(
        "update", "stance", "basis", "source__publisher", "origin__type", "origin__country"
    )
    updates = (
        StatusUpdate.objects.public()
        .filter(considered)
        .prefetch_related(Prefetch("citations", queryset=citations))
    )
    spans = VerdictSpan.objects.filter(known_to=OPEN)
    for start in range(0, len(ids), BATCH):
        page: list[Any] = list(
            promises.filter(pk__in=ids[start : start + BATCH])
            .select_related("programme")
            .prefetch_related(
                Prefetch("updates", queryset=updates, to_attr="considered"),
                Prefetch("spans", queryset=spans, to_attr="open_spans"),
            )
            .order_by("pk")
        )
        for promise in page:
            promise.assessments = {
                one.pk: assessment(one, promise.programme) for one in promise.considered
            }
        yield page


def standing(promise: Any, moment: datetime | None) -> list[StatusUpdate] | None:
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


def told(promise: Any, updates: list[StatusUpdate] | None) -> list[Period]:
    """The verdict of every day since the programme was announced; of a withdrawn promise, none."""
    if updates is None:
        return []
    programme = promise.programme
    assert programme.announced is not None
    return periods(
        [promise.assessments[update.pk] for update in updates],
        programme.lead_organisation_id,
        programme.announced.first,
    )


def columns(period: Period) -> dict[str, Any]:
    """A verdict as its columns, those of `STORED`."""
    verdict, first = period.verdict, period.verdict.first_implemented
    return {
        "status": verdict.status.value,
        "status_since": verdict.since.day if verdict.since else None,
        "status_since_precision": verdict.since.written.precision.value if verdict.since else "",
        "verification": verdict.verification.value,
        "contested": verdict.contested,
        "implemented_from": first.first if first else None,
        "implemented_to": first.last if first else None,
        "last_published_at": period.last_published_at,
    }


def as_spans(promise: Promise, periods_told: Iterable[Period]) -> Iterator[dict[str, Any]]:
    """The periods as the columns of spans, those of `SAID`."""
    coded = {name: getattr(promise, name) for name in CODED}
    for period in periods_told:
        days = {"valid_from": period.first, "valid_to": period.last}
        yield days | columns(period) | coded


def said(values: Mapping[str, Any]) -> tuple[Any, ...]:
    """What two spans are compared by."""
    return tuple(values[name] for name in SAID)


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
    assessed = counts_from
    if update.assessed_on is not None:
        assessed = min(update.assessed_on, programme.today(published_at))
    return Assessment(
        id=str(update.pk),
        organisation=update.organisation_id,
        status=Status(update.status),
        effective=update.effective,
        counts_from=counts_from,
        assessed=assessed,
        published_at=published_at,
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
