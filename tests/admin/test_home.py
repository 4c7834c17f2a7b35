"""The home of the admin: what there is to do, for whom; how far the reforms are."""

from typing import Any

import pytest
from django.urls import reverse

from reforms import workflow
from reforms.models import Promise, StatusUpdate
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.admin.browser import Page, Person, list_of
from tests.admin.conftest import Staff
from tests.admin.test_pages import fill, queries
from tests.fixtures import Clock, make_promise, make_update, make_update_in

HOME = reverse("admin:index")
QUEUE = reverse("admin:reforms_statusupdate_queue")
MOST_QUERIES = 25  # one for each thing to do, and each ends at a bound


def tasks(person: Person) -> dict[str, str]:
    return {one.words: one.number for one in person.get(HOME).response.context["tasks"]}


def address_of(person: Person, words: str) -> str:
    [task] = [one for one in person.get(HOME).response.context["tasks"] if one.words == words]
    return str(task.address)


def bars(page: Page) -> dict[str, Any]:
    return {one.reform.pk: one for one in page.response.context["progress"]}


@pytest.fixture
def record(clock: Clock) -> dict[str, Promise]:
    """A promise of each kind that somebody should look at."""
    clock.at("2022-06-01T12:00Z")
    found = {
        "unassessed": make_promise(1),
        "overdue": make_promise(2, deadline="2022-12-31"),
        "contested": make_promise(3),
        "official": make_promise(4),
        "done": make_promise(5, deadline="2022-12-31", commitment="aspiration"),
    }
    make_update(found["overdue"], "in_progress", "2022-05")
    make_update(found["contested"], "in_progress", "2022-01")
    make_update(
        found["contested"], "stalled", "2022-02", organisation="lantern", assessed="2022-05"
    )
    make_update(found["official"], "stalled", "2022-05", citations=[Cited("ministry-page")])
    make_update(found["done"], "implemented", "2022-05")
    clock.at("2023-05-31T12:00Z")
    return found


def test_each_number_leads_to_the_rows_that_it_counts(
    staff: Staff, record: dict[str, Promise], clock: Clock
) -> None:
    clock.at("2023-06-02T12:00Z")  # a year and a day after the last publication
    expected = {
        "Overdue": ["overdue"],
        "Not updated for long": ["overdue", "contested", "official"],
        "Contested": ["contested"],
        "On official claims only": ["official"],
        "Not assessed": ["unassessed"],
    }
    found = tasks(staff.curator)
    for words, names in expected.items():
        assert (words, found[words]) == (words, str(len(names)))
        page = staff.curator.get(address_of(staff.curator, words))
        assert {one.pk for one in page.rows} == {record[name].pk for name in names}


def test_what_was_published_within_a_year_is_not_long_ago(
    staff: Staff, record: dict[str, Promise]
) -> None:
    assert tasks(staff.curator)["Not updated for long"] == "0"


def test_what_waits_is_counted_for_those_who_review_it(staff: Staff, clock: Clock) -> None:
    clock.at("2022-06-01T12:00Z")
    make_update_in(ReviewState.SUBMITTED, make_promise(1), organisation="lantern")
    make_update_in(ReviewState.SUBMITTED, make_promise(2), organisation="editors")
    for person, number in ((staff.reviewer, "2"), (staff.curator, "1")):
        [task, *_] = person.get(HOME).response.context["tasks"]
        assert (task.words, task.number, task.address) == ("Waiting for review", number, QUEUE)
        assert task.hint == "the oldest since 2022-06-01"
    for person in (staff.anna, staff.boris):
        assert "Waiting for review" not in tasks(person)


def test_whoever_submits_sees_what_came_back(staff: Staff) -> None:
    back = make_update_in(ReviewState.CHANGES_REQUESTED, make_promise(1), organisation="lantern")
    waits = make_update_in(ReviewState.SUBMITTED, make_promise(2), organisation="lantern")
    make_update_in(ReviewState.CHANGES_REQUESTED, make_promise(3), organisation="compass")
    found = tasks(staff.anna)
    assert (found["Sent back to you"], found["Yours that wait for review"]) == ("1", "1")
    for words, update in (("Sent back to you", back), ("Yours that wait for review", waits)):
        assert staff.anna.get(address_of(staff.anna, words)).rows == [update]
    # A curator who speaks for an organisation sees only that one's among them.
    assert tasks(staff.curator)["Sent back to you"] == "0"
    assert staff.curator.get(address_of(staff.curator, "Sent back to you")).rows == []


def test_many_are_not_counted_to_their_end(staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reforms.admin.tasks.MOST_COUNTED", 2)
    for number in range(1, 5):
        make_promise(number)
    assert tasks(staff.curator)["Not assessed"] == "2+"


def test_the_picture_of_a_programme_says_what_it_counts(
    staff: Staff, record: dict[str, Promise]
) -> None:
    workflow.withdraw_object(make_promise(9), "Entered twice.")
    page = staff.curator.get(HOME, programme="demo2020")
    bar = bars(page)["demo2020-1"]
    assert (bar.total, bar.checkable, bar.implemented) == (5, 4, 0)
    counted = {piece.status.value: piece.number for piece in bar.pieces}
    assert counted == {"implemented": 1, "in_progress": 2, "stalled": 1, "not_assessed": 1}
    assert sum(piece.width for piece in bar.pieces) == pytest.approx(100)
    for piece in bar.pieces:
        assert len(staff.curator.get(piece.address).rows) == piece.number
    assert "0 of 4" in page.text
    # The latest programme comes first; another one is asked for, and nonsense is not an accident.
    assert staff.curator.get(HOME).response.context["programme"].pk == "demo2020"
    assert set(bars(staff.curator.get(HOME, programme="far2021"))) == {
        "far2021-0",
        "far2021-1",
        "far2021-2",
    }
    assert staff.curator.get(HOME, programme="\x00nobody").status == 200


def test_what_was_published_last(staff: Staff, record: dict[str, Promise]) -> None:
    withdrawn = StatusUpdate.objects.public().order_by("-published_at").first()
    assert withdrawn is not None
    workflow.retract(withdrawn, "Misread.")
    make_update(record["unassessed"], "stalled", organisation="lantern", publish=False)
    shown = staff.anna.get(HOME).response.context["publications"]
    assert len(shown) == 5
    assert "Retracted" in shown[0].state
    assert record["done"].pk in shown[0].promise


def test_strangers_are_shown_nothing(staff: Staff, record: dict[str, Promise]) -> None:
    page = staff.stranger.get(HOME)
    assert page.status == 200
    assert page.response.context["tasks"] == []
    assert "demo2020-1-1" not in page.text


@pytest.mark.parametrize("name", ["curator", "reviewer", "anna"])
def test_queries_are_bounded(staff: Staff, name: str) -> None:
    person: Person = getattr(staff, name)
    fill(1)
    _, few = queries(person, HOME)
    fill(3)
    _, many = queries(person, HOME)
    assert few == many <= MOST_QUERIES


def test_the_filter_of_ones_own_is_for_members(staff: Staff, promise: Promise) -> None:
    make_update(promise, "stalled", organisation="compass")
    own = make_update(promise, "stalled", organisation="lantern")
    assert staff.anna.get(list_of(StatusUpdate) + "?own=yes").rows == [own]
    assert staff.reviewer.get(list_of(StatusUpdate) + "?state=all&own=yes").status == 200
