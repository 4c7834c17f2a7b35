"""Statements that are made once, and take other values each time."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from reforms import replicas
from reforms.models import LedgerEntry, Promise, StatusUpdate
from reforms.statements import MOST, ByIds, Slot, Statement, Statements
from tests.fixtures import fresh, make_promise, make_update


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


def test_many_ids_share_few_statements(cast: None) -> None:
    promises = [make_promise(number) for number in range(1, 10)]
    made: list[int] = []

    def some(ids: Any) -> Any:
        made.append(len(ids))
        return Promise.objects.filter(pk__in=ids).order_by("pk").values_list("pk")

    rows = ByIds(some)
    assert rows.rows([]) == []
    for number in range(1, 10):
        ids = [one.pk for one in promises[:number]]
        assert rows.rows(ids) == [(key,) for key in sorted(ids)]
    assert made == [1, 2, 4, 8, 16]


def test_rows_that_are_locked_are_the_primarys_and_in_a_transaction(
    committed_cast: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    promise = make_promise()
    locked = Promise.objects.select_for_update().filter(pk=Slot("key")).values_list("pk")
    with transaction.atomic():
        statement = Statement(locked)
        monkeypatch.setattr(replicas, "connection", lambda: pytest.fail("this one is read"))
        assert statement.rows({"key": promise.pk}) == [(promise.pk,)]
    with pytest.raises(TransactionManagementError):
        statement.rows({"key": promise.pk})


@pytest.mark.parametrize(
    "queryset",
    [
        Promise.objects.distinct().order_by("position").values_list("pk"),
        Promise.objects.filter(pk__icontains=str(Slot("part"))).values_list("pk"),
        Promise.objects.values_list("pk", flat=True),
        Promise.objects.values("pk"),
        Promise.objects.annotate(key=F("pk")),
        Promise.objects.prefetch_related("updates"),
    ],
    ids=["more columns", "part of a pattern", "flat", "dicts", "annotated", "prefetched"],
)
def test_what_would_be_told_otherwise_is_no_statement(cast: None, queryset: Any) -> None:
    with pytest.raises(ValueError, match="no statement can be kept"):
        Statement(queryset)


def test_instances_come_with_what_they_join(cast: None) -> None:
    update = make_update(make_promise(), "stalled", "2023-05-02")
    rows = StatusUpdate.objects.select_related("organisation", "replaces").filter(pk=Slot("key"))
    [found] = Statement(rows).rows({"key": update.pk})
    with CaptureQueriesContext(connection) as captured:
        assert found == update
        assert vars(found) | {"_state": 0} == vars(fresh(update)) | {"_state": 0}
        assert found.organisation.pk == update.organisation_id
        assert found.replaces is None
    assert len(captured) == 1  # that of `fresh`
    assert not found._state.adding


def test_those_that_are_kept_are_made_once_and_not_without_end(cast: None) -> None:
    make_promise()
    kept, made = Statements(), []

    def make() -> Any:
        made.append(1)
        return Promise.objects.filter(pk=Slot("key")).values_list("pk")

    first = kept.get("one", make)
    assert kept.get("one", make) is first
    assert len(made) == 1
    for number in range(MOST):
        kept.get(number, make)
    assert kept.get("one", make) is not first
