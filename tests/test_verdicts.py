"""Stored verdicts are what would be computed now, whatever was done in whatever order."""

from datetime import UTC, date, datetime, timedelta
from itertools import product
from typing import Any

import pytest
from django.db.models import Exists, OuterRef
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reforms import ledger, search, verdicts, workflow
from reforms.assessment import timeliness
from reforms.dates import PartialDate
from reforms.errors import EvidenceMissing, RuleBroken, TransitionRefused
from reforms.models import Citation, Programme, Promise, Publisher, Source, StatusUpdate
from reforms.vocabulary import Status, Timeliness
from reforms.workflow import Cited
from tests.fixtures import (
    PUBLISHERS,
    Clock,
    assert_no_drift,
    fresh,
    make_promise,
    make_update,
    rolled_back,
    row,
    second,
)

# What is stored ----------------------------------------------------------------------------------


def test_a_promise_begins_unassessed(promise: Promise) -> None:
    stored = row(promise)
    assert {name: stored[name] for name in verdicts.STORED} == {
        "status": "not_assessed",
        "status_since": None,
        "status_since_precision": "",
        "verification": "none",
        "contested": False,
        "implemented_from": None,
        "implemented_to": None,
        "last_published_at": None,
    }
    assert_no_drift()


def test_a_verdict_fills_every_column(promise: Promise, clock: Clock) -> None:
    clock.at("2023-01-01T00:00+00:00")
    cited = [Cited("daily-page"), Cited("ministry-page", basis="act_in_force")]
    make_update(promise, "implemented", "2022-06", citations=cited)
    make_update(promise, "stalled", "2022-09", organisation="lantern")
    stored = row(promise)
    stored["last_published_at"] = second(stored["last_published_at"])
    assert {name: stored[name] for name in verdicts.STORED} == {
        "status": "implemented",
        "status_since": date(2022, 6, 30),
        "status_since_precision": "month",
        "verification": "corroborated",
        "contested": True,
        "implemented_from": date(2022, 6, 1),
        "implemented_to": date(2022, 6, 30),
        "last_published_at": datetime(2023, 1, 1, tzinfo=UTC),
    }


# What each column drifts to when somebody writes past the workflow.
SPOILED: dict[str, Any] = {
    "status": "stalled",
    "status_since": date(2022, 1, 1),
    "status_since_precision": "day",
    "verification": "corroborated",
    "contested": True,
    "implemented_from": date(2022, 6, 2),
    "implemented_to": date(2022, 7, 1),
    "last_published_at": datetime(2020, 1, 1, tzinfo=UTC),
    "position": "demo2020-000-00000",
}


@pytest.mark.parametrize(("column", "value"), SPOILED.items())
def test_every_drift_is_named_and_mended(promise: Promise, column: str, value: Any) -> None:
    make_update(promise, "implemented")
    good = row(promise)[column]
    Promise.objects.filter(pk=promise.pk).update(**{column: value})
    assert list(verdicts.drift([promise.pk])) == [(promise.pk, column, value, good)]
    if column != "position":  # that is no verdict: saving the promise mends it
        verdicts.recompute([promise.pk], ledger.head().sequence)
        assert_no_drift()


def test_every_stored_column_can_drift() -> None:
    assert set(SPOILED) == {*verdicts.STORED, "position"}


def test_recomputing_what_is_right_writes_nothing(promise: Promise) -> None:
    make_update(promise, "implemented")
    before = row(promise), list(promise.spans.values())
    verdicts.recompute([promise.pk], ledger.head().sequence + 1)
    assert (row(promise), list(promise.spans.values())) == before


def test_only_what_stands_counts(promise: Promise) -> None:
    make_update(promise, "implemented", publish=False)
    verdicts.recompute([promise.pk], ledger.head().sequence)
    assert fresh(promise).status == "not_assessed"


def test_official_is_meant_relative_to_the_jurisdiction(cast: None) -> None:
    levels = {}
    for number, name in enumerate(PUBLISHERS, start=1):
        promise = make_promise(number)
        make_update(promise, "implemented", citations=[Cited(f"{name}-page")])
        levels[name] = fresh(promise).verification
    assert levels == {
        "ministry": "official_claim",
        "parliament": "official_claim",
        "gazette": "official_claim",
        "unity-party": "official_claim",
        "daily": "independent",
        "watch": "independent",
        "league": "independent",
        "university": "independent",
        "blog": "independent",
        "neighbour": "independent",
    }


