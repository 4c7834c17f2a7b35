"""Every filter and order at another moment, worked out by hand from the objects of that moment.

What one object says is computed in one place; what a list selects, and how it is sorted and counted,
in others. Here they have to agree: with `as_of`, with `known_at` and with both.
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction

from reforms import ledger, workflow
from reforms.api.filtersets import PromiseFilters
from reforms.api.update_filters import TimelineFilters, UpdateFilters
from reforms.dates import PartialDate
from reforms.models import Programme, Promise
from reforms.vocabulary import (
    Commitment,
    PromiseKind,
    ReviewState,
    Status,
    Timeliness,
    Verification,
)
from reforms.workflow import Cited
from tests.api.asking import Row, ask, follow, ids
from tests.fixtures import Clock, create_cast, make_promise, make_update

REASON = "It was read wrong."
WORDS = ("Alder", "Birch", "Cedar", "Dogwood", "Elm", "Fir", "Gorse")


def correct(thing: Any, **columns: Any) -> None:
    thing.refresh_from_db()
    for name, value in columns.items():
        setattr(thing, name, value)
    workflow.save(thing, REASON)


def write(clock: Clock) -> dict[str, Row]:
    """Seven promises whose record changed its mind; the moments at which they are asked about.

    No two of these moments have the same order, and no filter selects the same at all of them.
    """
    moments: dict[str, Row] = {}
    clock.at("2022-01-10T12:00Z")
    deadlines = (
        "2022-07-01",
        "2022-12-31",
        "",
        "2022-05-31",
        "2023-06",
        "2022-08-01",
        "2022-09-01",
    )
    promises = []
    for number, (word, deadline) in enumerate(zip(WORDS, deadlines, strict=True), start=1):
        promises.append(
            make_promise(
                number % 7,
                "demo2020-1" if number < 5 else "demo2020-2" if number < 7 else "far2021-1",
                deadline=deadline,
                title={"en": f"{word} planted"},
                kind="study" if number in (2, 3) else "legislation",
                commitment="process" if number in (3, 4) else "specific",
                bodies=[("court" if number % 2 else "senate", "responsible")],
                topics=["courts"] if number < 4 else ["money"],
                citations=[Cited("demo2020-address")],
            )
            if number < 7
            else make_promise(1, "far2021-1", deadline=deadline, title={"en": f"{word} planted"})
        )
    alder, birch, cedar, dogwood, elm, fir, gorse = promises
    clock.at("2022-04-01T12:00Z")
    make_update(alder, "in_progress", "2022-02-01")
    make_update(birch, "in_progress", "2022-03-05", citations=[Cited("ministry-page")])
    make_update(gorse, "not_started", "2022-03-20", "lantern")
    fell = make_update(fir, "stalled", "2022-01-20", "compass")
    clock.at("2022-07-10T12:00Z")
    done = make_update(alder, "implemented", "2022-06-15", citations=[Cited("gazette-page")])
    make_update(dogwood, "implemented", "2022-04-20", "lantern")
    moments["known in July"] = {"known_at": ledger.head().sequence}
    clock.at("2022-09-05T12:00Z")
    make_update(dogwood, "in_progress", "2022-08-02", citations=[Cited("ministry-page")])
    make_update(birch, "stalled", "2022-09-01", "compass", [Cited("watch-page")])
    clock.at("2022-11-20T12:00Z")
    workflow.retract(done, "The law was never signed.")
    workflow.retract(fell, "It was another forest.")
    workflow.withdraw_object(fir, "It is a part of another.")
    correct(alder, deadline=PartialDate.parse("2023-09-30"), kind="policy")
    correct(cedar, deadline=PartialDate.parse("2022-05-01"), commitment="specific")
    programme = Programme.objects.get(pk="far2021")
    correct(programme, lead_organisation_id="lantern", announced=PartialDate.parse("2022-01-30"))
    # What was found out late had been true for long.
    make_update(elm, "implemented", "2022-02-10", "compass", [Cited("watch-page")])
    make_update(cedar, "abandoned", "2022-10-30", citations=[Cited("league-page")])
    make_update(gorse, "implemented", "2022-10-10", "lantern", [Cited("university-page")])
    july = moments["known in July"]["known_at"]
    moments |= {
        "now": {},
        "in May": {"as_of": "2022-05-15"},
        "in August": {"as_of": "2022-08-15"},
        "May as known in July": {"as_of": "2022-05-15", "known_at": july},
        "May as known at the end": {"as_of": "2022-05-15", "known_at": ledger.head().sequence},
    }
    return moments


@pytest.fixture(scope="module")
def written(django_db_setup: None, django_db_blocker: Any) -> Iterator[dict[str, Row]]:
    """The record, written once for all tests of this file and rolled back at its end."""
    with (
        django_db_blocker.unblock(),
        transaction.atomic(),
        pytest.MonkeyPatch.context() as monkeypatch,
    ):
        create_cast()
        _promises.clear()
        yield write(Clock(monkeypatch))
        transaction.set_rollback(True)


MOMENTS = (
    *("now", "in May", "in August", "known in July"),
    *("May as known in July", "May as known at the end"),
)


@pytest.fixture(params=MOMENTS)
def moment(request: pytest.FixtureRequest, written: dict[str, Row], db: None) -> Row:
    assert set(written) == set(MOMENTS)
    found: Row = written[request.param]
    return found


def read(path: str, query: Row) -> Any:
    """An answer to the microsecond: what was published while the clock stood is in order, too."""
    response = ask(path, query)
    assert response.status_code == 200, response.content
    return response.json()


def promises_at(moment: Row) -> list[Row]:
    """All promises of a moment, each asked for alone, in the order of the text."""
    key = tuple(moment.items())
    if key not in _promises:
        _promises[key] = _promises_at(moment)
    return _promises[key]


# Nothing is written while the tests of this file ask.
_promises: dict[tuple[Any, ...], list[Row]] = {}


def _promises_at(moment: Row) -> list[Row]:
    places = Promise.objects.order_by("position").values_list("pk", flat=True)
    found = [ask(f"/promises/{one}/", moment) for one in places]
    # One was withdrawn, and on some days one had not been made yet.
    assert {one.status_code for one in found} <= {200, 400, 410}
    return [one.json() for one in found if one.status_code == 200]


def last_day(written: str | None) -> date:
    return PartialDate.parse(written).last if written else date.max


def at(written: str | None) -> datetime:
    return datetime.fromisoformat(written) if written else datetime.min.replace(tzinfo=UTC)


def standing_of(promise: Row) -> set[str]:
    return {one["organisation"] for one in promise["updates"] if one["stands"]}


# By filter: the values to ask for, and whether a promise of that moment is selected by one.
Test = Callable[[Row, str], bool]
CODED: Mapping[str, list[str]] = {
    "programme": ["demo2020", "far2021"],
    "reform": ["demo2020-1", "demo2020-2"],
    "status": Status.values(),
    "verification": Verification.values(),
    "kind": PromiseKind.values(),
    "commitment": Commitment.values(),
    "timeliness": Timeliness.values(),
}
DAYS = ["2022-05-31", "2022-06-01", "2022-12-31", "2023-07-01"]
SINCE = ["2022-04-01T11:00:00Z", "2022-07-01T00:00:00Z", "2022-11-01T00:00:00Z"]
PROMISES: dict[str, tuple[list[str], Test]] = {
    **{name: (values, lambda one, v, name=name: one[name] == v) for name, values in CODED.items()},
    "contested": (["true", "false"], lambda one, v: one["contested"] == (v == "true")),
    "organisation": (["editors", "lantern", "compass"], lambda one, v: v in standing_of(one)),
    "deadline_before": (DAYS, lambda one, v: last_day(one["deadline"]) <= date.fromisoformat(v)),
    "deadline_after": (
        DAYS,
        lambda one, v: date.max > last_day(one["deadline"]) >= date.fromisoformat(v),
    ),
    "not_updated_since": (SINCE, lambda one, v: at(one["last_published_at"]) < at(v)),
}
# What the record says now, on whatever day: these cannot be asked with known_at.
OF_NOW: dict[str, tuple[list[str], Test]] = {
    "body": (["court", "senate"], lambda one, v: v in [tie["body"] for tie in one["bodies"]]),
    "topic": (["courts", "money"], lambda one, v: v in one["topics"]),
    "source": (
        ["watch-page", "daily-page", "demo2020-address"],
        lambda one, v: (
            v
            in [
                cited["source"]["id"]
                for part in (one, *one["updates"])
                for cited in part["citations"]
            ]
        ),
    ),
    "changed_since": (SINCE, lambda one, v: at(one["changed_at"]) >= at(v)),
    "search": (list(WORDS), lambda one, v: v in one["title"]),
}


def assert_selected(path: str, moment: Row, rows: list[Row], name: str, case: Any) -> None:
    """A filter selects the rows that say so themselves, and its twin all others.

    Of a long vocabulary the words that occur are asked for, and one that does not.
    """
    values, test = case
    occurring = [one for one in values if any(test(row, one) for row in rows)]
    missing = [one for one in values if one not in occurring]
    for value in occurring + missing[:1]:
        expected = {row["id"] for row in rows if test(row, value)}
        assert set(ids(path, moment | {name: value})) == expected, (name, value)
    twin = f"{name}_not"
    if occurring and twin in PromiseFilters.base_filters | UpdateFilters.base_filters:
        rest = {row["id"] for row in rows if not test(row, occurring[0])}
        assert set(ids(path, moment | {twin: occurring[0]})) == rest, (twin, occurring[0])


@pytest.mark.without_database
def test_every_filter_is_worked_out() -> None:
    asked = {name.removesuffix("_not") for name in PromiseFilters.base_filters}
    assert asked == PROMISES.keys() | OF_NOW.keys()
    assert set(PromiseFilters.steady) == PROMISES.keys()
    asked = {name.removesuffix("_not") for name in UpdateFilters.base_filters}
    assert asked == UPDATES.keys() == set(UpdateFilters.steady)


def test_promises_are_selected_by_what_they_say_at_the_moment(moment: Row) -> None:
    rows = promises_at(moment)
    assert [row["id"] for row in rows] == ids("/promises/", moment)
    for name, case in PROMISES.items():
        assert_selected("/promises/", moment, rows, name, case)
    if "known_at" not in moment:
        shown = {row["id"] for row in rows}
        now = [row for row in promises_at({}) if row["id"] in shown]
        for name, case in OF_NOW.items():
            assert_selected("/promises/", moment, now, name, case)


def test_promises_are_sorted_by_what_they_say_at_the_moment(moment: Row) -> None:
    rows = promises_at(moment)
    keys: dict[str, Callable[[Row], Any]] = {
        "deadline": lambda one: last_day(one["deadline"]),
        "status_since": lambda one: last_day(one["status_since"]),
    }
    if "known_at" not in moment:
        keys["changed_at"] = lambda one: at(one["changed_at"])
    for name, key in keys.items():
        expected = [row["id"] for row in sorted(rows, key=key)]
        for ordering, order in ((name, expected), (f"-{name}", expected[::-1])):
            asked = moment | {"ordering": ordering, "fields": "id", "limit": "3"}
            found = [row["id"] for page in follow("/promises/", asked) for row in page["results"]]
            assert found == order, ordering


def test_the_moments_tell_filters_and_orders_apart(written: dict[str, Row], db: None) -> None:
    """Otherwise the tests above could not see which moment a list looks at."""
    rows = {name: promises_at(moment) for name, moment in written.items()}
    for column in ("deadline", "status_since"):
        orders = {
            tuple(one["id"] for one in sorted(found, key=lambda one: last_day(one[column])))
            for found in rows.values()
        }
        assert len(orders) > 1, column
    for name, (values, test) in PROMISES.items():
        selected = {
            tuple(tuple(one["id"] for one in found if test(one, value)) for value in values)
            for found in rows.values()
        }
        assert len(selected) > 1, name


def test_what_is_embedded_is_what_stands_alone(moment: Row) -> None:
    rows = promises_at(moment)
    for row in rows:
        timeline = read(f"{row['api_url']}updates/", moment)["results"]
        assert row["updates"] == timeline, row["id"]
        views = read(f"{row['api_url']}assessments/", moment)["results"]
        assert {one["organisation"]["id"] for one in views} == standing_of(row)
        assert {one["update"]["id"] for one in views} <= {one["id"] for one in timeline}
        agreeing = [one["update"]["status"] for one in views if one["headline"]]
        assert set(agreeing) == {row["status"]} - {"not_assessed"}
    whole = {row["id"]: row for row in read("/promises/", moment)["results"]}
    for update in read("/updates/", moment | {"expand": "promise"})["results"]:
        promise = update["promise"]
        if isinstance(promise, str):
            assert promise not in whole
        else:
            assert promise == whole[promise["id"]]
        one = read(f"/updates/{update['id']}/", moment | {"expand": "promise"})
        one.pop("clocks", None)
        assert one == update


def test_reforms_count_the_promises_of_the_moment(moment: Row) -> None:
    rows = promises_at(moment)
    for reform in read("/reforms/", moment)["results"]:
        own = [row for row in rows if row["reform"] == reform["id"]]
        counts = reform["promises"]
        assert counts["total"] == len(own)
        checkable = [one for one in own if one["commitment"] != "aspiration"]
        assert counts["checkable"] == len(checkable)
        assert counts["assessed"] == len([one for one in own if one["status"] != "not_assessed"])
        for name, counted in (("by_status", own), ("checkable_by_status", checkable)):
            for status, number in counts[name].items():
                assert number == len([one for one in counted if one["status"] == status])


# Status updates ------------------------------------------------------------------------------------

EFFECTIVE = ["2022-02-01", "2022-06-14", "2022-09-01"]
UPDATES: dict[str, tuple[list[str], Test]] = {
    "organisation": (["editors", "lantern", "compass"], lambda one, v: one["organisation"] == v),
    "status": (
        [one for one in Status.values() if one != Status.NOT_ASSESSED],
        lambda one, v: one["status"] == v,
    ),
    "review_state": (
        [ReviewState.PUBLISHED.value, ReviewState.RETRACTED.value],
        lambda one, v: one["review_state"] == v,
    ),
    "source": (
        ["daily-page", "watch-page", "ministry-page"],
        lambda one, v: v in [cited["source"]["id"] for cited in one["citations"]],
    ),
    "effective_before": (EFFECTIVE, lambda one, v: one["effective_on"] <= v),
    "effective_after": (EFFECTIVE, lambda one, v: one["effective_on"] >= v),
    "published_since": (SINCE, lambda one, v: at(one["published_at"]) >= at(v)),
    "promise": (["demo2020-1-1", "demo2020-1-2"], lambda one, v: one["promise"] == v),
    "reform": (
        ["demo2020-1", "demo2020-2"],
        lambda one, v: one["promise"].startswith(f"{v}-"),
    ),
    "programme": (["demo2020", "far2021"], lambda one, v: one["promise"].startswith(f"{v}-")),
}


def test_updates_are_selected_and_sorted_by_what_they_say_at_the_moment(moment: Row) -> None:
    found = [ask(f"/updates/{one}/", moment) for one in ids("/updates/")]
    rows = [one.json() for one in found if one.status_code == 200]
    for name, (values, test) in UPDATES.items():
        # What could not be named then is refused, as is a day before a programme was announced.
        asked = [one for one in values if ask("/updates/", moment | {name: one}).status_code == 200]
        assert asked, name
        assert_selected("/updates/", moment, rows, name, (asked, test))
    of_first = [row for row in rows if row["promise"] == "demo2020-1-1"]
    for name in set(TimelineFilters.steady) - {"source"}:
        assert_selected("/promises/demo2020-1-1/updates/", moment, of_first, name, UPDATES[name])
    by_publication = sorted(rows, key=lambda one: at(one["published_at"]))
    by_effect = sorted(by_publication, key=lambda one: one["effective_on"])
    for ordering, order in (("published_at", by_publication), ("effective_on", by_effect)):
        expected = [one["id"] for one in order]
        assert ids("/updates/", moment | {"ordering": ordering}) == expected
        assert ids("/updates/", moment | {"ordering": f"-{ordering}"}) == expected[::-1]
