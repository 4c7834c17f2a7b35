"""One row of a file, and files that are none."""

import codecs
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import IO, Any

from reforms.errors import TrackerError
from reforms.submissions.complaints import Complaint, Place

# One row that is larger than this was never written by hand, nor by a careful program.
MOST_BYTES = 1_000_000

_OTHER_ENCODINGS = (
    *(codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE),
)


class Unreadable(TrackerError):
    """A file that cannot be read as what it is said to be; `complaints` may name the columns."""

    def __init__(self, detail: str, line: int | None = None) -> None:
        self.detail = detail
        self.line = line
        super().__init__(f"line {line}: {detail}" if line else detail)


@dataclass(frozen=True, slots=True)
class BadColumn:
    """A complaint about a column of the header."""

    column: str
    complaint: Complaint


class HeaderRefused(TrackerError):
    """The first line of a table does not name columns that can be read; all of them are named."""

    def __init__(self, bad: list[BadColumn]) -> None:
        self.bad = bad
        super().__init__("; ".join(one.complaint.detail for one in bad))


@dataclass(slots=True)
class Row:
    """One row: `number` counts from 1, `line` is where it begins in a file of lines.

    What is wrong with it as a row stands in `place`; `value` is then None where nothing can be
    read. `columns` tells which column a JSON pointer means.
    """

    number: int
    value: Any = None
    line: int | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default_factory=Place)

    def column_of(self, pointer: str) -> str | None:
        """The column that what stands at the pointer came from, or what it is part of."""
        while pointer and pointer not in self.columns:
            pointer = pointer.rpartition("/")[0]
        return self.columns.get(pointer)


def refuse_other_encodings(stream: IO[bytes]) -> None:
    """Raise Unreadable for a file in UTF-16 or UTF-32; skip the mark of UTF-8."""
    first = stream.read(4)
    if first.startswith(_OTHER_ENCODINGS) or b"\0" in first:
        raise Unreadable("The file is UTF-16 or UTF-32; save it as UTF-8 and send that.", 1)
    stream.seek(len(codecs.BOM_UTF8) if first.startswith(codecs.BOM_UTF8) else 0)
