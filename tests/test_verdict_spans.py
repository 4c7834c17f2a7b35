"""What was true on a day, as known at an entry of the ledger: for every day and every entry."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reforms import integrity, ledger, verdicts, workflow
from reforms.assessment import Assessment, Period, judge, timeliness
from reforms.dates import PartialDate, now
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import LedgerEntry, Programme, Promise, Publisher, StatusUpdate, VerdictSpan
from reforms.querysets import LAST_DAY, OPEN
from reforms.verdicts.derived import CODED, SAID, STORED, columns
from reforms.vocabulary import Status, Timeliness
from tests.fixtures import Clock, fresh, make_promise, make_update, rolled_back, row
from tests.test_verdicts import STEPS, take

ANNOUNCED = date(2020, 1, 15)
SHOWN = [f"span__{name}" for name in (*STORED, *CODED)]


def head() -> int:
    return ledger.head().sequence


def at(day: str | None, sequence: int | None, promise: Promise) -> str | None:
    """The status of the promise on a day, as known at an entry; None where nothing is said."""
    asked = Promise.objects.at(date.fromisoformat(day) if day else None, sequence)
    spans: Any = asked.filter(pk=promise.pk).values_list("span__status", flat=True)
    statuses = list(spans)
    assert len(statuses) <= 1
    return statuses[0] if statuses else None


def rows() -> dict[int, dict[str, Any]]:
    return {one["id"]: one for one in VerdictSpan.objects.values()}


# One story after the other -----------------------------------------------------------------------


def test_a_new_promise_is_known_to_be_unassessed_since_its_announcement(promise: Promise) -> None:
    created = LedgerEntry.objects.get(object_id=promise.pk)
    (span,) = VerdictSpan.objects.all()
    assert (span.valid_from, span.valid_to) == (ANNOUNCED, LAST_DAY)
    assert (span.known_from, span.known_to) == (created.sequence, OPEN)
    assert (span.status, span.kind, span.commitment) == ("not_assessed", "legislation", "specific")
    assert at(None, created.sequence - 1, promise) is None
    assert at("2020-01-14", None, promise) is None
    assert at("2020-01-15", None, promise) == "not_assessed"


def test_what_was_known_earlier_stays_known(promise: Promise) -> None:
    begun = head()
    make_update(promise, "in_progress", "2022-05")
    first = head()
    update = make_update(promise, "implemented", "2022-09-10")
    second = head()
    workflow.retract(update, "We misread the law.")
    third = head()
    days = ["2022-05-30", "2022-05-31", "2022-09-09", "2022-09-10", None]
    n, p, i = "not_assessed", "in_progress", "implemented"
    assert {known: [at(day, known, promise) for day in days] for known in (begun, first, second, third)} == {
        begun: [n, n, n, n, n],
        first: [n, p, p, p, p],
        second: [n, p, p, i, i],
        third: [n, p, p, p, p],
    }  # fmt: skip


def test_a_back_dated_update_changes_the_past_as_known_from_then_on(promise: Promise) -> None:
    make_update(promise, "implemented", "2022-09")
    before = head()
    make_update(promise, "in_progress", "2022-05")
    assert at("2022-06-01", before, promise) == "not_assessed"
    assert at("2022-06-01", None, promise) == "in_progress"
    assert at(None, before, promise) == at(None, None, promise) == "implemented"


def test_an_unchanged_span_is_left_alone(promise: Promise) -> None:
    make_update(promise, "in_progress", "2022-05")
    before = rows()
    make_update(promise, "implemented", "2022-09")
    after = rows()
    assert [key for key in before if after[key] != before[key]] == [
        key
        for key, one in before.items()
        if one["valid_to"] == LAST_DAY and one["known_to"] == OPEN
    ]


def test_what_one_entry_both_opens_and_closes_was_never_known(promise: Promise) -> None:
    update = make_update(promise, "in_progress", "2022-05")
    StatusUpdate.objects.filter(pk=update.pk).update(
        review_state="retracted", ended_at=now(), ended_reason="No."
    )
    verdicts.recompute([promise.pk], head())
    assert not VerdictSpan.objects.filter(status="in_progress").exists()
    assert fresh(promise).status == "not_assessed"


def test_a_withdrawn_promise_is_still_known_of_before(promise: Promise) -> None:
    before = head()
    workflow.withdraw_object(promise, "It was entered twice.")
    assert at(None, None, promise) is None
    assert at(None, before + 1, promise) is None
    assert at(None, before, promise) == "not_assessed"
    # A later edit of what verdicts rest on does not bring it back.
    programme = Programme.objects.get(pk="demo2020")
    programme.lead_organisation_id = "lantern"
    workflow.save(programme, "Corrected.")
    assert at(None, None, promise) is None
    assert list(integrity.find_drift()) == []


def test_days_begin_with_the_announcement_also_after_it_was_corrected(promise: Promise) -> None:
    make_update(promise, "in_progress", "2020-03-01")
    before = head()
    programme = Programme.objects.get(pk="demo2020")
    programme.announced = PartialDate.parse("2020-02")
    workflow.save(programme, "Corrected.")
    assert at("2020-01-20", before, promise) == "not_assessed"
    assert at("2020-01-31", None, promise) is None
    assert at("2020-02-01", None, promise) == "not_assessed"


def test_coded_fields_are_those_known_then(promise: Promise) -> None:
    before = head()
    promise.kind, promise.deadline = "policy", PartialDate.parse("2021-06")
    workflow.save(promise, "Corrected.")
    for known, kind, deadline in (
        (before, "legislation", None),
        (None, "policy", date(2021, 6, 30)),
    ):
        span = Promise.objects.at(None, known).select_related("span").get().span  # type: ignore[attr-defined]
        assert (span.kind, span.deadline_on) == (kind, deadline)


# In a batch --------------------------------------------------------------------------------------


def test_a_batch_tells_what_was_known_at_each_of_its_entries(cast: None) -> None:
    with workflow.batch():
        promise = make_promise()
        created = ledger.head_in_hand().sequence
        update = make_update(promise, "in_progress", "2022-05")
        published = ledger.head_in_hand().sequence
        workflow.retract(update, "No.")
        assert not VerdictSpan.objects.exists()
    assert at(None, created, promise) == "not_assessed"
    assert at(None, published, promise) == "in_progress"
    assert at(None, None, promise) == "not_assessed"


def test_what_was_undone_in_a_batch_was_never_known(cast: None) -> None:
    with workflow.batch():
        promise = make_promise()
        created = ledger.head_in_hand().sequence
        with pytest.raises(ZeroDivisionError), workflow.batch():  # noqa: PT012
            make_promise(2)
            make_promise(3)
            make_update(promise, "implemented")
            raise ZeroDivisionError
        again = make_promise(3)
        make_update(promise, "stalled")
    assert at(None, created, promise) == "not_assessed"
    assert at(None, created, again) is None
    assert at(None, created + 1, again) == "not_assessed"
    assert set(VerdictSpan.objects.filter(promise=promise).values_list("status", flat=True)) == {
        "not_assessed",
        "stalled",
    }
    assert list(integrity.find_drift()) == []


def test_what_changes_no_verdict_changes_the_promise_also_in_a_batch(promise: Promise) -> None:
    make_update(promise, "in_progress", "2022-01")
    old = make_update(promise, "in_progress", "2022-02", organisation="lantern")
    make_update(promise, "in_progress", "2022-03", organisation="lantern")
    with workflow.batch():
        workflow.retract(old, "Wrong.")
    assert fresh(promise).changed_at == old.ended_at


def test_what_was_settled_in_a_part_that_is_undone_is_settled_again(cast: None) -> None:
    """An edit of what verdicts rest on settles what waits; the failure undoes both."""
    promise = make_promise()
    make_update(make_promise(2), "in_progress", "2022-01")
    with workflow.batch():
        make_update(promise, "implemented", "2022-02", citations=[workflow.Cited("watch-page")])
        with pytest.raises(ZeroDivisionError), ledger.writing():  # noqa: PT012
            publisher = Publisher.objects.get(pk="daily")
            publisher.name = {"en": "Daily News"}
            workflow.save(publisher, "It was renamed.")
            raise ZeroDivisionError
    assert fresh(promise).status == "implemented"
    assert list(integrity.find_drift()) == []


def test_flush_settles_what_waits(cast: None) -> None:
    verdicts.flush()  # nothing waits
    with workflow.batch():
        promise = make_promise()
        make_update(promise, "stalled")
        verdicts.flush()
        assert fresh(promise).status == "stalled"
        make_update(promise, "implemented", "2022-09")
        assert fresh(promise).status == "stalled"
    assert fresh(promise).status == "implemented"
    assert list(integrity.find_drift()) == []


def test_the_number_of_queries_does_not_grow_with_the_promises(cast: None) -> None:
    promises = [make_promise(number) for number in range(1, 13)]
    counts = []
    for some in (promises[:3], promises[3:]):
        with workflow.batch():
            for promise in some:
                make_update(promise, "stalled")
                make_update(promise, "implemented", "2022-09")
            with CaptureQueriesContext(connection) as queries:
                verdicts.flush()
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 12


# Asking ------------------------------------------------------------------------------------------


def test_filters_orders_and_the_span_itself_share_one_join(promise: Promise) -> None:
    make_update(promise, "stalled", "2022-05")
    asked = (
        Promise.objects.at(date(2023, 1, 1), head())
        .filter(span__status__in=["stalled"])
        .filter(span__status_since__lte=date(2022, 12, 31))
        .exclude(span__kind="study")
        .with_timeliness({"demo2020": date(2023, 1, 1)}, span=True)
        .filter(timeliness_now="no_deadline")
        .order_by("-span__status_since", "position")
        .select_related("span")
    )
    assert str(asked.query).count("JOIN") == 1
    assert str(asked.query).count("SELECT") == 1
    with CaptureQueriesContext(connection) as queries:
        (found,) = asked
        assert found.span.since == PartialDate.parse("2022-05")
        assert found.span.timeliness(date(2023, 1, 1)) == "no_deadline"
    assert len(queries) == 1


def test_timeliness_is_that_of_the_span(cast: None, clock: Clock) -> None:
    clock.at("2023-01-01T00:00+00:00")
    promise = make_promise(deadline="2022-08")
    make_update(promise, "implemented", "2022-07")
    before = head()
    promise.deadline = PartialDate.parse("2022-06")
    workflow.save(promise, "Corrected.")
    cases: dict[tuple[str, int | None], str] = {
        ("2022-07-30", before): "pending",
        ("2022-07-31", before): "on_time",
        ("2022-06-30", None): "pending",
        ("2022-07-30", None): "unassessed",
        ("2022-07-31", None): "late",
    }
    for (day, known), expected in cases.items():
        today = {"demo2020": date.fromisoformat(day)}
        asked = Promise.objects.at(date.fromisoformat(day), known)
        found = asked.select_related("span").with_timeliness(today, span=True).get()
        assert found.timeliness_now == expected, (day, known)
        for word in Timeliness.values():
            assert asked.timely([word], today, span=True).exists() == (word == expected)
        assert found.span.timeliness(today["demo2020"]) == expected  # type: ignore[attr-defined]


# What the database refuses, and what the check of integrity finds --------------------------------


def a_span(promise: Promise, **spoiled: Any) -> dict[str, Any]:
    good = {
        "promise": promise,
        "valid_from": date(2022, 1, 1),
        "valid_to": LAST_DAY,
        "known_from": 1,
        "kind": "policy",
        "commitment": "specific",
    }
    return good | spoiled


# fmt: off
REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("valid_in_order",         {"valid_to": date(2021, 12, 31)}),
    ("known_in_order",         {"known_from": 2, "known_to": 2}),
    ("open_once",              {"valid_from": ANNOUNCED}),
    ("status_known",           {"status": "done", "status_since": ANNOUNCED, "status_since_precision": "day"}),
    ("verification_known",     {"status": "stalled", "verification": "good", "status_since": ANNOUNCED, "status_since_precision": "day"}),
    ("kind_known",             {"kind": "law"}),
    ("commitment_known",       {"commitment": "vague"}),
    ("status_since_precise",   {"status": "stalled", "status_since": ANNOUNCED}),
    ("assessed_since",         {"status": "stalled"}),
    ("assessed_since",         {"contested": True}),
    ("implemented_span",       {"implemented_from": ANNOUNCED}),
]
# fmt: on


@pytest.mark.parametrize(("constraint", "spoiled"), REFUSED)
def test_the_database_refuses(promise: Promise, constraint: str, spoiled: dict[str, Any]) -> None:
    VerdictSpan.objects.create(**a_span(promise)).delete()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        VerdictSpan.objects.create(**a_span(promise, **spoiled))
    if connection.vendor == "postgresql" or constraint != "open_once":
        assert f"reforms_verdictspan_{constraint}" in str(refused.value)


def test_every_constraint_is_refused_once() -> None:
    named = {one.name for one in VerdictSpan._meta.constraints}
    assert named == {f"reforms_verdictspan_{constraint}" for constraint, _ in REFUSED}


SPOILED: dict[str, Any] = {
    "valid_to": date(2022, 1, 1),
    "status": "stalled",
    "status_since": date(2022, 1, 1),
    "status_since_precision": "day",
    "verification": "corroborated",
    "contested": True,
    "implemented_from": date(2021, 6, 2),
    "implemented_to": date(2022, 7, 1),
    "last_published_at": datetime(2020, 1, 1, tzinfo=UTC),
    "kind": "study",
    "commitment": "process",
    "deadline_on": date(2022, 1, 1),
}


@pytest.mark.parametrize(("column", "value"), SPOILED.items())
def test_every_drift_of_a_span_is_named_and_mended(
    promise: Promise, column: str, value: Any
) -> None:
    make_update(promise, "implemented", "2021-06")
    span = VerdictSpan.objects.filter(valid_to=LAST_DAY, known_to=OPEN)
    good = span.values()[0]
    VerdictSpan.objects.filter(pk=good["id"]).update(**{column: value})
    (drift,) = integrity.find_drift()
    assert (drift.thing, drift.column, drift.stored, drift.recomputed) == (
        f"promise {promise.pk}",
        f"{column} of the span from 2021-06-30",
        value,
        good[column],
    )
    verdicts.recompute([promise.pk], head() + 1)
    assert list(integrity.find_drift()) == []


def test_every_column_of_a_span_can_drift() -> None:
    assert set(SPOILED) == {*SAID} - {"valid_from"}


def test_spans_that_are_missing_or_too_many_are_named(promise: Promise) -> None:
    make_update(promise, "implemented", "2021-06")
    span = VerdictSpan.objects.get(valid_to=LAST_DAY, known_to=OPEN)
    VerdictSpan.objects.filter(pk=span.pk).update(valid_from=date(2021, 7, 1))
    assert [str(one) for one in integrity.find_drift()] == [
        f"promise {promise.pk}: span from 2021-06-30 is missing, should be implemented",
        f"promise {promise.pk}: span from 2021-07-01 is implemented, should be none",
    ]


@pytest.mark.parametrize(
    ("valid", "known", "overlaps"),
    [
        ((date(2019, 1, 1), date(2020, 1, 14)), (1, OPEN), False),  # the days before
        ((date(2019, 1, 1), ANNOUNCED), (1, OPEN), True),
        ((ANNOUNCED, LAST_DAY), (1, 0), False),  # the entries before
        ((ANNOUNCED, LAST_DAY), (1, 1), True),
    ],
)
def test_two_verdicts_for_one_day_at_one_entry_are_named(
    promise: Promise, valid: tuple[date, date], known: tuple[int, int], overlaps: bool
) -> None:
    opened = VerdictSpan.objects.get()
    # Counted from the entry that opened the promise's own span.
    known_to = known[1] if known[1] == OPEN else opened.known_from + known[1]
    another = VerdictSpan.objects.create(
        **a_span(promise, valid_from=valid[0], valid_to=valid[1], known_from=1, known_to=known_to)
    )
    named = [one for one in integrity.find_drift() if one.recomputed == "no second verdict"]
    assert [one.column for one in named] == [
        f"span from {another.valid_from}, known from 1"
    ] * overlaps


# Whatever is done in whatever order --------------------------------------------------------------

UPDATES_ONLY = {"submit", "publish", "retract", "remove", "supersede"}
EXAMPLES = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def told(day: date | None, sequence: int | None) -> dict[str, tuple[Any, ...]]:
    """All that is said as of the day, as known at the entry, by promise."""
    return {
        one["pk"]: tuple(one[name] for name in SHOWN)
        for one in Promise.objects.at(day, sequence).values("pk", *SHOWN)
    }


def turning_days() -> list[date | None]:
    """Every day on which something may change, the days beside it, and the open end."""
    turns = {ANNOUNCED, *StatusUpdate.objects.public().values_list("counts_from", flat=True)}
    days = {day + timedelta(days=shift) for day in turns if day for shift in (-1, 0)}
    return [*sorted(days), None]


def go(steps: list[tuple[Any, ...]], after: Callable[[], None] = lambda: None) -> list[Promise]:
    """Take the steps about two promises; what a rule refuses is as good as not asked for.

    `after` comes after each step, also after one that was refused: what it had submitted by then
    stays, and two submissions of one moment would be taken in the order of their random ids.
    """
    promises = [make_promise(number) for number in (1, 2)]
    after()
    for step in steps:
        with suppress(RuleBroken, TransitionRefused):
            take(step, promises)
        after()
    return promises


@EXAMPLES
@given(
    steps=st.lists(STEPS.filter(lambda one: one[0] in UPDATES_ONLY), max_size=14),
    batch=st.booleans(),
)
def test_every_day_at_every_entry_is_what_the_rule_says_of_what_stood_then(
    cast: None, steps: list[tuple[Any, ...]], batch: bool
) -> None:
    with rolled_back():
        first = head() + 1
        if batch:
            with workflow.batch():
                promises = go(steps)
        else:
            promises = go(steps)
        updates = [
            (one, verdicts.assessment(one, one.promise.programme))
            for one in StatusUpdate.objects.public().select_related("promise__programme")
        ]
        for entry in LedgerEntry.objects.filter(sequence__gte=first):
            known = {
                one.pk: [
                    assessment
                    for update, assessment in updates
                    if update.promise_id == one.pk
                    and assessment.published_at <= entry.recorded_at
                    and (update.ended_at is None or update.ended_at > entry.recorded_at)
                ]
                for one in promises
                if one.public_since and one.public_since <= entry.recorded_at
            }
            for day in turning_days():
                expected = {
                    pk: by_rule(those, day)
                    for pk, those in known.items()
                    if day is None or day >= ANNOUNCED
                }
                found = {pk: said[: len(STORED)] for pk, said in told(day, entry.sequence).items()}
                assert found == expected, (day, entry.sequence)


def by_rule(assessments: list[Assessment], day: date | None) -> tuple[Any, ...]:
    counted = [one for one in assessments if day is None or one.counts_from <= day]
    published = max((one.published_at for one in counted), default=None)
    verdict = judge(counted, "editors")
    return tuple(columns(Period(date.min, date.max, verdict, published)).values())


@EXAMPLES
@given(steps=st.lists(STEPS, max_size=14))
def test_what_is_known_at_an_entry_never_changes(cast: None, steps: list[tuple[Any, ...]]) -> None:
    with rolled_back():
        said: dict[int, dict[date | None, Any]] = {}
        spans: dict[int, dict[int, dict[str, Any]]] = {}

        def remember() -> None:
            # Of one entry, also of one that was followed by refusals, what was said at first.
            said.setdefault(head(), {day: told(day, None) for day in turning_days()})
            spans.setdefault(head(), rows())

        go(steps, after=remember)
        for sequence, days in said.items():
            for day, then in days.items():
                assert told(day, sequence) == then, (day, sequence)
        last = rows()
        for sequence, then in spans.items():
            for key, one in then.items():
                assert last[key] == one or (
                    one["known_to"] == OPEN
                    and last[key] | {"known_to": OPEN} == one
                    and last[key]["known_to"] > sequence
                )
        for promise in Promise.objects.all():
            stored = row(promise)
            assert told(None, None)[promise.pk] == tuple(stored[one] for one in (*STORED, *CODED))
        assert list(integrity.find_drift()) == []


@EXAMPLES
@given(steps=st.lists(STEPS, max_size=14))
def test_a_batch_leaves_the_spans_that_single_writes_leave(
    cast: None, clock: Clock, steps: list[tuple[Any, ...]]
) -> None:
    def written(batch: bool) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        clock.at("2023-06-01T00:00+00:00")

        def tick() -> None:
            clock.moment += timedelta(hours=1)

        with rolled_back():
            if batch:
                with workflow.batch():
                    go(steps, after=tick)
            else:
                go(steps, after=tick)
            names = ("promise", "known_from", *SAID, "known_to")
            spans = VerdictSpan.objects.order_by("promise", "known_from", "valid_from")
            promises = Promise.objects.order_by("pk").values_list(*STORED, "changed_at")
            return list(spans.values_list(*names)), list(promises)

    assert written(batch=True) == written(batch=False)


def test_timeliness_of_a_span_is_the_rule(promise: Promise) -> None:
    make_update(promise, "implemented", "2022-06")
    for span in VerdictSpan.objects.all():
        for deadline in (None, date(2022, 6, 29), date(2022, 6, 30), date(2022, 5, 31)):
            span.deadline_on = deadline
            expected = timeliness(
                Status(span.status), deadline, span.first_implemented, date(2022, 6, 30)
            )
            assert span.timeliness(date(2022, 6, 30)) == expected
