"""Nothing public is deleted at the admin: it is withdrawn, for a public reason."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from reforms import ledger, workflow
from reforms.models import (
    Body,
    LedgerEntry,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    Topic,
)
from reforms.workflow import Cited
from tests.admin.browser import Page, Person, add, list_of, page_of
from tests.admin.conftest import Staff
from tests.admin.test_visibility import choices
from tests.fixtures import fresh, make_promise, make_update

REASON = "It was entered twice."


def withdraw(person: Person, thing: Any, bulk: bool = False, reason: str = REASON) -> Page:
    if bulk:
        return person.act("withdraw_selected", thing, reason=reason)
    return person.post(page_of(thing, "withdraw"), {"reason": reason})


def words_of(page: Page, bulk: bool) -> str:
    [words] = page.results.values() if bulk else page.messages
    return words


UNUSED: list[tuple[Any, str]] = [
    (Topic, "money"),
    (Body, "senate"),
    (Publisher, "solo"),
    (Source, "demo2020-law"),
    (Organisation, "compass"),
    (Promise, "demo2020-1-1"),
    (Reform, "demo2020-2"),
    (Programme, "demo2022"),
]


@pytest.fixture
def unused(staff: Staff, promise: Promise) -> None:
    workflow.save(Publisher(id="solo", name={"en": "Solo"}, type="ngo"))
    law = Source(id="demo2020-law", title={"en": "Law"}, kind="legal_act", publisher_id="gazette")
    workflow.save(law)
    workflow.save(promise, citations=[Cited(law.pk)], reason="It rests on it.")
    workflow.save(promise, citations=[], reason="It does not.")
    programme = Programme.objects.get(pk="demo2020")
    programme.pk, programme._state.adding = "demo2022", True
    workflow.save(programme, announced_by=["demo2020-address"])


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
@pytest.mark.parametrize(("model", "key"), UNUSED)
def test_what_nothing_rests_on_is_withdrawn(
    staff: Staff, unused: None, model: Any, key: str, bulk: bool
) -> None:
    thing = model.objects.get(pk=key)
    for person in (staff.reviewer, staff.anna):
        assert person.post(page_of(thing, "withdraw"), {"reason": REASON}).status == 403
        person.act("withdraw_selected", thing, reason=REASON)
        assert page_of(thing, "withdraw") not in person.get(page_of(thing)).text
    assert fresh(thing).is_public
    assert page_of(thing, "withdraw") in staff.curator.get(page_of(thing)).text
    assert words_of(withdraw(staff.curator, thing, bulk), bulk).startswith("Withdrawn.")
    entry = LedgerEntry.objects.select_related("payload").latest("sequence")
    assert (entry.action, entry.object_id, entry.actor) == ("withdraw", key, "role:curator")
    assert ledger.payload_of(entry)["reason"] == REASON
    assert fresh(thing).withdrawn_at == entry.recorded_at
    assert LogEntry.objects.get().object_id == key


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_what_something_rests_on_stays_and_that_is_named(staff: Staff, bulk: bool) -> None:
    make_promise(
        1, bodies=[("court", "affected")], topics=["courts"], citations=[Cited("watch-page")]
    )
    make_update(Promise.objects.get(), "stalled", organisation="lantern")
    for model, key, user in (
        (Topic, "courts", "promise demo2020-1-1"),
        (Body, "court", "promise demo2020-1-1"),
        (Publisher, "watch", "source watch-page"),
        (Source, "watch-page", "promise demo2020-1-1"),
        (Source, "demo2020-address", "programme demo2020"),
        (Organisation, "editors", "programme demo2020"),
        (Organisation, "lantern", "update "),
        (Promise, "demo2020-1-1", "update "),
        (Reform, "demo2020-1", "promise demo2020-1-1"),
        (Programme, "demo2020", "reform demo2020-0"),
    ):
        thing: Any = model._default_manager.get(pk=key)
        words = words_of(withdraw(staff.curator, thing, bulk), bulk)
        assert "is still used by" in words
        assert user in words
        assert fresh(thing).is_public
    assert not LogEntry.objects.exists()


def test_of_several_each_is_reported(staff: Staff) -> None:
    make_promise(1, topics=["courts"])
    used, unused = Topic.objects.get(pk="courts"), Topic.objects.get(pk="money")
    asked = staff.curator.act("withdraw_selected", used, unused, confirm=False)
    assert "It is public, and stays so." in asked.text
    assert fresh(unused).is_public
    page = staff.curator.act("withdraw_selected", used, unused, reason=REASON)
    assert page.results == {
        "courts · Courts": "Refused: courts is still used by promise demo2020-1-1",
        "money · Money": "Withdrawn.",
    }


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
@pytest.mark.parametrize(
    ("reason", "complaint"), [(" ", "Say why"), ("a\x07b", "U+0007"), ("a" * 2001, "at most 2000")]
)
def test_a_reason_is_asked_for(staff: Staff, bulk: bool, reason: str, complaint: str) -> None:
    topic = Topic.objects.get(pk="money")
    assert complaint in withdraw(staff.curator, topic, bulk, reason).text
    assert fresh(topic).is_public


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_only_what_is_public_is_withdrawn(staff: Staff, bulk: bool) -> None:
    private = Source.objects.get(pk="league-page")
    assert page_of(private, "withdraw") not in staff.curator.get(page_of(private)).text
    assert page_of(private, "delete") in staff.curator.get(page_of(private)).text
    words = words_of(withdraw(staff.curator, private, bulk), bulk)
    assert words == "Refused: league-page was never public."
    topic = Topic.objects.get(pk="money")
    withdraw(staff.curator, topic)
    words = words_of(withdraw(staff.curator, topic, bulk), bulk)
    assert words == "Refused: money was withdrawn already."
    nowhere = staff.curator.post(page_of(Topic(pk="nowhere"), "withdraw"), {"reason": REASON})
    assert nowhere.response.redirect_chain


@pytest.mark.parametrize(("model", "key"), UNUSED)
def test_a_withdrawn_object_is_shown_and_stays_as_it_was(
    staff: Staff, unused: None, model: Any, key: str
) -> None:
    thing = model.objects.get(pk=key)
    fields = staff.curator.get(page_of(thing)).fields
    withdraw(staff.curator, thing)
    entry = LedgerEntry.objects.latest("sequence")
    for person in (staff.root, staff.curator, staff.reviewer):
        page = person.get(page_of(thing))
        assert f"{fresh(thing).withdrawn_at:%Y-%m-%d %H:%M}" in page.text
        assert REASON in page.text
        assert page_of(entry) in page.text
        assert not {name for name in page.fields if name.startswith(("title", "name", "reason"))}
        for address in (page_of(thing, "withdraw"), page_of(thing, "delete")):
            assert address not in page.text
        assert person.post(page_of(thing), {**fields, "reason": "Back."}).status == 403
    assert LedgerEntry.objects.latest("sequence") == entry


@pytest.mark.parametrize(("model", "key"), UNUSED)
def test_lists_hide_what_was_withdrawn_unless_asked(
    staff: Staff, unused: None, model: Any, key: str
) -> None:
    thing = model.objects.get(pk=key)
    withdraw(staff.curator, thing)
    assert thing not in staff.curator.get(list_of(model)).rows
    assert thing not in staff.curator.get(list_of(model), withdrawn="no").rows
    assert staff.curator.get(list_of(model), withdrawn="yes").rows == [thing]


CHOICES = [
    (Topic, "money", "promise", "topics"),
    (Body, "senate", "promisebody", "body"),
    (Publisher, "solo", "source", "publisher"),
    (Source, "demo2020-law", "citation", "source"),
    (Organisation, "compass", "statusupdate", "organisation"),
    (Promise, "demo2020-1-1", "promiserelation", "to"),
    (Reform, "demo2020-2", "promise", "reform"),
    (Programme, "demo2022", "reform", "programme"),
]


@pytest.mark.parametrize(("model", "key", "owner", "field"), CHOICES)
def test_choices_do_not_offer_it(
    staff: Staff, unused: None, model: Any, key: str, owner: str, field: str
) -> None:
    assert key in choices(staff.curator, owner, field)
    withdraw(staff.curator, model.objects.get(pk=key))
    assert key not in choices(staff.curator, owner, field)


def test_nothing_new_refers_to_it(staff: Staff, unused: None) -> None:
    promise = Promise.objects.get()
    for thing in (Topic(pk="money"), Source(pk="demo2020-law"), Reform(pk="demo2020-2")):
        withdraw(staff.curator, fresh(thing))
    page = staff.curator.save(
        page_of(promise),
        topics=["money"],
        reason="It is about money.",
        **{"citations-TOTAL_FORMS": "1", "citations-0-source": "demo2020-law"},
    )
    assert "not one of the available choices" in " ".join(page.complaints)
    assert not promise.topics.exists()
    assert not promise.citations.exists()
    page = staff.curator.get(page_of(Reform(pk="demo2020-2")))
    assert f"{add(Promise)}?reform" not in page.text


def test_a_withdrawn_promise_gets_no_updates(staff: Staff, promise: Promise) -> None:
    withdraw(staff.curator, promise)
    page = staff.curator.get(page_of(promise))
    assert page.response.context["add_update"] == ""
    page = staff.curator.save(
        f"{add(Promise)}", reform="demo2020-1", number="1", title_en="Again", statement_en="Again."
    )
    assert "already exists" in " ".join(page.complaints)
    assert staff.curator.get(add(Promise), reform="demo2020-1").fields["number"] == ["2"]
