"""Which assessments the figures rest on: what SQL chooses is what the rules of assessment say."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import combinations
from uuid import UUID

import pytest
from django.conf import settings
from hypothesis import HealthCheck, example, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from reforms import agreement, assessment, statistics, verdicts
from reforms.models import Programme, Promise, StatusUpdate
from reforms.vocabulary import PROGRESS, Status
from tests.fixtures import make_promise, make_update, rolled_back

ORGANISATIONS = ("compass", "editors", "lantern")
FIRST_DAY, FIRST_MOMENT = date(2022, 1, 1), datetime(2023, 1, 1, tzinfo=UTC)
SCALE = [status.value for status in PROGRESS]


@dataclass(frozen=True)
class Said:
    """A published update: day and moment count from the first ones; it ended after so many seconds,
    if ever.
    """

    id: int
    promise: int
    organisation: str
    status: Status
    day: int
    second: int
    ended: int | None


# Few of everything, so that there are ties.
SAID = st.builds(
    Said,
    id=st.integers(0, 2**128 - 1),
    promise=st.integers(1, 2),
    organisation=st.sampled_from(ORGANISATIONS),
    status=st.sampled_from([Status.IN_PROGRESS, Status.IMPLEMENTED, Status.STALLED]),
    day=st.integers(0, 1),
    second=st.integers(0, 3),
    ended=st.none() | st.integers(4, 5),
)


def store(said: Said) -> StatusUpdate:
    published_at = FIRST_MOMENT + timedelta(seconds=said.second)
    update = StatusUpdate(
        id=UUID(int=said.id),
        promise_id=f"demo2020-1-{said.promise}",
        organisation_id=said.organisation,
        status=said.status,
        effective_on=FIRST_DAY + timedelta(said.day),
        submitted_at=published_at,
        published_at=published_at,
        counts_from=FIRST_DAY + timedelta(said.day),
        review_state="published",
    )
    if said.ended is not None:
        update.review_state = "retracted"
        update.ended_at = FIRST_MOMENT + timedelta(seconds=said.ended)
        update.ended_reason = "We misread the law."
    return update


def views(updates: list[StatusUpdate]) -> list[list[tuple[str, str]]]:
    """Each promise's current views by the pure functions, where there are several."""
    demo = Programme.objects.get(pk="demo2020")
    found = []
    for promise in sorted({update.promise_id for update in updates}):
        those = [verdicts.assessment(one, demo) for one in updates if one.promise_id == promise]
        current = assessment.current(those)
        if len(current) > 1:
            found.append([(name, current[name].status.value) for name in sorted(current)])
    return found


def assert_agreement(
    found: statistics.Agreement, promises: list[list[str]], organisations: set[str]
) -> None:
    units = Counter(map(tuple, promises))
    on_scale = agreement.within(units, SCALE)
    assert found.organisations == tuple(sorted(organisations))
    assert found.raw == agreement.raw_agreement(units)
    assert found.nominal == agreement.alpha(units, agreement.nominal)
    assert found.ordinal == agreement.alpha(on_scale, agreement.ordinal(SCALE))


@pytest.fixture
def promises(cast: None) -> list[Promise]:
    return [make_promise(number) for number in (1, 2, 3)]


@examples(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(SAID, max_size=20, unique_by=lambda one: one.id),
    st.none() | st.integers(0, 5),
    st.none() | st.integers(0, 1),
)
@example(
    [
        Said(1, 1, "editors", Status.IMPLEMENTED, 0, 0, None),
        # Of one date: the later publication, whatever its id.
        Said(3, 1, "lantern", Status.STALLED, 0, 0, None),
        Said(2, 1, "lantern", Status.IMPLEMENTED, 0, 1, None),
    ],
    None,
    None,
)
def test_current_assessments_are_compared(
    promises: list[Promise], said: list[Said], second: int | None, until: int | None
) -> None:
    """The latest effective date, ties to the later publication, by both clocks."""
    moment = None if second is None else FIRST_MOMENT + timedelta(seconds=second)
    day = None if until is None else FIRST_DAY + timedelta(until)
    with rolled_back():
        stored = StatusUpdate.objects.bulk_create(map(store, said))
        overall, pairs = statistics.agreements(StatusUpdate.objects.standing_at(moment, day))
        standing = [
            update
            for update, one in zip(stored, said, strict=True)
            if (one.ended is None if second is None else one.second <= second)
            and (second is None or one.ended is None or one.ended > second)
            and (until is None or one.day <= until)
        ]
        expected = views(standing)
    together = {name for promise in expected for name, _ in promise}
    assert_agreement(
        overall, [sorted(status for _, status in promise) for promise in expected], together
    )
    by_pair: dict[tuple[str, str], list[list[str]]] = {}
    for promise in expected:
        for (one, says), (other, replies) in combinations(promise, 2):
            by_pair.setdefault((one, other), []).append([says, replies])
    assert [pair.organisations for pair in pairs] == sorted(by_pair)
    for pair in pairs:
        one, other = pair.organisations
        assert_agreement(pair, by_pair[one, other], {one, other})


def test_nobody_has_looked(promises: list[Promise]) -> None:
    overall, pairs = statistics.agreements(StatusUpdate.objects.standing())
    assert (overall.organisations, overall.raw.units, pairs) == ((), 0, [])


def test_whoever_looks_alone_is_not_compared(promises: list[Promise]) -> None:
    make_update(promises[0], "implemented", organisation="editors")
    make_update(promises[1], "implemented", organisation="lantern")
    overall, pairs = statistics.agreements(StatusUpdate.objects.standing())
    assert (overall.organisations, pairs) == ((), [])


def test_the_scale_of_progress() -> None:
    """Statuses that are not on it say that action ended; the methodology says why."""
    assert SCALE == ["not_started", "in_progress", "partially_implemented", "implemented"]
    methodology = (settings.BASE_DIR / "docs" / "methodology.md").read_text(encoding="utf-8")
    assert " < ".join(f"`{status}`" for status in SCALE) in methodology
    assert set(Status) - set(PROGRESS) == {
        Status.NOT_ASSESSED,
        Status.STALLED,
        Status.ABANDONED,
        Status.REVERSED,
    }
