"""Promises counted by status over time: each point is what its day says."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reforms import ledger
from reforms.workflow import Cited
from tests.api.asking import Row, answer, complaints, queries, results
from tests.api.counting import PATH, SERIES, counts
from tests.api.test_clock_invariants import stories, tell
from tests.fixtures import Clock, make_promise, make_update, rolled_back

# Works.


def test_points_of_a_series(cast: None, clock: Clock) -> None:
    clock.at("2020-05-20T12:00Z")
    promise = make_promise(1)
    make_promise(2, commitment="aspiration")
    make_update(promise, "in_progress", "2020-01-31")
    make_update(promise, "implemented", "2020-04-01")
    asked = {"programme": "demo2020"}
    told = answer(SERIES, asked)
    assert list(told) == ["interval", "results"]
    points = [
        (row["date"], row["interval"], row["complete"], row["by_status"]["in_progress"],
         row["by_status"]["implemented"], row["total"], row["checkable"])
        for row in told["results"]
    ]  # fmt: skip
    assert points == [
        ("2020-01-31", "2020-01", True, 1, 0, 2, 1),
        ("2020-02-29", "2020-02", True, 1, 0, 2, 1),
        ("2020-03-31", "2020-03", True, 1, 0, 2, 1),
        ("2020-04-30", "2020-04", True, 0, 1, 2, 1),
        ("2020-05-21", "2020-05", False, 0, 1, 2, 1),
    ]
    assert counts(told["results"][-1]) == counts(answer(PATH, asked)["overall"])

    def days(**query: str) -> list[tuple[str, str, bool]]:
        found = results(SERIES, asked | query)
        return [(row["date"], row["interval"], row["complete"]) for row in found]

    assert days(interval="quarter") == [
        ("2020-03-31", "2020-Q1", True),
        ("2020-05-21", "2020-Q2", False),
    ]
    assert days(interval="year") == [("2020-05-21", "2020", False)]
    assert days(as_of="2020-03-31") == [
        ("2020-01-31", "2020-01", True),
        ("2020-02-29", "2020-02", True),
        ("2020-03-31", "2020-03", True),
    ]


FILTERS: list[Row] = [
    {},
    {"status_not": "not_assessed"},
    {"status": "implemented,in_progress", "contested": "false"},
    {"verification": "independent"},
    {"kind": "legislation", "deadline_before": "2021-06-30"},
    {"body": "court"},
    {"search": "promise"},
    {"not_updated_since": "2021-01-01"},
]


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    stories,
    st.sampled_from(["month", "quarter", "year"]),
    st.sampled_from(FILTERS),
    st.sampled_from(["", "2021-03-31", "2021-06-15"]),
    st.integers(0, 30),
)
def test_a_series_is_what_each_day_says(
    cast: None, clock: Clock, story: list[Any], interval: str, asked: Row, until: str, back: int
) -> None:
    """Whatever was written in whatever order, and by both clocks."""
    clock.at("2022-02-10T12:00Z")
    with rolled_back():
        make_promise(deadline="2021-06-30", citations=[Cited("demo2020-address")])
        first = ledger.head().sequence
        make_promise(2, bodies=[("court", "responsible")])
        make_update(make_promise(1, "far2021-1", kind="study"), "stalled", "2020-09-30", "lantern")
        for step in story:
            tell(step)
        known = max(first, ledger.head().sequence - back)
        if "body" not in asked and "search" not in asked and back:
            asked = asked | {"known_at": known}
        points = results(
            SERIES, asked | {"interval": interval} | ({"as_of": until} if until else {})
        )
        assert points
        for point in points:
            told = answer(PATH, asked | {"as_of": point["date"]})
            assert counts(point) == counts(told["overall"]), point["date"]
        last = answer(PATH, asked | ({"as_of": until} if until else {}))
        assert counts(points[-1]) == counts(last["overall"])


# Queries.


def test_queries_of_a_series(cast: None) -> None:
    """Two for the figures, however many points."""
    for interval in ("month", "year"):
        assert queries(SERIES, {"interval": interval}) == ["programme", "promise", "promise"]


# Bad input.


@pytest.mark.parametrize(
    "name", ["timeliness", "timeliness_not", "organisation", "organisation_not"]
)
def test_a_series_refuses_what_depends_on_the_day(cast: None, name: str) -> None:
    [told] = complaints(SERIES, {name: "late" if "timeliness" in name else "editors"})
    assert (told["parameter"], told["code"]) == (name, "senseless_here")
    assert "changes from day to day" in told["detail"]
