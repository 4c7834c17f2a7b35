"""Lookups of our own find what Django's do."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms.models import Promise
from tests.fixtures import make_promise


@pytest.mark.parametrize(
    "values", [[], ["demo2020-1-1"], ["demo2020-1-3", "demo2020-1-1", "gone", None, "it's %s"]]
)
def test_among_is_in(cast: None, values: list[str | None]) -> None:
    for number in (1, 2, 3):
        make_promise(number)
    given = Promise.objects.filter(pk__in=values)
    assert set(Promise.objects.filter(pk__among=values)) == set(given)
    assert set(Promise.objects.exclude(pk__among=values)) == set(
        Promise.objects.exclude(pk__in=values)
    )


def test_postgresql_is_given_one_value(cast: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("has no arrays")
    with CaptureQueriesContext(connection) as queries:
        list(Promise.objects.filter(pk__among=["a", "b"]))
    assert "ANY" in queries[0]["sql"]
