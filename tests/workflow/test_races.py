"""Who comes second loses: first with a stale instance in hand, then with real connections."""

import threading
from collections.abc import Callable

import pytest
from django.db import connections

from reforms import workflow
from reforms.errors import TransitionRefused
from reforms.models import Promise, Publisher, StatusUpdate
from reforms.workflow import Cited
from tests.fixtures import assert_no_drift, fresh, make_promise, make_update, row

Act = Callable[[StatusUpdate], None]


def publish(update: StatusUpdate) -> None:
    workflow.publish(update)


def reject(update: StatusUpdate) -> None:
    workflow.reject(update, "No.")


def withdraw(update: StatusUpdate) -> None:
    workflow.withdraw(update)


def request_changes(update: StatusUpdate) -> None:
    workflow.request_changes(update, "Which article?")


def retract(update: StatusUpdate) -> None:
    workflow.retract(update, "Wrong.")


def remove(update: StatusUpdate) -> None:
    workflow.remove(update, "A private name.")


def supersede(update: StatusUpdate) -> None:
    successor = make_update(fresh(update.promise), "stalled", publish=False)
    workflow.supersede(update, successor, "It stopped.")


# From `submitted`, and from `published`: any two of them, in either order or at once.
RIVALS = [
    (first, second, False)
    for first in (publish, reject, withdraw)
    for second in (publish, reject, withdraw, request_changes)
] + [
    (first, second, True)
    for first in (retract, remove, supersede)
    for second in (retract, remove, supersede)
]


@pytest.mark.parametrize(("first", "second", "published"), RIVALS)
def test_a_stale_instance_comes_too_late(
    promise: Promise, first: Act, second: Act, published: bool
) -> None:
    update = make_update(promise, "implemented", publish=published)
    stale = fresh(update)
    first(update)
    settled = row(update)
    with pytest.raises(TransitionRefused, match=f"This update is {settled['review_state']}"):
        second(stale)
    assert row(update) == settled
    assert stale.review_state == settled["review_state"], "the loser sees who won"
    assert_no_drift()


def at_once(*acts: Callable[[], None]) -> list[Exception | None]:
    """Run each in a thread with a connection of its own; return what each raised."""
    start = threading.Barrier(len(acts), timeout=30)
    outcomes: list[Exception | None] = [None] * len(acts)

    def run(place: int, act: Callable[[], None]) -> None:
        try:
            start.wait()
            act()
        except Exception as error:
            outcomes[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "deadlock"
    return outcomes


ROUNDS = range(3)


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize(
    ("acts", "published"),
    [
        ([publish] * 4, False),
        ([publish, reject, withdraw, withdraw], False),
        ([retract] * 2 + [remove] * 2, True),
        ([supersede] * 3, True),
    ],
    ids=["four publish", "four reviews", "four ends", "three successors"],
)
@pytest.mark.parametrize("round_", ROUNDS)
def test_of_many_at_once_one_wins(acts: list[Act], published: bool, round_: int) -> None:
    update = make_update(make_promise(), "implemented", publish=published)
    outcomes = at_once(*(lambda act=act: act(fresh(update)) for act in acts))  # type: ignore[misc]
    assert outcomes.count(None) == 1, outcomes
    assert all(error is None or isinstance(error, TransitionRefused) for error in outcomes), (
        outcomes
    )
    standing = StatusUpdate.objects.standing().count()
    assert standing == (1 if fresh(update).review_state in ("published", "superseded") else 0)
    assert_no_drift()


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_two_publications_about_one_promise_both_count(round_: int) -> None:
    promise = make_promise()
    updates = [
        make_update(
            promise, status, organisation=organisation, citations=[Cited(source)], publish=False
        )
        for status, organisation, source in (
            ("implemented", "lantern", "daily-page"),
            ("implemented", "compass", "watch-page"),
            ("implemented", "editors", "ministry-page"),
        )
    ]
    assert at_once(*(lambda one=one: publish(one) for one in updates)) == [None] * 3  # type: ignore[misc]
    assert fresh(promise).verification == "corroborated"
    assert_no_drift()


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_a_publication_and_an_edit_of_what_it_rests_on_both_count(round_: int) -> None:
    promise = make_promise()
    make_update(promise, "in_progress", "2022-01")
    update = make_update(promise, "implemented", publish=False)

    def edit() -> None:
        publisher = Publisher.objects.get(pk="daily")
        publisher.type = "state_media"
        workflow.save(publisher, "The state bought it.")

    assert at_once(lambda: publish(update), edit) == [None, None]
    assert (fresh(promise).status, fresh(promise).verification) == ("implemented", "official_claim")
    assert_no_drift()


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_an_edit_and_a_publication_of_one_promise_both_survive(round_: int) -> None:
    promise = make_promise()
    update = make_update(promise, "implemented", publish=False)

    def edit() -> None:
        promise.title = {"en": "A better title"}
        assert workflow.save(promise, "It misled.")

    assert at_once(lambda: publish(update), edit) == [None, None]
    assert (fresh(promise).status, fresh(promise).title) == (
        "implemented",
        {"en": "A better title"},
    )
    assert_no_drift()


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_what_is_revised_while_it_is_published_is_either_unchanged_or_refused(round_: int) -> None:
    promise = make_promise()
    update = make_update(promise, "implemented", publish=False)

    def revise() -> None:
        mine = fresh(update)
        mine.status = "stalled"
        workflow.revise(mine, [])

    published, revised = at_once(lambda: publish(fresh(update)), revise)
    stored = fresh(update)
    if stored.review_state == "published":
        assert published is None
        assert isinstance(revised, TransitionRefused)
        assert (stored.status, stored.citations.count()) == ("implemented", 1)
    else:
        assert revised is None
        assert published is not None, "the revision dropped the evidence"
    assert_no_drift()
