"""Whatever is written in whatever order: the invariants of the two clocks, asked over HTTP."""

from contextlib import suppress
from typing import Any

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from reforms import integrity, ledger, records, workflow
from reforms.dates import PartialDate
from reforms.errors import TrackerError
from reforms.ledger.replaying import recorded, replay
from reforms.models import LedgerEntry, Programme, Promise, Publisher, Source, StatusUpdate
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.api.asking import answer, ask, results
from tests.fixtures import make_promise, make_update, rolled_back

STATUSES = ("not_started", "in_progress", "implemented", "reversed", "stalled")
DAYS = ("2020-03-01", "2020-06", "2021", "2021-06-15", "2022-01-31")
SOURCES = ("daily-page", "watch-page", "ministry-page", "gazette-page")
EARLIER = "2020-06-30"
ANNOUNCED = ("2020-01-15", "2020-02", "2019-12-01", "2020-01-31")
EARLIEST = "2020-01-20"

publications = st.tuples(
    st.just("publish"),
    st.sampled_from(STATUSES),
    st.sampled_from(DAYS),
    st.sampled_from(("editors", "lantern", "compass")),
    st.sampled_from(SOURCES),
    st.sampled_from(("supports", "disputes")),
)
others = st.tuples(
    st.sampled_from(
        (
            *("submit", "retract", "remove", "supersede", "edit", "reclassify"),
            *("announce", "lead", "withdraw", "end and withdraw"),
        )
    ),
    st.integers(0, 5),
)
stories = st.lists(publications | others, min_size=2, max_size=6)


def tell(step: tuple[Any, ...]) -> None:
    """One thing that somebody does; nothing where it cannot be done."""
    with suppress(TrackerError):
        do(step)


def do(step: tuple[Any, ...]) -> None:
    promise = Promise.objects.get(pk="demo2020-1-1")
    if step[0] == "publish":
        _, status, day, organisation, source, stance = step
        cited = [Cited(source), Cited("league-page", stance=stance)]
        make_update(promise, status, day, organisation, citations=cited)
        return
    action, which = step
    if action == "edit":
        promise.title = {"en": f"Title {which}"}
        workflow.save(promise, "It misled.")
    elif action == "reclassify":
        publisher = Publisher.objects.get(pk=SOURCES[which % 4].removesuffix("-page"))
        publisher.type = ("state", "ngo", "independent_media")[which % 3]
        workflow.save(publisher, "It was sold.")
    elif action in ("announce", "lead"):
        programme = Programme.objects.get(pk="demo2020")
        if action == "announce":
            programme.announced = PartialDate.parse(ANNOUNCED[which % 4])
        else:
            programme.lead_organisation_id = ("editors", "lantern", "compass")[which % 3]
        workflow.save(programme, "It was entered wrongly.")
    elif "withdraw" in action:
        withdraw(which, with_updates="end" in action)
    elif action == "submit":
        make_update(promise, STATUSES[which % 5], DAYS[which % 5], publish=False)
    else:
        end(action, which)


def withdraw(which: int, with_updates: bool) -> None:
    """Take out a source, with the updates that rest on it, or the second promise."""
    if which > 3:
        workflow.withdraw_object(Promise.objects.get(pk="demo2020-1-2"), "It is a part of another.")
        return
    source = SOURCES[which]
    if with_updates:
        for update in StatusUpdate.objects.standing().citing([source]):
            workflow.retract(update, "Its source is none.")
    workflow.withdraw_object(Source.objects.get(pk=source), "It is no source.")


def end(action: str, which: int) -> None:
    standing = list(StatusUpdate.objects.standing().order_by("published_at"))
    if not standing:
        return
    update = standing[which % len(standing)]
    if action == "supersede":
        successor = make_update(
            update.promise,
            STATUSES[which % 5],
            DAYS[which % 5],
            update.organisation_id,
            publish=False,
        )
        workflow.supersede(update, successor, "Better evidence.")
    else:
        getattr(workflow, action)(update, "It was wrong.")


def told(**clocks: Any) -> list[Any]:
    """What the API says of everything at one moment."""
    return [
        results("/promises/", {"expand": "citations,updates"} | clocks),
        results("/promises/demo2020-1-1/assessments/", clocks),
        results("/promises/", {"status": "implemented,reversed", "fields": "id"} | clocks),
        results("/promises/", {"ordering": "-status_since", "fields": "id"} | clocks),
        results("/reforms/", clocks),
        results("/updates/", {"expand": "promise"} | clocks),
    ]


def asked_by(known: int) -> list[Any]:
    """What it says at one moment of the record, of then and of a day before."""
    earlier = {"known_at": known, "as_of": EARLIER}
    # Whether something had been promised by then is a question of the record, too.
    earliest = ask("/promises/", {"known_at": known, "as_of": EARLIEST, "programme": "demo2020"})
    said = (earliest.status_code, earliest.content)
    return [told(known_at=known), answer("/promises/demo2020-1-1/", earlier), said]


def documents() -> dict[tuple[str, str], Any]:
    """The record document of everything that is public, as the tables have it."""
    return {
        (type_, str(thing.pk)): records.document(thing)
        for type_, model in records.TYPES.items()
        for thing in model._default_manager.all()
        if thing.is_public  # type: ignore[attr-defined]
    }


@settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(stories)
def test_whatever_is_written(cast: None, story: list[tuple[Any, ...]]) -> None:
    with rolled_back():
        promise = make_promise(deadline="2021-06-30", citations=[Cited("demo2020-address")])
        make_promise(2)
        today = promise.programme.today().isoformat()
        said: dict[int, list[Any]] = {}
        for step in story:
            tell(step)
            known = ledger.head().sequence
            said[known] = asked_by(known)
        # What the record said once it says for ever.
        for known, before in said.items():
            assert asked_by(known) == before
        # Today by the one clock, and now by the other, is the plain answer.
        plain = told()
        assert told(as_of=today) == plain
        assert told(known_at=ledger.head().sequence) == plain
        # What is stored is what follows, and the ledger tells the tables.
        assert list(integrity.find_drift()) == []
        assert replay(recorded()) == documents()
        waiting = StatusUpdate.objects.filter(review_state=ReviewState.SUBMITTED.value)
        for update in waiting:
            assert not LedgerEntry.objects.filter(object_id=str(update.pk)).exists()
