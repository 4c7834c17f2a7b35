"""Rows from CSV (RFC 4180), as spreadsheets write it: commas, semicolons or tabs; UTF-8."""

import csv
import io
from collections.abc import Container, Iterator
from typing import IO, Any

from reforms.submissions.complaints import Place
from reforms.submissions.readers import UNSAID
from reforms.submissions.tables.columns import CITATION_OF, COLUMNS, check_header, numbered
from reforms.submissions.tables.row import Row, Unreadable, refuse_other_encodings
from reforms.vocabulary import LANGUAGES

_DELIMITERS = ",;\t"
_LANGUAGE = "en"


def csv_rows(stream: IO[bytes]) -> Iterator[Row]:
    """One row for each line below the header that is not empty.

    Raises HeaderRefused where the header names no columns that can be read.
    """
    header: list[str] | None = None
    number = 0
    for line, record in records(stream, COLUMNS):
        cells = [cell.strip() for cell in record]
        if header is None:
            header = _trimmed(cells)
            check_header(header)
            continue
        number += 1
        yield row_of(number, line, header, cells)


def records(stream: IO[bytes], known: Container[str]) -> Iterator[tuple[int, list[str]]]:
    """The cells of each line that is not empty, with the number of the line where it begins.

    What separates them is what separates the columns that are `known`. Raises Unreadable, also
    where there is no line at all.
    """
    refuse_other_encodings(stream)
    text = io.TextIOWrapper(stream, "utf-8-sig", newline="")
    line, empty = 1, True
    try:
        delimiter = _delimiter(text, known)
        cells = csv.reader(text, delimiter=delimiter, strict=True)
        for record in cells:
            begins, line = line, cells.line_num + 1
            if any(cell.strip() for cell in record):
                empty = False
                yield begins, record
        if empty:
            raise Unreadable("The file is empty; its first line is to name the columns.", 1)
    except UnicodeDecodeError:
        detail = "The file is not UTF-8 from here on; save it as “CSV UTF-8” and send that."
        raise Unreadable(detail, line) from None
    except csv.Error as error:
        raise Unreadable(_plainly(error), line) from None
    finally:
        text.detach()


def _delimiter(text: io.TextIOWrapper, known: Container[str]) -> str:
    """What stands between the columns that the first line names."""
    first = text.readline()
    text.seek(0)

    def named(delimiter: str) -> int:
        cells = next(csv.reader([first], delimiter=delimiter), [])
        return sum(cell.strip() in known for cell in cells)

    return max(_DELIMITERS, key=named)


def _trimmed(header: list[str]) -> list[str]:
    """Spreadsheets leave empty columns at the end."""
    while header and not header[-1]:
        header = header[:-1]
    return header


def _plainly(error: csv.Error) -> str:
    said = str(error)
    if "field larger" in said:
        return "A cell has more than 131,072 characters; perhaps a quotation mark is never closed."
    if "unexpected end" in said:
        return "A quotation mark is opened here and never closed."
    return "Something follows a closing quotation mark; double the marks inside a quoted cell."


def row_of(number: int, line: int, header: list[str], cells: list[str]) -> Row:
    """The submission that a line makes; `header` names columns of `COLUMNS` alone."""
    row = Row(number, line=line)
    while len(cells) > len(header) and not cells[-1]:
        cells.pop()
    if len(cells) != len(header):
        detail = f"The row has {len(cells)} cells, the header {len(header)} columns."
        row.place.complain("cells", detail)
        return row
    given = {name: cell for name, cell in zip(header, cells, strict=True) if cell}
    cited = sorted({CITATION_OF[name] for name in given if name in CITATION_OF})
    row.columns = _pointers(header, cited)
    row.value = _value(given, cited)
    language = given.get("language", "")
    _say_language(row.value, "note", row.place, language)
    for index, number in enumerate(cited):
        place = row.place.at("citations").at(index)
        name = numbered("citation_note", number)
        _say_language(row.value["citations"][index], name, place, language)
    return row


def _pointers(header: list[str], cited: list[int]) -> dict[str, str]:
    """Which column a JSON pointer into the value means."""
    columns = {}
    for name in header:
        if (number := CITATION_OF.get(name)) is None:
            columns["/" + "/".join(part for part in COLUMNS[name] if part)] = name
        elif number in cited:
            citation = f"/citations/{cited.index(number)}"
            columns.setdefault(citation, name)
            columns[f"{citation}/{'/'.join(part for part in COLUMNS[name] if part)}"] = name
    return columns


def _value(given: dict[str, str], cited: list[int]) -> dict[str, Any]:
    """The submission that the cells make."""
    value: dict[str, Any] = {}
    citations: list[dict[str, Any]] = [{} for _ in cited]
    for name, cell in given.items():
        part = citations[cited.index(CITATION_OF[name])] if name in CITATION_OF else value
        *above, last = COLUMNS[name]
        for step in above:
            part = part.setdefault(step, {})
        part[last] = cell
    for part in (value, *citations):
        for name in ("note", "publisher"):
            # What is said in one cell alone is a text.
            match part.get(name):
                case {"": said, **others} if not others:
                    part[name] = said
    for citation in citations:
        publisher = citation.get("publisher")
        if isinstance(publisher, dict) and UNSAID in publisher:
            publisher["name"] = publisher.pop(UNSAID)
    if citations:
        value["citations"] = citations
    return value


def _say_language(part: dict[str, Any], column: str, place: Place, language: str) -> None:
    """A note beside notes in named languages is in the language of the row."""
    note = part.get("note")
    if not isinstance(note, dict) or UNSAID not in note:
        return
    language = language if language in LANGUAGES else _LANGUAGE
    if language in note:
        other = column.replace("note", f"note_{language}")
        detail = f"The row has a note in {other} too; give one of the two."
        place.at("note").complain("contradiction", detail)
    note[language] = note.pop(UNSAID)
