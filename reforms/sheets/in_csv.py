"""Tables as CSV: UTF-8, as spreadsheets write and read it."""

import csv
import io
from collections.abc import Container, Iterable, Iterator

from reforms.cells import disarmed, rearmed
from reforms.sheets.lines import MOST_COLUMNS, Line, Unreadable
from reforms.submissions.tables import records


def read_csv(content: bytes, known: Container[str]) -> Iterator[Line]:
    """The lines of the file; raises Unreadable where it is none, or not from some line on."""
    for line, cells in records(io.BytesIO(content), known):
        if len(cells) > MOST_COLUMNS:
            raise Unreadable(f"The line has more than {MOST_COLUMNS:,} cells.", line)
        yield Line(line, [rearmed(cell).replace("\r\n", "\n") for cell in cells])


def write_csv(rows: Iterable[list[str]]) -> Iterator[str]:
    """The file in pieces, beginning with the mark by which spreadsheets know UTF-8."""
    piece = io.StringIO()
    piece.write("\ufeff")
    writer = csv.writer(piece)
    for row in rows:
        writer.writerow([disarmed(cell) for cell in row])
        if piece.tell() > _PIECE:
            yield piece.getvalue()
            piece.seek(0)
            piece.truncate()
    yield piece.getvalue()


_PIECE = 65_536
