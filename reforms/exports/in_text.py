"""Tables as text: JSON lines, and CSV after RFC 4180. Both in UTF-8, row by row."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Mapping
from typing import IO, Any

import orjson
from rest_framework.utils.encoders import JSONEncoder

from reforms.cells import disarmed
from reforms.exports.columns import Column, Kind, Row
from reforms.exports.tables import Table

SEPARATOR = "; "
# Characters after which a text is written to the file.
_PIECE = 262_144


def write_jsonl(
    table: Table, rows: Iterable[Row], file: IO[bytes], about: Mapping[str, str]
) -> None:
    """Each object as the API answers it, in a line that ends in a line feed."""
    encode = JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
    for row in rows:
        # As the API itself writes them: some readers take these two for the end of a line.
        line = encode(row).replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
        file.write(line.encode())
        file.write(b"\n")


def write_csv(table: Table, rows: Iterable[Row], file: IO[bytes], about: Mapping[str, str]) -> None:
    """A line of names, then a line for each object; lines end in CR LF, and there is no BOM."""
    piece = io.StringIO()
    writer = csv.writer(piece)
    writer.writerow([column.name for column in table.columns])
    cells = [(column.take, CELLS[column.kind]) for column in table.columns]
    for row in rows:
        writer.writerow([cell(take(row)) for take, cell in cells])
        if piece.tell() > _PIECE:
            file.write(piece.getvalue().encode())
            piece.seek(0)
            piece.truncate()
    file.write(piece.getvalue().encode())


def compact(value: Any) -> str:
    """A value as JSON in one line."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a whole number beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def joined(texts: Iterable[str] | None) -> str:
    """Several texts in one cell."""
    return SEPARATOR.join(texts or ())


def _text(value: str | None) -> str:
    return disarmed(value) if value else ""


def _plain(value: Any) -> str:
    return "" if value is None else str(value)


def _boolean(value: bool | None) -> str:
    return "" if value is None else str(value).lower()


def _json(value: Any) -> str:
    return compact(value) if value else ""


# How each kind of value stands in a cell of CSV: no text is ever taken for a formula.
CELLS: Mapping[Kind, Callable[[Any], str]] = {
    Kind.TEXT: _text,
    Kind.WORD: _plain,
    Kind.DATE: _plain,
    Kind.DAY: _plain,
    Kind.MOMENT: _plain,
    Kind.INTEGER: _plain,
    Kind.NUMBER: _plain,
    Kind.BOOLEAN: _boolean,
    Kind.LIST: lambda value: _text(joined(value)),
    Kind.PARTS: _json,
    Kind.JSON: _json,
}


def shown(column: Column, row: Row) -> str:
    """The text of a cell, before it is made safe for spreadsheets."""
    value = column.take(row)
    return joined(value) if column.kind == Kind.LIST else CELLS[column.kind](value)
