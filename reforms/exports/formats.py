"""The formats that tables are written in."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO

from reforms.exports.columns import Row
from reforms.exports.in_parquet import write_parquet
from reforms.exports.in_text import write_csv, write_jsonl
from reforms.exports.in_xlsx import MOST_ROWS, write_xlsx
from reforms.exports.tables import Table

Write = Callable[[Table, Iterable[Row], IO[bytes], Mapping[str, str]], None]


@dataclass(frozen=True, slots=True)
class Format:
    """A format; `write` writes the rows of a table, one after the other, to a file.

    `flat` ones have the table's columns, the others the API's objects as they are. `most_rows` is
    None where there may be any number.
    """

    name: str
    media_type: str
    write: Write
    flat: bool = True
    most_rows: int | None = None


FORMATS = {
    one.name: one
    for one in (
        Format("csv", "text/csv; charset=utf-8; header=present", write_csv),
        Format("jsonl", "application/jsonl; charset=utf-8", write_jsonl, flat=False),
        Format(
            "xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            write_xlsx,
            most_rows=MOST_ROWS,
        ),
        Format("parquet", "application/vnd.apache.parquet", write_parquet),
    )
}
