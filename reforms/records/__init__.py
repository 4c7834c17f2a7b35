"""What the record says of each public object, and how two states of it differ."""

from reforms.records.differences import (
    MINOR,
    Difference,
    adds_languages,
    changed_fields,
    compare,
    kind_of_edit,
)
from reforms.records.documents import (
    SCHEMA_VERSION,
    TYPES,
    Document,
    citation_document,
    document,
    stored,
    type_of,
)
from reforms.records.restoring import restore

__all__ = [
    "MINOR",
    "SCHEMA_VERSION",
    "TYPES",
    "Difference",
    "Document",
    "adds_languages",
    "changed_fields",
    "citation_document",
    "compare",
    "document",
    "kind_of_edit",
    "restore",
    "stored",
    "type_of",
]
