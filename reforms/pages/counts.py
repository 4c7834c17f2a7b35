"""Counts of promises by status: added up, and put into sentences that give their denominators."""

from collections.abc import Iterable, Mapping
from typing import Any

from reforms.pages.looks import LOOKS
from reforms.vocabulary import Status

Counts = Mapping[str, Any]


def together(several: Iterable[Counts]) -> dict[str, Any]:
    """The counts of several reforms as those of one."""
    whole: dict[str, Any] = {
        "total": 0,
        "checkable": 0,
        "assessed": 0,
        "by_status": dict.fromkeys(Status.values(), 0),
        "checkable_by_status": dict.fromkeys(Status.values(), 0),
    }
    for counts in several:
        for name in ("total", "checkable", "assessed"):
            whole[name] += counts[name]
        for name in ("by_status", "checkable_by_status"):
            for status, number in counts[name].items():
                whole[name][status] += number
    return whole


def percentage(number: int, of: int) -> str:
    """A share in whole per cent; only nothing is 0%, and only all is 100%. Empty of nothing."""
    if not of:
        return ""
    whole = round(100 * number / of)
    if 0 < number < of:
        whole = min(max(whole, 1), 99)
    return f"{whole}%"


def lines(counts: Counts) -> list[dict[str, Any]]:
    """Each status that occurs, from done to not known, with its number and its shares."""
    return [
        {
            "status": status.value,
            "number": counts["by_status"][status],
            "share": percentage(counts["by_status"][status], counts["total"]),
            "checkable": counts["checkable_by_status"][status],
            "checkable_share": percentage(
                counts["checkable_by_status"][status], counts["checkable"]
            ),
        }
        for status in LOOKS
        if counts["by_status"][status]
    ]
