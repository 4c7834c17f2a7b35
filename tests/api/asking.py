"""How the tests ask the API."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reforms.api import values, versions
from reforms.dates import now
from reforms.models import PromiseRendition, UpdateRendition

Row = dict[str, Any]

BASE = "/api/v1"
PROBLEM = "application/problem+json"


def ask(path: str, /, query: Any = None, **headers: str) -> Any:
    """The response to a GET; `path` is below /api/v1, or a whole address taken from an answer.

    `query` is a mapping, or a query string as it stands.
    """
    if path.startswith("http"):
        parts = urlsplit(path)
        path = f"{parts.path}?{parts.query}"
    elif not path.startswith("/api/"):
        path = BASE + path
    if isinstance(query, str):
        path, query = f"{path}?{query}", None
    client = Client(raise_request_exception=False)
    return client.get(path, query, headers={key.replace("_", "-"): v for key, v in headers.items()})


def answer(path: str, /, query: Any = None, **headers: str) -> Any:
    """The body of an answer that has to come."""
    response = ask(path, query, **headers)
    assert response.status_code == 200, response.content.decode()
    assert response.headers["Content-Type"] == "application/json"
    text = response.content.decode()
    return json.loads(text if _ENTRIES.search(path) else _TICKS.sub("Z", text))


# The record is written while the clock stands: its entries are microseconds apart, and no test is
# about how many. What is hashed stays as it is.
_TICKS = re.compile(r"\.0000\d\dZ")
_ENTRIES = re.compile("/(changes|history|corrections)/")


def results(path: str, /, query: Any = None, **headers: str) -> list[Row]:
    return answer(path, query, **headers)["results"]  # type: ignore[no-any-return]


def ids(path: str, /, query: Row | None = None, key: str = "id") -> list[Any]:
    """The ids of a list's rows, or what else is their `key`."""
    return [row[key] for row in results(path, (query or {}) | {"fields": key})]


def problem(response: Any, status: int, name: str) -> Row:
    """The body of a response that has to be this problem."""
    body = response.content.decode()
    assert response.status_code == status, body
    assert response.headers["Content-Type"] == PROBLEM, body
    told: Row = response.json()
    assert told["type"] == f"urn:reform-tracker:problem:{name}"
    assert told["status"] == status
    assert told["title"]
    assert told["detail"]
    return told


def complaints(path: str, /, query: Any = None) -> list[Row]:
    """The entries of a 400."""
    told = problem(ask(path, query), 400, "bad-question")
    errors: list[Row] = told["errors"]
    assert errors
    for one in errors:
        assert one.keys() <= {"parameter", "code", "detail", "allowed", "nearest"}
        assert one["parameter"]
        assert one["code"]
        assert one["detail"].endswith((".", "?")), one["detail"]
    return errors


def codes(path: str, /, query: Any = None) -> list[tuple[str, str]]:
    """What is wrong, as pairs of parameter and code."""
    return [(one["parameter"], one["code"]) for one in complaints(path, query)]


def follow(path: str, /, query: Any = None) -> Iterator[Row]:
    """The pages from here to the end."""
    page = answer(path, query)
    yield page
    while page["next"]:
        page = answer(page["next"])
        yield page


_TABLE = re.compile(r'FROM "reforms_(\w+)"')
_INNERMOST = re.compile(r"\([^()]*\)")


@contextmanager
def queries_named() -> Iterator[list[str]]:
    """Collect the queries made inside, each by the table that it reads first.

    The one that stands before every answer is left out: tests/api/test_kept.py is about it.
    """
    names: list[str] = []
    versions.newest().tag(now())  # time zones are read once for each head of the ledger
    values.SEEN.clear()  # as if nobody had asked for these ids before
    with CaptureQueriesContext(connection) as captured:
        yield names
    for query in captured.captured_queries:
        sql = query["sql"]
        if sql == versions.NEWEST:
            continue
        assert sql.startswith("SELECT"), f"a reader writes: {sql}"
        names.append(_name_of(sql))


def _name_of(sql: str) -> str:
    """The table that a query reads, not those of its subqueries; whether it only counts."""
    outer, rest = "", sql
    while outer != rest:
        outer, rest = rest, _INNERMOST.sub("…", rest)
    found = _TABLE.search(outer) or _TABLE.search(sql)
    assert found is not None, sql
    return f"count {found[1]}" if sql.startswith("SELECT COUNT(") else found[1]


def unrendered() -> None:
    """Nothing is rendered any more: what follows is answered by the serializers."""
    PromiseRendition.objects.all().delete()
    UpdateRendition.objects.all().delete()


def queries(path: str, /, query: Any = None) -> list[str]:
    """The names of the queries that an answer takes."""
    with queries_named() as names:
        answer(path, query)
    return names
