"""Answers from replicas: whose, how old they may be, and what a reader may demand."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from reforms import ledger, replicas
from reforms.api import versions
from reforms.api.kept import SHELF
from reforms.dates import now, timestamp
from reforms.models import Promise
from reforms.replicas import REPLICA
from tests.api.asking import BASE, ask
from tests.api.sending import key_of
from tests.behind import replica_that_is_down, replica_that_stopped
from tests.fixtures import make_promise, make_update

OLD, NEW = "demo2020-1-1", "demo2020-1-2"
ONE = f"/promises/{OLD}/"


@pytest.fixture
def promise(committed_cast: None) -> Promise:
    return make_promise()


@pytest.fixture
def behind(promise: Promise, tmp_path: Path) -> Iterator[int]:
    """A replica stopped before the last two entries; the sequence of the last one it knows."""
    known = ledger.head().sequence
    with replica_that_stopped(tmp_path):
        make_update(promise, "implemented", "2022-11-05")
        make_promise(2)
        yield known


def at_least(sequence: int) -> dict[str, str]:
    return {"ledger_sequence_at_least": str(sequence)}


def status_of(response: Any) -> str:
    assert response.status_code == 200, response.content
    return str(response.json()["status"])


def test_a_reader_is_answered_from_the_replica(behind: int) -> None:
    with CaptureQueriesContext(connections["default"]) as on_the_primary:
        response = ask(ONE)
    assert status_of(response) == "not_assessed"
    assert response.headers["Ledger-Sequence"] == str(behind)
    assert not on_the_primary.captured_queries


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/promises/?count=true",
        "/api/v1/reforms/demo2020-1/",
        "/api/v1/statistics/",
        "/api/v1/statistics/agreement/",
        "/api/v1/changes/",
        "/api/v1/export/promises.csv",
        "/",
        "/programmes/demo2020/",
    ],
)
def test_nothing_of_the_record_is_read_from_the_primary(behind: int, path: str) -> None:
    with CaptureQueriesContext(connections["default"]) as on_the_primary:
        response = Client().get(path)
    assert response.status_code == 200
    assert not on_the_primary.captured_queries
    assert response.headers.get("Ledger-Sequence", str(behind)) == str(behind)


def test_a_reader_who_names_an_entry_sees_it(behind: int) -> None:
    response = ask(ONE, **at_least(behind + 1))
    assert status_of(response) == "implemented"
    assert int(response.headers["Ledger-Sequence"]) > behind
    assert status_of(ask(ONE, **at_least(behind))) == "not_assessed"


def test_caches_keep_an_answer_for_those_who_demand_as_much(behind: int) -> None:
    for response in (ask(ONE), ask(ONE, **at_least(behind)), ask("/promises/")):
        assert "Ledger-Sequence-At-Least" in response.headers["Vary"].split(", ")


def test_an_entry_that_is_not_there_yet(behind: int) -> None:
    last = ledger.head().sequence
    response = ask(ONE, **at_least(last + 1))
    assert response.status_code == 412
    problem = response.json()
    assert problem["type"] == "urn:reform-tracker:problem:not-yet"
    assert problem["detail"] == (
        f"The last entry of the ledger is {last}; there is no entry {last + 1} yet."
    )


@pytest.mark.parametrize("text", ["", "-1", "1.0", "٣", "W/812", "9" * 19])
def test_what_is_no_sequence(committed_cast: None, text: str) -> None:
    response = ask("/promises/", ledger_sequence_at_least=text)
    assert response.status_code == 400
    assert "Ledger-Sequence-At-Least: 812" in response.json()["detail"]


def test_a_writer_reads_what_it_wrote(behind: int) -> None:
    """Whoever shows a key, or is signed in, is answered by the primary."""
    assert status_of(key_of("lantern", "submit").get(ONE)) == "implemented"
    client = Client()
    client.cookies["sessionid"] = "somebodys"
    assert status_of(client.get(BASE + ONE)) == "implemented"


@pytest.mark.parametrize(
    "path",
    [f"/promises/{NEW}/", "/promises/{old}/?known_at={last}", "/changes/?after={last}"],
)
def test_what_a_replica_has_not_heard_of_is_looked_for_on_the_primary(
    behind: int, path: str
) -> None:
    asked = path.format(old=OLD, last=ledger.head().sequence)
    assert ask(asked).status_code == 200
    assert ask("/promises/demo2020-1-9/").status_code == 404


def test_what_the_record_said_at_a_moment_never_changes(behind: int) -> None:
    """By that moment it had said what the replica has yet to hear."""
    moment = timestamp(now())
    clocks = ask("/promises/", {"known_at": moment}).json()["clocks"]
    assert clocks["known_at"] == ledger.head().sequence > behind


def test_a_replica_that_is_too_far_behind(behind: int, monkeypatch: Any) -> None:
    monkeypatch.setattr(replicas, "_behind", lambda _database: 10.5)
    assert status_of(ask(ONE)) == "implemented"
    connections[REPLICA].looked = (0, False)  # type: ignore[attr-defined]
    monkeypatch.setattr(replicas, "_behind", lambda _database: 9.5)
    assert status_of(ask(ONE)) == "not_assessed"


def test_a_replica_that_is_down_fails_nobody(promise: Promise, tmp_path: Path) -> None:
    with replica_that_is_down(tmp_path):
        assert status_of(ask(ONE)) == "not_assessed"
        assert not replicas.is_near(), "it is left alone for a while"


def test_a_replica_that_fails_while_it_answers(behind: int, monkeypatch: Any) -> None:
    """Reading is done once more, on the primary."""
    broken = connections[REPLICA]
    newest = versions.newest

    def breaks(**given: Any) -> versions.Version:
        if replicas.connection() is broken:
            with broken.wrap_database_errors:
                raise broken.Database.OperationalError("terminating connection")
        return newest(**given)

    monkeypatch.setattr(versions, "newest", breaks)
    assert status_of(ask(ONE)) == "implemented"


def test_a_process_that_has_seen_more_does_not_say_so_of_a_replica(
    behind: int, settings: Any
) -> None:
    """Within HEAD_SECONDS it takes the head as it saw it, and that was another database's."""
    settings.HEAD_SECONDS, settings.ANSWERS_MB = 60, 1
    SHELF.clear()
    new = ask("/reforms/", **at_least(behind + 1))
    made = ask(ONE)
    assert status_of(made) == "not_assessed"
    assert int(new.headers["Ledger-Sequence"]) > int(made.headers["Ledger-Sequence"]) == behind
    assert status_of(ask(ONE, **at_least(behind + 1))) == "implemented"
    SHELF.clear()


@pytest.mark.without_database
def test_what_is_sent_bit_by_bit_is_read_where_it_began() -> None:
    def made() -> Iterator[bytes]:
        for _ in range(2):
            yield replicas.source().encode()

    sent = replicas.streamed(REPLICA, made())
    assert next(sent) == b"replica"
    assert replicas.source() == "default"
    assert list(sent) == [b"replica"]


@pytest.mark.parametrize("path", ["/readyz", "/report/", "/admin/login/"])
def test_what_is_no_part_of_the_record_is_read_from_the_primary(behind: int, path: str) -> None:
    """Who has just sent a report could not say how new its receipt has to be."""
    with CaptureQueriesContext(connections[REPLICA]) as on_the_replica:
        assert Client().get(path).status_code == 200
    assert not on_the_replica.captured_queries
