"""Following `next` gives every row once, also while others write."""

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

import pytest
from django.db import connection

from reforms.models import Promise
from tests.api.asking import Row, answer, follow, ids
from tests.api.record import PROMISES, Record
from tests.fixtures import make_promise, make_update

ORDERINGS = ["id", "deadline", "status_since", "changed_at", "relevance"]


def asked(ordering: str) -> Row:
    query = {"ordering": ordering, "fields": "id"}
    return query | {"search": "court"} if ordering.endswith("relevance") else query


# Between two pages.


@pytest.mark.parametrize("ordering", [sign + one for one in ORDERINGS for sign in ("", "-")])
def test_inserts_between_pages(record: Record, ordering: str) -> None:
    """New rows may or may not come; the old ones come once, in their order, and none twice."""
    query = asked(ordering)
    before = ids("/promises/", query)
    page = answer("/promises/", query | {"limit": "2"})
    found = [row["id"] for row in page["results"]]
    for number in count(11):
        if page["next"] is None:
            break
        if number < 15:  # otherwise the end would run away from a reader of single rows
            write_around(number)
        page = answer(page["next"])
        found += [row["id"] for row in page["results"]]
    assert len(found) == len(set(found))
    assert [one for one in found if one in before] == before


def write_around(number: int) -> None:
    """Three new promises: at the beginning, in the middle and at the end of most orders."""
    columns = {"title": {"en": "A court of appeal"}}
    make_promise(number, "demo2020-0", deadline="2021", **columns)
    make_promise(number, "far2021-2", **columns)
    promise = make_promise(number, "demo2020-1", deadline="2023-01", **columns)
    make_update(promise, "in_progress", "2023-06")


def test_a_row_that_moves_ahead_comes_again(record: Record) -> None:
    """Ordered by change, what changes meanwhile moves to the end: that is how to follow changes."""
    page = answer("/promises/", {"ordering": "changed_at", "limit": "5"})
    found = [row["id"] for row in page["results"]]
    make_update(Promise.objects.get(pk=found[0]), "in_progress", "2023-06")
    while page["next"]:
        page = answer(page["next"])
        found += [row["id"] for row in page["results"]]
    assert found[-1] == found[0]
    assert set(found) == set(PROMISES)


def test_a_row_that_stops_matching(record: Record) -> None:
    """The place of a row that is no longer in the list is still a place."""
    query = {"status": "not_assessed", "limit": "1", "fields": "id"}
    page = answer("/promises/", query)
    assert [row["id"] for row in page["results"]] == ["demo2020-0-1"]
    make_update(Promise.objects.get(pk="demo2020-0-1"), "in_progress", "2023-06")
    page = answer(page["next"])
    assert [row["id"] for row in page["results"]] == ["far2021-2-1"]
    assert page["next"] is None


# In several threads.


def at_once(*functions: Callable[[], Any]) -> None:
    """Run functions in threads, each with its own connection; their errors are ours."""
    failures: list[BaseException] = []

    def guarded(function: Callable[[], Any]) -> None:
        try:
            function()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=guarded, args=(one,)) for one in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
        assert not thread.is_alive()
    if failures:
        raise failures[0]


def write(reform: str, done: threading.Event) -> None:
    try:
        for number in range(1, 9):
            promise = make_promise(2 * number - 1, reform, deadline="2025")
            make_update(promise, "implemented", f"2021-{number:02d}")
    finally:
        done.set()


def read(ordering: str, done: threading.Event, readings: list[list[str]]) -> None:
    """Follow `next` to the end, again and again, and once more when the writers are done."""
    last = False
    while not last:
        last = done.is_set()
        query = {"ordering": ordering, "limit": "2", "fields": "id"}
        readings.append(
            [row["id"] for page in follow("/promises/", query) for row in page["results"]]
        )


@pytest.mark.parametrize("ordering", ["id", "-deadline", "changed_at"])
def test_readers_among_writers(committed_cast: None, ordering: str) -> None:
    """Each reader sees each promise that was there before once, whatever the writers add."""
    before = [
        make_promise(number, deadline=f"20{20 + number}" if number % 4 else "").pk
        for number in range(2, 22, 2)
    ]
    in_order = ids("/promises/", {"ordering": ordering})
    done = threading.Event()
    readings: list[list[str]] = []
    at_once(
        lambda: write("demo2020-1", done),
        lambda: write("far2021-2", threading.Event()),
        lambda: read(ordering, done, readings),
        lambda: read(ordering, done, readings),
    )
    assert len(readings) >= 4
    for found in readings:
        assert [one for one in found if one in before] == in_order
        if ordering != "changed_at":  # where what is written to moves to the end, and comes again
            assert len(found) == len(set(found))
