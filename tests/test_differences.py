"""How two documents of one object differ, value by value, and in a sentence."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reforms.records import Difference, compare
from reforms.records.wording import summary

pytestmark = pytest.mark.without_database


def differing(before: dict[str, Any], after: dict[str, Any]) -> list[tuple[str, Any, Any]]:
    return [(one["field"], one["before"], one["after"]) for one in compare(before, after)]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"deadline": "2022-09"}, {"deadline": "2022-12"}, [("deadline", "2022-09", "2022-12")]),
        ({"deadline": "2022"}, {"deadline": None}, [("deadline", "2022", None)]),
        (
            {"title": {"en": "A", "ru": "Б"}},
            {"title": {"en": "A", "ru": "В", "kk": "Г"}},
            [("title.ru", "Б", "В"), ("title.kk", None, "Г")],
        ),
        ({"bounds": None}, {"bounds": {"first": 1}}, [("bounds", None, {"first": 1})]),
        ({"topics": ["a", "c"]}, {"topics": ["a", "b", "c"]}, [("topics[1]", None, "b")]),
        ({"topics": ["a", "b", "c"]}, {"topics": ["a", "c"]}, [("topics[1]", "b", None)]),
        (
            {"citations": [{"source": "x", "locator": "1"}, {"source": "y", "locator": "2"}]},
            {"citations": [{"source": "x", "locator": "1"}, {"source": "y", "locator": "3"}]},
            [("citations[1].locator", "2", "3")],
        ),
        (
            {"figures": [{"what": "fee", "value": 5}]},
            {"figures": [{"what": {"en": "fee"}, "value": 5}]},
            [("figures[0].what", "fee", {"en": "fee"})],
        ),
        ({"schema": 1, "id": "a", "note": {}}, {"schema": 2, "id": "a", "note": {}}, []),
    ],
)
def test_differences(before: Any, after: Any, expected: list[tuple[str, Any, Any]]) -> None:
    assert differing(before, after) == expected


texts = st.dictionaries(st.sampled_from(["en", "ru", "kk"]), st.sampled_from(["a", "b"]))
items = st.fixed_dictionaries({"source": st.sampled_from("xyz"), "note": texts})
documents = st.fixed_dictionaries(
    {
        "schema": st.just(1),
        "title": texts,
        "deadline": st.none() | st.sampled_from(["2022", "2023-01"]),
        "topics": st.lists(st.sampled_from("abc"), max_size=4),
        "citations": st.lists(items, max_size=4),
    }
)


def value_at(document: Any, path: str) -> Any:
    for step in re.findall(r"\w+", path):
        document = document[int(step)] if isinstance(document, list) else document.get(step)
    return document


@given(documents, documents)
def test_every_difference_stands_where_it_says(before: Any, after: Any) -> None:
    found = compare(before, after)
    assert (found == []) == (before == after)
    for one in found:
        assert one["before"] != one["after"]
        if one["after"] is not None:
            assert value_at(after, one["field"]) == one["after"]
        elif one["before"] is not None and not one["field"].endswith("]"):
            assert value_at(after, one["field"]) is None


@given(documents, documents)
def test_backwards_it_is_the_same_the_other_way_round(before: Any, after: Any) -> None:
    forwards, backwards = compare(before, after), compare(after, before)
    whole = [one for one in forwards if "[" not in one["field"]]
    assert sorted((one["field"], one["after"], one["before"]) for one in whole) == sorted(
        (one["field"], one["before"], one["after"]) for one in backwards if "[" not in one["field"]
    )


# In a sentence.


def difference(field: str, before: Any, after: Any) -> Difference:
    return {"field": field, "before": before, "after": after}


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ([difference("deadline", "2022-09", "2022-12")], "deadline: 2022-09 → 2022-12"),
        ([difference("title.kk", None, "Сот")], "title.kk added: Сот"),
        ([difference("note", {"en": "Old."}, {})], 'note dropped: {"en": "Old."}'),
        (
            [difference("bodies[0]", {"body": "court", "role": "x"}, None)],
            "bodies[0] dropped: court",
        ),
        ([difference("numbered", True, False)], "numbered: true → false"),
        ([difference("figures[0].value", 5, 0)], "figures[0].value: 5 → 0"),
        ([difference("statement.en", "", "x" * 80)], f"statement.en added: {'x' * 59}…"),
        (
            [difference(f"topics[{number}]", None, "a") for number in range(8)],
            "; ".join(f"topics[{number}] added: a" for number in range(5)) + "; and 3 more",
        ),
    ],
)
def test_a_sentence(found: list[Difference], expected: str) -> None:
    payload = {"document": {}, "reason": "It was wrong."}
    assert summary("correct", "promise", payload, found) == expected


def test_a_redaction_names_the_fields() -> None:
    payload = {
        "document": {},
        "reason": "",
        "redacted": {"fields": ["note", "url"], "entries": [1]},
    }
    assert summary("redact", "source", payload, []) == "Redacted: note, url"
