"""What a publication asks the database for: everything once, however much there is."""

import re
from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import workflow
from reforms.models import Promise
from tests.fixtures import assert_no_drift, make_update

READ = re.compile(r'SELECT .*? FROM "(\w+)"', re.DOTALL)


def asked(promise: Promise, status: str) -> list[str]:
    """The statements that it takes to publish an update of the promise."""
    update = make_update(promise, status, publish=False)
    with CaptureQueriesContext(connection) as queries:
        workflow.publish(update)
    return [one["sql"] for one in queries]


def test_nothing_is_read_twice(promise: Promise) -> None:
    make_update(promise, "stalled", "2022-05")
    read = Counter(found[1] for sql in asked(promise, "implemented") if (found := READ.match(sql)))
    assert read == {
        "reforms_ledgerentry": 1,  # the head
        "reforms_statusupdate": 2,  # the one that is held, with its promise; all that are public
        "reforms_citation": 2,  # those of each
        "reforms_verdictspan": 1,
        "reforms_promisebody": 1,
    }
    assert_no_drift()


@pytest.mark.parametrize("updates", [1, 7])
def test_the_number_of_statements_does_not_grow(promise: Promise, updates: int) -> None:
    make_update(promise, "stalled", "2021")  # which makes public what the others cite
    few = len(asked(promise, "stalled"))
    for number in range(updates):
        make_update(promise, "in_progress", f"2022-0{number + 1}", note={"en": f"Found {number}."})
    many = len(asked(promise, "implemented"))
    assert abs(many - few) <= 2  # whether spans end, and how many
