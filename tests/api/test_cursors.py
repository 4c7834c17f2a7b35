"""Cursors: opaque to readers, and harmless in the hands of those who look inside."""

import base64
import json
from typing import Any

import pytest

from tests.api.asking import answer, ask, codes, complaints, ids, problem
from tests.api.record import PROMISES, Record

NUL = "a\x00b"
SURROGATE = "a\ud800"


def made(*parts: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def cursor_of(address: str) -> str:
    return address.partition("cursor=")[2].partition("&")[0]


def read(cursor: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))


def test_a_cursor_of_ours_can_be_made_by_hand(record: Record) -> None:
    """Otherwise the tests below would show nothing."""
    cursor = made("promise", ["demo2020-001-00001", "demo2020-001-00001"], False, {})
    assert ids("/promises/", {"cursor": cursor}) == list(PROMISES[2:])
    assert made(*read(cursor)) == cursor


@pytest.mark.parametrize(
    "cursor",
    [
        "garbage",
        "%%%",
        "a",
        "=",
        "[]",
        "W10",  # []
        "bnVsbA",  # null
        "e30",  # {}
        "MQ",  # 1
        "W" * 5000,
        "кириллица",
        made("source", ["a", "a"], False, {}),
        made("promise"),
        made("promise", [], False, {}),
        made("promise", ["a"], False, {}),
        made("promise", ["a", "b", "c"], False, {}),
        made("promise", "ab", False, {}),
        made("promise", {"a": 1, "b": 2}, False, {}),
        made("promise", ["a", None], False, {}),
        made("promise", ["a", True], False, {}),
        made("promise", ["a", 1.5], False, {}),
        made("promise", ["a", ["b"]], False, {}),
        made("promise", [NUL, "b"], False, {}),
        made("promise", ["a", NUL], False, {}),
        made("promise", [SURROGATE, "b"], False, {}),
        made("promise", ["a", "b"], 0, {}),
        made("promise", ["a", "b"], None, {}),
        made("promise", ["a", "b"], False, []),
        made("promise", ["a", "b"], False, {"status": 1}),
        made("promise", ["a", "b"], False, {"status": NUL}),
        made("promise", ["a", "b"], False, {"programme": SURROGATE}),
        made("promise", ["a", "b"], False, {"staus": "implemented"}),
        made("promise", ["a", "b"], False, {}, "more"),
        made("promise", ["a", "b"], False, {"ordering": "deadline"}),
        made("promise", ["2022-13-01", "b"], False, {"ordering": "deadline"}),
        made("promise", ["yesterday", "b"], False, {"ordering": "changed_at"}),
        made("promise", ["2024-01-01T00:00:00", "b"], False, {"ordering": "changed_at"}),
        made("promise", ["0001-01-01T00:00:00+14:00", "b"], False, {"ordering": "changed_at"}),
        made("promise", [5, "b"], False, {"ordering": "changed_at"}),
        made("promise", ["x", "b"], False, {"ordering": "relevance", "search": "court"}),
        "[" * 3000,
        base64.urlsafe_b64encode(b"[" * 50_000).decode(),
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    ],
)
def test_bad_cursor(record: Record, cursor: str) -> None:
    assert codes("/promises/", {"cursor": cursor}) == [("cursor", "bad_cursor")]


@pytest.mark.parametrize("tie", ["garbage", "", "1", 1, 10**40, "x" * 300])
def test_a_place_that_no_update_has(record: Record, tie: object) -> None:
    cursor = made("update", ["2024-02-01T09:00:00+00:00", tie], False, {})
    found = ask("/updates/", {"cursor": cursor})
    assert found.status_code in (200, 400), found.content
    if found.status_code == 400:
        problem(found, 400, "bad-question")


