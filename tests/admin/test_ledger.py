"""The ledger at the admin: the history of each object, and every entry, for reading alone."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import ledger, workflow
from reforms.models import (
    LedgerEntry,
    LedgerPayload,
    Organisation,
    Promise,
    Publisher,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.workflow import Cited
from tests.admin.browser import Person, add, list_of, new_citation, page_of
from tests.admin.conftest import Staff
from tests.fixtures import fresh, make_promise, make_update


def history(person: Person, thing: Any, **query: Any) -> Any:
    """The lines of an object's ledger history."""
    page = person.get(page_of(thing, "ledger"), **query)
    assert page.status == 200
    return page.response.context["lines"]


def entries(person: Person, query: str = "") -> list[int]:
    """The entries of the list."""
    return [one.sequence for one in person.get(f"{list_of(LedgerEntry)}?{query}").rows]


# The history of an object -------------------------------------------------------------------------


def test_an_objects_history_says_who_changed_what_and_why(staff: Staff, promise: Promise) -> None:
    staff.curator.save(
        page_of(promise), title_en="A court", title_kk="Сот", deadline="2022", reason="Misread."
    )
    update = make_update(promise, "stalled", organisation="lantern")
    staff.anna.act("retract", update, reason="It goes on.")
    for person in (staff.curator, staff.reviewer, staff.boris):
        assert page_of(promise, "ledger") in person.get(page_of(promise)).text
        found = history(person, promise)
        assert [(one.entry.action, one.entry.actor, one.reason) for one in found] == [
            ("retract", "organisation:lantern", "It goes on."),
            ("publish", "role:reviewer", ""),
            ("correct", "role:curator", "Misread."),
            ("create", "role:curator", ""),
        ]
        assert found[2].differences == [
            ("deadline", "–", "2022"),
            ("title.en", "Promise 1", "A court"),
            ("title.kk", "–", "Сот"),
        ]
        assert ("review_state", "published", "retracted") in found[0].differences
        assert found[3].summary == "The promise became public."
    assert [one.entry.action for one in history(staff.boris, update)] == ["retract", "publish"]
    # Who did it, by name, stays inside.
    text = staff.boris.get(page_of(promise, "ledger")).text
    assert "curator</td>" in text
    assert not {
        user.username for user in User.objects.exclude(username__in=("curator", "boris"))
    } & {word.strip(".,<>") for word in text.split()}


def test_values_are_told_in_words(staff: Staff) -> None:
    promise = make_promise(1, bodies=[("court", "responsible")])
    page = staff.curator.save(
        page_of(promise),
        body_ties__0__DELETE="on",
        **new_citation(source="watch-page", locator="p. 3"),
        reason="Another reading.",
    )
    assert page.complaints == []
    [line, _] = history(staff.reviewer, promise)
    assert line.differences == [
        ("bodies[0]", "body: court; role: responsible", "–"),
        (
            "citations[0]",
            "–",
            "basis: own_finding; locator: p. 3; origin: watch; source: watch-page; stance: supports",
        ),
    ]


