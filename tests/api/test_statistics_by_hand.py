"""Figures at every moment, worked out by hand from the promises of that moment."""

from collections.abc import Callable
from typing import Any

from reforms.statistics import Grouping
from tests.api.asking import Row, answer, ids, results
from tests.api.counting import PATH, counts, recount, verdict
from tests.api.test_clocks_by_hand import (  # noqa: F401 - fixtures
    OF_NOW,
    PROMISES,
    moment,
    promises_at,
    written,
)

OBJECTS = {"reform", "body", "topic", "organisation"}


def test_it_counts_what_the_lists_show(moment: Row) -> None:  # noqa: F811
    """By every filter and in every group, at each moment."""
    rows = promises_at(moment)
    told = answer(PATH, moment)
    assert ("clocks" in told) == bool(moment)
    assert counts(told["overall"]) == recount(map(verdict, rows))
    for name, (values, test) in PROMISES.items():
        selected = [verdict(row) for row in rows if test(row, values[0])]
        found = answer(PATH, moment | {name: values[0]})["overall"]
        assert counts(found) == recount(selected), name
    if "known_at" not in moment:
        for name, (values, _) in OF_NOW.items():
            shown = ids("/promises/", moment | {name: values[0]})
            found = answer(PATH, moment | {name: values[0]})["overall"]
            assert counts(found) == recount(verdict(row) for row in rows if row["id"] in shown)
    several: dict[str, Callable[[Row], Any]] = {
        "body": lambda one: {tie["body"] for tie in one["bodies"]},
        "topic": lambda one: one["topics"],
    }
    current = {row["id"]: results(f"/promises/{row['id']}/assessments/", moment) for row in rows}
    for grouping in Grouping.values():
        if grouping in several and "known_at" in moment:
            continue
        expected: dict[str, list[tuple[str, str]]] = {}
        for row in rows:
            if grouping == "organisation":
                for view in current[row["id"]]:
                    said = (view["update"]["status"], row["commitment"])
                    expected.setdefault(view["organisation"]["id"], []).append(said)
                continue
            keys = several[grouping](row) if grouping in several else [row[grouping]]
            for key in keys:
                expected.setdefault(key, []).append(verdict(row))
        answered = answer(PATH, moment | {"group_by": grouping})
        found = {row["id"]: counts(row) for row in answered["results"]}
        filled = found if grouping in OBJECTS else {k: v for k, v in found.items() if v["total"]}
        assert filled == {key: recount(those) for key, those in expected.items()}, grouping
        assert counts(answered["overall"]) == recount(map(verdict, rows))
