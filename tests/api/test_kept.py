"""Answers that are kept under the version of the record, and 304: never another than a fresh one."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reforms import ledger
from reforms.api import versions
from reforms.api.kept import SHELF, Answer, Shelf
from reforms.models import Paragraph
from reforms.vocabulary import Status
from tests.api.asking import BASE
from tests.api.record import Record
from tests.api.writing import WRITES
from tests.fixtures import Clock, make_key, make_promise, make_update, rolled_back

LIST = "/promises/?status=implemented"


@pytest.fixture(autouse=True)
def kept(settings: Any) -> Iterator[None]:
    settings.ANSWERS_MB = 1
    SHELF.clear()
    yield
    SHELF.clear()


def get(path: str = LIST, /, cookie: str = "", **headers: str) -> Any:
    client = Client(raise_request_exception=False)
    if cookie:
        # Whoever has a session is answered afresh, and the same where it is nobody's.
        client.cookies["sessionid"] = cookie
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.get(BASE + path, headers=headers)


def fresh(path: str = LIST, /, **headers: str) -> Any:
    return get(path, cookie="nobodys", **headers)


def asked_of_the_database(path: str = LIST, /, **headers: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert get(path, **headers).status_code in (200, 304)
    return [one["sql"] for one in captured.captured_queries]


def test_the_second_answer_costs_a_look_at_the_head(record: Record) -> None:
    first = get()
    with CaptureQueriesContext(connection) as captured:
        again = get()
    assert [one["sql"] for one in captured.captured_queries] == [versions.NEWEST]
    assert again.content == first.content == fresh().content
    assert dict(again.items()) == dict(first.items())
    assert first.headers["ETag"].startswith('W/"')


def test_whoever_has_it_gets_304_at_the_same_cost(record: Record) -> None:
    tag = get().headers["ETag"]
    known = get(If_None_Match=tag)
    assert known.status_code == 304
    assert not known.content
    assert known.headers["ETag"] == tag
    assert known.headers["Cache-Control"] == "public, max-age=60"
    assert asked_of_the_database(If_None_Match=tag) == [versions.NEWEST]
    assert get(If_None_Match='W/"another", "one"').status_code == 200


def test_not_even_the_head_is_read_within_a_stated_freshness(record: Record, settings: Any) -> None:
    settings.HEAD_SECONDS = 60
    get()
    assert asked_of_the_database() == []


@pytest.mark.parametrize(
    "other",
    [
        {"path": f"{LIST}&limit=1"},
        {"path": f"{LIST}&lang=ru"},
        {"Accept_Language": "kk"},
        {"Host": "127.0.0.1"},
        {"Accept": "application/json;q=0.5"},
    ],
    ids=["query", "lang", "language", "host", "accept"],
)
def test_another_question_is_another_answer(record: Record, other: dict[str, str]) -> None:
    first = get()
    path = other.pop("path", LIST)
    found = get(path, **other)
    assert found.content == fresh(path, **other).content
    assert found.headers["ETag"] != first.headers["ETag"]


def test_what_was_published_is_there_at_once(record: Record) -> None:
    before = get()
    promise = make_promise(11)
    make_update(promise, "implemented", "2023-06")
    after = get(If_None_Match=before.headers["ETag"])
    assert after.status_code == 200
    assert promise.pk in [one["id"] for one in after.json()["results"]]


def test_a_text_that_was_loaded_is_there_at_once(record: Record) -> None:
    path = "/sources/ministry-page/"
    assert not get(path).json()["text_loaded"]
    Paragraph.objects.create(
        source_id="ministry-page", ordinal=1, fingerprint="fp1:" + "a" * 64, text="Words."
    )
    assert get(path).json()["text_loaded"]


def test_a_new_day_is_another_version(record: Record, clock: Clock) -> None:
    """Timeliness changes when a day passes in the programme's own time zone."""
    clock.at("2026-11-22T09:59:00Z")
    tag = get().headers["ETag"]
    clock.at("2026-11-22T09:59:59Z")
    assert get().headers["ETag"] == tag
    clock.at("2026-11-22T10:00:01Z")  # midnight on Kiritimati
    assert get().headers["ETag"] != tag


def test_whoever_shows_a_key_is_answered_afresh(record: Record) -> None:
    get()
    _, text = make_key("lantern", "submit")
    answer = get(Authorization=f"Bearer {text}")
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert get(Authorization="Bearer rt_wrong").status_code == 401


def test_refusals_are_not_kept(record: Record) -> None:
    assert get("/promises/?staus=stalled").status_code == 400
    assert "ETag" not in get("/promises/?staus=stalled").headers


def test_what_is_kept_is_counted_too(record: Record, settings: Any) -> None:
    get()
    settings.LIMITS = {**settings.LIMITS, "address-read": [(2, "min", 60)]}
    assert [get().status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.without_database
def test_what_was_not_asked_for_longest_goes_first() -> None:
    """A tenth of the room is the most for one answer."""
    shelf = Shelf()

    def put(question: str, size: int = 100_000) -> None:
        shelf.put(question, Answer("version", HttpResponse(b"." * size)))

    for number in range(10):
        put(str(number))
    assert shelf.get("0") is not None
    put("new")
    put("huge", 100_001)
    kept = [name for name in (*"0123456789", "new", "huge") if shelf.get(name) is not None]
    assert kept == [*"023456789", "new"]
    # A newer answer takes the place of the one before, and its room.
    for _ in range(20):
        put("new", 50_000)
    put("more", 50_000)
    assert all(shelf.get(name) is not None for name in ("0", "3", "new", "more"))


QUESTIONS = (
    LIST,
    "/promises/?ordering=-changed_at&limit=3",
    "/promises/demo2020-1-1/",
    "/updates/?limit=2",
    "/reforms/",
    "/corrections/",
    "/statistics/agreement/",
    "/changes/head/",
)


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(sorted(WRITES)),
            st.sampled_from(list(Status)[1:]),
            st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=3),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_no_answer_is_ever_stale(record: Record, steps: Any) -> None:
    """Whatever is written and read in between, what is kept equals what its twin computes."""
    with rolled_back():
        for number, (write, status, questions) in enumerate(steps, 20):
            WRITES[write](number, status)
            for question in questions:
                assert get(question).json() == fresh(question).json()
    SHELF.clear()


def test_the_version_is_read_from_two_rows(record: Record) -> None:
    version = versions.newest()
    assert version.head == ledger.head().hash
    assert version.texts == Paragraph.objects.latest("pk").pk
