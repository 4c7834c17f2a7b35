"""Rows of JSON, JSON lines and CSV: what is read, and what is said of files that are spoiled."""

import io
import json
from typing import Any

import pytest

from reforms.submissions import HeaderRefused, Row, Unreadable, rows

pytestmark = pytest.mark.without_database

JSON, LINES, CSV = "application/json", "application/jsonl", "text/csv"
HEADER = "promise,status,effective_on"


def read(text: str | bytes, media_type: str = CSV) -> list[Row]:
    content = text.encode() if isinstance(text, str) else text
    return list(rows(io.BytesIO(content), media_type))


def values(text: str | bytes, media_type: str = CSV) -> list[Any]:
    found = read(text, media_type)
    assert [row.place.complaints for row in found] == [[]] * len(found)
    return [row.value for row in found]


def complaints(row: Row) -> list[tuple[str, str]]:
    return [(one.pointer, one.code) for one in row.place.complaints]


def unreadable(text: str | bytes, media_type: str) -> tuple[int | None, str]:
    with pytest.raises(Unreadable) as refusal:
        read(text, media_type)
    return refusal.value.line, refusal.value.detail


# JSON


@pytest.mark.parametrize(
    "text",
    ['[{"a": "x"}, 1]', '{"updates": [{"a": "x"}, 1]}', '\ufeff[{"a": "x"}, 1]', ' [{"a":"x"},1] '],
)
def test_json_is_a_list_or_has_one(text: str) -> None:
    assert values(text, JSON) == [{"a": "x"}, 1]
    assert [row.number for row in read(text, JSON)] == [1, 2]


def test_what_is_inside_a_row_is_as_it_was() -> None:
    row = {"note": {"en": "“a”\n"}, "citations": [{"x": []}, [[], {}], None, True, "\U0001f600"]}
    assert values(json.dumps([row]), JSON) == [row]
    assert values(json.dumps([row], ensure_ascii=False), JSON) == [row]


def test_halves_of_characters_are_not_replaced() -> None:
    """Whoever reads the row refuses them."""
    assert values(r'["\ud800"]', JSON) == ["\ud800"]
    assert values(r'"\ud800"', LINES) == ["\ud800"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a list of updates"),
        ("[", "at its beginning"),
        ("[NaN]", "at its beginning"),
        ("[1, 2", "after row 2"),
        ("[1, 2,]", "after row 2"),
        ("[1] [2]", "after row 1"),
        ('[{"a": "\n"}]', "at its beginning"),
        (b'[1, "\xff"]', "not UTF-8"),
        ('"x"', "a list of updates"),
        ("7", "a list of updates"),
        ("{}", "a list of updates"),
        ('{"updates": {}}', "a list of updates"),
        ('{"rows": [1]}', "“rows” is unknown"),
        ('{"updates": [1], "updates": [2]}', "“updates” is given twice"),
        ('{"updates": [1], "more": 2}', "“more” is unknown"),
        ("[" * 50_000 + "]" * 50_000, "nested too deeply"),
        ("[[" + "1," * 1_000_000 + "1]]", "too large"),
        ("[12345678901234567890, 1" + "0" * 5000 + "]", "after row 1"),
        ("[1 2]", "expected “,” or “]”, found 2"),
        ("[1]".encode("utf-16"), "save it as UTF-8"),
        ("[1]".encode("utf-16-le"), "save it as UTF-8"),
    ],
)
def test_json_that_cannot_be_read(text: str | bytes, said: str) -> None:
    assert said in unreadable(text, JSON)[1]


def test_rows_before_the_broken_one_are_read() -> None:
    """The file is read while it is used: no memory holds all of it."""
    reading = rows(io.BytesIO(b"[1, 2, oops]"), JSON)
    assert [next(reading).value, next(reading).value] == [1, 2]
    with pytest.raises(Unreadable):
        next(reading)


def test_where_the_file_is_broken() -> None:
    assert unreadable('[\n{"a": 1},\n{"a": oops}]', JSON) == (
        3,
        "The file is no JSON after row 1: Expecting value.",
    )


