"""Promises counted by status, in groups: the database counts, whatever the number of promises."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Count

from reforms import replicas
from reforms.querysets import PromiseQuerySet, StatusUpdateQuerySet
from reforms.vocabulary import (
    CHECKABLE,
    Commitment,
    PromiseKind,
    Status,
    Term,
    Timeliness,
    Verification,
)


class Grouping(Term):
    """By what promises are grouped."""

    REFORM = "reform", "the reform that it belongs to"
    KIND = "kind", "its kind"
    COMMITMENT = "commitment", "how firmly it binds"
    VERIFICATION = "verification", "how its headline is verified"
    TIMELINESS = "timeliness", "how it stands to its deadline"
    BODY = "body", "each body that is responsible for it or affected by it"
    TOPIC = "topic", "each topic that it is about"
    ORGANISATION = "organisation", "each organisation that assesses it, by that one's own status"


# Where the groups are the words of a vocabulary, all of them are groups, also empty ones.
WORDS: dict[Grouping, type[Term]] = {
    Grouping.KIND: PromiseKind,
    Grouping.COMMITMENT: Commitment,
    Grouping.VERIFICATION: Verification,
    Grouping.TIMELINESS: Timeliness,
}
# A promise may belong to several of these, or to none.
SEVERAL = (Grouping.BODY, Grouping.TOPIC, Grouping.ORGANISATION)

# The ORM counts no rows that were chosen by a window; joined again by their ids, a million of them
# would be read twice.
_VIEWS = (
    "SELECT organisation, status, commitment, COUNT(*) FROM ("
    "WITH held(promise, organisation, status) AS ({held}),"
    " chosen(promise, commitment) AS ({chosen})"
    " SELECT organisation, status, commitment"
    " FROM held JOIN chosen ON held.promise = chosen.promise"
    ") AS views GROUP BY organisation, status, commitment"
)

_TIES = {Grouping.BODY: "body_ties__body", Grouping.TOPIC: "topics"}


@dataclass(slots=True)
class Counts:
    """How many promises have which status; `checkable` are those that can be checked at all."""

    by_status: Counter[str] = field(default_factory=Counter)
    checkable_by_status: Counter[str] = field(default_factory=Counter)

    def add(self, status: str, commitment: str, number: int) -> None:
        """Count so many promises more."""
        self.by_status[status] += number
        if commitment in CHECKABLE:
            self.checkable_by_status[status] += number

    @property
    def total(self) -> int:
        return self.by_status.total()

    @property
    def checkable(self) -> int:
        return self.checkable_by_status.total()

    @property
    def assessed(self) -> int:
        return self.total - self.by_status[Status.NOT_ASSESSED]

    @property
    def assessed_by_status(self) -> dict[str, int]:
        return {name: n for name, n in self.by_status.items() if name != Status.NOT_ASSESSED}

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.by_status + other.by_status, self.checkable_by_status + other.checkable_by_status
        )


@dataclass(slots=True)
class Grouped:
    """The counts of each group, by its id, and of all promises once.

    `ungrouped` is the number of promises that belong to none of the groups.
    """

    overall: Counts
    groups: dict[str, Counts]
    ungrouped: int = 0


def shares(by_status: dict[str, int], of: int) -> dict[str, Fraction] | None:
    """Which part of `of` promises has which status; None where there are none."""
    if not of:
        return None
    return {name: Fraction(by_status.get(name, 0), of) for name in Status.values()}


def counted(promises: PromiseQuerySet, verdict: str = "") -> Counts:
    """All these promises by status, in one query.

    `verdict` is the prefix of the columns of the verdict: `span__` where `at` joined another one.
    """
    rows = _counted(promises, [], verdict)
    return _sum_up(rows).get((), Counts())


def grouped(
    promises: PromiseQuerySet,
    grouping: Grouping,
    verdict: str = "",
    standing: StatusUpdateQuerySet | None = None,
) -> Grouped:
    """The promises by group and status, in at most two queries; `verdict` as for `counted`.

    To group by timeliness the promises have it annotated; to group by organisation, `standing` are
    the updates that stood at the moment asked about, and each group counts by the current
    assessment of its organisation.
    """
    if grouping == Grouping.ORGANISATION:
        assert standing is not None
        # A promise has a headline as soon as one update of it stands.
        overall = counted(promises, verdict)
        groups = _by_organisation(promises, standing, verdict)
        return Grouped(overall, groups, overall.by_status[Status.NOT_ASSESSED])
    column = _column(grouping, verdict)
    found = {
        key: counts for (key,), counts in _sum_up(_counted(promises, [column], verdict)).items()
    }
    if grouping in SEVERAL:
        ungrouped = found.pop(None, Counts()).total
        return Grouped(counted(promises, verdict), found, ungrouped)
    overall = sum(found.values(), Counts())
    if grouping in WORDS:
        found = {word: found.get(word, Counts()) for word in WORDS[grouping].values()}
    return Grouped(overall, found)


def _column(grouping: Grouping, verdict: str) -> str:
    if grouping == Grouping.TIMELINESS:
        return "timeliness_now"
    if grouping in WORDS:
        return verdict + grouping.value
    return _TIES.get(grouping, grouping.value)


def _counted(promises: PromiseQuerySet, columns: list[str], verdict: str) -> Iterable[Any]:
    """Rows of: the columns, status, commitment, how many promises."""
    # A body may be tied to a promise twice: responsible for it, and affected by it.
    distinct = any(column == _TIES[Grouping.BODY] for column in columns)
    return (
        promises.order_by()
        .values_list(*columns, f"{verdict}status", f"{verdict}commitment")
        .annotate(number=Count("pk", distinct=True) if distinct else Count("*"))
    )


def _by_organisation(
    promises: PromiseQuerySet, standing: StatusUpdateQuerySet, verdict: str
) -> dict[str, Counts]:
    chosen = promises.order_by().values_list("pk", f"{verdict}commitment")
    held = (
        standing.filter(promise__in=promises.order_by().values("pk"))
        .current()
        .order_by()
        .values_list("promise", "organisation", "status")
    )
    try:
        views, of_views = held.query.sql_with_params()
        those, of_those = chosen.query.sql_with_params()
    except EmptyResultSet:
        return {}
    with replicas.connection().cursor() as cursor:
        cursor.execute(_VIEWS.format(held=views, chosen=those), [*of_views, *of_those])
        rows = cursor.fetchall()
    return {key: counts for (key,), counts in _sum_up(rows).items()}


def _sum_up(rows: Iterable[Any]) -> dict[Any, Counts]:
    """The counts by what stands before status, commitment and number."""
    found: dict[Any, Counts] = {}
    for *key, status, commitment, number in rows:
        found.setdefault(tuple(key), Counts()).add(status, commitment, number)
    return found
