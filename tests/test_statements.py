"""Statements that are made once, and take other values each time."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms.models import LedgerEntry, Promise, StatusUpdate
from reforms.statements import MOST, Kept, Slot, Statement
from tests.fixtures import make_promise, make_update


def test_a_statement_answers_what_its_queryset_does(cast: None) -> None:
    promises = [make_promise(number, deadline=f"2024-0{number}") for number in (1, 2, 3)]
    rows = Promise.objects.order_by("pk").values_list("pk", "title", "deadline_on", named=True)
    pair = Statement(rows.filter(pk__in=[Slot("one"), Slot("other")]))
    for one, other in (promises[:2], promises[1:], (promises[0], promises[0])):
        found = pair.rows({"one": one.pk, "other": other.pk})
        assert found == list(rows.filter(pk__in=[one.pk, other.pk]))
    assert found[0].title == promises[0].title
    assert found[0].deadline_on == date(2024, 1, 31)


def test_values_are_given_as_the_engine_takes_them(cast: None) -> None:
    """Days, moments, ids of updates; a relation takes the text of an id."""
    update = make_update(make_promise(), "stalled", "2023-05-02")
    entry = LedgerEntry.objects.latest("sequence")
    updates = StatusUpdate.objects.values_list("pk", "published_at")
    cases: list[tuple[str, Any, Any]] = [
        ("pk", update.pk, True),
        ("promise__in", update.promise_id, True),
        ("promise__in", "another", False),
        ("counts_from", date(2023, 5, 2), True),
        ("counts_from__gt", date(2023, 5, 2), False),
        ("published_at", entry.recorded_at, True),
        ("published_at__lt", datetime(2999, 1, 1, tzinfo=UTC), True),
        ("version__gte", 1, True),
    ]
    for condition, value, found in cases:
        slot = Slot("value")
        open_ = updates.filter(**{condition: [slot] if condition.endswith("__in") else slot})
        expected = [(update.pk, update.published_at)] if found else []
        assert Statement(open_).rows({"value": value}) == expected, condition


def test_it_is_one_query_and_none_where_nothing_can_match(cast: None) -> None:
    make_promise()
    some = Statement(Promise.objects.filter(reform=Slot("reform")).values_list("pk"))
    none = Statement(Promise.objects.filter(pk__in=[], reform=Slot("reform")).values_list("pk"))
    with CaptureQueriesContext(connection) as captured:
        assert some.rows({"reform": "demo2020-1"}) == [("demo2020-1-1",)]
    assert len(captured) == 1
    assert none.rows({"reform": "demo2020-1"}) == []


def test_a_value_that_is_missing_is_an_error_of_ours(cast: None) -> None:
    one = Statement(Promise.objects.filter(pk=Slot("key")).values_list("pk"))
    with pytest.raises(KeyError, match="key"):
        one.rows({})
    # What no slot takes is passed over.
    assert one.rows({"key": "nothing", "more": 1}) == []


def test_those_that_are_kept_are_made_once_and_not_without_end(cast: None) -> None:
    make_promise()
    kept, made = Kept(), []

    def make() -> Any:
        made.append(1)
        return Promise.objects.filter(pk=Slot("key")).values_list("pk", flat=False)

    first = kept.get("one", make)
    assert kept.get("one", make) is first
    assert len(made) == 1
    for number in range(MOST):
        kept.get(number, make)
    assert kept.get("one", make) is not first
