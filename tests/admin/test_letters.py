"""What anybody sent to the curators: decided upon once, filed when it is genuine, then forgotten."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from reforms import ledger, letters, workflow
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import ErrorReport, LedgerEntry, LetterState, Promise, ProposedReply, Reply
from reforms.workflow import forget
from tests.admin.browser import add, list_of, page_of
from tests.admin.conftest import Staff
from tests.admin.test_home import tasks
from tests.fixtures import Clock, fresh, make_promise, make_reply, make_report, propose_reply


def test_what_waits_is_counted_for_the_curators_alone(staff: Staff, promise: Promise) -> None:
    make_report()
    propose_reply(promise)
    letters.decide(make_report(wrong="Another."), LetterState.DECLINED, None, "No.")
    assert tasks(staff.curator)["Reports of errors"] == "1"
    assert tasks(staff.curator)["Replies to verify"] == "1"
    for person in (staff.reviewer, staff.anna):
        assert "Reports of errors" not in tasks(person)


@pytest.mark.parametrize(
    ("step", "state"), [("accept", "accepted"), ("answer", "answered"), ("decline", "declined")]
)
def test_a_report_is_decided_upon_with_an_answer(staff: Staff, step: str, state: str) -> None:
    report = make_report("/promises/demo2020-1-1/")
    head = ledger.head()
    assert "Say why, in a sentence." in staff.curator.post(page_of(report, step), {}).text
    assert fresh(report).state == "new"
    page = staff.curator.post(page_of(report, step), {"reason": "It was July."})
    assert page.messages, page.text
    report = fresh(report)
    assert (report.state, report.answer) == (state, "It was July.")
    assert (report.decided_by, report.decided_at is not None) == (staff.curator.user, True)
    assert ledger.head() == head, "no letter is part of the record"
    assert LogEntry.objects.filter(object_id=str(report.pk)).exists()
    again = staff.curator.post(page_of(report, "decline"), {"reason": "After all."})
    assert "Somebody has decided this already" in again.text
    assert fresh(report).state == state


def test_a_report_leads_to_what_it_is_about(staff: Staff, promise: Promise) -> None:
    about = {"object_type": "promise", "object_id": promise.pk}
    page = f"/promises/{promise.pk}/?known_at=3"
    report = make_report(
        page, wrong="<script>alert(1)</script>", evidence="https://a.example/", **about
    )
    shown = staff.curator.get(page_of(report)).text
    assert f'<a href="{page}">' in shown
    assert f'<a href="{page_of(promise)}">' in shown
    assert "<script>alert(1)" not in shown
    assert 'href="https://a.example/"' not in shown, "it is looked at before it is opened"
    strange = make_report("javascript:alert(1)", object_type="update", object_id="no id")
    assert 'href="javascript' not in staff.curator.get(page_of(strange)).text


def test_the_curators_note_is_theirs_alone(staff: Staff) -> None:
    report = make_report()
    staff.curator.save(page_of(report), note="Ask the ministry.")
    assert fresh(report).note == "Ask the ministry."
    assert "ministry" not in staff.anna.client.get(f"/report/{report.receipt}/").content.decode()


def test_several_are_declined_at_once_and_abuse_is_deleted(staff: Staff) -> None:
    reports = [make_report(wrong=f"Buy {number}") for number in range(3)]
    staff.curator.act("decline_selected", *reports[:2], reason="This is no report.")
    states = list(ErrorReport.objects.order_by("pk").values_list("state", flat=True))
    assert states == ["declined", "declined", "new"]
    staff.curator.post(page_of(reports[2], "delete"), {"post": "yes"})
    assert ErrorReport.objects.count() == 2


# Replies


def test_a_genuine_reply_is_filed(staff: Staff, promise: Promise) -> None:
    sent = propose_reply(promise, language="ru", text="Сделано.", url="https://president.example/1")
    [words] = [
        words
        for words, address in staff.curator.get(page_of(sent)).response.context["tools"]
        if address == f"{add(Reply)}?proposal={sent.pk}"
    ]
    assert words == "It is genuine: file it"
    form = f"{add(Reply)}?proposal={sent.pk}"
    assert staff.curator.get(form).fields["text_ru"] == ["Сделано."]
    refused = staff.curator.save(form)
    assert refused.complaints == ["Say how: what nobody has made sure of is not filed."]
    assert not Reply.objects.exists()
    page = staff.curator.save(form, verified_how="The press office confirmed it by telephone.")
    assert page.complaints == []
    reply = Reply.objects.get()
    assert (reply.promise, reply.text, reply.url) == (promise, {"ru": "Сделано."}, sent.url)
    entry = LedgerEntry.objects.latest("sequence")
    assert (entry.action, entry.object_id, entry.actor) == ("create", reply.pk, "role:curator")
    sent = fresh(sent)
    assert (sent.state, sent.reply, sent.decided_by) == ("accepted", reply, staff.curator.user)
    # Who has the same form open files no second one.
    again = {"promise": promise.pk, "signed_by_en": "Office", "dated_on": "2020-07-01"}
    late = staff.curator.save(form, **again, text_en="Done.", verified_how="By telephone.")
    assert late.complaints == ["Somebody has decided upon what was sent: look at it again."]
    assert Reply.objects.count() == 1


def test_what_a_proposal_became_is_decided_once(promise: Promise) -> None:
    sent = propose_reply(promise)
    with pytest.raises(RuleBroken, match="file it there"):
        letters.became(sent, make_reply(make_promise(2)), None)
    letters.decide(sent, LetterState.DECLINED, None, "It is not yours.")
    with pytest.raises(TransitionRefused):
        letters.became(sent, make_reply(promise), None)


def test_only_curators_file_correct_and_withdraw(staff: Staff, promise: Promise) -> None:
    reply = make_reply(promise)
    for person in (staff.reviewer, staff.anna):
        page = person.get(page_of(reply))
        assert page.status == 200
        assert "official post" not in page.text, "how it was verified is the curators' affair"
        assert person.get(add(Reply)).status == 403
    page = staff.curator.save(page_of(reply), text_en="Done, as we promised.")
    assert any("say why" in one for one in page.complaints)
    staff.curator.save(
        page_of(reply), text_en="Done, as we promised.", reason="A word was missing."
    )
    assert fresh(reply).text == {"en": "Done, as we promised."}
    staff.curator.post(page_of(reply, "withdraw"), {"reason": "It was forged."})
    assert not fresh(reply).is_public
    assert staff.curator.get(list_of(Reply)).status == 200


# Forgetting


def test_who_sent_something_is_forgotten_in_time(
    staff: Staff, promise: Promise, clock: Clock, settings: Any
) -> None:
    clock.at("2022-07-01T12:00:00+00:00")
    report, sent = make_report(contact="me@home.example"), propose_reply(promise)
    letters.decide(report, LetterState.ANSWERED, staff.curator.user, "It was July.")
    clock.at((clock.moment + timedelta(days=settings.PRIVATE_DATA_DAYS)).isoformat())
    forget()
    assert (fresh(report).contact, fresh(sent).contact) == ("me@home.example", sent.contact)
    clock.tick(1)
    assert forget(dry_run=True)["contacts of error reports"] == 1
    forget()
    report, sent = fresh(report), fresh(sent)
    assert (report.contact, report.decided_by, sent.contact) == ("", None, "")
    assert (report.answer, sent.text) == ("It was July.", "It is done.")


def test_what_is_redacted_is_forgotten_in_letters_too(promise: Promise) -> None:
    reply = make_reply(promise, text={"en": "Ask A. B. of 5 Lake Street."})
    repeated = propose_reply(promise, text="Ask A. B. of 5 Lake Street.")
    letters.became(repeated, reply, None)
    make_report(wrong="Why do you print “Ask A. B. of 5 Lake Street.”?")
    other = make_report(wrong="Another one.")
    workflow.redact(reply, ["text"], "A private address.")
    assert list(ErrorReport.objects.all()) == [other]
    assert not ProposedReply.objects.exists()