@pytest.mark.parametrize(
    ("type_", "country", "official"),
    [
        ("state", "XD", True),
        ("state", "", True),
        ("state", "XE", False),
        ("state_media", "XD", True),
        ("party", "XD", True),
        ("party", "XE", False),
        ("ngo", "XD", False),
        ("independent_media", "", False),
        ("other", "XD", False),
    ],
)
def test_who_is_official(type_: str, country: str, official: bool) -> None:
    assert Publisher(type=type_, country=country).is_official_in("XD") is official


# In a batch --------------------------------------------------------------------------------------


def test_a_batch_settles_once_at_its_end(cast: None) -> None:
    with workflow.batch():
        promise = make_promise()
        update = make_update(promise, "implemented", note={"en": "Quokka"})
        make_update(promise, "stalled", organisation="lantern")
        assert fresh(promise).status == "not_assessed"
    assert fresh(promise).status == "implemented"
    assert Promise.objects.search(search.parse("quokka")).exists()
    assert fresh(update).review_state == "published"
    assert_no_drift()


def test_a_batch_that_fails_leaves_nothing(promise: Promise) -> None:
    before = row(promise)
    with pytest.raises(EvidenceMissing), workflow.batch():  # noqa: PT012
        make_update(promise, "implemented")
        make_update(promise, "stalled", citations=[])
    assert row(promise) == before
    assert not StatusUpdate.objects.exists()
    make_update(promise, "in_progress")  # and the next write settles at once again
    assert fresh(promise).status == "in_progress"
    assert_no_drift()


# After any sequence ------------------------------------------------------------------------------

ACTIONS = [
    "submit",
    "publish",
    "publish",
    "retract",
    "remove",
    "supersede",
    "reject",
    "withdraw",
    "request_changes",
    "resubmit",
    "retype",
    "move",
    "lead",
    "edit",
]
STEPS = st.tuples(
    st.sampled_from(ACTIONS),
    st.integers(0, 50),
    st.sampled_from([status for status in Status if status != Status.NOT_ASSESSED]),
    st.sampled_from(["2021", "2022", "2022-05", "2022-06", "2022-06-15", "2022-06-30", "2023-01"]),
    st.sampled_from(["editors", "lantern", "compass"]),
    st.lists(
        st.builds(
            Cited,
            source=st.sampled_from([f"{name}-page" for name in PUBLISHERS]),
            stance=st.sampled_from(["supports", "supports", "supports", "disputes", "context"]),
            basis=st.sampled_from(["own_finding", "act_in_force", "draft_act"]),
            origin=st.sampled_from(["", "", "watch", "ministry"]),
        ),
        max_size=3,
    ),
)


def take(step: tuple[Any, ...], promises: list[Promise]) -> None:
    """One step of a sequence; whatever a rule refuses is as good as not asked for."""
    action, place, status, effective, organisation, citations = step
    updates = list(StatusUpdate.objects.order_by("submitted_at", "id"))
    promise = promises[place % len(promises)]
    update = updates[place % len(updates)] if updates else None
    match action:
        case "submit":
            make_update(promise, status, effective, organisation, citations, publish=False)
        case "retype":
            publisher = Publisher.objects.get(pk=list(PUBLISHERS)[place % len(PUBLISHERS)])
            publisher.type = ["state", "ngo", "party"][place % 3]
            workflow.save(publisher, "Corrected.")
        case "move":
            names = list(PUBLISHERS)
            source = Source.objects.get(pk=f"{names[place % len(names)]}-page")
            source.publisher_id = names[(place * 7) % len(names)]
            workflow.save(source, "Corrected.")
        case "lead":
            programme = Programme.objects.get(pk="demo2020")
            programme.lead_organisation_id = organisation
            workflow.save(programme, "Corrected.")
        case "edit":
            promise = fresh(promise)
            promise.kind = ["legislation", "policy", "study"][place % 3]
            promise.deadline = PartialDate.parse(effective)
            verdicts.flush()
            workflow.save(promise, "Corrected.")
        case _ if update is None:
            return
        case "supersede":
            new = make_update(
                update.promise, status, effective, update.organisation_id, citations, publish=False
            )
            workflow.supersede(update, new, "Better.")
        case "publish" | "resubmit" | "withdraw":
            getattr(workflow, action)(update)
        case _:
            getattr(workflow, action)(update, "Because.")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=1, max_size=14))
