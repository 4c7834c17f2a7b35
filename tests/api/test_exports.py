"""Exports: every list as a file, equal to what the API answers, of one moment of the record."""

import base64
import csv
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas
import pytest
import python_calamine
from django.core.cache import cache
from django.test import Client
from pyarrow import parquet

from reforms import workflow
from reforms.api import exporting, spool
from reforms.api.exports import EXPORTS, PromiseExport
from reforms.api.reading import ReadViewSet
from reforms.api.renditions.answering import Rendered
from reforms.cells import rearmed
from reforms.exports import FORMATS, TABLES, in_xlsx
from reforms.exports.columns import Kind
from reforms.ledger.checkpoints import is_signed
from reforms.models import Promise
from tests.api.asking import (
    _TICKS,
    Row,
    answer,
    ask,
    codes,
    follow,
    problem,
    queries_named,
    unrendered,
)
from tests.api.record import PRIVATE_PUBLISHER, PRIVATE_SOURCE, SECRET, Record
from tests.fixtures import make_promise

FLAT = [name for name, one in FORMATS.items() if one.flat]
CLOCKS: list[Row] = [{}, {"as_of": "2023-01-01"}, {"known_at": "60"}]
BOTH = {"as_of": "2023-01-01", "known_at": "60"}
QUESTIONS: list[tuple[str, Row]] = [
    *((name, clock) for name in ("promises", "updates", "reforms") for clock in [*CLOCKS, BOTH]),
    *((name, clock) for name in ("sources", "organisations") for clock in CLOCKS[::2]),
    ("promises", {"status_not": "not_assessed", "ordering": "-status_since", "lang": "ru"}),
    ("promises", {"search": "court", "ordering": "relevance", "omit": "statement"}),
    ("promises", {"expand": "citations,updates,reform", "programme": "demo2020"}),
    ("promises", {"as_of": "2023-01-01", "timeliness_not": "no_deadline", "ordering": "-deadline"}),
    ("updates", {"review_state": "retracted,superseded", "expand": "promise"}),
    ("updates", {"organisation": "lantern", "ordering": "effective_on", "fields": "id,note"}),
    ("sources", {"kind": "news", "ordering": "-published_on"}),
    ("changes", {}),
    ("changes", {"type": "promise,update", "action_not": "create", "after": "9"}),
]


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a small record has several."""
    monkeypatch.setattr(exporting, "CHUNK", 4)
    monkeypatch.setattr(spool, "_slots", {})  # tests look at headers alone, too


def export(table: str, form: str = "csv", query: Any = None, **headers: str) -> Any:
    return ask(f"/export/{table}.{form}", query, **headers)


def content(response: Any) -> bytes:
    """The whole file, which has to be as long as was said and have the digest that was said."""
    assert response.status_code == 200, response.getvalue()
    found = b"".join(response.streaming_content)
    assert response.headers["Content-Length"] == str(len(found))
    digest = base64.b64encode(sha256(found).digest()).decode()
    assert response.headers["Repr-Digest"] == f"sha-256=:{digest}:"
    return found


def lines(table: str, query: Any = None) -> list[Row]:
    """The objects of a file of JSON lines."""
    response = export(table, "jsonl", query)
    found = [json.loads(line) for line in content(response).decode().splitlines()]
    assert response.headers["Export-Rows"] == str(len(found))
    return found


# Equal to what the API answers.


@pytest.mark.parametrize(("table", "query"), QUESTIONS)
def test_lines_are_what_following_next_gives(record: Record, table: str, query: Row) -> None:
    limit = {"limit": "7"}
    if table == "changes":
        page = ask("/changes/", query | {"limit": "1000"}).json()
        assert lines(table, query) == page["results"]
        return
    found = [row for page in follow(f"/{table}/", query | limit) for row in page["results"]]
    assert found, "the question has an answer"
    # `follow` cuts the ticks off, as all tests of the API do.
    text = json.dumps(lines(table, query), ensure_ascii=False)
    assert json.loads(_cut(text)) == found


def _cut(text: str) -> str:
    return _TICKS.sub("Z", text)


def expected(table: str) -> list[dict[str, Any]]:
    """The cells that the API's objects stand for, in plain values."""
    return [
        {column.name: column.take(row) for column in TABLES[table].columns} for row in lines(table)
    ]


def typed(table: str, row: Row) -> Row:
    """With days and moments as such."""
    kinds = {column.name: column.kind for column in TABLES[table].columns}
    read = {Kind.DAY: date.fromisoformat, Kind.MOMENT: datetime.fromisoformat}
    return {
        name: read[kinds[name]](value) if value is not None and kinds[name] in read else value
        for name, value in row.items()
    }


