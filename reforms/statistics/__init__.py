"""Figures over the record: what counts is said by the querysets, how it is measured elsewhere."""

from reforms.statistics.agreement import Agreement, agreements
from reforms.statistics.counting import Counts, Grouping, counted, grouped
from reforms.statistics.series import Interval, ends, series

__all__ = [
    "Agreement",
    "Counts",
    "Grouping",
    "Interval",
    "agreements",
    "counted",
    "ends",
    "grouped",
    "series",
]