def test_nothing_drifts_and_no_rule_is_broken(cast: None, steps: list[tuple[Any, ...]]) -> None:
    with rolled_back():
        promises = [make_promise(number) for number in (1, 2)]
        for step in steps:
            try:
                take(step, promises)
            except (RuleBroken, TransitionRefused):
                continue
        assert_no_drift()
        standing = StatusUpdate.objects.standing()
        evidence = Citation.objects.filter(update=OuterRef("pk"), stance="supports")
        assert not standing.filter(~Exists(evidence)).exists(), "published without evidence"
        cited = Citation.objects.filter(update__in=StatusUpdate.objects.public())
        assert not cited.filter(source__public_since=None).exists(), "cited in public, and private"
        for source in Source.objects.public().exclude(pk="demo2020-address"):
            assert source.citations.filter(update__published_at__isnull=False).exists(), (
                "public, and never cited in public"
            )
        for promise in map(fresh, promises):
            assert (promise.status == "not_assessed") is not promise.updates.standing().exists()


# Timeliness in SQL is the rule -------------------------------------------------------------------

TODAY = date(2022, 7, 1)
# In the first programme it is already the first of July, in the other still the thirtieth of June.
DAYS = {"demo2020": TODAY, "far2021": TODAY - timedelta(days=1)}
DEADLINES = [None, "2022-06-29", "2022-06-30", "2022-07-01", "2022-06", "2022-07", "2022", "2021"]
IMPLEMENTED = [
    None,
    "2021",
    "2022",
    "2022-05",
    "2022-06",
    "2022-07",
    "2022-06-29",
    "2022-06-30",
    "2022-07-01",
]


COMBINATIONS = list(product(DAYS, Status, DEADLINES, IMPLEMENTED))


@pytest.fixture
def every_combination(cast: None) -> list[Promise]:
    """Programmes × statuses × deadlines × dates of first implementation, written directly."""
    made = []
    for number, (programme, status, deadline, implemented) in enumerate(COMBINATIONS, start=1):
        first = PartialDate.parse(implemented) if implemented else None
        promise = Promise(
            id=f"{programme}-1-{number}",
            programme_id=programme,
            reform_id=f"{programme}-1",
            number=number,
            position=f"{programme}-001-{number:05d}",
            title={"en": "T"},
            statement={"en": "S"},
            kind="policy",
            commitment="specific",
            status=status.value,
            implemented_from=first.first if first else None,
            implemented_to=first.last if first else None,
            changed_at=datetime.now(UTC),
        )
        promise.deadline = PartialDate.parse(deadline) if deadline else None
        if status != Status.NOT_ASSESSED:
            promise.since = PartialDate.parse("2022-06-01")
        made.append(promise)
    return Promise.objects.bulk_create(made)


def by_rule(promise: Promise, implemented: str | None, today: date) -> str:
    first = PartialDate.parse(implemented) if implemented else None
    return timeliness(Status(promise.status), promise.deadline_on, first, today).value


@pytest.mark.parametrize(
    "days",
    [
        DAYS,
        dict.fromkeys(DAYS, date(2022, 6, 30)),
        dict.fromkeys(DAYS, TODAY),
        {"demo2020": date(2020, 1, 1), "far2021": date(2024, 1, 1)},
    ],
    ids=["two days", "one day", "the day after", "years apart"],
)
def test_the_annotation_says_what_the_rule_says(
    every_combination: list[Promise], days: dict[str, date]
) -> None:
    annotated = {one.pk: one.timeliness_now for one in Promise.objects.with_timeliness(days)}
    assert annotated == {
        promise.pk: by_rule(promise, implemented, days[programme])
        for promise, (programme, _, _, implemented) in zip(
            every_combination, COMBINATIONS, strict=True
        )
    }
    for word in Timeliness.values():
        found = Promise.objects.timely([word], days)
        assert {one.pk for one in found} == {pk for pk, its in annotated.items() if its == word}
    several = Promise.objects.timely(["pending", "late"], days)
    assert several.count() == sum(its in ("pending", "late") for its in annotated.values())


