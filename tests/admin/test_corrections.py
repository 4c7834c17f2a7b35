"""What is public is corrected in the open: for a public reason, in a role's name, never a person's."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import ledger
from reforms.models import Body, LedgerEntry, Promise, Publisher, Source, StatusUpdate
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.admin.browser import Person, add, new_citation, page_of, step_of
from tests.admin.conftest import Staff
from tests.fixtures import assert_no_drift, fresh, make_promise, make_update, make_update_in

DUE = "this changes what the public record says: say why, in a sentence"


def said() -> tuple[str, str, str, str]:
    """Action, object, reason and actor of the last entry."""
    entry = LedgerEntry.objects.select_related("payload").latest("sequence")
    reason = ledger.payload_of(entry)["reason"]
    return entry.action, entry.object_id, reason, entry.actor


# Edits --------------------------------------------------------------------------------------------


def test_a_change_of_meaning_needs_a_reason(staff: Staff, promise: Promise) -> None:
    head = ledger.head()
    page = staff.curator.save(page_of(promise), title_en="A court", deadline="2022-11")
    assert page.complaints == [DUE]
    assert page.response.context["adminform"].form.errors["reason"] == [DUE]
    # Nothing of what was typed is lost, and nothing is stored.
    assert (page.fields["title_en"], page.fields["deadline"]) == (["A court"], ["2022-11"])
    assert (fresh(promise).title, ledger.head()) == ({"en": "Promise 1"}, head)
    page = staff.curator.post(
        page_of(promise), {**page.fields, "reason": " We\r\nmisread it. ", "_continue": "Save"}
    )
    assert page.complaints == []
    assert (fresh(promise).title, str(fresh(promise).deadline)) == ({"en": "A court"}, "2022-11")
    assert said() == ("correct", promise.pk, "We\nmisread it.", "role:curator")
    assert page.fields["reason"] == [""]


def test_parts_carry_meaning_too(staff: Staff, promise: Promise) -> None:
    cited = new_citation(source="watch-page")
    assert staff.curator.save(page_of(promise), **cited).complaints == [DUE]
    assert not promise.citations.exists()
    staff.curator.save(page_of(promise), **cited, reason="It rests on this as well.")
    assert [one.source_id for one in promise.citations.all()] == ["watch-page"]
    assert said()[:3] == ("correct", promise.pk, "It rests on this as well.")


WITHOUT_REASON: list[tuple[type, str, dict[str, Any], str]] = [
    (Promise, "demo2020-1-1", {"title_kk": "Уәде"}, "translate"),
    (Promise, "demo2020-1-1", {"topics": ["money"]}, "edit"),
    (Body, "court", {"note_en": "Founded in 2023."}, "edit"),
    (Publisher, "daily", {"aliases": "The Daily"}, "edit"),
    (Source, "demo2020-address", {"note_en": "Read aloud."}, "edit"),
]


@pytest.mark.parametrize(("model", "key", "changes", "action"), WITHOUT_REASON)
def test_translations_and_notes_need_none(
    staff: Staff, promise: Promise, model: Any, key: str, changes: dict[str, Any], action: str
) -> None:
    page = staff.curator.save(page_of(model(pk=key)), **changes)
    assert page.complaints == []
    assert said() == (action, key, "", "role:curator")


def test_a_reason_alone_changes_nothing(staff: Staff, promise: Promise) -> None:
    head = ledger.head()
    page = staff.curator.save(page_of(promise), reason="I looked at it again.")
    assert page.complaints == []
    assert ledger.head() == head


@pytest.mark.parametrize(
    ("reason", "complaint"), [("a\x07b", "U+0007"), ("a" * 2001, "at most 2000")]
)
def test_a_bad_reason_is_a_complaint(
    staff: Staff, promise: Promise, reason: str, complaint: str
) -> None:
    page = staff.curator.save(page_of(promise), title_kk="Уәде", reason=reason)
    assert complaint in " ".join(page.complaints)
    assert fresh(promise).title == {"en": "Promise 1"}


def test_a_reason_is_asked_only_where_it_may_be_due(staff: Staff, promise: Promise) -> None:
    private = Source.objects.get(pk="blog-page")
    update = make_update(promise, "stalled", publish=False)
    assert "reason" in staff.curator.get(page_of(promise)).fields
    for address in (add(Promise), add(Source), page_of(private), page_of(update)):
        assert "reason" not in staff.curator.get(address).fields
    assert "reason" not in staff.reviewer.get(page_of(promise)).fields
    page = staff.curator.save(page_of(private), title_en="Another blog")
    assert page.complaints == []


@pytest.mark.skipif(connection.vendor == "sqlite", reason="every writer holds the whole file")
def test_the_ledger_is_held_before_any_row(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "stalled", publish=False)
    fields = staff.curator.get(page_of(promise)).fields
    topic = promise.topics.model.objects.get(pk="money")
    posts: list[tuple[Person, str, dict[str, Any]]] = [
        (staff.curator, page_of(promise), {**fields, "title_kk": "Уәде"}),
        (staff.curator, page_of(topic, "withdraw"), {"reason": "A mistake."}),
        (staff.reviewer, step_of(update, "publish"), {}),
        (staff.curator, page_of(Source(pk="league-page"), "delete"), {"post": "yes"}),
    ]
    for person, address, data in posts:
        with CaptureQueriesContext(connection) as asked:
            person.post(address, data)
        taken = [one["sql"] for one in asked.captured_queries]
        locks = [sql for sql in taken if "pg_advisory" in sql or "FOR UPDATE" in sql]
        assert "pg_advisory" in locks[0], address


# Status updates -----------------------------------------------------------------------------------

ACTORS = [
    ("reviewer", "publish", ReviewState.SUBMITTED, "lantern", "role:reviewer"),
    ("curator", "publish", ReviewState.SUBMITTED, "lantern", "role:curator"),
    ("curator", "remove", ReviewState.PUBLISHED, "lantern", "role:curator"),
    ("anna", "retract", ReviewState.PUBLISHED, "lantern", "organisation:lantern"),
    ("curator", "retract", ReviewState.PUBLISHED, "editors", "organisation:editors"),
]


@pytest.mark.parametrize(("name", "action", "state", "organisation", "actor"), ACTORS)
@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_the_ledger_names_a_role_or_an_organisation(
    staff: Staff,
    promise: Promise,
    name: str,
    action: str,
    state: ReviewState,
    organisation: str,
    actor: str,
    bulk: bool,
) -> None:
    person: Person = getattr(staff, name)
    update = make_update_in(state, promise, organisation=organisation)
    if bulk:
        person.act(action, update, reason="Because.")
    else:
        person.post(step_of(update, action), {"reason": "Because."})
    reason = "" if action == "publish" else "Because."
    assert said() == (action, str(update.pk), reason, actor)


@pytest.fixture
def update(promise: Promise) -> StatusUpdate:
    return make_update(
        promise,
        "implemented",
        "2022-06",
        assessed="2022",
        organisation="lantern",
        note={"en": "In force.", "kk": "Күшінде."},
        citations=[
            Cited("daily-page", locator="p. 3"),
            Cited("watch-page", basis="relays", origin="ministry"),
        ],
        external_id="L-1",
    )


@pytest.mark.usefixtures("lantern_is_trusted")
def test_an_organisation_supersedes_its_update(staff: Staff, update: StatusUpdate) -> None:
    """At once, because it is trusted: the others wait for review, see test_own_submissions."""
    address = step_of(update, "supersede")
    assert address in staff.anna.get(page_of(update)).text
    fields = staff.anna.get(address).fields
    assert {name: fields[name] for name in ("status", "effective", "note_kk", "reason")} == {
        "status": ["implemented"],
        "effective": ["2022-06"],
        "note_kk": ["Күшінде."],
        "reason": [""],
    }
    assert (fields["citations-1-source"], fields["citations-1-origin"]) == (
        ["watch-page"],
        ["ministry"],
    )
    page = staff.anna.save(
        address,
        status="partially_implemented",
        note_en="Half of it is in force.",
        **new_citation(2, source="demo2020-address"),
        reason="One article is not in force.",
    )
    assert page.complaints == []
    assert page.messages == [f"Superseded. {update}"]
    old, new = fresh(update), StatusUpdate.objects.exclude(pk=update.pk).get()
    assert (old.review_state, old.successor, old.ended_reason) == (
        "superseded",
        new,
        "One article is not in force.",
    )
    assert (new.review_state, new.status, str(new.effective), str(new.assessed)) == (
        "published",
        "partially_implemented",
        "2022-06",
        "2022",
    )
    assert new.note == {"en": "Half of it is in force.", "kk": "Күшінде."}
    assert (new.external_id, new.submitted_by) == ("L-1", staff.anna.user)
    assert list(new.citations.values_list("source", "basis", "origin", "locator")) == [
        ("daily-page", "own_finding", "daily", "p. 3"),
        ("watch-page", "relays", "ministry", ""),
        ("demo2020-address", "own_finding", "ministry", ""),
    ]
    assert said() == ("supersede", str(old.pk), old.ended_reason, "organisation:lantern")
    assert fresh(update.promise).status == "partially_implemented"
    assert page.response.request["PATH_INFO"] == page_of(new)
    assert LogEntry.objects.count() == 2
    assert_no_drift()


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no reason": ({"reason": " "}, "reason", "Say why, in a sentence."),
    "tomorrow": ({"effective": "2999"}, "effective", "2999 begins after today"),
    "no date": ({"effective": "soon"}, "effective", "“soon” is no date"),
    "not assessed": ({"status": "not_assessed"}, "status", "not one of the available choices"),
    "no evidence": (
        {"citations__0__DELETE": "on", "citations__1__DELETE": "on"},
        "__all__",
        "at least one supporting citation",
    ),
}


# Without trust the successor would wait for review, and lack its evidence only then.
@pytest.mark.usefixtures("lantern_is_trusted")
@pytest.mark.parametrize(("changes", "field", "complaint"), WRONG.values(), ids=WRONG)
def test_a_wrong_successor_changes_nothing(
    staff: Staff, update: StatusUpdate, changes: dict[str, Any], field: str, complaint: str
) -> None:
    head = ledger.head()
    given = {"note_en": "Half.", "reason": "It was wrong."} | changes
    page = staff.anna.save(step_of(update, "supersede"), **given)
    assert complaint in " ".join(page.response.context["adminform"].form.errors[field])
    assert page.fields["note_en"] == ["Half."]
    assert page.fields["citations-1-source"] == ["watch-page"]
    assert (fresh(update).review_state, StatusUpdate.objects.count()) == ("published", 1)
    assert ledger.head() == head
    assert not LogEntry.objects.exists()


def test_only_its_organisation_supersedes_an_update(staff: Staff, update: StatusUpdate) -> None:
    address = step_of(update, "supersede")
    for person in (staff.root, staff.curator, staff.reviewer, staff.boris):
        assert person.get(address).status == 403
        assert person.post(address, {"reason": "Because."}).status == 403
        assert address not in person.get(page_of(update)).text
    own = make_update(update.promise, "stalled", organisation="editors")
    page = staff.curator.save(step_of(own, "supersede"), status="abandoned", reason="Given up.")
    assert page.complaints == []
    assert said() == ("supersede", str(own.pk), "Given up.", "organisation:editors")


def test_only_what_stands_is_superseded(staff: Staff) -> None:
    promise = make_promise(2)
    for state in set(ReviewState) - {ReviewState.PUBLISHED}:
        update = make_update_in(state, promise, organisation="lantern")
        number = StatusUpdate.objects.count()
        page = staff.anna.post(step_of(update, "supersede"), {"reason": "Because."})
        assert page.messages == [f"This update is {state}; nothing was changed."]
        assert (fresh(update).review_state, StatusUpdate.objects.count()) == (state, number)


# Without trust both would wait for review: the second is then told when it is to be published.
@pytest.mark.usefixtures("lantern_is_trusted")
def test_of_two_who_supersede_the_second_is_told(staff: Staff, update: StatusUpdate) -> None:
    fields = {**staff.anna.get(step_of(update, "supersede")).fields, "reason": "Misread."}
    staff.anna.post(step_of(update, "supersede"), fields)
    page = staff.anna.post(step_of(update, "supersede"), fields)
    assert page.messages == ["This update is superseded; nothing was changed."]
    assert StatusUpdate.objects.count() == 2
