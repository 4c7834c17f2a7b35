"""Readers follow `next` while writers commit: nothing is lost and nothing comes twice.

In a file of its own, because what is committed here must not meet the record that other files hold
in an open transaction.
"""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from tests.api.asking import follow, ids
from tests.fixtures import make_promise, make_update


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
