"""Tables as XLSX, read without trusting them: no formula, no bomb, nothing but plain cells."""

import io
import math
import re
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import IO, Any

from reforms.cells import from_xml, xml_safe
from reforms.sheets.lines import MOST_COLUMNS, Line, Unreadable

# What the parts of a file may hold when they are unpacked, in bytes.
MOST_UNPACKED = 100_000_000
# Styles, themes and the like are small in any honest file, and all of them are kept in memory.
MOST_BESIDE = 10_000_000
MOST_PARTS = 1_000
# Lines without a single cell count as well: a file names its last line, and may name any.
MOST_LINES = 200_000
# Excel holds no longer text in a cell.
LONGEST_TEXT = 32_767

_DAMAGED = "The file cannot be read as XLSX: it is damaged, or another sort of file. Save it anew."
_LARGE_PARTS = re.compile(r"xl/(worksheets/.*|sharedStrings\.xml)", re.IGNORECASE)
_LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.')


class TooLong(Exception):
    """A text that no cell of a spreadsheet holds; it is the column's name."""


# Reading --------------------------------------------------------------------------------------


def read_xlsx(content: bytes) -> Iterator[Line]:
    """The lines of the first sheet; raises Unreadable for what is no such file."""
    _refuse_bombs(content)
    book = _opened(content)
    try:
        sheets = book.worksheets
        if not sheets:
            raise Unreadable("The file has no sheet.")
        sheets[0].reset_dimensions()  # they are what the file says of itself
        yield from _lines(sheets[0])
    finally:
        book.close()


def _refuse_bombs(content: bytes) -> None:
    """Look at the list of contents before anything is unpacked; no more than it says ever is."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            listed = parts.infolist()
            names = {one.filename for one in listed}
            if "mimetype" in names:
                detail = "The file is an OpenDocument spreadsheet; save it as XLSX or CSV."
                raise Unreadable(detail)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unreadable(_DAMAGED) from None
    beside = sum(one.file_size for one in listed if not _LARGE_PARTS.fullmatch(one.filename))
    if (
        sum(one.file_size for one in listed) > MOST_UNPACKED
        or beside > MOST_BESIDE
        or len(listed) > MOST_PARTS
    ):
        raise Unreadable(
            f"The file unpacks to more than {MOST_UNPACKED // 1_000_000} MB. Copy the rows into a"
            " new file and send that, in parts if need be."
        )


def _opened(content: bytes) -> Any:
    # Here, as in `exports.in_xlsx`.
    from openpyxl import load_workbook

    try:
        return load_workbook(io.BytesIO(content), read_only=True, keep_links=False)
    except Exception:  # whatever a broken file makes the library raise
        raise Unreadable(_DAMAGED) from None


def _lines(sheet: Any) -> Iterator[Line]:
    rows = iter(sheet.iter_rows())
    number, found = 0, False
    while True:
        number += 1
        try:
            row = next(rows, None)
        except Exception:  # as above
            raise Unreadable(_DAMAGED, number) from None
        if row is None:
            break
        if number > MOST_LINES:
            raise Unreadable(f"The sheet has more than {MOST_LINES:,} lines; send it in parts.")
        if any(cell.value is not None for cell in row[MOST_COLUMNS:]):
            raise Unreadable(f"The line has more than {MOST_COLUMNS:,} cells.", number)
        line = _line(number, row[:MOST_COLUMNS])
        if line.cells:
            found = True
            yield line
    if not found:
        raise Unreadable("The first sheet is empty; its first line is to name the columns.", 1)


def _line(number: int, row: Iterable[Any]) -> Line:
    line = Line(number, [], is_whole=False)
    for place, cell in enumerate(row):
        if cell.value is None and cell.data_type != "f":
            line.cells.append("")
            continue
        text, refusal = _read(cell)
        line.cells.append(text)
        if refusal:
            line.refused[place] = refusal
    line.trim()
    return line


def _read(cell: Any) -> tuple[str, str]:
    """The text of a cell, and why it is refused, if it is."""
    match cell.value:
        case _ if cell.data_type == "f":
            return "", "A formula stands here; paste its value instead."
        case _ if cell.data_type == "e":
            return "", f"The cell shows the error {cell.value}; write what is meant."
        case str():
            return from_xml(cell.value).replace("\r\n", "\n"), ""
        case bool():
            return "", "TRUE and FALSE are no texts; format the cell as text and write it anew."
        case datetime() | date():
            return _day(cell)
        case time() | timedelta():
            return "", "A time of day stands here; format the cell as text and write it anew."
        case int():
            return str(cell.value), ""
        case float() if math.isfinite(cell.value):
            whole = cell.value.is_integer() and abs(cell.value) < 1e15
            return str(int(cell.value)) if whole else repr(cell.value), ""
    return "", "The cell cannot be read; format it as text and write it anew."


def _day(cell: Any) -> tuple[str, str]:
    """A date as the sheet shows it: its format says whether the day or the month is meant."""
    if isinstance(cell.value, datetime) and cell.value.time() != time():
        return "", "A date with a time stands here; format the cell as text and write the date."
    shown = _LITERALS.sub("", str(cell.number_format or "")).lower()
    day = cell.value.strftime("%Y-%m-%d")
    if "d" in shown or not shown:
        return day, ""
    return (day[:7] if "m" in shown else day[:4]), ""


# Writing --------------------------------------------------------------------------------------


def write_xlsx(rows: Iterable[list[str]], title: str, file: IO[bytes]) -> None:
    """Write the file, row by row; the first names the columns. Raises TooLong for a cell that
    would not fit.
    """
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(title)
    sheet.freeze_panes = "B2"
    # A style of its own for each cell would be slow to make, and large.
    plain, quoted = _text_cell(WriteOnlyCell(sheet)), _text_cell(WriteOnlyCell(sheet))
    quoted.quotePrefix = True

    def cell(name: str, text: str) -> Any:
        if not text:
            return None
        if len(text) > LONGEST_TEXT:
            raise TooLong(name)
        cell: Any = WriteOnlyCell(sheet)
        cell._style = quoted._style if text[0] in _QUOTED else plain._style
        # Set beside its value, so that no text is ever taken for a formula.
        cell._value, cell.data_type = xml_safe(text), "s"
        return cell

    header: list[str] = []
    try:
        for row in rows:
            header = header or row
            sheet.append([cell(name, text) for name, text in zip(header, row, strict=True)])
    except BaseException:
        # What was written so far stands in a file of the library's own.
        sheet.close()
        sheet._writer.cleanup()
        raise
    book.save(file)


# Texts that would be something else if somebody typed them.
_QUOTED = "=+-@'\t\r\n＝＋－＠"


def _text_cell(cell: Any) -> Any:
    # What is typed into it later stays a text too: 2022-11 does not become a day.
    cell.number_format = "@"
    return cell
