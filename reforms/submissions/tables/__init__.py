"""Many submissions from one file: JSON, JSON lines or CSV, one row at a time."""

from collections.abc import Callable, Iterator
from typing import IO

from reforms.submissions.tables.columns import (
    CITATION_OF,
    COLUMNS,
    MOST_CITATIONS,
    numbered,
)
from reforms.submissions.tables.in_csv import csv_rows, records, row_of
from reforms.submissions.tables.in_json import json_line_rows, json_rows
from reforms.submissions.tables.row import HeaderRefused, Row, Unreadable

MEDIA_TYPES: dict[str, Callable[[IO[bytes]], Iterator[Row]]] = {
    "application/json": json_rows,
    "application/jsonl": json_line_rows,
    "application/x-ndjson": json_line_rows,
    "application/json-lines": json_line_rows,
    "text/csv": csv_rows,
}


def rows(stream: IO[bytes], media_type: str) -> Iterator[Row]:
    """The rows of a file that can be rewound, with what is wrong with each as a row.

    Raises Unreadable, perhaps after some rows, where the rest cannot be read either. What is in
    memory is one row.
    """
    return MEDIA_TYPES[media_type](stream)


__all__ = [
    "CITATION_OF",
    "COLUMNS",
    "MEDIA_TYPES",
    "MOST_CITATIONS",
    "HeaderRefused",
    "Row",
    "Unreadable",
    "numbered",
    "records",
    "row_of",
    "rows",
]