def test_a_long_history_comes_in_pages(
    staff: Staff, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.admin.history.PER_PAGE", 3)
    for number in range(6):
        promise.title = {"en": f"Title {number}"}
        workflow.save(promise, reason="Again.")
    pages, before = [], None
    while True:
        query = {"before": before} if before else {}
        page = staff.reviewer.get(page_of(promise, "ledger"), **query)
        pages.append([one.differences for one in page.response.context["lines"]])
        before = page.response.context["older"]
        if before is None:
            break
        assert f"?before={before}" in page.text
    assert [len(page) for page in pages] == [3, 3, 1]
    changes = [change for page in pages for change in page]
    # Each is compared with the one before it, also where that is on the next page.
    assert changes == [
        *([("title.en", f"Title {number - 1}", f"Title {number}")] for number in range(5, 0, -1)),
        [("title.en", "Promise 1", "Title 0")],
        [],
    ]
    for nonsense in ("x", "-1", "٣", "9" * 30):
        assert staff.reviewer.get(page_of(promise, "ledger"), before=nonsense).status == 400
    assert history(staff.reviewer, promise, before=1) == []


def test_its_queries_do_not_grow(staff: Staff, promise: Promise) -> None:
    def asked() -> int:
        assert staff.reviewer.client.session
        with CaptureQueriesContext(connection) as queries:
            history(staff.reviewer, promise)
        return len(queries)

    make_update(promise, "stalled")
    promise.title = {"en": "Another"}
    workflow.save(promise, reason="Misread.")
    asked()
    few = asked()
    for number in range(4):
        make_update(promise, "in_progress", f"2022-0{number + 1}")
        promise.title = {"en": f"Title {number}"}
        workflow.save(promise, reason="Again.")
    assert asked() == few


def test_what_is_not_public_has_no_history(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "stalled", organisation="lantern", publish=False)
    for thing in (update, Source.objects.get(pk="league-page")):
        assert page_of(thing, "ledger") not in staff.curator.get(page_of(thing)).text
        assert history(staff.curator, thing) == []
    assert staff.boris.client.get(page_of(update, "ledger")).status_code == 302
    assert staff.stranger.get(page_of(promise, "ledger")).status == 403
    assert str(update.pk) not in staff.curator.get(page_of(promise, "ledger")).text


def test_a_withdrawn_objects_history_stays(staff: Staff) -> None:
    topic = Topic.objects.get(pk="money")
    staff.curator.post(page_of(topic, "withdraw"), {"reason": "Too wide."})
    assert [(one.entry.action, one.reason) for one in history(staff.anna, topic)] == [
        ("withdraw", "Too wide."),
        ("create", ""),
    ]


# Every entry --------------------------------------------------------------------------------------


def test_entries_are_listed_newest_first(staff: Staff, promise: Promise) -> None:
    head = ledger.head().sequence
    assert entries(staff.anna)[:3] == [head, head - 1, head - 2]
    text = staff.anna.get(list_of(LedgerEntry)).text
    assert "role:curator" in text
    assert page_of(promise) in text


def test_entries_are_found(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "stalled", citations=[Cited("blog-page")])
    head = ledger.head().sequence
    assert entries(staff.reviewer, "action__exact=publish") == [head]
    assert entries(staff.reviewer, "type=promise") == [head - 2]
    assert entries(staff.reviewer, "q=demo2020-1-1") == [head - 2]
    assert entries(staff.reviewer, "q=BLOG-page") == [head - 1]
    assert entries(staff.reviewer, f"q={update.pk}") == [head]
    # A number leads to any place of a ledger, however long.
    assert entries(staff.reviewer, "q=3") == [3, 2, 1]
    assert entries(staff.reviewer, "q=3&type=promise") == []
    for query in ("q=%00", "q=" + "9" * 40, "type=nonsense"):
        assert staff.reviewer.get(f"{list_of(LedgerEntry)}?{query}").status == 200
    for query in ("actor=role:curator", "hash__startswith=0", "payload__salt=1"):
        assert staff.reviewer.get(f"{list_of(LedgerEntry)}?{query}").status == 400


def test_a_long_ledger_is_never_counted(
    staff: Staff, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.admin.ledger_entry.MOST", 7)
    monkeypatch.setattr("reforms.admin.ledger_entry.LedgerEntryAdmin.list_per_page", 5)
    assert staff.reviewer.client.session
    with CaptureQueriesContext(connection) as asked:
        page = staff.reviewer.get(list_of(LedgerEntry), _facets="True")
    assert page.response.context["cl"].result_count == 7
    about_entries = [
        one["sql"] for one in asked.captured_queries if 'FROM "reforms_ledgerentry"' in one["sql"]
    ]
    assert about_entries
    assert [sql for sql in about_entries if " LIMIT " not in sql] == []


def test_an_entrys_page_shows_all_that_it_commits_to(staff: Staff, promise: Promise) -> None:
    staff.curator.save(page_of(promise), title_en="A court", reason="Misread.")
    entry = LedgerEntry.objects.latest("sequence")
    payload = LedgerPayload.objects.get(pk=entry.pk)
    page = staff.anna.get(page_of(entry))
    for words in (
        "&quot;title&quot;: {",
        "Misread.",
        "title.en",
        entry.hash,
        entry.previous,
        entry.commitment,
        "The payload is what was committed to.",
        page_of(LedgerEntry(pk=entry.pk - 1)),
    ):
        assert words in page.text
    assert payload.salt not in page.text
    LedgerPayload.objects.filter(pk=entry.pk).update(salt="")
    assert "Redacted: the payload is no longer" in staff.anna.get(page_of(entry)).text
    assert "Parts of it were redacted." in staff.anna.get(page_of(promise, "ledger")).text
    LedgerPayload.objects.filter(pk=entry.pk - 1).update(salt="")


def test_every_kind_of_entry_has_a_page(staff: Staff) -> None:
    kinds = {(one.action, one.object_type): one for one in LedgerEntry.objects.all()}
    assert len(kinds) >= 7
    for entry in kinds.values():
        assert staff.reviewer.get(page_of(entry)).status == 200


def test_nobody_writes_in_the_ledger(staff: Staff) -> None:
    head = ledger.head()
    entry = LedgerEntry.objects.latest("sequence")
    for person in (staff.root, staff.curator):
        assert person.get(add(LedgerEntry)).status == 403
        assert person.post(page_of(entry), {"actor": "me"}).status == 403
        assert person.post(page_of(entry, "delete"), {"post": "yes"}).status == 403
        person.act("delete_selected", entry)
        person.act("withdraw_selected", entry)
    assert (ledger.head(), fresh(entry).actor) == (head, entry.actor)
    assert staff.stranger.get(list_of(LedgerEntry)).status == 403


def test_members_and_accounts_are_no_public_change(staff: Staff) -> None:
    head = ledger.head()
    lantern = Organisation.objects.get(pk="lantern")
    page = staff.curator.save(page_of(lantern), members=[str(staff.boris.user.pk)])
    assert page.complaints == []
    assert list(lantern.members.all()) == [staff.boris.user]
    assert ledger.head() == head


def test_what_follows_an_edit_is_recorded_with_a_reason_of_its_own(
    staff: Staff, promise: Promise
) -> None:
    make_update(promise, "stalled", citations=[Cited("daily-page")])
    page = staff.curator.save(
        page_of(Source(pk="daily-page")), publisher="watch", reason="The Watch printed it."
    )
    assert page.complaints == []
    update = StatusUpdate.objects.get()
    # The curator's words stand once: whoever has to redact them finds all of them.
    for thing, reason in (
        (Source(pk="daily-page"), "The Watch printed it."),
        (update, "Its source’s publisher was corrected."),
    ):
        line = history(staff.anna, thing)[0]
        assert (line.entry.actor, line.reason) == ("role:curator", reason)
    assert Promise.objects.filter(verification="independent").exists()
    assert Publisher.objects.get(pk="watch").is_public
