"""The ledger alone is enough: who replays it has the tables, and judges as the API does."""

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reforms import records, workflow
from reforms.ledger.replaying import Documents, recorded, replay, verdicts
from reforms.models import LedgerPayload, PublicObject
from reforms.vocabulary import EntryAction
from tests.api.asking import answer, follow
from tests.busy import ACTS, RARE, Busy, tables
from tests.fixtures import make_promise, make_reply, make_update, rolled_back
from tests.ledger.telling import findings


def followed(limit: int) -> Iterator[dict[str, Any]]:
    """The entries as a reader of the feed gets them."""
    page = answer("/changes/", {"limit": limit})
    while page["results"]:
        yield from page["results"]
        page = answer(page["next"])


def assert_judged_alike(documents: Documents) -> None:
    """What follows from the documents is what the API answers of each promise."""
    fields = "id,status,status_since,verification,contested"
    answered = {
        row.pop("id"): row
        for page in follow("/promises/", {"fields": fields, "limit": "200"})
        for row in page["results"]
    }
    assert answered == {
        promise: {
            "status": verdict.status.value,
            "status_since": str(verdict.since.written) if verdict.since else None,
            "verification": verdict.verification.value,
            "contested": verdict.contested,
        }
        for promise, verdict in verdicts(documents).items()
    }


# After whatever happened.


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    chance=st.randoms(use_true_random=False),
    acts=st.lists(st.sampled_from(sorted(ACTS | RARE)), min_size=5, max_size=20),
)
def test_the_replay_equals_the_tables(cast: None, chance: random.Random, acts: list[str]) -> None:
    with rolled_back():
        busy = Busy(chance)
        for name in ("new_promise", "publish", "publish", *acts):
            busy.act(name)
        documents = replay(recorded())
        assert documents == tables()
        assert replay(followed(limit=17)) == documents
        assert_judged_alike(documents)
        assert findings() == [], "and every verdict of the past"


def test_a_long_history(cast: None) -> None:
    chance = random.Random(2030)  # noqa: S311
    busy = Busy(chance)
    acts = sorted(ACTS | RARE) * 5
    for name in chance.sample(acts, len(acts)):
        busy.act(name)
    documents = replay(recorded())
    assert documents == tables()
    assert_judged_alike(documents)
    assert findings() == []
    assert {entry["action"] for entry in recorded()} == {*EntryAction.values()}


# Step by step.


def test_a_replay_goes_on_from_where_it_stopped(cast: None) -> None:
    promise = make_promise()
    update = make_update(promise, "implemented")
    halfway = list(recorded())
    documents = replay(halfway)
    workflow.retract(update, "We misread it.")
    workflow.withdraw_object(promise, "Entered twice.")
    later = list(recorded())[len(halfway) :]
    assert replay(later, documents) == replay(recorded()) == tables()
    assert ("promise", promise.pk) not in documents
    assert documents["update", str(update.pk)]["review_state"] == "retracted"


def test_the_past_stays_what_it_was(cast: None) -> None:
    """Whatever is written later, the replay up to a sequence gives what the tables were then."""
    busy = Busy(random.Random(7))  # noqa: S311
    moments = {}
    for _ in range(30):
        busy.act()
        last = max(entry["sequence"] for entry in recorded())
        moments[last] = tables()
    for sequence, then in moments.items():
        assert replay(recorded(until=sequence)) == then


def test_what_was_withdrawn_stays_away_when_it_is_redacted(cast: None) -> None:
    promise = make_promise()
    document = records.document(promise)
    entries = [
        {"action": action, "object_type": "promise", "object_id": promise.pk, "payload": payload}
        for action, payload in (
            ("create", {"document": document, "reason": ""}),
            ("withdraw", {"document": None, "reason": "Entered twice."}),
            ("redact", {"document": document, "reason": "A private name."}),
        )
    ]
    assert replay(entries) == {}
    assert replay([entries[0], entries[2]]) == {("promise", promise.pk): document}


def test_every_type_takes_part(cast: None) -> None:
    promise = make_promise()
    make_update(promise, "implemented")
    make_reply(promise)
    assert {type_ for type_, _ in replay(recorded())} == set(records.TYPES)
    assert LedgerPayload.objects.count() == len(list(recorded()))
    public = [one for one in records.TYPES.values() if issubclass(one, PublicObject)]
    assert len(public) == len(records.TYPES) - 1, "an update is public by its review state"