@pytest.mark.parametrize("size", [65_530, 65_536, 65_540, 131_072])
def test_rows_across_the_pieces_in_which_a_file_is_read(size: int) -> None:
    """Wherever a piece ends: in a text, in an escape, in a letter of several bytes, in a number."""
    filling = " " * size
    for row in ({"ы": ['\U0001f600\\"', 1.5]}, 123456, "ы\n"):
        for text in (json.dumps(row), json.dumps(row, ensure_ascii=False)):
            for shift in range(len(text)):
                assert values(f"[{filling[shift:]}{text},{text}]", JSON) == [row, row]


def test_what_is_given_twice_is_named() -> None:
    [row] = read('[{"a": 1, "b": {"c": 1, "c": 2}, "a": 3}]', JSON)
    assert [one.detail for one in row.place.complaints] == [
        "“c” is given twice.",
        "“a” is given twice.",
    ]


# JSON lines


def test_json_lines_skips_empty_lines() -> None:
    found = read('\n{"a": "x"}\r\n\n  \n{"a": "y"}', LINES)
    assert [(row.number, row.line, row.value) for row in found] == [
        (1, 2, {"a": "x"}),
        (2, 5, {"a": "y"}),
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "at column 2"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b"[" * 100_000, "too deeply"),
        (b"{} {}", "at column 4"),
    ],
)
def test_a_bad_line_is_one_bad_row(line: bytes, said: str) -> None:
    found = read(b"1\n" + line + b"\n3", LINES)
    assert [row.value for row in found] == [1, None, 3]
    [complaint] = found[1].place.complaints
    assert complaint.code == "bad_json"
    assert said in complaint.detail
    assert found[1].line == 2


def test_a_field_given_twice_in_a_line() -> None:
    [row] = read('{"a": 1, "a": 2}', LINES)
    assert complaints(row) == [("", "twice")]


def test_a_line_without_an_end() -> None:
    assert unreadable(b"1\n" + b'"' + b"x" * 1_100_000, LINES) == (
        2,
        "The line has more than 1,000,000 bytes.",
    )


# CSV


def test_a_table() -> None:
    header = f"{HEADER},assessed_on,note,language,external_id,source,locator,stance"
    row = "kz2022-1-1,stalled,2022-11,2023,Why,ru,row 1,kz2022-address,art. 1,context"
    assert values(f"{header}\n{row}\n") == [
        {
            "promise": "kz2022-1-1",
            "status": "stalled",
            "effective_on": "2022-11",
            "assessed_on": "2023",
            "note": "Why",
            "language": "ru",
            "external_id": "row 1",
            "citations": [{"source": "kz2022-address", "locator": "art. 1", "stance": "context"}],
        }
    ]


def test_cells_that_are_empty_are_not_given() -> None:
    assert values(f"{HEADER},note,url,title_2\np,,,,,\n p ,s, ,,,\n") == [
        {"promise": "p"},
        {"promise": "p", "status": "s"},
    ]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_as_spreadsheets_write_it(delimiter: str, end: str, mark: str) -> None:
    lines = [
        delimiter.join(("promise", '"status"', "effective_on", "note")),
        delimiter.join(("p", "s", "2022", f'"a ""b""{delimiter}{end}c"')),
        delimiter * 3,
        "",
        delimiter.join(("q", "s", "2022", "d")),
    ]
    found = read(mark + end.join(lines))
    assert [row.value["note"] for row in found] == [f'a "b"{delimiter}{end}c', "d"]
    assert [(row.number, row.line) for row in found] == [(1, 2), (2, 6)]


@pytest.mark.parametrize("cell", ["=1+2", "'=1", "@x", "+7", "-", "'", "\u2028x"])
def test_what_looks_like_a_formula_is_text(cell: str) -> None:
    [value] = values(f"{HEADER},note\np,s,2022,{cell}")
    assert value["note"] == cell.strip()


