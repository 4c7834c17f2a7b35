"""Promises counted one by one, as tests do it to check the figures."""

from collections import Counter
from collections.abc import Iterable

from reforms.vocabulary import CHECKABLE, Status
from tests.api.asking import Row

PATH = "/statistics/"
SERIES = "/statistics/timeseries/"


def recount(promises: Iterable[tuple[str, str]]) -> Row:
    """The counts of promises that are given by status and commitment, one by one."""
    promises = list(promises)
    checkable = [status for status, commitment in promises if commitment in CHECKABLE]
    statuses = Counter(status for status, _ in promises)
    assessed = len(promises) - statuses["not_assessed"]

    def parts(found: Counter[str], of: int) -> dict[str, float] | None:
        return {one: round(found[one] / of, 6) for one in Status.values()} if of else None

    return {
        "total": len(promises),
        "checkable": len(checkable),
        "assessed": assessed,
        "by_status": {one: statuses[one] for one in Status.values()},
        "checkable_by_status": {one: checkable.count(one) for one in Status.values()},
        "shares": {
            "of_all": parts(statuses, len(promises)),
            "of_checkable": parts(Counter(checkable), len(checkable)),
            "of_assessed": parts(statuses - Counter(not_assessed=len(promises)), assessed),
        },
    }


def counts(row: Row) -> Row:
    """The counts of an answer, without what they are about."""
    named = ("total", "checkable", "assessed", "by_status", "checkable_by_status", "shares")
    return {name: row[name] for name in named}


def verdict(promise: Row) -> tuple[str, str]:
    return promise["status"], promise["commitment"]
