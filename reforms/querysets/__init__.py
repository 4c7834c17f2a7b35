"""Visibility, search and prefetching as named queryset methods; no view repeats such a filter."""

from reforms.querysets.evidence import CitationQuerySet, StatusUpdateQuerySet
from reforms.querysets.promises import LAST_DAY, OPEN, PromiseQuerySet
from reforms.querysets.public import (
    ProgrammeQuerySet,
    PublicQuerySet,
    PublisherQuerySet,
    SourceQuerySet,
    SubmittedQuerySet,
)

__all__ = [
    "LAST_DAY",
    "OPEN",
    "CitationQuerySet",
    "ProgrammeQuerySet",
    "PromiseQuerySet",
    "PublicQuerySet",
    "PublisherQuerySet",
    "SourceQuerySet",
    "StatusUpdateQuerySet",
    "SubmittedQuerySet",
]
