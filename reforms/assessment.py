"""From assessments to a verdict: pure functions, no database, no clock.

An organisation's *current* assessment is its standing one with the latest effective date; ties go
to the later publication. The *headline* is the lead organisation's current assessment; without
one, the view that all others share; if they differ, the latest. Everything else follows from how
the headline moved through time.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import groupby
from operator import attrgetter

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


# `order` of an assessment, without the call.
_ORDER = attrgetter("counts_from", "published_at", "id")
_DAY = attrgetter("counts_from")


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


@dataclass(frozen=True, slots=True)
class Period:
    """The days `first` to `last`, both included, of one verdict. `last_published_at` is when the
    latest of the assessments behind it was published.
    """

    first: date
    last: date
    verdict: Verdict
    last_published_at: datetime | None


def current(assessments: Iterable[Assessment]) -> dict[str, Assessment]:
    """Each organisation's current assessment."""
    return {one.organisation: one for one in sorted(assessments, key=_ORDER)}


def headline(views: Iterable[Assessment], lead: str | None) -> Assessment | None:
    """The one of the current assessments that the headline follows; None without any."""
    views = list(views)
    for view in views:
        if view.organisation == lead:
            return view
    # A view that all share and the latest one of views that differ are found in the same place.
    return max(views, key=_ORDER, default=None)


def dissents(view: Assessment, status: Status, since: date) -> bool:
    """Whether a current assessment contests the headline `status`, which holds since that day: it
    differs, and whoever made it looked on that day or later.
    """
    return view.status != status and view.assessed >= since


def history(assessments: Iterable[Assessment], lead: str | None) -> list[Assessment]:
    """The assessments that began each unbroken run of one headline status, oldest first."""
    return _course(assessments, lead).runs


def judge(assessments: Iterable[Assessment], lead: str | None) -> Verdict:
    """The verdict over the standing assessments of one promise."""
    return _course(assessments, lead).verdict()


def periods(assessments: Iterable[Assessment], lead: str | None, begins: date) -> list[Period]:
    """The verdict of each day from `begins` on: what `judge` says over those that count by then.

    The periods follow one another without a gap, neighbours differ, and the last one is open: it
    ends with the last day that there is.
    """
    course = _Course(lead)
    found = [Period(begins, date.max, course.verdict(), None)]
    for day, those in _days(assessments):
        course.take(those)
        last = found.pop()
        published_at = max(one.published_at for one in those)
        if last.last_published_at is not None:
            published_at = max(published_at, last.last_published_at)
        period = Period(max(day, begins), date.max, course.verdict(), published_at)
        if (last.verdict, last.last_published_at) == (period.verdict, published_at):
            period = last
        elif last.first < period.first:
            found.append(
                Period(
                    last.first,
                    period.first - timedelta(days=1),
                    last.verdict,
                    last.last_published_at,
                )
            )
        found.append(period)
    return found


@dataclass(slots=True)
class _Course:
    """How the headline moved, day by day: each day is taken in once, the oldest first."""

    lead: str | None
    views: dict[str, Assessment] = field(default_factory=dict)
    runs: list[Assessment] = field(default_factory=list)
    # What those assert who have said the same as the headline since its run began.
    evidence: set[Evidence] = field(default_factory=set)

    def take(self, those: list[Assessment]) -> None:
        """Take in all assessments of a day: its headline is what they leave together."""
        self.views |= current(those) if len(those) > 1 else {those[0].organisation: those[0]}
        head = headline(self.views.values(), self.lead)
        assert head is not None
        if not self.runs or self.runs[-1].status != head.status:
            self.runs.append(head)  # only an assessment of this very day can have moved it
            self.evidence = set()
        for one in those:
            if one.status == head.status:
                self.evidence.update(one.evidence)

    def verdict(self) -> Verdict:
        if not self.runs:
            return Verdict()
        status, since = self.runs[-1].status, self.runs[-1].counts_from
        views = self.views.values()
        # Whoever came to the same view before the run began, and holds it still, counts as well.
        evidence = frozenset(
            self.evidence.union(*[one.evidence for one in views if one.status == status])
        )
        dissent = any(dissents(one, status, since) for one in views)
        implemented = next((one for one in self.runs if one.status == Status.IMPLEMENTED), None)
        return Verdict(
            status=status,
            since=Since(since, self.runs[-1].effective),
            verification=verification(evidence),
            contested=dissent or _is_disputed(evidence),
            first_implemented=implemented.effective if implemented else None,
        )


def _course(assessments: Iterable[Assessment], lead: str | None) -> _Course:
    course = _Course(lead)
    for _, those in _days(assessments):
        course.take(those)
    return course


def _days(assessments: Iterable[Assessment]) -> Iterator[tuple[date, list[Assessment]]]:
    """The assessments by the day from which they count, the oldest day first."""
    ordered = sorted(assessments, key=_ORDER)
    for day, those in groupby(ordered, key=_DAY):
        yield day, list(those)


@lru_cache(maxsize=10_000)
def _is_disputed(evidence: frozenset[Evidence]) -> bool:
    return any(item.stance == Stance.DISPUTES for item in evidence)


def verification(evidence: Iterable[Evidence]) -> Verification:
    """How well supporting evidence verifies a status; each distinct origin counts once."""
    return _verification(frozenset(evidence))


# From day to day, and from one entry of a batch to the next, the evidence is mostly the same.
@lru_cache(maxsize=10_000)
def _verification(evidence: frozenset[Evidence]) -> Verification:
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