@pytest.mark.parametrize("key", [10**40, -(10**40), 2**63, 0])
def test_a_place_beyond_all_numbers(record: Record, key: int) -> None:
    asked = {"ordering": "relevance", "search": "court"}
    cursor = made("promise", [key, "demo2020-001-00001"], False, asked)
    found = ids("/promises/", {"cursor": cursor})
    assert len(found) in (0, 5)
    # Plain answers are asked for by other means.
    assert [one["id"] for one in answer("/promises/", {"cursor": cursor})["results"]] == found


def test_an_altered_filter_is_checked_like_any_other(record: Record) -> None:
    cursor = made("promise", ["a", "b"], False, {"status": "done", "programme": "x"})
    assert codes("/promises/", {"cursor": cursor}) == [
        ("programme", "unknown_value"),
        ("status", "unknown_value"),
    ]


def test_of_another_list(record: Record) -> None:
    cursor = cursor_of(answer("/promises/", {"limit": "1"})["next"])
    for path in ("/reforms/", "/updates/", "/sources/", "/promises/demo2020-1-1/updates/"):
        assert codes(path, {"cursor": cursor}) == [("cursor", "bad_cursor")]


@pytest.mark.parametrize(
    "other",
    [
        {"status": "stalled"},
        {"status": "implemented", "kind": "study"},
        {"ordering": "deadline"},
        {"status": "implemented", "ordering": "-deadline"},
    ],
)
def test_with_other_filters(record: Record, other: dict[str, str]) -> None:
    asked = {"status": "implemented", "ordering": "deadline"}
    page = answer("/promises/", asked | {"limit": "1"})
    cursor = cursor_of(page["next"])
    assert ids("/promises/", asked | {"cursor": cursor}) == ["demo2020-1-2"]
    assert ids("/promises/", {"cursor": cursor}) == ["demo2020-1-2"]
    told = complaints("/promises/", other | {"cursor": cursor})
    assert [(one["parameter"], one["code"]) for one in told] == [("cursor", "other_filters")]


def test_presentation_may_change_between_pages(record: Record) -> None:
    first = answer("/promises/", {"limit": "2", "status_not": "stalled"})
    cursor = cursor_of(first["next"])
    second = answer(
        "/promises/",
        {"cursor": cursor, "limit": "3", "fields": "title", "lang": "ru", "count": "true"},
    )
    assert [row["title"] for row in second["results"]] == [
        "A law on the court",
        "An office for complaints",
        "Promise 10",
    ]
    assert second["count"] == 10
    assert "fields=title" in second["next"]
    assert "lang=ru" in second["next"]
    assert "limit=3" in second["next"]
    assert answer(second["previous"])["results"][1]["title"] == "Суд"


def test_long_filters_make_cursors_that_are_accepted(record: Record) -> None:
    """A cursor repeats its filters, so that it grows with them."""
    from reforms.models import Body

    names = [f"body-{'x' * 60}-{number}" for number in range(50)]
    Body.objects.bulk_create(Body(id=name, name={"en": "Body"}) for name in names)
    asked = {"body_not": ",".join(names), "limit": "1"}
    first = answer("/promises/", asked)
    assert len(cursor_of(first["next"])) > 4000
    assert ids(first["next"].partition("?")[0], None)  # the address is one of ours
    assert answer(first["next"])["results"][0]["id"] == PROMISES[1]


def test_a_filter_that_needs_escaping_survives(record: Record) -> None:
    asked = {"search": '"суд" сот & +', "limit": "1", "ordering": "-id"}
    assert answer("/promises/", asked)["next"] is None
    asked = {"search": "“Конституциялық Сот” с&о=т+", "limit": "1"}
    found = answer("/promises/", {"search": "сот", "limit": "1"})
    assert answer(found["next"])["results"][0]["id"] == "demo2020-1-2"


def test_no_rows_no_pages(record: Record) -> None:
    assert answer("/promises/", {"reform": "far2021-0", "count": "true"}) == {
        "next": None,
        "previous": None,
        "count": 0,
        "results": [],
    }
