"""Following `next` gives every row once, also while others write."""

from itertools import count

import pytest

from reforms.models import Promise
from tests.api.asking import Row, answer, ids
from tests.api.record import PROMISES, Record
from tests.fixtures import make_promise, make_update

ORDERINGS = ["id", "deadline", "status_since", "changed_at", "relevance"]


def asked(ordering: str) -> Row:
    query = {"ordering": ordering, "fields": "id"}
    return query | {"search": "court"} if ordering.endswith("relevance") else query


@pytest.mark.parametrize("ordering", [sign + one for one in ORDERINGS for sign in ("", "-")])
def test_inserts_between_pages(record: Record, ordering: str) -> None:
    """New rows may or may not come; the old ones come once, in their order, and none twice."""
    query = asked(ordering)
    before = ids("/promises/", query)
    page = answer("/promises/", query | {"limit": "2"})
    found = [row["id"] for row in page["results"]]
    for number in count(11):
        if page["next"] is None:
            break
        if number < 15:  # otherwise the end would run away from a reader of single rows
            write_around(number)
        page = answer(page["next"])
        found += [row["id"] for row in page["results"]]
    assert len(found) == len(set(found))
    assert [one for one in found if one in before] == before


def write_around(number: int) -> None:
    """Three new promises: at the beginning, in the middle and at the end of most orders."""
    columns = {"title": {"en": "A court of appeal"}}
    make_promise(number, "demo2020-0", deadline="2021", **columns)
    make_promise(number, "far2021-2", **columns)
    promise = make_promise(number, "demo2020-1", deadline="2023-01", **columns)
    make_update(promise, "in_progress", "2023-06")


def test_a_row_that_moves_ahead_comes_again(record: Record) -> None:
    """Ordered by change, what changes meanwhile moves to the end: that is how to follow changes."""
    page = answer("/promises/", {"ordering": "changed_at", "limit": "5"})
    found = [row["id"] for row in page["results"]]
    make_update(Promise.objects.get(pk=found[0]), "in_progress", "2023-06")
    while page["next"]:
        page = answer(page["next"])
        found += [row["id"] for row in page["results"]]
    assert found[-1] == found[0]
    assert set(found) == set(PROMISES)


def test_a_row_that_stops_matching(record: Record) -> None:
    """The place of a row that is no longer in the list is still a place."""
    query = {"status": "not_assessed", "limit": "1", "fields": "id"}
    page = answer("/promises/", query)
    assert [row["id"] for row in page["results"]] == ["demo2020-0-1"]
    make_update(Promise.objects.get(pk="demo2020-0-1"), "in_progress", "2023-06")
    page = answer(page["next"])
    assert [row["id"] for row in page["results"]] == ["far2021-2-1"]
    assert page["next"] is None
