"""Visibility, search and prefetching as named queryset methods; no view repeats such a filter."""

from reforms.querysets.evidence import CitationQuerySet, StatusUpdateQuerySet
from reforms.querysets.imports import ImportQuerySet
from reforms.querysets.promises import LAST_DAY, OPEN, PromiseQuerySet
from reforms.querysets.public import (
    ProgrammeQuerySet,
    PublicQuerySet,
    PublisherQuerySet,
    SubmittedQuerySet,
)
from reforms.querysets.sources import LinkCheckQuerySet, SourceQuerySet

__all__ = [
    "LAST_DAY",
    "OPEN",
    "CitationQuerySet",
    "ImportQuerySet",
    "LinkCheckQuerySet",
    "ProgrammeQuerySet",
    "PromiseQuerySet",
    "PublicQuerySet",
    "PublisherQuerySet",
    "SourceQuerySet",
    "StatusUpdateQuerySet",
    "SubmittedQuerySet",
]