@pytest.mark.parametrize("table", TABLES)
def test_csv_in_the_hands_of_its_readers(record: Record, table: str, tmp_path: Path) -> None:
    text = content(export(table, "csv")).decode()
    assert not text.startswith("\ufeff")
    assert text.count("\r\n") >= len(expected(table)) + 1
    read = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    names, rows = read[0], read[1:]
    assert names == [column.name for column in TABLES[table].columns]
    wanted = [[_cell(value) for value in row.values()] for row in expected(table)]
    assert [[rearmed(cell) for cell in row] for row in rows] == wanted
    file = tmp_path / "export.csv"
    file.write_text(text, encoding="utf-8", newline="")
    frame = pandas.read_csv(file, dtype=str, keep_default_na=False)
    assert frame.values.tolist() == rows
    with duckdb.connect() as connection:
        found = connection.execute(
            "SELECT * FROM read_csv(?, all_varchar=true, header=true, nullstr='\u0001')",
            [str(file)],
        )
        assert [list(row) for row in found.fetchall()] == rows


def _cell(value: Any) -> str:
    match value:
        case None | []:
            return ""
        case bool():
            return "true" if value else "false"
        case [str(), *_]:
            return "; ".join(value)
        case list() | dict():
            return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return str(value)


@pytest.mark.parametrize("table", TABLES)
def test_parquet_in_the_hands_of_its_readers(record: Record, table: str, tmp_path: Path) -> None:
    file = tmp_path / "export.parquet"
    file.write_bytes(content(export(table, "parquet")))
    wanted = [typed(table, row) for row in expected(table)]
    whole = parquet.read_table(file)
    for row, one in zip(whole.to_pylist(), wanted, strict=True):
        for name, value in one.items():
            found = row[name]
            if isinstance(value, list) and value and isinstance(value[0], dict):
                # A part that an object does not have is null here.
                found = [
                    {key: part for key, part in item.items() if part is not None} for item in found
                ]
                value = [
                    {key: part for key, part in item.items() if part is not None} for item in value
                ]
            if name == "payload":
                found = json.loads(found)
            assert found == value, name
    told = whole.schema.metadata
    assert json.loads(told[b"ledger"]) == answer("/changes/head/")
    assert told[b"rows"] == str(len(wanted)).encode()
    with duckdb.connect() as connection:
        found = connection.execute("SELECT count(*) FROM read_parquet(?)", [str(file)])
        assert found.fetchall() == [(len(wanted),)]
    assert len(pandas.read_parquet(file)) == len(wanted)


@pytest.mark.parametrize("table", TABLES)
def test_xlsx_in_the_hands_of_its_readers(record: Record, table: str) -> None:
    file = content(export(table, "xlsx"))
    book = openpyxl.load_workbook(io.BytesIO(file))
    assert book.sheetnames == [table, "about"]
    wanted = expected(table)
    columns = TABLES[table].columns
    for cells, row in zip(book[table].iter_rows(min_row=2), wanted, strict=True):
        for cell, column in zip(cells, columns, strict=True):
            value = row[column.name]
            if column.kind in (Kind.DAY, Kind.DATE) and value and len(value) == 10:
                assert cell.value == datetime.fromisoformat(value)
                assert cell.is_date
            elif column.kind in (Kind.INTEGER, Kind.BOOLEAN):
                assert cell.value == value
            else:
                assert (cell.value or "") == _cell(value)
                assert cell.data_type in ("s", "n")
                assert cell.value is None or cell.data_type == "s"
    about = dict(book["about"].iter_rows(values_only=True))
    assert json.loads(str(about["ledger"])) == answer("/changes/head/")
    read = python_calamine.load_workbook(io.BytesIO(file)).get_sheet_by_name(table).to_python()
    assert read[0] == [column.name for column in columns]
    assert len(read) == len(wanted) + 1


def test_no_cell_is_a_formula(record: Record) -> None:
    text = '=HYPERLINK("https://evil.example","x")'
    make_promise(4, title={"en": text}, statement={"en": "-1 _x000D_ @a"})
    query = {"search": "hyperlink"}
    found = content(export("promises", "csv", query)).decode()
    [row] = csv.DictReader(io.StringIO(found, newline=""))
    assert row["title"] == f"'{text}"
    assert row["statement"] == "'-1 _x000D_ @a"
    book = openpyxl.load_workbook(io.BytesIO(content(export("promises", "xlsx", query))))
    cells = {one[0].value: one[1] for one in zip(*book["promises"].iter_rows(), strict=True)}
    assert (cells["title"].value, cells["title"].data_type) == (text, "s")


