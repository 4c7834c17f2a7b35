"""Status updates at the admin: submitted, revised, reviewed, ended; never past the rules."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from reforms.models import Promise, StatusUpdate
from reforms.vocabulary import ENDED_STATES, PUBLIC_STATES, ReviewState
from reforms.workflow import Cited
from tests.admin.browser import add, list_of, new_citation, page_of, step_of
from tests.admin.conftest import Staff
from tests.fixtures import assert_no_drift, fresh, make_promise, make_update, make_update_in, row

PRINT = "fp1:" + "ab" * 32


def an_update(**changes: Any) -> dict[str, Any]:
    return {
        "promise": "demo2020-1-1",
        "organisation": "lantern",
        "status": "implemented",
        "effective": "2022-11",
        "note_en": "In force.",
        **changes,
    }


# Submitting ---------------------------------------------------------------------------------------


def test_adding_is_submitting(staff: Staff, promise: Promise) -> None:
    page = staff.anna.save(
        add(StatusUpdate),
        **an_update(assessed="2023", external_id="L-1", note_kk="Күшіне енді."),
        **new_citation(source="daily-page", locator="p. 2", paragraphs=f"3 {PRINT}"),
    )
    assert page.complaints == []
    update = StatusUpdate.objects.get()
    assert (update.review_state, update.submitted_by) == ("submitted", staff.anna.user)
    assert (str(update.effective), str(update.assessed)) == ("2022-11", "2023")
    assert update.note == {"en": "In force.", "kk": "Күшіне енді."}
    citation = update.citations.get()
    assert (citation.source_id, citation.origin_id, citation.locator) == (
        "daily-page",
        "daily",
        "p. 2",
    )
    assert citation.paragraphs == [{"ordinal": 3, "fingerprint": PRINT}]
    assert page.response.request["PATH_INFO"] == page_of(update)
    assert LogEntry.objects.get().object_id == str(update.pk)
    assert fresh(promise).status == "not_assessed"


BAD = {
    "nobody submits that nobody looked": ({"status": "not_assessed"}, "not one of the available"),
    "no date": ({"effective": ""}, "required"),
    "soon": ({"effective": "soon"}, "“soon” is no date: write a day as 2022-11-05"),
    "tomorrow": ({"effective": "2999"}, "2999 begins after today"),
    "assessed before": ({"assessed": "2021"}, "2021 ends before it became effective"),
    "not started is as assessed": (
        {"status": "not_started", "assessed": "2023"},
        "for not_started it is the same as effective_on",
    ),
    "no promise": ({"promise": "demo2020-1-9"}, "not one of the available"),
    "a relayed claim": (
        new_citation(source="daily-page", basis="relays"),
        "daily-page relays somebody: name the publisher",
    ),
    "too long a note": ({"note_en": "a" * 5001}, "5001 characters"),
}


@pytest.mark.parametrize(("changes", "complaint"), BAD.values(), ids=BAD)
def test_bad_input_is_a_complaint(
    staff: Staff, promise: Promise, changes: dict[str, Any], complaint: str
) -> None:
    page = staff.anna.save(add(StatusUpdate), **(an_update() | changes))
    assert page.status == 200
    assert complaint in " ".join(page.complaints)
    assert not StatusUpdate.objects.exists()


def test_the_same_external_id_twice_is_a_complaint(staff: Staff, promise: Promise) -> None:
    staff.anna.save(add(StatusUpdate), **an_update(external_id="L-1"))
    page = staff.anna.save(add(StatusUpdate), **an_update(external_id="L-1"))
    assert "external_id" in " ".join(page.complaints)
    assert StatusUpdate.objects.count() == 1


def test_contributors_speak_for_their_organisations_only(staff: Staff, promise: Promise) -> None:
    page = staff.anna.save(add(StatusUpdate), **an_update(organisation="compass"))
    assert "not one of the available choices" in " ".join(page.complaints)
    assert staff.anna.get(add(StatusUpdate)).fields["organisation"] == ["lantern"]
    staff.anna.user.organisations.clear()
    assert staff.anna.get(add(StatusUpdate)).status == 403
    # A curator enters what an organisation sent by other ways.
    assert staff.curator.save(add(StatusUpdate), **an_update()).complaints == []
    assert staff.reviewer.get(add(StatusUpdate)).status == 403


# Revising -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED])
def test_what_is_not_public_is_revised(staff: Staff, promise: Promise, state: ReviewState) -> None:
    update = make_update_in(state, promise, organisation="lantern")
    page = staff.anna.save(
        page_of(update),
        effective="2022-11-05",
        note_en="With the law.",
        **new_citation(1, source="watch-page"),
    )
    assert page.complaints == []
    update = fresh(update)
    assert (str(update.effective), update.note) == ("2022-11-05", {"en": "With the law."})
    assert [one.source_id for one in update.citations.all()] == ["daily-page", "watch-page"]
    assert update.review_state == state


def test_promise_and_organisation_stay(staff: Staff, promise: Promise) -> None:
    make_promise(2)
    update = make_update(promise, "stalled", organisation="lantern", publish=False)
    staff.anna.save(page_of(update), promise="demo2020-1-2", organisation="compass")
    assert (fresh(update).promise_id, fresh(update).organisation_id) == ("demo2020-1-1", "lantern")


def test_an_author_reads_what_is_missing_and_answers(staff: Staff, promise: Promise) -> None:
    update = make_update_in(ReviewState.CHANGES_REQUESTED, promise, organisation="lantern")
    assert "Which article?" in staff.anna.get(page_of(update)).text
    staff.anna.post(step_of(update, "resubmit"), {})
    assert fresh(update).review_state == "submitted"


@pytest.mark.parametrize(
    "state",
    [
        one
        for one in ReviewState
        if one not in (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED)
    ],
)
def test_what_is_public_or_ended_is_read_only(
    staff: Staff, promise: Promise, state: ReviewState
) -> None:
    update = make_update_in(state, promise, organisation="lantern")
    before = row(update), list(update.citations.values())
    for person in (staff.root, staff.curator, staff.anna):
        page = person.get(page_of(update))
        assert page.status == 200
        assert "csrfmiddlewaretoken" not in page.fields or not page.fields.get("status")
        assert not page.fields.keys() & {"status", "effective", "note_en", "citations-0-source"}
        answer = person.post(
            page_of(update),
            an_update(
                effective="2021", **{"citations-TOTAL_FORMS": "0", "citations-INITIAL_FORMS": "0"}
            ),
        )
        assert answer.status == 403
    assert (row(update), list(update.citations.values())) == before


def test_a_form_opened_before_publication_changes_nothing(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "stalled", organisation="lantern", publish=False)
    fields = {**staff.anna.get(page_of(update)).fields, "note_en": "Changed."}
    staff.reviewer.act("publish", update)
    assert staff.anna.post(page_of(update), fields).status == 403
    assert fresh(update).note == {}


# Reviewing ----------------------------------------------------------------------------------------


def test_publishing_several_reports_each_row(staff: Staff, promise: Promise) -> None:
    good = make_update(promise, "implemented", "2022-06", publish=False)
    bare = make_update(promise, "implemented", "2022-07", citations=[], publish=False)
    context = make_update(
        promise, "stalled", citations=[Cited("daily-page", stance="context")], publish=False
    )
    done = make_update(promise, "in_progress", "2022-01")
    asked = staff.reviewer.act(
        "publish", good, bare, context, done, confirm=False, query="?state=all"
    )
    assert asked.status == 200
    assert fresh(good).review_state == "submitted"
    results = staff.reviewer.act("publish", good, bare, context, done).results
    assert results == {
        str(good): "Published.",
        str(bare): "Refused: citations: a published status update needs at least one supporting"
        " citation",
        str(context): results[str(bare)],
        str(done): results[str(done)],
    }
    assert "This update is published" in results[str(done)]
    assert [fresh(one).review_state for one in (good, bare, context, done)] == [
        "published",
        "submitted",
        "submitted",
        "published",
    ]
    assert fresh(promise).status == "implemented"
    assert_no_drift()


WITH_REASON = {
    "request_changes": ("reviewer", ReviewState.SUBMITTED, "changes_requested", "review_note"),
    "reject": ("reviewer", ReviewState.SUBMITTED, "rejected", "review_note"),
    "retract": ("anna", ReviewState.PUBLISHED, "retracted", "ended_reason"),
    "remove": ("curator", ReviewState.PUBLISHED, "removed", "ended_reason"),
}


@pytest.mark.parametrize("action", WITH_REASON)
@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_reasons_are_asked_for_and_kept(
    staff: Staff, promise: Promise, action: str, bulk: bool
) -> None:
    name, state, then, column = WITH_REASON[action]
    person = getattr(staff, name)
    update = make_update_in(state, promise, organisation="lantern")

    def act(reason: str) -> Any:
        if bulk:
            return person.act(action, update, reason=reason)
        return person.post(step_of(update, action), {"reason": reason})

    for reason, complaint in ((" ", "Say why"), ("a\x07b", "U+0007"), ("a" * 2001, "at most 2000")):
        page = act(reason)
        assert complaint in page.text
        assert fresh(update).review_state == state
    act("It was\r\nmisread.")
    assert fresh(update).review_state == then
    assert getattr(fresh(update), column) == "It was\nmisread."
    assert fresh(promise).status == "not_assessed"
    assert LogEntry.objects.filter(object_id=update.pk, user=person.user).count() == 1


def test_one_update_is_published_on_its_own_page(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "implemented", publish=False)
    assert step_of(update, "publish") in staff.reviewer.get(page_of(update)).text
    assert "Publish" in staff.reviewer.get(step_of(update, "publish")).text
    page = staff.reviewer.post(step_of(update, "publish"), {})
    assert page.messages == [f"Published. {update}"]
    page = staff.reviewer.post(step_of(update, "publish"), {})
    assert "This update is published" in page.messages[0]
    assert step_of(update, "publish") not in staff.reviewer.get(page_of(update)).text


def test_without_evidence_nothing_is_published(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "implemented", citations=[], publish=False)
    page = staff.root.post(step_of(update, "publish"), {})
    assert "needs at least one supporting citation" in page.messages[0]
    assert fresh(update).review_state == "submitted"
    assert not LogEntry.objects.exists()


def test_the_queue_comes_first_and_oldest_first(staff: Staff, promise: Promise) -> None:
    first = make_update(promise, "stalled", publish=False)
    published = make_update(promise, "stalled")
    second = make_update(promise, "stalled", publish=False)
    sent_back = make_update_in(ReviewState.CHANGES_REQUESTED, promise)
    assert staff.reviewer.get(list_of(StatusUpdate)).rows == [first, second]
    everything = staff.reviewer.get(list_of(StatusUpdate), state="all").rows
    assert everything == [sent_back, second, published, first]
    assert staff.reviewer.get(list_of(StatusUpdate), state="published").rows == [published]
    assert staff.anna.get(list_of(StatusUpdate)).rows == [published]


FILTERS = {
    "status__exact=stalled": 1,
    "organisation__id__exact=lantern": 1,
    "promise__programme__id__exact=far2021": 0,
    "promise__id__exact=demo2020-1-1": 2,
    "effective_on__year=2022": 1,
    "q=demo2020-1-1": 2,
    "q=Statute": 1,
    "q=lantern": 1,
    "q=nowhere": 0,
}


@pytest.mark.parametrize(("query", "number"), FILTERS.items())
def test_filters_and_search(staff: Staff, promise: Promise, query: str, number: int) -> None:
    make_update(promise, "stalled", "2021-06", note={"en": "A statute stopped."})
    make_update(promise, "implemented", "2022-06", organisation="lantern")
    for person in (staff.curator, staff.anna):
        assert len(person.get(f"{list_of(StatusUpdate)}?state=all&{query}").rows) == number


def test_a_selection_is_bounded_and_may_be_nonsense(
    staff: Staff, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.admin.batches.LIMIT", 1)
    updates = [make_update(promise, "stalled", publish=False) for _ in range(2)]
    page = staff.reviewer.act("publish", *updates)
    assert page.messages == ["Select at most 1 rows; nothing was changed."]
    page = staff.reviewer.post(
        list_of(StatusUpdate), {"action": "publish", "_selected_action": ["no-such-id"]}
    )
    assert page.messages == ["The selection holds an id that cannot be."]
    assert {fresh(one).review_state for one in updates} == {"submitted"}


def test_nobody_deletes_an_update(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "stalled", publish=False)
    for person in (staff.root, staff.curator, staff.anna):
        assert person.post(page_of(update, "delete"), {"post": "yes"}).status == 403
        person.act("delete_selected", update)
    assert fresh(update)


def test_ended_updates_say_why(staff: Staff, promise: Promise) -> None:
    for state in ENDED_STATES:
        update = make_update_in(state, promise)
        page = staff.anna.get(page_of(update))
        assert update.ended_reason
        assert update.ended_reason in page.text
    assert set(ENDED_STATES) < set(PUBLIC_STATES)
