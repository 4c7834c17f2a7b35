"""A submission that replaces a published update: reviewed like any other, then both at once."""

import pytest

from reforms import ledger, workflow
from reforms.errors import EvidenceMissing, RuleBroken, TransitionRefused
from reforms.ledger import payload_of
from reforms.models import LedgerEntry, Promise, StatusUpdate
from reforms.vocabulary import Role
from reforms.workflow import Cited
from tests.fixtures import assert_no_drift, fresh, make_promise, make_update, row
from tests.ledger.telling import appended
from tests.workflow.test_races import ROUNDS, at_once

REASON = "The law was adopted, and is not in force yet."


@pytest.fixture
def wrong(promise: Promise) -> StatusUpdate:
    return make_update(promise, "implemented", organisation="lantern", external_id="row 7")


def correction(wrong: StatusUpdate, **more: object) -> StatusUpdate:
    """What is submitted in its place."""
    said = {"replaces": wrong, "replaces_reason": REASON} | more
    return make_update(wrong.promise, "in_progress", organisation="lantern", publish=False, **said)


def test_it_waits_for_review(wrong: StatusUpdate) -> None:
    with appended() as entries:
        right = correction(wrong)
    assert entries == []
    assert (right.review_state, right.replaces, right.replaces_reason) == (
        "submitted",
        wrong,
        REASON,
    )
    assert fresh(wrong).review_state == "published"
    assert fresh(wrong.promise).status == "implemented"


def test_both_happen_with_its_publication(wrong: StatusUpdate) -> None:
    right = correction(wrong)
    with ledger.acting(ledger.by_role(Role.REVIEWER)), appended() as entries:
        workflow.publish(right)
    assert entries == ["publish update in_progress", "supersede update implemented"]
    old, new = fresh(wrong), fresh(right)
    assert (old.review_state, old.successor, old.ended_reason) == ("superseded", new, REASON)
    assert (new.review_state, new.external_id) == ("published", "row 7")
    published, superseded = LedgerEntry.objects.order_by("sequence")[
        LedgerEntry.objects.count() - 2 :
    ]
    assert (published.actor, superseded.actor) == ("role:reviewer", "organisation:lantern")
    assert payload_of(superseded)["reason"] == REASON
    assert payload_of(superseded)["document"]["successor"] == str(right.pk)
    assert fresh(wrong.promise).status == "in_progress"
    assert_no_drift()


def test_why_is_said_once_from_then_on(wrong: StatusUpdate) -> None:
    right = correction(wrong)
    workflow.publish(right)
    assert (fresh(right).replaces, fresh(right).replaces_reason) == (None, "")


def test_an_external_id_of_its_own_stays(wrong: StatusUpdate) -> None:
    right = correction(wrong, external_id="row 8")
    workflow.publish(right)
    assert (fresh(wrong).external_id, fresh(right).external_id) == ("row 7", "row 8")


@pytest.mark.parametrize("end", ["retracted", "removed", "superseded"])
def test_what_ended_meanwhile_is_replaced_no_more(wrong: StatusUpdate, end: str) -> None:
    right = correction(wrong)
    match end:
        case "retracted":
            workflow.retract(wrong, "We misread it.")
        case "removed":
            workflow.remove(wrong, "It names a person.")
        case "superseded":
            workflow.publish(correction(wrong))
    before = row(wrong), row(right)
    with (
        appended() as entries,
        pytest.raises(TransitionRefused, match=f"it is to replace is {end}; only a published one"),
    ):
        workflow.publish(right)
    assert entries == [], "nothing is half done"
    assert (row(wrong), row(right)) == before
    assert right.review_state == "submitted"
    right.replaces, right.replaces_reason = None, ""
    workflow.revise(right)
    workflow.publish(right)
    assert fresh(right).review_state == "published"
    assert fresh(wrong).review_state == end


def test_without_evidence_neither_happens(wrong: StatusUpdate) -> None:
    right = correction(wrong, citations=[Cited("daily-page", stance="context")])
    with appended() as entries, pytest.raises(EvidenceMissing):
        workflow.publish(right)
    assert entries == []
    assert (fresh(wrong).review_state, fresh(right).review_state) == ("published", "submitted")


