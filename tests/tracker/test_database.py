"""How the service speaks to its database."""

from types import SimpleNamespace

import pytest
from django.core.signals import request_started
from django.db import connection

from reforms import replicas


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL waits for its log by itself")
@pytest.mark.django_db
def test_what_was_committed_survives_a_power_failure() -> None:
    """An entry that a witness has seen is never taken back: 2 is FULL."""
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)


def test_a_kept_connection_is_looked_at_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not before every request; but always after a pause."""
    kept = SimpleNamespace(health_check_done=False)
    clock = [100.0]
    monkeypatch.setattr(replicas, "connections", SimpleNamespace(all=lambda **_: [kept]))
    monkeypatch.setattr(replicas.time, "monotonic", lambda: clock[0])
    asked = []
    for moment in (100.0, 100.2, 100.9, 101.1, 101.5, 107.0):
        clock[0], kept.health_check_done = moment, False  # as Django has it when a request begins
        replicas.look_now_and_then()
        asked.append(not kept.health_check_done)
    assert asked == [True, False, False, True, False, True]
    heard = [one[1]() for one in request_started.receivers]
    assert replicas.look_now_and_then in heard
