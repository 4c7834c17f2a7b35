"""Promises counted by status, in groups."""

import pytest

from reforms import ledger
from reforms.statistics import Grouping
from reforms.vocabulary import Commitment, PromiseKind, Status, Timeliness, Verification
from tests.api.asking import Row, answer, codes, complaints, queries, results
from tests.api.counting import PATH, SERIES, counts, recount, verdict
from tests.api.record import Record


def groups(query: Row) -> dict[str, Row]:
    return {row["id"]: counts(row) for row in answer(PATH, query)["results"]}


# Works.


def test_the_whole_answer(record: Record) -> None:
    told = answer(PATH, {"group_by": "reform", "programme": "far2021", "lang": "ru"})
    assert list(told) == ["date", "group_by", "overall", "ungrouped", "results"]
    assert (told["date"], told["group_by"], told["ungrouped"]) == ("2024-06-01", "reform", 0)
    by_status = dict.fromkeys(Status.values(), 0)
    of_all = dict.fromkeys(Status.values(), 0.0)
    one, other = told["results"]
    assert one == {
        "id": "far2021-1",
        "name": "Direction 1",
        "language": "en",
        "total": 2,
        "checkable": 2,
        "assessed": 2,
        "by_status": by_status | {"in_progress": 1, "abandoned": 1},
        "checkable_by_status": by_status | {"in_progress": 1, "abandoned": 1},
        "shares": dict.fromkeys(
            ("of_all", "of_checkable", "of_assessed"),
            of_all | {"in_progress": 0.5, "abandoned": 0.5},
        ),
    }
    assert (other["id"], other["total"], other["checkable"], other["assessed"]) == (
        "far2021-2",
        1,
        0,
        0,
    )
    assert other["shares"] == {
        "of_all": of_all | {"not_assessed": 1.0},
        "of_checkable": None,
        "of_assessed": None,
    }
    assert told["overall"]["shares"]["of_all"]["in_progress"] == 0.333333


def test_without_groups(record: Record) -> None:
    told = answer(PATH)
    assert (told["group_by"], told["ungrouped"], told["results"]) == (None, 0, [])
    assert counts(told["overall"]) == recount(map(verdict, results("/promises/")))
    # Already the second on Kiritimati, still the first on Pago Pago.
    assert told["date"] == "2024-06-02"
    assert answer(PATH, {"programme_not": "demo2020"})["date"] == "2024-06-01"


def test_names_in_the_language_asked_for(record: Record) -> None:
    found = answer(PATH, {"group_by": "organisation", "lang": "ru"})["results"]
    assert [(one["id"], one["name"], one["language"]) for one in found] == [
        ("compass", "Compass", "en"),
        ("editors", "Editors", "en"),
        ("lantern", "Lantern", "en"),  # its affiliation is in English only
    ]
    found = answer(PATH, {"group_by": "topic"}, accept_language="kk")["results"]
    assert ("money", "Ақша", "kk") in [(one["id"], one["name"], one["language"]) for one in found]
    [first, *_] = answer(PATH, {"group_by": "kind", "lang": "kk"})["results"]
    assert (first["name"], first["language"]) == ("Constitutional amendment", "en")


def test_a_promise_counts_in_each_of_its_groups(record: Record) -> None:
    """And once in all; what belongs to none is counted, too."""
    told = answer(PATH, {"group_by": "body", "programme": "demo2020"})
    assert {row["id"]: row["total"] for row in told["results"]} == {"court": 3, "senate": 2}
    assert (told["overall"]["total"], told["ungrouped"]) == (8, 4)


def test_an_organisation_is_counted_by_what_it_says_itself(record: Record) -> None:
    """Promise 3 is reversed, but not for Lantern."""
    found = groups({"group_by": "organisation", "status": "reversed"})
    assert {name: row["by_status"]["implemented"] for name, row in found.items()} == {
        "editors": 0,
        "lantern": 1,
    }
    assert found["editors"]["by_status"]["reversed"] == 1


def test_all_words_of_a_vocabulary_and_no_empty_objects(record: Record) -> None:
    for grouping, vocabulary in {
        "kind": PromiseKind,
        "commitment": Commitment,
        "verification": Verification,
        "timeliness": Timeliness,
    }.items():
        assert list(groups({"group_by": grouping, "reform": "far2021-2"})) == vocabulary.values()
    for grouping in ("body", "topic", "organisation"):
        assert groups({"group_by": grouping, "reform": "far2021-2"}) == {}
    assert list(groups({"group_by": "reform"})) == [
        *("demo2020-0", "demo2020-1", "demo2020-2", "demo2020-10", "far2021-1", "far2021-2")
    ]


# Queries.


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["promise", "programme"]),
        ({"group_by": "kind"}, ["promise", "programme"]),
        ({"group_by": "timeliness"}, ["promise", "programme", "programme"]),
        ({"group_by": "reform"}, ["promise", "programme", "reform"]),
        ({"group_by": "body"}, ["promise", "promise", "programme", "body"]),
        ({"group_by": "organisation"}, ["promise", "statusupdate", "programme", "organisation"]),
    ],
)
def test_queries(record: Record, query: Row, expected: list[str]) -> None:
    assert sorted(queries(PATH, query)) == sorted(expected)


# Bad input.


def test_an_unknown_group(record: Record) -> None:
    [told] = complaints(PATH, {"group_by": "reforms"})
    assert (told["code"], told["nearest"]) == ("unknown_value", "reform")
    assert told["allowed"] == Grouping.values()
    assert codes(PATH, {"group_by": "reform,kind"}) == [("group_by", "unknown_value")]
    assert codes(SERIES, {"interval": "week"}) == [("interval", "unknown_value")]
    assert codes(SERIES, {"group_by": "kind"}) == [("group_by", "unknown_parameter")]
    assert codes(PATH, {"fields": "date", "limit": "3"}) == [
        ("fields", "unknown_parameter"),
        ("limit", "unknown_parameter"),
    ]


@pytest.mark.parametrize("grouping", ["body", "topic"])
def test_what_may_have_been_edited_since(record: Record, grouping: str) -> None:
    known = ledger.head().sequence
    [told] = complaints(PATH, {"group_by": grouping, "known_at": known})
    assert (told["parameter"], told["code"]) == ("group_by", "edited_since")
    assert grouping not in told["allowed"]
    assert codes(PATH, {grouping: "court" if grouping == "body" else "courts", "known_at": known})


def test_contradictions_are_those_of_the_list(record: Record) -> None:
    query = {"programme": "demo2020", "reform": "far2021-1"}
    assert codes(PATH, query) == codes(SERIES, query) == codes("/promises/", query)
    assert codes(SERIES, {"as_of": "2019-01-01"}) == [("as_of", "too_early")]