def test_its_author_changes_the_reason_and_may_drop_it(wrong: StatusUpdate) -> None:
    right = correction(wrong)
    right.replaces_reason = "  It is not in force.  "
    workflow.revise(right)
    assert fresh(right).replaces_reason == "It is not in force."
    right.replaces, right.replaces_reason = None, ""
    workflow.revise(right)
    workflow.publish(right)
    assert fresh(wrong).review_state == "published", "two assessments of one organisation"


def test_one_that_was_sent_back_still_replaces_it(wrong: StatusUpdate) -> None:
    right = correction(wrong)
    workflow.request_changes(right, "Which article?")
    with pytest.raises(TransitionRefused, match="This update is changes_requested"):
        workflow.publish(right)
    workflow.resubmit(right)
    workflow.publish(right)
    assert fresh(wrong).successor == right


@pytest.mark.parametrize("end", [workflow.withdraw, lambda one: workflow.reject(one, "No.")])
def test_one_that_is_not_published_replaces_nothing(wrong: StatusUpdate, end: object) -> None:
    right = correction(wrong)
    end(right)  # type: ignore[operator]
    assert fresh(wrong).review_state == "published"


# What cannot be replaced --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "complaint"),
    [
        ("", "replacing a published update needs a public reason: say what was wrong"),
        ("  \n", "replacing a published update needs a public reason: say what was wrong"),
        ("x" * 2001, "it has 2001 characters; at most 2000 are allowed"),
    ],
    ids=["empty", "blank", "long"],
)
def test_it_needs_a_reason(wrong: StatusUpdate, reason: str, complaint: str) -> None:
    with pytest.raises(RuleBroken) as refused:
        correction(wrong, replaces_reason=reason)
    assert refused.value.fields == {"replaces_reason": [complaint]}


def test_a_reason_needs_what_it_is_about(wrong: StatusUpdate) -> None:
    with pytest.raises(RuleBroken, match="it needs the update that is replaced"):
        correction(wrong, replaces=None)


def test_only_ones_own_about_the_same_promise(wrong: StatusUpdate) -> None:
    elsewhere = make_update(make_promise(2), "implemented", organisation="lantern")
    rivals = make_update(wrong.promise, "implemented", organisation="compass")
    for other in (elsewhere, rivals):
        with pytest.raises(RuleBroken, match="same organisation's, about the same promise"):
            correction(wrong, replaces=other)


def test_only_what_stands(wrong: StatusUpdate) -> None:
    workflow.retract(wrong, "We misread it.")
    with pytest.raises(TransitionRefused, match="it is to replace is retracted"):
        correction(wrong)
    assert StatusUpdate.objects.count() == 1


# At once ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_published_while_what_it_replaces_is_retracted(round_: int) -> None:
    wrong = make_update(make_promise(), "implemented", organisation="lantern")
    right = correction(wrong)
    published, retracted = at_once(
        lambda: workflow.publish(fresh(right)), lambda: workflow.retract(fresh(wrong), "Misread.")
    )
    old, new = fresh(wrong), fresh(right)
    if old.review_state == "superseded":
        assert (published, new.review_state) == (None, "published")
        assert isinstance(retracted, TransitionRefused)
    else:
        assert (retracted, old.review_state, new.review_state) == (None, "retracted", "submitted")
        assert isinstance(published, TransitionRefused)
    assert_no_drift()


@pytest.mark.usefixtures("committed_cast")
@pytest.mark.parametrize("round_", ROUNDS)
def test_of_two_that_replace_one_the_first_wins(round_: int) -> None:
    wrong = make_update(make_promise(), "implemented", organisation="lantern")
    rivals = [correction(wrong), correction(wrong)]
    outcomes = at_once(*(lambda one=one: workflow.publish(fresh(one)) for one in rivals))  # type: ignore[misc]
    assert outcomes.count(None) == 1, outcomes
    assert sorted(fresh(one).review_state for one in rivals) == ["published", "submitted"]
    assert_no_drift()
