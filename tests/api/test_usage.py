"""GET /key/: what the key at hand is, and what is left of its limits."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from reforms import keys
from reforms.models import Key, Programme
from tests.api.asking import problem
from tests.fixtures import Clock, People, fresh, make_key

ADDRESS = "/api/v1/key/"
NOW = "2026-11-22T22:58:20Z"


@pytest.fixture(autouse=True)
def empty_cache(cast: None, clock: Clock) -> None:
    clock.at(NOW)
    cache.clear()


def ask(text: str = "", query: str = "", **headers: str) -> Any:
    if text:
        headers["authorization"] = f"Bearer {text}"
    return Client().get(ADDRESS + query, headers=headers)


# Works.


def test_a_key(settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {
        "key-read": [(600, "min", 60), (5000, "day", 86_400)],
        "key-write": [(120, "min", 60)],
        "key-rows": [(200_000, "day", 86_400)],
    }
    key, text = make_key(
        "lantern",
        "submit",
        "sources",
        name="nightly import",
        programme=Programme.objects.get(pk="demo2020"),
        expires_at=datetime(2027, 1, 1, tzinfo=UTC),
    )
    Client().post("/api/v1/updates/", {}, headers={"authorization": f"Bearer {text}"})
    assert ask(text).json() == {
        "id": key.pk,
        "name": "nightly import",
        "organisation": "lantern",
        "scopes": ["submit", "sources"],
        "programme": "demo2020",
        "created_at": "2026-11-22T22:58:20Z",
        "expires_at": "2027-01-01T00:00:00Z",
        "last_used_at": "2026-11-22T22:00:00Z",
        "limits": [
            {"name": "key-read-min", "limit": 600, "window": 60, "remaining": 599, "reset": 40},
            {"name": "key-read-day", "limit": 5000, "window": 86400, "remaining": 4999, "reset": 3700},
            {"name": "key-write-min", "limit": 120, "window": 60, "remaining": 119, "reset": 40},
            {"name": "key-rows-day", "limit": 200000, "window": 86400, "remaining": 200000, "reset": 3700},
        ],
    }  # fmt: skip


def test_the_secret_is_nowhere(settings: Any) -> None:
    key, text = make_key()
    response = ask(text)
    secret = text.removeprefix(f"rt_{key.pk}_")
    for hidden in (secret, key.digest):
        assert hidden not in response.content.decode()
        assert hidden not in str(response.headers)


def test_nobody_keeps_the_answer() -> None:
    assert ask(make_key()[1]).headers["Cache-Control"] == "private, no-store"


def test_without_limits_there_are_none() -> None:
    assert ask(make_key()[1]).json()["limits"] == []


# The last use.


def test_the_last_use_is_known_to_the_hour(clock: Clock) -> None:
    key, text = make_key()
    assert fresh(key).last_used_at is None
    for moment, hour in (
        ("2026-11-22T22:59:59Z", "2026-11-22T22:00:00+00:00"),
        ("2026-11-22T23:00:00Z", "2026-11-22T23:00:00+00:00"),
    ):
        clock.at(moment)
        assert ask(text).status_code == 200
        assert fresh(key).last_used_at.isoformat() == hour


def test_it_is_written_once_an_hour(django_assert_num_queries: Any) -> None:
    _, text = make_key()
    ask(text)
    with django_assert_num_queries(1):
        ask(text)


def test_a_failure_to_note_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    _, text = make_key()

    def fail(*_: Any, **__: Any) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(Key.objects.none().__class__, "update", fail)
    assert ask(text).json()["last_used_at"] is None


# Who may.


def test_without_a_key(people: People) -> None:
    response = ask()
    assert "Bearer" in problem(response, 401, "unauthenticated")["detail"]
    assert response.headers["WWW-Authenticate"].startswith("Bearer")
    client = Client()
    client.force_login(people.anna)
    assert client.get(ADDRESS).status_code == 401, "an account is no key"


@pytest.mark.parametrize("end", ["revoked", "expired", "unknown"])
def test_with_a_key_that_has_ended(end: str, clock: Clock) -> None:
    key, text = make_key(expires_at=datetime(2026, 11, 23, tzinfo=UTC))
    match end:
        case "revoked":
            keys.revoke(key)
        case "expired":
            clock.at("2026-11-23T00:00:00Z")
        case "unknown":
            text = text[:-5] + "AAAAA"
    body = problem(ask(text), 401, "unauthenticated")
    assert text not in str(body)


# Bad input.


def test_it_takes_no_questions() -> None:
    response = ask(make_key()[1], "?fields=id")
    [error] = problem(response, 400, "bad-question")["errors"]
    assert (error["parameter"], error["code"]) == ("fields", "unknown_parameter")


def test_it_is_only_read() -> None:
    _, text = make_key()
    response = Client().delete(ADDRESS, headers={"authorization": f"Bearer {text}"})
    assert problem(response, 405, "method-not-allowed")
