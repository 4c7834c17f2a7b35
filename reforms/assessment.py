"""From assessments to a verdict: pure functions, no database, no clock.

An organisation's *current* assessment is its standing one with the latest effective date; ties go
to the later publication. The *headline* is the lead organisation's current assessment; without
one, the view that all others share; if they differ, the latest. Everything else follows from how
the headline moved through time.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from reforms.dates import PartialDate
from reforms.vocabulary import Basis, Stance, Status, Timeliness, Verification


@dataclass(frozen=True, slots=True)
class Evidence:
    """One citation of an assessment, as far as verification goes.

    `origin` is the publisher whose assertion it is, `publisher` the one that prints it; `official`
    says whether the origin is the state (of the programme's jurisdiction), its media or a party.
    """

    origin: str
    publisher: str
    official: bool
    stance: Stance
    basis: Basis


@dataclass(frozen=True, slots=True)
class Assessment:
    """One standing status update. `counts_from` is its effective date for order and `as_of`."""

    id: str
    organisation: str
    status: Status
    effective: PartialDate
    counts_from: date
    assessed: date
    published_at: datetime
    evidence: tuple[Evidence, ...] = ()

    @property
    def order(self) -> tuple[date, datetime, str]:
        return (self.counts_from, self.published_at, self.id)


@dataclass(frozen=True, slots=True)
class Since:
    """The day from which a status counts, and the date as its assessment wrote it."""

    day: date
    written: PartialDate


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the record says of one promise. `first_implemented` is when the headline first was."""

    status: Status = Status.NOT_ASSESSED
    since: Since | None = None
    verification: Verification = Verification.NONE
    contested: bool = False
    first_implemented: PartialDate | None = None


def current(assessments: Iterable[Assessment]) -> dict[str, Assessment]:
    """Each organisation's current assessment."""
    return {one.organisation: one for one in sorted(assessments, key=lambda one: one.order)}


def headline(views: Iterable[Assessment], lead: str | None) -> Assessment | None:
    """The one of the current assessments that the headline follows; None without any."""
    views = list(views)
    for view in views:
        if view.organisation == lead:
            return view
    # A view that all share and the latest one of views that differ are found in the same place.
    return max(views, key=lambda one: one.order, default=None)


def history(assessments: Iterable[Assessment], lead: str | None) -> list[Assessment]:
    """The assessments that began each unbroken run of one headline status, oldest first."""
    runs: list[Assessment] = []
    views: dict[str, Assessment] = {}
    ordered = sorted(assessments, key=lambda one: one.order)
    for index, assessment in enumerate(ordered):
        views[assessment.organisation] = assessment
        if ordered[index + 1 : index + 2] and (
            ordered[index + 1].counts_from == assessment.counts_from
        ):
            continue  # the headline of a day is what all assessments of that day leave
        head = headline(views.values(), lead)
        assert head is not None
        if not runs or runs[-1].status != head.status:
            runs.append(head)  # only an assessment of this very day can have moved the headline
    return runs


def judge(assessments: Iterable[Assessment], lead: str | None) -> Verdict:
    """The verdict over the standing assessments of one promise."""
    assessments = list(assessments)
    views = current(assessments)
    head = headline(views.values(), lead)
    if head is None:
        return Verdict()
    runs = history(assessments, lead)
    since = Since(runs[-1].counts_from, runs[-1].effective)
    asserting = [
        one
        for one in assessments
        if one.status == head.status
        and (one.counts_from >= since.day or views[one.organisation] is one)
    ]
    evidence = [item for one in asserting for item in one.evidence]
    dissent = any(
        view.status != head.status and view.assessed >= since.day for view in views.values()
    )
    implemented = next((one for one in runs if one.status == Status.IMPLEMENTED), None)
    return Verdict(
        status=head.status,
        since=since,
        verification=verification(evidence),
        contested=dissent or any(item.stance == Stance.DISPUTES for item in evidence),
        first_implemented=implemented.effective if implemented else None,
    )


def verification(evidence: Iterable[Evidence]) -> Verification:
    """How well supporting evidence verifies a status; each distinct origin counts once."""
    supporting = [
        item
        for item in evidence
        if item.stance == Stance.SUPPORTS
        and not (item.basis == Basis.RELAYS and item.origin == item.publisher)
    ]
    act = any(item.basis == Basis.ACT_IN_FORCE for item in supporting)
    asserted = [item for item in supporting if item.basis in (Basis.OWN_FINDING, Basis.RELAYS)]
    independent = {item.origin for item in asserted if not item.official}
    if len(independent) >= 2 or (independent and act):
        return Verification.CORROBORATED
    if independent:
        return Verification.INDEPENDENT
    if act:
        return Verification.DOCUMENTED
    if any(item.official for item in supporting):
        return Verification.OFFICIAL_CLAIM
    return Verification.NONE


def timeliness(
    status: Status, deadline: date | None, first_implemented: PartialDate | None, on: date
) -> Timeliness:
    """How a promise stands to its deadline on the day `on`; the deadline's last day is in time."""
    if deadline is None:
        return Timeliness.NO_DEADLINE
    if first_implemented is not None:
        if first_implemented.last <= deadline:
            return Timeliness.ON_TIME
        if first_implemented.first > deadline:
            return Timeliness.LATE
        return Timeliness.UNDETERMINED
    if status == Status.ABANDONED:
        return Timeliness.UNDETERMINED
    if on <= deadline:
        return Timeliness.PENDING
    if status == Status.NOT_ASSESSED:
        return Timeliness.UNASSESSED
    return Timeliness.OVERDUE
