"""Somebody else holds the ledger for long: writers are told, readers notice nothing."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from reforms import workflow
from reforms.api.errors import RETRY_AFTER
from reforms.ledger.writing import LOCK
from reforms.models import StatusUpdate, Topic
from tests.api.asking import problem
from tests.fixtures import Clock, fresh, make_key, make_promise

# How long a writer waits in these tests, and how long no answer takes, however slow the machine.
WAIT, LONG = 1, 15


@pytest.fixture(autouse=True)
def impatient(committed_cast: None, settings: Any) -> Iterator[None]:
    """Writers wait for a second, on either engine."""
    options = connection.settings_dict["OPTIONS"]
    before = dict(options)
    wait_for(WAIT, settings)
    yield
    connection.close()
    connection.settings_dict["OPTIONS"] = before


def wait_for(seconds: int, settings: Any) -> None:
    """Let writers wait so long; SQLite is told when a connection begins."""
    settings.LOCK_WAIT = seconds
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["timeout"] = seconds
    connection.close()


@contextmanager
def another_holds(lock: str) -> Iterator[None]:
    """Another connection holds what `lock` takes on PostgreSQL; on SQLite that is the file."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            if other.vendor == "sqlite":
                cursor.execute("BEGIN IMMEDIATE")
            else:
                cursor.execute("BEGIN")
                cursor.execute(lock)
            yield
            cursor.execute("ROLLBACK")
    finally:
        other.close()


def another_writes() -> Any:
    return another_holds(f"SELECT pg_advisory_xact_lock({LOCK})")


def ask(method: str, path: str, text: str = "", **body: Any) -> Any:
    """The answer, which has to come soon."""
    headers = {"authorization": f"Bearer {text}"} if text else {}
    began = time.monotonic()
    response = Client().generic(method, f"/api/v1{path}", "{}", "application/json", headers=headers)
    assert time.monotonic() - began < LONG
    return response


def test_a_writer_is_told_to_come_back() -> None:
    _, text = make_key()
    promise = make_promise()
    body = {
        "promise": promise.pk,
        "status": "implemented",
        "effective_on": "2022-11",
        "citations": [{"source": "demo2020-address"}],
    }

    def send() -> Any:
        headers = {"authorization": f"Bearer {text}", "idempotency-key": "one"}
        return Client().post("/api/v1/updates/", body, "application/json", headers=headers)

    with another_writes():
        response = send()
    told = problem(response, 503, "busy")
    assert told["detail"] == f"The record is being written; try again in {RETRY_AFTER} seconds."
    assert response.headers["Retry-After"] == str(RETRY_AFTER)
    assert not StatusUpdate.objects.exists()
    again = send()
    assert again.status_code == 201, again.content
    assert "Idempotency-Replayed" not in again.headers


def test_readers_notice_nothing() -> None:
    _, text = make_key()
    with another_writes():
        for path in ("/topics/", "/topics/courts/", "/changes/", "/topics/?known_at=1"):
            assert ask("GET", path).status_code == 200
            assert ask("GET", path, text).status_code == 200


def test_a_moment_that_is_not_certain_yet(clock: Clock) -> None:
    """What is being written may turn out to be of an earlier moment than the one asked for.

    On SQLite, too, the ledger has to be free.
    """
    workflow.save(Topic(id="parks", name={"en": "Parks"}))
    clock.at("2030-01-01T00:00:00Z")
    with another_writes():
        response = ask("GET", "/topics/?known_at=2029-12-31T00:00:00Z")
        assert problem(response, 503, "busy")
        assert response.headers["Retry-After"] == str(RETRY_AFTER)
        assert "max-age" not in response.headers.get("Cache-Control", "")
    assert ask("GET", "/topics/?known_at=2029-12-31T00:00:00Z").status_code == 200


def test_the_use_of_a_key_is_noted_when_that_is_possible(settings: Any, clock: Clock) -> None:
    """Nobody waits for it, however long writers would."""
    wait_for(10 * LONG, settings)
    clock.at("2026-11-22T22:58:20Z")
    key, text = make_key()
    with another_holds("SELECT 1 FROM reforms_key FOR UPDATE"):
        assert ask("GET", "/key/", text).json()["last_used_at"] is None
    assert fresh(key).last_used_at is None
    assert ask("GET", "/key/", text).json()["last_used_at"] == "2026-11-22T22:00:00Z"
    assert fresh(key).last_used_at is not None
