"""The feed: every public change once, in order; and its signed head."""

from typing import Any
from unittest import mock

import pytest

from reforms import ledger, records, workflow
from reforms.api.entry_filters import FeedFilters, ObjectType
from reforms.ledger import chain, checkpoints
from reforms.models import LedgerEntry, LedgerPayload, Promise, StatusUpdate
from tests.api.asking import Row, answer, ask, codes, complaints, problem, queries, results
from tests.api.entries import named, stored
from tests.api.record import SECRET, Record
from tests.fixtures import make_promise, make_update

ALL = {"limit": "1000"}


def sequences(query: Row | None = None) -> list[int]:
    return [row["sequence"] for row in results("/changes/", ALL | (query or {}))]


def followed(query: Row) -> list[Row]:
    """The pages from here until one is not full."""
    pages = [answer("/changes/", query)]
    while len(pages[-1]["results"]) == int(query["limit"]):
        pages.append(answer(pages[-1]["next"]))
    return pages


# Entries.


def test_every_entry_in_order(record: Record) -> None:
    entries = LedgerEntry.objects.select_related("payload").order_by("sequence")
    assert results("/changes/", ALL) == [stored(entry) for entry in entries]
    assert sequences() == list(range(1, entries.count() + 1))


def test_an_entry_can_be_verified(record: Record) -> None:
    previous = chain.BEGINNING
    for row in results("/changes/", ALL):
        assert row["previous"] == previous
        assert chain.entry_hash(row) == row["hash"]
        assert chain.commitment(row["salt"], chain.canonical(row["payload"])) == row["commitment"]
        previous = row["hash"]


def test_an_entry_holds_the_record_document(record: Record) -> None:
    update = StatusUpdate.objects.get(pk=record.id_of("retracted"))
    *_, last = results("/changes/", {"object": str(update.pk)})
    assert last["payload"] == {
        "document": records.document(update),
        "reason": "We misread the law.",
    }


def test_a_redacted_entry_says_so(record: Record) -> None:
    LedgerPayload.objects.filter(pk=1).update(salt="", body='{"document":null,"reason":""}')
    first, second = results("/changes/", {"limit": "2"})
    assert (first["salt"], first["redacted"]) == (None, True)
    assert first["payload"] == {"document": None, "reason": ""}
    assert len(second["salt"]) == 64
    assert second["redacted"] is False


def test_nothing_unpublished_is_in_it(record: Record) -> None:
    assert SECRET.encode() not in ask("/changes/", ALL).content
    before = sequences()
    promise = Promise.objects.get(pk="demo2020-1-1")
    update = make_update(promise, "stalled", "2024-04", publish=False)
    workflow.reject(update, "About another law.")
    assert sequences() == before


# Pages.


@pytest.mark.parametrize("limit", [1, 7, 50, 1000])
def test_following_next_gives_every_entry_once(record: Record, limit: int) -> None:
    pages = followed({"limit": limit})
    assert [row["sequence"] for page in pages for row in page["results"]] == sequences()


def test_next_is_the_address_to_poll(record: Record) -> None:
    """It stays the same until something happens; then it gives just that."""
    page = answer("/changes/", ALL)
    assert page["next"].endswith(f"/api/v1/changes/?limit=1000&after={page['head']['sequence']}")
    again = answer(page["next"])
    assert again == {**page, "results": []}
    make_promise(77)
    make_promise(78)
    page = answer(again["next"])
    assert [row["object_id"] for row in page["results"]] == ["demo2020-1-77", "demo2020-1-78"]
    assert answer(page["next"])["results"] == []


def test_a_page_that_is_just_full_goes_on_from_its_last_entry(record: Record) -> None:
    head = ledger.head().sequence
    page = answer("/changes/", {"after": head - 3, "limit": 3})
    assert len(page["results"]) == 3
    assert answer(page["next"])["results"] == []


def test_next_keeps_limit_and_filters(record: Record) -> None:
    query = {"limit": "2", "type": "promise,update", "action_not": "create"}
    pages = followed(query)
    assert len(pages) > 3
    assert [row["sequence"] for page in pages for row in page["results"]] == sequences(
        {"type": "promise,update", "action_not": "create"}
    )
    for page in pages:
        assert "limit=2&type=promise%2Cupdate&action_not=create&after=" in page["next"]


def test_who_filters_never_reads_again_what_did_not_match(record: Record) -> None:
    page = answer("/changes/", {"type": "topic"})
    assert page["next"].endswith(f"&after={page['head']['sequence']}")


def test_what_comes_while_a_page_is_read_belongs_to_the_next(record: Record) -> None:
    earlier = ledger.head()
    make_promise(77)
    with mock.patch.object(ledger, "head", return_value=earlier):
        page = answer("/changes/", ALL)
    assert page["head"]["sequence"] == earlier.sequence == page["results"][-1]["sequence"]
    assert [row["object_id"] for row in answer(page["next"])["results"]] == ["demo2020-1-77"]


def test_limits(record: Record) -> None:
    assert len(results("/changes/")) == 50
    for limit in ("0", "1001", "-1", "ten"):
        assert codes("/changes/", {"limit": limit}) == [("limit", "out_of_range")]


# Filters.


