"""Idempotency-Key: a request that is sent again does nothing again."""

import threading
from typing import Any

import pytest
from django.conf import settings
from django.db import connection

from reforms.models import KeptAnswer, LedgerEntry, Source, StatusUpdate
from tests.api.asking import problem
from tests.api.sending import ARTICLE, Sender, content, key_of, pointers, told
from tests.fixtures import Clock, make_promise


def replayed(response: Any) -> bool:
    return "Idempotency-Replayed" in response.headers


# Works.


def test_the_first_answer_again(lantern: Sender) -> None:
    """Status, body and headers; and it says that it is not new."""
    first = lantern.post("/updates/", content(), idempotency_key="a")
    assert not replayed(first)
    second = lantern.post("/updates/", content(), idempotency_key="a")
    assert second.headers["Idempotency-Replayed"] == "true"
    assert (second.status_code, second.content) == (201, first.content)
    for name in ("Location", "ETag", "Content-Type", "Cache-Control"):
        assert second.headers[name] == first.headers[name]
    assert StatusUpdate.objects.count() == 1


def test_without_it_every_request_is_another(lantern: Sender) -> None:
    assert lantern.submitted()["id"] != lantern.submitted()["id"]


def test_an_action_is_replayed_though_the_state_has_changed(lantern: Sender, desk: Sender) -> None:
    row = lantern.submitted()
    tag = desk.get(row["api_url"]).headers["ETag"]
    first = desk.act(row, "publish", if_match=tag, idempotency_key="a")
    entries = LedgerEntry.objects.count()
    second = desk.act(row, "publish", if_match=tag, idempotency_key="a")
    assert replayed(second)
    assert told(second) == told(first)
    assert LedgerEntry.objects.count() == entries


def test_sources_too(lantern: Sender) -> None:
    """The second answer is the first one, not that the source is there already."""
    first = lantern.post("/sources/", ARTICLE, idempotency_key="a")
    second = lantern.post("/sources/", ARTICLE, idempotency_key="a")
    assert (first.status_code, second.status_code) == (201, 201)
    assert replayed(second)
    assert Source.objects.filter(url=ARTICLE["url"]).count() == 1


def test_the_name_is_each_key_s_own(lantern: Sender, compass: Sender) -> None:
    """Nobody learns from it what others have sent."""
    told(lantern.post("/updates/", content(), idempotency_key="a"), 201)
    response = compass.post("/updates/", content(), idempotency_key="a")
    assert told(response, 201)["organisation"] == "compass"
    assert not replayed(response)
    response = key_of("lantern", "submit").post("/updates/", content(), idempotency_key="a")
    assert not replayed(response)


def test_and_each_account_s(anna: Sender) -> None:
    first = anna.post("/updates/", content(), idempotency_key="a")
    assert replayed(anna.post("/updates/", content(), idempotency_key="a"))
    assert first.json()["organisation"] == "lantern"


def test_kept_for_a_while(lantern: Sender, clock: Clock) -> None:
    clock.at("2026-06-01T12:00:00+00:00")
    told(lantern.post("/updates/", content(), idempotency_key="a"), 201)
    assert settings.IDEMPOTENCY_HOURS == 24
    clock.at("2026-06-02T11:59:59+00:00")
    assert replayed(lantern.post("/updates/", content(), idempotency_key="a"))
    clock.at("2026-06-02T12:00:01+00:00")
    assert not replayed(lantern.post("/updates/", content(), idempotency_key="a"))
    assert KeptAnswer.objects.count() == 1, "what is too old is gone"
    assert StatusUpdate.objects.count() == 2


# Another request.


@pytest.mark.parametrize("how", ["body", "address", "query"])
def test_another_request_is_refused(lantern: Sender, how: str) -> None:
    told(lantern.post("/updates/", content(), idempotency_key="a"), 201)
    response = {
        "body": lambda: lantern.post("/updates/", content(status="stalled"), idempotency_key="a"),
        "address": lambda: lantern.post("/sources/", content(), idempotency_key="a"),
        "query": lambda: lantern.post("/updates/", content(), "lang=ru", idempotency_key="a"),
    }[how]()
    problem(response, 422, "idempotency-key-reused")
    assert StatusUpdate.objects.count() == 1


# What did not happen is not kept.


def test_a_refusal_is_not_kept(lantern: Sender) -> None:
    """Whoever has mended what was wrong may send it under the same name."""
    wrong = content(status="implementd")
    assert pointers(lantern.post("/updates/", wrong, idempotency_key="a"))
    response = lantern.post("/updates/", content(), idempotency_key="a")
    assert told(response, 201)
    assert not replayed(response)


def test_nor_is_a_dry_run(lantern: Sender) -> None:
    told(lantern.post("/updates/", content(), "dry_run=true", idempotency_key="a"), 201)
    assert not KeptAnswer.objects.exists()
    told(lantern.post("/updates/", content(), idempotency_key="a"), 201)
    trial = lantern.post("/updates/", content(), "dry_run=true", idempotency_key="a")
    assert told(trial, 201)["dry_run"] is True
    assert not replayed(trial)


# Bad names.


@pytest.mark.parametrize("name", ["", "x" * 256, "ключ".encode().decode("latin-1"), "a\tb"])
def test_a_name_that_is_none(lantern: Sender, name: str) -> None:
    response = lantern.post("/updates/", content(), idempotency_key=name)
    assert "1 to 255" in problem(response, 400, "bad-question")["detail"]
    assert not StatusUpdate.objects.exists()


@pytest.mark.parametrize("name", ["x" * 255, "~ !\"'", "8e03978e-40d5-43e8-bc93-6894a57f9324"])
def test_names(lantern: Sender, name: str) -> None:
    told(lantern.post("/updates/", content(), idempotency_key=name), 201)
    assert replayed(lantern.post("/updates/", content(), idempotency_key=name))


# Twins.


@pytest.mark.usefixtures("committed_cast")
def test_twins_at_once_create_one_row() -> None:
    make_promise()
    lantern = key_of("lantern", "submit")
    start, answers = threading.Barrier(4), []

    def send() -> None:
        start.wait()
        answers.append(lantern.post("/updates/", content(), idempotency_key="a"))
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert [one.status_code for one in answers] == [201] * 4
    assert len({one.content for one in answers}) == 1
    assert sorted(replayed(one) for one in answers) == [False, True, True, True]
    assert StatusUpdate.objects.count() == 1
