"""Replies of the promisor: public and recorded like everything else, and deciding about nothing."""

from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reforms import integrity, ledger, records, workflow
from reforms.errors import RuleBroken
from reforms.ledger import comparing, retracing, verifying
from reforms.models import LedgerEntry, Promise, Reply
from reforms.verdicts import STORED
from tests.fixtures import fresh, make_promise, make_reply, make_update

pytestmark = pytest.mark.usefixtures("cast")


def said() -> list[tuple[str, str]]:
    entries = LedgerEntry.objects.filter(object_type="reply").order_by("sequence")
    return list(entries.values_list("action", "object_id"))


def sound() -> list[str]:
    """All that the checks of the ledger and of the tables complain of."""
    complaints = [*comparing.check_tables(), *retracing.check_verdicts()]
    complaints += verifying.check_chain(verifying.Checked())
    return [*complaints, *map(str, integrity.find_drift())]


def test_a_reply_is_public_as_soon_as_it_is_there(promise: Promise) -> None:
    before = fresh(promise).changed_at
    reply = make_reply(promise)
    assert reply.pk.startswith(f"{promise.pk}-")
    assert fresh(reply).is_public
    assert said() == [("create", reply.pk)]
    assert fresh(promise).changed_at == fresh(reply).public_since > before
    assert sound() == []


def test_what_it_says_is_corrected_for_a_public_reason_alone(promise: Promise) -> None:
    reply = fresh(make_reply(promise))
    reply.text = {"en": "It was done in June."}
    with pytest.raises(RuleBroken, match="say why"):
        workflow.save(reply)
    workflow.save(reply, "A word was left out.")
    reply.text |= {"ru": "Это сделано в июне."}
    workflow.save(reply)
    reply.url = "https://president.example/replies/1"
    workflow.save(reply)
    assert [action for action, _ in said()] == ["create", "correct", "translate", "edit"]
    assert sound() == []


def test_how_it_was_verified_is_in_no_document(promise: Promise) -> None:
    reply = make_reply(promise, verified_how="Called the press office back.")
    assert "press office" not in str(records.document(fresh(reply)))
    fresh(reply).verified_how = "Came by the official post."
    workflow.save(reply)
    assert len(said()) == 1


def test_a_reply_that_bears_a_later_day_is_refused(promise: Promise) -> None:
    with pytest.raises(RuleBroken, match="2999-01-01 is after today"):
        make_reply(promise, dated_on=date(2999, 1, 1))


def test_a_reply_stays_with_its_promise(promise: Promise) -> None:
    reply = fresh(make_reply(promise))
    reply.promise = make_promise(2)
    with pytest.raises(RuleBroken, match="reforms_reply_id_speaks"):
        workflow.save(reply, "About another one.")


def test_a_withdrawn_reply_is_gone_and_its_promise_follows(promise: Promise) -> None:
    reply = make_reply(promise)
    with pytest.raises(RuleBroken, match=f"still used by reply {reply.pk}"):
        workflow.withdraw_object(promise, "Not a promise.")
    workflow.withdraw_object(reply, "It was forged.")
    assert not fresh(reply).is_public
    assert fresh(promise).changed_at == fresh(reply).withdrawn_at
    assert sound() == []
    workflow.withdraw_object(promise, "Not a promise.")


def test_what_the_law_forces_out_leaves_every_version(promise: Promise) -> None:
    reply = make_reply(promise, text={"en": "Ask A. B. of 5 Lake Street."}, verified_how="A. B.")
    workflow.redact(reply, ["text", "verified_how"], "A private address.")
    reply = fresh(reply)
    assert (reply.text, reply.verified_how) == ({"en": "[redacted]"}, "[redacted]")
    bodies = LedgerEntry.objects.filter(object_id=reply.pk).values_list("payload__body", flat=True)
    assert len(bodies) == 2
    assert not any("Lake Street" in body for body in bodies)
    assert sound() == []


def test_the_record_of_then_knows_what_it_said(promise: Promise) -> None:
    reply = fresh(make_reply(promise))
    then = ledger.head().sequence
    reply.text = {"en": "No."}
    workflow.save(reply, "Entered wrongly.")
    remembered = ledger.Snapshot(then).get("reply", [reply.pk])[reply.pk]
    assert remembered.text == {"en": "Done, as promised."}
    assert records.document(remembered) | {"text": reply.text} == records.document(fresh(reply))


_STEPS = st.lists(
    st.sampled_from(["file", "correct", "translate", "withdraw", "redact"]), max_size=6
)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=_STEPS)
def test_no_reply_ever_changes_a_verdict(cast: None, steps: list[str]) -> None:
    number = Promise.objects.filter(reform="demo2020-1").count() + 1
    promise = make_promise(number, deadline="2021")
    make_update(promise, "in_progress")
    make_update(promise, "stalled", organisation="lantern", assessed="2022-09")
    before = verdict(promise)
    for step in steps:
        act(promise, step)
        assert verdict(promise) == before
    assert list(retracing.check_verdicts()) == []


def verdict(promise: Promise) -> Any:
    """All that the record says became of a promise, now and on every day, by every entry."""
    promise = fresh(promise)
    spans = promise.spans.order_by("pk").values()
    today = promise.programme.today()
    return [getattr(promise, name) for name in STORED], promise.timeliness(today), list(spans)


def act(promise: Promise, step: str) -> None:
    there = Reply.objects.public().filter(promise=promise).first()
    if step == "file" or there is None:
        make_reply(promise, text={"en": "It is implemented, and was on time."})
        return
    match step:
        case "correct":
            there.text = {"en": f"{there.text['en']} Indeed."}
            workflow.save(there, "A word was left out.")
        case "translate":
            there.text = {"ru": "Исполнено.", **there.text}
            workflow.save(there)
        case "withdraw":
            workflow.withdraw_object(there, "It was forged.")
        case "redact":
            workflow.redact(there, ["text"], "A private address.")
