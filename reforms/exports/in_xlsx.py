"""Tables as XLSX: a sheet with the rows, and one that says what they are."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import IO, Any

from reforms.cells import xml_safe
from reforms.exports.columns import Column, Kind, Row
from reforms.exports.in_text import compact, joined
from reforms.exports.tables import Table

# Excel takes 1,048,576 lines; writing so many would take longer than anybody waits.
MOST_ROWS = 100_000
# Excel holds no longer text in a cell.
LONGEST_TEXT = 32_767


class CellTooLong(Exception):
    """A text that no cell of a spreadsheet holds: of which column and object."""

    def __init__(self, column: str, row: Row) -> None:
        self.column = column
        self.row = str(row.get("id") or row.get("sequence") or "")
        super().__init__(column)


def write_xlsx(
    table: Table, rows: Iterable[Row], file: IO[bytes], about: Mapping[str, str]
) -> None:
    """A sheet named as the table, then the sheet “about”. Raises CellTooLong."""
    # Here, since it takes 30 MB that a server which never writes a sheet can do without.
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

    book = Workbook(write_only=True)
    sheet: Any = book.create_sheet(table.name)
    sheet.freeze_panes = "B2"
    try:
        writer = _Cells(sheet, WriteOnlyCell)
        sheet.append([writer.text(column.name) for column in table.columns])
        for row in rows:
            sheet.append([writer.cell(column, row) for column in table.columns])
        notes: Any = book.create_sheet("about")
        writer = _Cells(notes, WriteOnlyCell)
        for name, value in about.items():
            notes.append([writer.text(name), writer.text(value)])
    except BaseException:
        # What was written so far stands in files of the library's own.
        for one in book.worksheets:
            one.close()
            one._writer.cleanup()  # type: ignore[attr-defined]
        raise
    book.save(file)


class _Cells:
    """Makes the cells of a sheet; a style of its own for each would be slow, and large."""

    def __init__(self, sheet: Any, new: Any) -> None:
        self.sheet, self.new = sheet, new
        plain, day = new(sheet), new(sheet)
        # What is typed into it later stays a text too: 2022-11 does not become a day.
        plain.number_format = "@"
        day.number_format = "yyyy-mm-dd"
        self.plain, self.day = plain._style, day._style

    def cell(self, column: Column, row: Row) -> Any:
        """A cell with the type of its column; None for an empty one."""
        value = column.take(row)
        if value is None or value in ("", []):
            return None
        match column.kind:
            case Kind.INTEGER | Kind.NUMBER | Kind.BOOLEAN:
                return value
            case Kind.DAY:
                return self.date(value)
            # A month or a year is no day, and stays a text.
            case Kind.DATE if len(value) == 10:
                return self.date(value)
            case Kind.LIST:
                value = joined(value)
            case Kind.PARTS | Kind.JSON:
                value = compact(value)
        if len(value) > LONGEST_TEXT:
            raise CellTooLong(column.name, row)
        return self.text(value)

    def text(self, text: str) -> Any:
        """A text, whatever it begins with."""
        cell = self.new(self.sheet)
        cell._style = self.plain
        # Set beside its value, so that no text is ever taken for a formula.
        cell._value, cell.data_type = xml_safe(text), "s"
        return cell

    def date(self, day: str) -> Any:
        moment: Any = date.fromisoformat(day)
        cell = self.new(self.sheet, moment)
        cell._style = self.day
        return cell
