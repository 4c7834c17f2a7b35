"""Files that are no tables, that are spoiled, or that would do harm: each is refused in a sentence."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from openpyxl import Workbook

from reforms.sheets import in_xlsx
from reforms.sheets.lines import Line, Unreadable
from reforms.sheets.reading import read_lines
from reforms.sheets.rows import Row, read_rows

pytestmark = pytest.mark.without_database

COLUMNS = ["id", "title_en", "deadline"]


def lines(content: bytes) -> list[Line]:
    return list(read_lines(content, COLUMNS))


def rows(text: str) -> list[Row]:
    return list(read_rows(read_lines(text.encode(), COLUMNS), COLUMNS))


def refused(read: Callable[[], Any]) -> str:
    with pytest.raises(Unreadable) as refusal:
        read()
    return str(refusal.value)


def workbook(*table: list[Any], formats: dict[str, str] | None = None) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for row in table:
        sheet.append(row)
    for place, shown in (formats or {}).items():
        sheet[place].number_format = shown
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def repacked(content: bytes, **parts: bytes) -> bytes:
    """The same file with parts of it replaced; `sheet` stands for the first sheet."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "styles": "xl/styles.xml"}
    replaced = {names[name]: part for name, part in parts.items()}
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w", 8) as new:
        for one in old.infolist():
            new.writestr(one.filename, replaced.get(one.filename, old.read(one.filename)))
    return file.getvalue()


GOOD = workbook(["id", "title_en"], ["kz2022-1-1", "A title"])
SHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"),
        ("id,titel_en\n", "There is no column “titel_en”. Did you mean “title_en”?"),
        ("id,title_en,id\n", "The column “id” is there twice."),
        ("id,,title_en\n", "Column 2 has no name"),
        ('id,title_en\nx,"a\n', "never closed"),
        ("id\n" + "x" * 140_000, "131,072 characters"),
        ("id\n" + "x," * 1_001, "more than 1,000 cells"),
    ],
    ids=["empty", "misspelt", "twice", "unnamed", "unclosed", "long", "wide"],
)
def test_csv_that_cannot_be_read(text: str, said: str) -> None:
    assert said in refused(lambda: rows(text))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1251"])
def test_other_encodings_are_named(encoding: str) -> None:
    assert "UTF-8" in refused(lambda: lines("id,title_en\nx,Название".encode(encoding)))


@pytest.mark.parametrize("text", ["id;title_en\nx;a, b\n", "\ufeffid\ttitle_en\r\nx\ta, b\r\n"])
def test_csv_as_spreadsheets_write_it(text: str) -> None:
    [row] = rows(text)
    assert (row.given, row.number, row.line) == ({"id": "x", "title_en": "a, b"}, 1, 2)


def test_a_row_that_was_cut_off_empties_nothing() -> None:
    short, long, whole = rows("id,title_en\nx\nx,a,b\nx,a,,\n")
    assert (short.is_broken, long.is_broken, whole.is_broken) == (True, True, False)
    assert long.place.complaints[0].detail == "The row has 3 cells, the header 2 columns."


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old XLS, or locked with a password"),
        (GOOD[: len(GOOD) // 2], "damaged"),
        (b"PK\x03\x04 and no more", "damaged"),
        (repacked(GOOD, sheet=b"<worksheet"), "damaged"),
        (repacked(GOOD, sheet=b'<!DOCTYPE a [<!ENTITY b "c">]>' + SHEET % b""), "damaged"),
        (repacked(GOOD, sheet=SHEET % b""), "first sheet is empty"),
        (repacked(GOOD, sheet=SHEET % b'<row r="1048576"><c r="A1048576"><v>1</v></c></row>'), "200,000 lines"),
        (repacked(GOOD, sheet=SHEET % b'<row r="1"><c r="ZZZZ1"><v>1</v></c></row>'), "damaged"),
        (repacked(GOOD, sheet=SHEET % b'<row r="1"><c r="XFD1"><v>1</v></c></row>'), "1,000 cells"),
    ],
    ids=["xls", "half", "beginning", "no end", "entities", "empty", "sparse", "no column", "wide"],
)  # fmt: skip
def test_xlsx_that_is_refused(content: bytes, said: str) -> None:
    assert said in refused(lambda: lines(content))


@pytest.mark.parametrize(("part", "limit"), [("sheet", "MOST_UNPACKED"), ("styles", "MOST_BESIDE")])
def test_a_file_that_unpacks_to_too_much_is_not_unpacked(
    monkeypatch: pytest.MonkeyPatch, part: str, limit: str
) -> None:
    bomb = repacked(GOOD, **{part: b" " * 200_000})
    assert len(bomb) < 10_000
    monkeypatch.setattr(in_xlsx, limit, 100_000)
    monkeypatch.setattr("openpyxl.load_workbook", None)
    assert "unpacks to more than" in refused(lambda: lines(bomb))


def test_an_open_document_is_named() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as parts:
        parts.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
    assert "OpenDocument" in refused(lambda: lines(file.getvalue()))


def test_what_a_spreadsheet_made_of_texts() -> None:
    table = [
        ["id", "number", "half", "day", "month", "year", "empty"],
        [2022, 12.0, 12.5, date(2022, 11, 5), date(2022, 11, 1), date(2022, 1, 1), None],
    ]
    formats = {"D2": "yyyy-mm-dd", "E2": "mmm-yy", "F2": "yyyy"}
    _, line = lines(workbook(*table, formats=formats))
    assert line.cells == ["2022", "12", "12.5", "2022-11-05", "2022-11", "2022"]
    assert line.refused == {}


def test_cells_that_are_refused() -> None:
    noon = datetime(2022, 11, 5, 12)  # noqa: DTZ001 - a spreadsheet knows no time zones
    row = ["=1+1", True, "#REF!", noon, time(12), "'=text"]
    _, line = lines(workbook([str(place) for place in range(6)], row))
    assert {place: said.split(";")[0].split(" the error")[0] for place, said in line.refused.items()} == {
        0: "A formula stands here",
        1: "TRUE and FALSE are no texts",
        2: "The cell shows",
        3: "A date with a time stands here",
        4: "A time of day stands here",
    }  # fmt: skip
    assert line.cells[5] == "'=text"


def test_written_texts_are_never_formulas() -> None:
    file = io.BytesIO()
    in_xlsx.write_xlsx([["a", "b"], ["=1+1", "plain"]], "Table", file)
    with zipfile.ZipFile(file) as parts:
        sheet, styles = (
            parts.read(name).decode() for name in ("xl/worksheets/sheet1.xml", "xl/styles.xml")
        )
    assert "<f>" not in sheet
    assert 't="inlineStr"' in sheet
    assert 'quotePrefix="1"' in styles


def test_a_text_that_no_cell_holds_is_named() -> None:
    with pytest.raises(in_xlsx.TooLong, match="figures"):
        in_xlsx.write_xlsx([["id", "figures"], ["x", "y" * 32_768]], "Table", io.BytesIO())
