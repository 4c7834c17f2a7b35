"""Promises counted by status at the end of each month, quarter or year.

A verdict that is stored for its days makes one change where it begins and one where it ends; the
changes of all promises are counted by the database, day by day, and added up here.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

from django.db.models import Count

from reforms.statistics.counting import Counts
from reforms.vocabulary import Term


class Interval(Term):
    """How far the points of a series are apart."""

    MONTH = "month", "the last day of each month"
    QUARTER = "quarter", "the last day of March, June, September and December"
    YEAR = "year", "the last day of each year"


_MONTHS = {Interval.MONTH: 1, Interval.QUARTER: 3, Interval.YEAR: 12}


@dataclass(frozen=True, slots=True)
class End:
    """The day of a point, and the interval that it is in: 2022-03, 2022-Q1, 2022.

    `complete` where the interval is over with that day.
    """

    day: date
    interval: str
    complete: bool


def ends(interval: Interval, first: date, last: date) -> list[End]:
    """The last day of every interval from that of `first` on, and at the end the day `last`."""
    if last < first:
        return []
    return list(_ends(interval, first, last))


def _ends(interval: Interval, first: date, last: date) -> Iterator[End]:
    months = _MONTHS[interval]
    # Months since the beginning of the calendar, of the first after the interval.
    following = (first.year * 12 + first.month - 1) // months * months + months
    while True:
        name = _name(interval, following - 1)
        over = date(following // 12, following % 12 + 1, 1) - timedelta(days=1)
        yield End(min(over, last), name, complete=over <= last)
        if over >= last:
            return
        following += months


def _name(interval: Interval, month: int) -> str:
    year, month = divmod(month, 12)
    match interval:
        case Interval.MONTH:
            return f"{year}-{month + 1:02d}"
        case Interval.QUARTER:
            return f"{year}-Q{month // 3 + 1}"
    return str(year)


def series(promises: Any, days: list[date]) -> list[Counts]:
    """The counts on each of the days, which ascend, in two queries.

    `promises` are joined with every verdict that was known (`PromiseQuerySet.over`), and narrowed
    by nothing that depends on the day.
    """
    if not days:
        return []
    changes = [Counts() for _ in days]
    begun = promises.filter(span__valid_from__lte=days[-1])
    for day, status, commitment, number in _by_day(begun, "valid_from"):
        changes[bisect_left(days, day)].add(status, commitment, number)
    for day, status, commitment, number in _by_day(
        promises.filter(span__valid_to__lt=days[-1]), "valid_to"
    ):
        # It still held on its last day.
        changes[bisect_right(days, day)].add(status, commitment, -number)
    return list(accumulate(changes, _added))


def _by_day(promises: Any, column: str) -> Iterable[Any]:
    columns = (f"span__{column}", "span__status", "span__commitment")
    rows = promises.order_by().values_list(*columns).annotate(Count("pk"))
    return rows.iterator(chunk_size=5000)


def _added(sum_: Counts, change: Counts) -> Counts:
    """Their sum; `+` of counters would forget what is negative on the way."""
    found = Counts(sum_.by_status.copy(), sum_.checkable_by_status.copy())
    found.by_status.update(change.by_status)
    found.checkable_by_status.update(change.checkable_by_status)
    return found