FILTERS: dict[str, list[tuple[str, list[str]]]] = {
    "after": [("73", ["publish:still-open"])],
    "type": [
        ("topic", ["create:courts", "create:money", "translate:money"]),
        ("programme,topic", ["create:courts", "create:money", "create:demo2020"]),
    ],
    "type_not": [("organisation,publisher,promise,reform", ["create:court", "publish:court"])],
    "object": [
        ("money", ["create:money", "translate:money"]),
        ("demo2020-1-3", ["create:demo2020-1-3"]),
    ],
    "action": [("translate", ["translate:money"]), ("retract,remove", ["retract:retracted"])],
    "action_not": [("create,publish", ["correct:lantern", "edit:gazette", "translate:money"])],
}


def test_every_filter_is_tested() -> None:
    assert set(FILTERS) == set(FeedFilters.base_filters)
    assert ObjectType.values() == list(records.TYPES)


@pytest.mark.parametrize(
    ("name", "value", "some"),
    [(name, value, some) for name, table in FILTERS.items() for value, some in table],
)
def test_filter(record: Record, name: str, value: str, some: list[str]) -> None:
    """What a filter and its twin select is together everything."""
    found = sequences({name: value})
    assert found == sorted(found)
    assert set(some) <= {named(record, one) for one in found}
    if name + "_not" in FILTERS:
        rest = sequences({name + "_not": value})
        assert sorted([*found, *rest]) == sequences()


def test_an_id_that_objects_of_two_types_have(record: Record) -> None:
    """`type` tells them apart."""
    workflow.save(records.TYPES["topic"](pk="court", name={"en": "The court"}))
    both = results("/changes/", {"object": "court"})
    assert [row["object_type"] for row in both] == ["body", "topic"]
    assert results("/changes/", {"object": "court", "type": "topic"}) == both[1:]


def test_what_was_withdrawn_is_found(record: Record) -> None:
    promise = make_promise(77)
    workflow.withdraw_object(promise, "Entered twice.")
    found = results("/changes/", {"object": "demo2020-1-77"})
    assert [row["action"] for row in found] == ["create", "withdraw"]
    assert found[1]["payload"] == {"document": None, "reason": "Entered twice."}


# Bad input.


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"after": "-1"}, [("after", "out_of_range")]),
        ({"after": "1.5"}, [("after", "out_of_range")]),
        ({"after": "²"}, [("after", "out_of_range")]),
        ({"after": "9" * 3000}, [("after", "out_of_range")]),
        ({"type": "promse"}, [("type", "unknown_value")]),
        ({"action": "delete"}, [("action", "unknown_value")]),
        ({"object": "demo2020-1-99"}, [("object", "unknown_value")]),
        ({"object": "court", "type": "promise"}, [("object", "unknown_value")]),
        ({"object": "x" * 4001}, [("object", "too_long")]),
        ({"type": "body", "type_not": "body"}, [("type_not", "contradiction")]),
        ({"cursor": "x"}, [("cursor", "unknown_parameter")]),
        ({"ordering": "-sequence"}, [("ordering", "unknown_parameter")]),
        ({"fields": "hash"}, [("fields", "unknown_parameter")]),
        ("object=court&object=money", [("object", "repeated")]),
    ],
)
def test_refused(record: Record, query: Any, expected: list[tuple[str, str]]) -> None:
    assert codes("/changes/", query) == expected


def test_behind_the_head(record: Record) -> None:
    """A consumer that is ahead of the ledger has read another one: that is not passed over."""
    head = ledger.head().sequence
    (told,) = complaints("/changes/", {"after": head + 1})
    assert told["detail"] == f"There is no entry {head + 1} yet: the head of the ledger is {head}."


def test_the_nearest_is_named(record: Record) -> None:
    assert complaints("/changes/", {"afer": "1"})[0]["nearest"] == "after"
    assert complaints("/changes/", {"object": "demo2020-1-33"})[0]["nearest"] == "demo2020-1-3"
    (told,) = complaints("/changes/", {"object": "mony", "type": "topic"})
    assert told["detail"] == "The ledger has no topic “mony”. Did you mean “money”?"


# The head.


def test_the_head_is_that_of_the_last_entry_and_signed(record: Record) -> None:
    head = answer("/changes/head/")
    last = results("/changes/", ALL)[-1]
    assert {name: head[name] for name in ("sequence", "hash", "recorded_at")} == {
        name: last[name] for name in ("sequence", "hash", "recorded_at")
    }
    assert checkpoints.is_signed(head, checkpoints.public_key())
    assert answer("/changes/")["head"] == head


def test_the_head_takes_no_questions(record: Record) -> None:
    assert codes("/changes/head/", {"after": "1"}) == [("after", "unknown_parameter")]
    problem(ask("/changes/1/"), 404, "not-found")


# Queries and headers.


def test_queries(record: Record) -> None:
    three = ["ledgerentry", "ledgerentry", "ledgerpayload"]
    assert queries("/changes/") == three
    assert queries("/changes/", {"type": "promise", "action_not": "edit"}) == three
    assert queries("/changes/", {"object": "court"}) == three
    head = ledger.head().sequence
    assert queries("/changes/", {"after": head}) == ["ledgerentry"] * 2
    assert queries("/changes/", {"after": head, "object": "court"}) == ["ledgerentry"] * 3
    assert queries("/changes/head/") == ["ledgerentry"]


@pytest.mark.parametrize("path", ["/changes/", "/changes/head/"])
def test_a_cache_has_to_ask_again(record: Record, path: str) -> None:
    headers = ask(path).headers
    assert headers["Cache-Control"] == "no-cache"
    assert "Accept" in headers["Vary"].split(", ")
    assert headers["Content-Type"] == "application/json"