def test_columns_follow_fields(record: Record) -> None:
    query = {"fields": "deadline,id"}
    found = content(export("promises", "csv", query)).decode().splitlines()
    assert found[0] == "id,deadline,deadline_last_day,deadline_precision"
    assert "demo2020-1-1,2022-09,2022-09-30,month" in found
    rest = content(export("changes", "csv", {"omit": "payload"})).decode().splitlines()[0]
    assert "payload" not in rest
    assert "reason" not in rest


def test_every_field_has_a_column() -> None:
    """But for what a list shows on request only."""
    for view in EXPORTS:
        known: Any = view
        fields = set(known.serializer_class._declared_fields)
        if issubclass(view, ReadViewSet):
            fields -= set(known.on_request)
        assert set(TABLES[view.table].fields()) == fields, view.table


# What it says of itself.


def test_it_carries_the_head_that_it_was_made_at(record: Record) -> None:
    headers = export("promises", "jsonl", {"programme": "demo2020"}).headers
    head = answer("/changes/head/")
    told = {name: headers[header] for name, header in exporting.LEDGER_HEADERS.items()}
    assert told == {name: str(value) for name, value in head.items()}
    assert is_signed(head, head["key"])
    sequence = head["sequence"]
    assert headers["Content-Disposition"] == (
        f'attachment; filename="promises-demo2020-2024-06-01-{sequence}.jsonl"'
    )
    assert headers["Content-Type"] == "application/jsonl; charset=utf-8"
    assert headers["Cache-Control"] == "public, max-age=60"
    # From there a consumer goes on.
    assert ask("/changes/", {"after": str(sequence)}).json()["results"] == []


def test_of_another_moment_it_carries_the_entry_of_that_moment(record: Record) -> None:
    headers = export("promises", "csv", {"known_at": "60", "as_of": "2023-01-01"}).headers
    entry = ask("/changes/", {"after": "59", "limit": "1"}).json()["results"][0]
    assert headers["Ledger-Sequence"] == "60"
    assert headers["Ledger-Hash"] == entry["hash"]
    assert "promises-as-of-2023-01-01-" in headers["Content-Disposition"]


def test_whoever_has_it_is_not_sent_it_again(record: Record) -> None:
    first = export("promises", "csv")
    tag = first.headers["ETag"]
    content(first)
    again = export("promises", "csv", if_none_match=tag)
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    assert export("promises", "csv", {"lang": "ru"}, if_none_match=tag).status_code == 200
    make_promise(4)
    assert export("promises", "csv", if_none_match=tag).status_code == 200


def test_head_says_all_but_what_only_the_file_tells(record: Record) -> None:
    response: Any = Client().head("/api/v1/export/updates.parquet")
    whole = export("updates", "parquet")
    assert response.status_code == 200
    own = {"Content-Length", "Repr-Digest", "Content-Language"}
    assert {*whole.headers} - {*response.headers} == own
    assert response.headers["Export-Rows"] == whole.headers["Export-Rows"]


# Nothing leaks.


def readable(form: str, file: bytes) -> str:
    match form:
        case "xlsx":
            book = python_calamine.load_workbook(io.BytesIO(file))
            return json.dumps(
                [book.get_sheet_by_name(n).to_python() for n in book.sheet_names], default=str
            )
        case "parquet":
            table = parquet.read_table(io.BytesIO(file))
            return json.dumps(table.to_pylist(), default=str) + str(table.schema.metadata)
    return file.decode()


@pytest.mark.parametrize("form", FORMATS)
def test_nothing_unpublished_is_in_any_file(record: Record, form: str) -> None:
    forbidden = [SECRET, "wombat", PRIVATE_SOURCE, PRIVATE_PUBLISHER, "gazette-page"]
    forbidden += [str(one.pk) for one in record.hidden.values()]
    for table in TABLES:
        text = readable(form, content(export(table, form))).lower()
        for secret in forbidden:
            assert secret.lower() not in text, f"{table}.{form} tells {secret}"


def test_what_was_redacted_is_redacted_in_the_changes(record: Record) -> None:
    promise = Promise.objects.get(pk="demo2020-1-3")
    workflow.redact(promise, ["title"], "A court said so.")
    for form in FORMATS:
        text = readable(form, content(export("changes", form)))
        assert "An office for complaints" not in text
        assert "[redacted]" in text
    row = next(one for one in lines("changes") if one["redacted"])
    assert row["salt"] is None