def test_notes_by_language() -> None:
    header = f"{HEADER},note,note_en,note_ru,language"
    assert [
        value.get("note")
        for value in values(
            f"{header}\np,s,2022,,a,b,\np,s,2022,c,,b,\np,s,2022,c,a,,kk\np,s,2,c,,,ru"
        )
    ] == [{"en": "a", "ru": "b"}, {"en": "c", "ru": "b"}, {"kk": "c", "en": "a"}, "c"]
    [row] = read(f"{header}\np,s,2022,c,a,,")
    assert complaints(row) == [("/note", "contradiction")]
    assert row.column_of("/note") == "note"


def test_several_citations() -> None:
    header = f"{HEADER},url,publisher,publisher_type,url_2,publisher_2,citation_note_3,source_3"
    [first, second] = read(f"{header}\np,s,2022,u,P,ngo,v,Q,n,w\np,s,2022,,,,v,,,x")
    assert first.value["citations"] == [
        {"url": "u", "publisher": {"name": "P", "type": "ngo"}},
        {"url": "v", "publisher": "Q"},
        {"note": "n", "source": "w"},
    ]
    assert second.value["citations"] == [{"url": "v"}, {"source": "x"}]
    assert first.column_of("/citations/1/url") == "url_2"
    assert second.column_of("/citations/0/url") == "url_2"
    assert second.column_of("/citations/1/note") == "citation_note_3"
    assert first.column_of("/citations/0/publisher/name") == "publisher"
    assert first.column_of("/citations/0/publisher/type") == "publisher_type"
    assert second.column_of("/citations/0/title") == "url_2"
    assert first.column_of("/citations") is None


@pytest.mark.parametrize(
    ("header", "bad"),
    [
        ("promise,stauts,effective_on", [("stauts", "unknown_column"), ("status", "missing")]),
        (f"{HEADER},note,note", [("note", "twice")]),
        (f"{HEADER},,note", [("4", "unknown_column")]),
        (f"{HEADER},url_10", [("url_10", "unknown_column")]),
        ("note", [("promise", "missing"), ("status", "missing"), ("effective_on", "missing")]),
        (f"{HEADER},Note", [("Note", "unknown_column")]),
        (
            "promise|status",
            [
                ("promise|status", "unknown_column"),
                *[(name, "missing") for name in HEADER.split(",")],
            ],
        ),
    ],
)
def test_a_header_that_is_wrong(header: str, bad: list[tuple[str, str]]) -> None:
    with pytest.raises(HeaderRefused) as refusal:
        read(f"{header}\np,s,2022")
    assert [(one.column, one.complaint.code) for one in refusal.value.bad] == bad


def test_the_nearest_column_is_named() -> None:
    with pytest.raises(HeaderRefused, match="Did you mean “status”"):
        read("promise,stauts,effective_on\n")


@pytest.mark.parametrize("cells", ["p,s", "p,s,2022,x", "p"])
def test_a_row_with_too_many_or_too_few_cells(cells: str) -> None:
    good, bad, last = read(f"{HEADER}\np,s,2022\n{cells}\nq,s,2022,,")
    assert (good.value["promise"], last.value["promise"]) == ("p", "q")
    assert (bad.value, bad.line, complaints(bad)) == (None, 3, [("", "cells")])


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ("", 1, "is empty"),
        ("\n\n", 1, "is empty"),
        (f'{HEADER}\np,s,2022\np,"s,2022\n\nx,y,z', 3, "never closed"),
        (f'{HEADER}\np,"s"x,2022', 2, "closing quotation mark"),
        (f"{HEADER}\np,s,{'x' * 200_000}", 2, "131,072 characters"),
        (f"{HEADER}\np,s,2022".encode("utf-16"), 1, "save it as UTF-8"),
        (f"{HEADER}\np,s,2022".encode("utf-16-be"), 1, "save it as UTF-8"),
        (f"{HEADER},note\np,s,2022,где".encode("cp1251"), 2, "CSV UTF-8"),
        (f"{HEADER},note\np,s,2022,é".encode("latin-1"), 2, "CSV UTF-8"),
    ],
)
def test_a_table_that_cannot_be_read(text: str | bytes, line: int, said: str) -> None:
    where, detail = unreadable(text, CSV)
    assert said in detail
    assert where is not None
    assert where <= line


def test_a_table_of_a_header_alone_has_no_rows() -> None:
    assert values(f"{HEADER}\n") == []
