"""Stored verdicts: what `assessment` says of each promise, kept for lists and filters.

The promise itself holds its verdict as known now. Its spans hold the verdict of every day as known
at every entry of the ledger. Called by `workflow` for the promises that an entry touches, and by
`check_integrity` for all.
"""

from reforms.verdicts.derived import STORED, assessment
from reforms.verdicts.drifting import drift, drift_of_finding
from reforms.verdicts.reading import BATCH
from reforms.verdicts.settling import batch, close, flush, part, recompute, reindex
from reforms.verdicts.views import View, foreseen, views

__all__ = [
    "BATCH",
    "STORED",
    "View",
    "assessment",
    "batch",
    "close",
    "drift",
    "drift_of_finding",
    "flush",
    "foreseen",
    "part",
    "recompute",
    "reindex",
    "views",
]