def test_a_promise_in_hand_says_the_same(every_combination: list[Promise]) -> None:
    for one in Promise.objects.with_timeliness(DAYS):
        assert one.timeliness(DAYS[one.programme_id]) == one.timeliness_now


@pytest.mark.parametrize("written", IMPLEMENTED)
def test_the_date_of_first_implementation_is_read_as_it_was_written(
    cast: None, clock: Clock, written: str | None
) -> None:
    clock.at("2023-01-01T00:00+00:00")
    promise = make_promise()
    make_update(promise, "implemented" if written else "in_progress", written or "2022")
    first = fresh(promise).first_implemented
    assert (str(first) if first else None) == written


def test_every_timeliness_occurs_and_can_be_filtered(every_combination: list[Promise]) -> None:
    annotated = Promise.objects.with_timeliness(DAYS)
    counted = {
        value: annotated.filter(timeliness_now=value).count() for value in Timeliness.values()
    }
    assert all(counted.values())
    assert sum(counted.values()) == len(every_combination)


# fmt: off
AT_THE_BOUNDARY = [
    # moment (UTC)              on Kiritimati         in Pago Pago
    ("2022-06-30T09:59+00:00",  "pending",            "pending"),   # the 30th there, the 29th here
    ("2022-06-30T10:00+00:00",  "overdue",            "pending"),   # the 1st there, the 29th here
    ("2022-06-30T11:00+00:00",  "overdue",            "pending"),   # the 30th begins here
    ("2022-07-01T10:59+00:00",  "overdue",            "pending"),   # and ends
    ("2022-07-01T11:00+00:00",  "overdue",            "overdue"),
]
# fmt: on


@pytest.mark.parametrize(("moment", "early", "late"), AT_THE_BOUNDARY)
@pytest.mark.parametrize("deadline", ["2022-06-30", "2022-06"])
def test_a_deadline_passes_when_its_day_is_over_there(
    cast: None, clock: Clock, moment: str, early: str, late: str, deadline: str
) -> None:
    clock.at("2022-06-01T00:00+00:00")
    promises = [
        make_promise(1, reform, deadline=deadline) for reform in ("demo2020-1", "far2021-1")
    ]
    for promise in promises:
        make_update(promise, "in_progress", "2022-05")
    days = Programme.objects.today(datetime.fromisoformat(moment))
    annotated = Promise.objects.with_timeliness(days).order_by("position")
    assert [one.timeliness_now for one in annotated] == [early, late]


# fmt: off
REAL = [
    # deadline     updates                                                     timeliness
    ("2022-06",   [("implemented", "2022-06-30")],                             "on_time"),
    ("2022-06",   [("implemented", "2022-06")],                                "on_time"),
    ("2022-06-15", [("implemented", "2022-06")],                               "undetermined"),
    ("2022-06",   [("implemented", "2022-07")],                                "late"),
    ("2022-06",   [("implemented", "2022-05"), ("reversed", "2022-08")],       "on_time"),
    ("2022-06",   [("in_progress", "2022-05"), ("implemented", "2022-08")],    "late"),
    ("2022-06",   [("in_progress", "2022-05")],                                "overdue"),
    ("2022-06",   [("abandoned", "2022-05")],                                  "undetermined"),
    ("2022-06",   [],                                                          "unassessed"),
    ("2023-06",   [("in_progress", "2022-05")],                                "pending"),
    ("",          [("implemented", "2022-05")],                                "no_deadline"),
]
# fmt: on


@pytest.mark.parametrize(("deadline", "updates", "expected"), REAL)
def test_from_updates_to_timeliness(
    cast: None, clock: Clock, deadline: str, updates: list[tuple[str, str]], expected: str
) -> None:
    clock.at("2023-01-01T00:00+00:00")
    promise = make_promise(deadline=deadline)
    for status, effective in updates:
        make_update(promise, status, effective)
    today = {"demo2020": date(2023, 1, 1)}
    assert Promise.objects.with_timeliness(today).get().timeliness_now == expected
