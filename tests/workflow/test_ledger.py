"""Many writers at once: the ledger stays whole, nothing drifts, and nobody waits for ever."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from reforms import ledger, workflow
from reforms.errors import TrackerError
from reforms.models import Promise, Publisher, Source, StatusUpdate, Topic
from reforms.workflow import Cited
from tests.fixtures import assert_no_drift, fresh, make_promise, make_update
from tests.ledger.telling import findings
from tests.workflow.test_races import at_once

pytestmark = pytest.mark.usefixtures("committed_cast")

WHY = "We had misread it."


def edit(thing: Any, **columns: Any) -> None:
    thing = fresh(thing)
    for name, value in columns.items():
        setattr(thing, name, value)
    workflow.save(thing, WHY)


@pytest.mark.parametrize("round_", range(8))
def test_a_publisher_is_edited_while_it_is_first_cited_in_public(round_: int) -> None:
    """Neither writer sees the other's row beforehand; the verdict rests on both."""
    promise = make_promise()
    update = make_update(promise, "implemented", publish=False)
    daily = Publisher.objects.get(pk="daily")
    acts: list[Callable[[], None]] = [
        lambda: workflow.publish(update),
        lambda: edit(daily, type="state_media"),
    ]
    assert at_once(*acts[:: (-1) ** round_]) == [None, None]
    assert fresh(promise).verification == "official_claim"
    assert_no_drift()
    assert findings() == []


@pytest.mark.parametrize("round_", range(4))
def test_a_sources_publisher_is_corrected_while_it_is_first_cited_in_public(round_: int) -> None:
    promise = make_promise()
    update = make_update(promise, "implemented", publish=False)
    page = Source.objects.get(pk="daily-page")
    outcomes = at_once(lambda: workflow.publish(update), lambda: edit(page, publisher_id="gazette"))
    assert outcomes == [None, None]
    assert fresh(promise).verification == "official_claim"
    assert fresh(update).citations.get().origin_id == "gazette"
    assert_no_drift()
    assert findings() == []


def test_one_change_by_two_at_once_is_recorded_once() -> None:
    """The second finds the record as it wants it; of two new objects one is told of the other."""
    promise = make_promise()
    before = ledger.head().sequence
    assert at_once(*[lambda: edit(promise, title={"en": "Better"})] * 3) == [None] * 3
    assert ledger.head().sequence == before + 1
    topics = [Topic(id="new", name={"en": "New"}) for _ in range(3)]
    outcomes = at_once(*(lambda one=one: workflow.save(one) for one in topics))  # type: ignore[misc]
    assert outcomes.count(None) == 1
    assert ledger.head().sequence == before + 2
    assert findings() == []


WRITERS = 6
ACTS = 8


@pytest.mark.parametrize("seed", range(2))
def test_mixed_writers_never_wait_for_each_other(seed: int) -> None:
    promises = [make_promise(number) for number in (1, 2, 3)]
    drafts = [
        make_update(promise, status, citations=[Cited(source)], publish=False)
        for promise in promises
        for status, source in (("stalled", "daily-page"), ("implemented", "watch-page"))
    ]

    def write(number: int) -> None:
        chance = random.Random(100 * seed + number)  # noqa: S311 - a repeatable choice
        for _ in range(ACTS):
            act = chance.choice(MIXED)
            try:
                act(chance, chance.choice(promises), chance.choice(drafts))
            except TrackerError:
                continue  # somebody came first

    outcomes = at_once(*(lambda number=number: write(number) for number in range(WRITERS)))  # type: ignore[misc]
    assert outcomes == [None] * WRITERS
    assert findings() == []
    assert_no_drift()
    connections.close_all()


Chance = random.Random


def publish(_: Chance, promise: Promise, draft: StatusUpdate) -> None:
    workflow.publish(fresh(draft))


def submit_and_publish(_: Chance, promise: Promise, draft: StatusUpdate) -> None:
    make_update(promise, "in_progress", organisation="lantern", citations=[Cited("blog-page")])


def revise(chance: Chance, promise: Promise, draft: StatusUpdate) -> None:
    mine = fresh(draft)
    mine.note = {"en": f"Note {chance.random()}"}
    workflow.revise(mine, [Cited(chance.choice(["daily-page", "watch-page", "league-page"]))])


def retract(_: Chance, promise: Promise, draft: StatusUpdate) -> None:
    for update in promise.updates.standing()[:1]:
        workflow.retract(update, WHY)


def supersede(_: Chance, promise: Promise, draft: StatusUpdate) -> None:
    for update in promise.updates.standing().filter(organisation="lantern")[:1]:
        successor = make_update(promise, "reversed", organisation="lantern", publish=False)
        workflow.supersede(update, successor, WHY)


def edit_promise(chance: Chance, promise: Promise, draft: StatusUpdate) -> None:
    edit(promise, title={"en": f"Title {chance.random()}"})


def edit_publisher(chance: Chance, promise: Promise, draft: StatusUpdate) -> None:
    edit(Publisher.objects.get(pk="daily"), type=chance.choice(["state", "ngo", "academic"]))


def edit_source(chance: Chance, promise: Promise, draft: StatusUpdate) -> None:
    page = Source.objects.get(pk=chance.choice(["daily-page", "watch-page"]))
    edit(page, publisher_id=chance.choice(["daily", "watch", "university"]))


def many(chance: Chance, promise: Promise, draft: StatusUpdate) -> None:
    with workflow.batch():
        edit_promise(chance, promise, draft)
        edit_publisher(chance, promise, draft)


MIXED = [
    publish,
    submit_and_publish,
    revise,
    retract,
    supersede,
    edit_promise,
    edit_publisher,
    edit_source,
    many,
]
