from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from tests.api.asking import problem

# /healthz


def test_the_process_answers(client: Client) -> None:
    """The database is not asked: this test has none."""
    response = client.get("/healthz")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "no-store" in response.headers["Cache-Control"]


# /readyz


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    response = client.get("/readyz")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
@pytest.mark.parametrize("error", [OperationalError("gone"), InterfaceError("closed")])
def test_the_database_does_not_answer(
    client: Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def refuse(*_: Any) -> None:
        raise error

    monkeypatch.setattr(connection, "cursor", refuse)
    response = client.get("/readyz")
    told = problem(response, 503, "unavailable")
    assert told["detail"] == "The database does not answer."
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_migrations_wait(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MigrationExecutor, "migration_plan", lambda *_: [1, 2])
    told = problem(client.get("/readyz"), 503, "unavailable")
    assert told["detail"] == "2 migrations are not applied."


def test_probes_work_without_tls(client: Client, settings: Any) -> None:
    """Probes ask from inside; readers are sent to the address with TLS."""
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/api/v1/promises/").status_code == 301