# Queries.


def test_queries_are_bounded_by_chunks(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside what is asked once, so many for each chunk, however many rows it has."""
    monkeypatch.setattr(Rendered, "rendered", False)

    def made(chunk: int) -> int:
        monkeypatch.setattr(exporting, "CHUNK", chunk)
        with queries_named() as names:
            content(export("promises", "csv"))
        return len(names)

    assert made(100) <= 10
    assert made(6) - made(100) <= 6


# Bad input.


def test_questions_are_as_strict_as_those_of_lists(record: Record) -> None:
    assert codes("/export/promises.csv", {"stauts": "x", "limit": "5", "cursor": "x"}) == [
        ("stauts", "unknown_parameter"),
        ("limit", "unknown_parameter"),
        ("cursor", "unknown_parameter"),
    ]
    assert codes("/export/promises.csv", {"expand": "reform"}) == [("expand", "unknown_parameter")]
    assert codes("/export/promises.csv", {"fields": "updates"}) == [("fields", "unknown_value")]
    assert codes("/export/updates.jsonl", {"review_state": "submitted"}) == [
        ("review_state", "unknown_value")
    ]
    assert codes("/export/sources.xlsx", {"known_at": "60", "kind": "news"}) == [
        ("kind", "edited_since")
    ]
    assert codes("/export/changes.csv", {"after": "99999"}) == [("after", "out_of_range")]
    assert codes("/export/changes.csv", {"object": "nobody"}) == [("object", "unknown_value")]


def test_a_format_that_there_is_not(record: Record) -> None:
    told = problem(export("promises", "pdf"), 404, "not-found")
    assert told["detail"] == (
        "There is no export of promises as “pdf”, but as csv, jsonl, xlsx, parquet."
    )


def test_what_a_spreadsheet_does_not_hold(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is refused in time, and not left out."""
    monkeypatch.setattr(in_xlsx, "LONGEST_TEXT", 100)
    assert codes("/export/changes.xlsx") == [("extension", "too_long")]
    few = FORMATS["xlsx"].__class__("xlsx", "x", FORMATS["xlsx"].write, most_rows=10)
    monkeypatch.setitem(FORMATS, "xlsx", few)
    told = problem(export("promises", "xlsx"), 400, "bad-question")
    assert told["detail"] == (
        "xlsx takes 10 rows, and these are 11: narrow them by filters, or take csv or parquet."
    )
    assert len(lines("promises")) == 11


# What goes wrong.


def test_what_fails_in_the_middle_is_no_file(
    record: Record, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """Nobody gets half of it, and its place is free again."""

    def broken(self: Any, rows: list[Any]) -> Iterator[Row]:
        if rows[0].pk != "demo2020-0-1":
            raise RuntimeError("The connection is lost.")
        return ReadViewSet.answers(self, rows)

    unrendered()
    settings.EXPORTS_AT_ONCE = 1
    monkeypatch.setattr(exporting, "CHUNK", 2)
    monkeypatch.setattr("reforms.api.renditions.exporting.CHUNK", 2)
    monkeypatch.setattr(PromiseExport, "answers", broken)
    for form in FORMATS:
        problem(export("promises", form), 500, "server-error")
    assert list((settings.VAR_DIR / "exports").iterdir()) == []
    content(export("sources", "csv"))


def test_exports_leave_room_for_everybody_else(record: Record, settings: Any) -> None:
    settings.EXPORTS_AT_ONCE = 1
    first = export("promises", "csv")
    told = export("updates", "csv")
    problem(told, 503, "busy")
    assert told.headers["Retry-After"] == "5"
    next(first._iterator)
    first._iterator.close()  # as the server does when the reader goes away
    content(export("updates", "csv"))


def test_exports_are_limited_and_what_is_not_written_costs_nothing(
    record: Record, settings: Any
) -> None:
    cache.clear()
    settings.LIMITS = settings.LIMITS | {"exports": [(1, "min", 60)]}
    response = export("promises", "csv")
    content(response)
    tag = response.headers["ETag"]
    assert export("promises", "csv", if_none_match=tag).status_code == 304
    told = problem(export("promises", "csv"), 429, "too-many-requests")
    assert told["detail"].startswith(
        "The limit is 1 exports of one key, account or address a minute"
    )
    cache.clear()
