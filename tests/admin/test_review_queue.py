"""The review queue: one screen a submission, a decision on it, and the next."""

from typing import Any

import pytest
from django.urls import reverse

from reforms import workflow
from reforms.models import Organisation, Paragraph, Promise, Publisher, Source, StatusUpdate
from reforms.workflow import Cited
from tests.admin.browser import Page, Person, page_of
from tests.admin.conftest import Staff
from tests.admin.test_pages import queries
from tests.fixtures import fresh, make_promise, make_update, revise

QUEUE = reverse("admin:reforms_statusupdate_queue")
LIST = reverse("admin:reforms_statusupdate_changelist")
PRINT = "fp1:" + "ab" * 32
MOST_QUERIES = 40


def screen_of(update: StatusUpdate) -> str:
    return reverse("admin:reforms_statusupdate_review", args=[update.pk])


def submitted(promise: Promise, organisation: str = "lantern", **more: Any) -> StatusUpdate:
    given = {"status": "implemented", **more}
    return make_update(promise, organisation=organisation, publish=False, **given)


def decide(person: Person, update: StatusUpdate, decision: str, reason: str = "") -> Page:
    screen = person.get(screen_of(update))
    assert screen.status == 200
    data = {**screen.fields, "decision": decision, "reason": reason}
    return person.post(screen.response.request["PATH_INFO"], data)


def at(page: Page) -> Any:
    """The update whose screen a page is; None for the end of the queue."""
    update = page.response.context.get("update")
    return update and update.pk


# Going through it ---------------------------------------------------------------------------------


def test_each_decision_leads_to_the_next_oldest_first(staff: Staff) -> None:
    first, second, third = (submitted(make_promise(n)) for n in (1, 2, 3))
    page = staff.reviewer.post(QUEUE, {})
    assert at(page) == first.pk
    assert (page.response.context["place"], page.response.context["left"]) == ("1", "2")

    page = decide(staff.reviewer, first, "publish")
    assert (fresh(first).review_state, at(page)) == ("published", second.pk)
    assert page.messages == [f"Published. {describe(first)}"]
    page = decide(staff.reviewer, second, "request_changes", "Which article?")
    assert (fresh(second).review_state, at(page)) == ("changes_requested", third.pk)
    assert fresh(second).review_note == "Which article?"
    page = decide(staff.reviewer, third, "reject", "About another law.")
    assert (fresh(third).review_state, at(page)) == ("rejected", None)
    assert "Nothing waits for you." in " ".join(page.text.split())


def describe(update: StatusUpdate) -> str:
    return str(fresh(update))


def test_passing_over_one_decides_nothing(staff: Staff) -> None:
    first, second = (submitted(make_promise(n)) for n in (1, 2))
    page = staff.curator.get(screen_of(first))
    assert page.response.context["previous"] == ""
    page = staff.curator.get(page.response.context["next"])
    assert at(page) == second.pk
    assert page.response.context["next"] == ""
    assert page.response.context["previous"] == screen_of(first)
    # After the last of the queue comes what was passed over.
    assert at(decide(staff.curator, second, "publish")) == first.pk


def test_a_queue_of_one_programme_or_organisation(staff: Staff) -> None:
    submitted(make_promise(1))
    compass = submitted(make_promise(2), "compass")
    far = submitted(make_promise(1, "far2021-1"))
    assert at(staff.reviewer.post(f"{QUEUE}?organisation=compass", {})) == compass.pk
    screen = staff.reviewer.get(screen_of(far), programme="far2021")
    assert (screen.response.context["place"], screen.response.context["left"]) == ("1", "0")
    assert screen.response.context["narrower"] == [("All that waits", QUEUE)]
    address = f"{screen_of(far)}?programme=far2021"
    page = staff.reviewer.post(address, {**screen.fields, "decision": "publish"})
    assert "Nothing of far2021 waits for you." in " ".join(page.text.split())
    for nonsense in ("?organisation=nobody", "?programme=%00", "?organisation=%00x"):
        assert staff.reviewer.post(QUEUE + nonsense, {}).status == 200


def test_the_list_leads_to_the_queue(staff: Staff) -> None:
    assert ("Review one by one", QUEUE) in staff.reviewer.get(LIST).response.context["table_tools"]
    assert QUEUE not in staff.anna.get(LIST).text


# Who may ------------------------------------------------------------------------------------------


def test_nobody_reviews_their_own(staff: Staff) -> None:
    Organisation.objects.get(pk="compass").members.add(staff.curator.user)
    own = submitted(make_promise(1), "compass")
    entered = submitted(make_promise(2), user=staff.curator.user)
    leads = submitted(make_promise(3), "editors")
    other = submitted(make_promise(4))
    assert at(staff.curator.post(QUEUE, {})) == other.pk
    # Whose organisation leads the programme may publish its own, but judges it no further.
    offered = staff.curator.get(screen_of(leads)).response.context["decisions"]
    assert [action.value for action, _ in offered] == ["publish"]
    for update in (own, entered):
        screen = staff.curator.get(screen_of(update))
        assert "somebody else has to review it" in screen.text
        assert screen.response.context["decisions"] == []
        data = {"version": update.version, "decision": "reject", "reason": "No."}
        page = staff.curator.post(screen_of(update), data)
        assert "somebody else has to review it" in page.text
        assert fresh(update).review_state == "submitted"


def test_only_reviewers_have_a_queue(staff: Staff, promise: Promise) -> None:
    update = submitted(promise)
    for person in (staff.anna, staff.boris, staff.stranger):
        for address in (QUEUE, screen_of(update)):
            assert person.get(address).status == 403
            assert person.post(address, {"decision": "publish", "version": 1}).status == 403
    assert fresh(update).review_state == "submitted"
    assert staff.reviewer.get(screen_of(StatusUpdate(pk=promise_key()))).status == 404


def promise_key() -> str:
    return "12345678-1234-5678-1234-567812345678"


# Deciding safely ----------------------------------------------------------------------------------


@pytest.mark.parametrize("decision", ["reject", "request_changes"])
def test_what_needs_a_reason_is_not_done_without(
    staff: Staff, promise: Promise, decision: str
) -> None:
    update = submitted(promise)
    page = decide(staff.reviewer, update, decision, "  ")
    assert "Say why, in a sentence." in page.text
    assert fresh(update).review_state == "submitted"


def test_what_was_not_read_is_not_published(staff: Staff, promise: Promise) -> None:
    update = submitted(promise)
    screen = staff.reviewer.get(screen_of(update))
    revise(update, status="stalled")
    page = staff.reviewer.post(screen_of(update), {**screen.fields, "decision": "publish"})
    assert "changed it since you opened it; nothing was done" in page.text
    assert fresh(update).review_state == "submitted"
    # The screen now shows, and carries, what there is.
    assert "Stalled" in page.text
    staff.reviewer.post(screen_of(update), {**page.fields, "decision": "publish"})
    assert fresh(update).review_state == "published"


def test_of_two_reviewers_one_decides(staff: Staff, promise: Promise) -> None:
    update = submitted(promise)
    screen = staff.reviewer.get(screen_of(update))
    decide(staff.curator, update, "reject", "About another law.")
    page = staff.reviewer.post(screen_of(update), {**screen.fields, "decision": "publish"})
    assert "nothing was done" in page.text
    assert "It is rejected: there is nothing left to decide." in page.text
    assert fresh(update).review_state == "rejected"


def test_without_evidence_it_is_refused_and_says_so(staff: Staff, promise: Promise) -> None:
    update = submitted(promise, citations=[])
    page = decide(staff.reviewer, update, "publish")
    assert "needs at least one supporting citation" in page.text
    assert "It has none: it cannot be published." in page.text
    assert fresh(update).review_state == "submitted"


@pytest.mark.parametrize(
    "data", [{}, {"decision": "retract"}, {"decision": "publish"}, {"version": "x"}]
)
def test_nonsense_decides_nothing(staff: Staff, promise: Promise, data: dict[str, str]) -> None:
    update = submitted(promise)
    assert staff.reviewer.post(screen_of(update), data).status == 200
    assert fresh(update).review_state == "submitted"


# What there is to weigh ---------------------------------------------------------------------------


def test_the_promise_and_its_passage_stand_beside_what_is_proposed(staff: Staff) -> None:
    Paragraph.objects.create(
        source_id="demo2020-address", ordinal=7, fingerprint=PRINT, text="We will found a court."
    )
    passage = Cited("demo2020-address", paragraphs=[{"ordinal": 7, "fingerprint": PRINT}])
    promise = make_promise(citations=[passage])
    make_update(promise, "in_progress", "2022-01")
    update = submitted(promise, effective="2022-11", note={"en": "It sits."})
    page = staff.reviewer.get(screen_of(update))
    context = page.response.context
    for words in ("Something number 1 will be done.", "We will found a court.", "It sits."):
        assert words in page.text
    assert "In progress" in context["standing"]["status"]
    assert [one.update.pk == update.pk for one in context["timeline"]["lines"]] == [True, False]


def test_what_would_follow_is_what_follows(staff: Staff, promise: Promise) -> None:
    make_update(promise, "in_progress", "2022-01", organisation="compass")
    update = submitted(promise, effective="2022-11", citations=[Cited("blog-page")])
    foreseen = staff.reviewer.get(screen_of(update)).response.context["outcome"]
    decide(staff.reviewer, update, "publish")
    after = fresh(promise)
    assert f"badge-{after.status}" in foreseen["status"]
    assert f"badge-{after.verification}" in foreseen["verification"]
    assert (foreseen["since"], foreseen["contested"]) == (after.since, after.contested)


def test_the_evidence_says_whose_word_it_is(staff: Staff, promise: Promise) -> None:
    source = Source(
        pk="s-new",
        title={"en": "A new page"},
        kind="news",
        url="https://new.example/1",
        publisher=Publisher.objects.create(
            pk="p-new", name={"en": "Newcomer"}, type="ngo", submitted_by_id="lantern"
        ),
        submitted_by_id="lantern",
    )
    workflow.save(source)
    update = submitted(
        promise,
        citations=[
            Cited("s-new", basis="draft_act", locator="art. 3"),
            Cited("daily-page", basis="relays", origin="ministry"),
        ],
    )
    new, relayed = staff.reviewer.get(screen_of(update)).response.context["evidence"]
    assert (new.url, new.publisher, new.official) == ("https://new.example/1", "Newcomer", False)
    said = " ".join(new.warnings)
    assert "The source is new" in said
    assert "“Newcomer” is new, and said to be “ngo”" in said
    assert "A draft is no act in force" in said
    assert (relayed.publisher, relayed.origin, relayed.official) == ("Daily", "Ministry", True)
    page = staff.reviewer.get(screen_of(update)).text
    assert 'href="https://new.example/1" target="_blank" rel="noopener noreferrer"' in page


def test_what_may_be_the_same_is_named_with_why(staff: Staff, promise: Promise) -> None:
    twin = submitted(promise, effective="2022-11")
    other_day = submitted(promise, "compass", effective="2022-10", citations=[Cited("watch-page")])
    unlike = submitted(promise, "compass", status="stalled", effective="2021")
    update = submitted(promise, effective="2022-11")
    [found] = staff.reviewer.get(screen_of(update)).response.context["alike"]
    assert found.address == page_of(twin)
    assert found.why == (
        "the same status, the same organisation, the same date, the same source (daily-page)"
    )
    assert {other_day.pk, unlike.pk}.isdisjoint({found.address})


def test_what_the_organisation_sent_before(staff: Staff) -> None:
    for number in (1, 2):
        make_update(make_promise(number), "implemented", organisation="lantern")
    rejected = submitted(make_promise(3))
    workflow.reject(rejected, "No.")
    update = submitted(make_promise(4))
    submitted(make_promise(5), "compass")
    record = staff.reviewer.get(screen_of(update)).response.context["record"]
    numbers = {
        str(state).split(">")[1].split("<")[0]: number for state, number in record["numbers"]
    }
    assert (numbers["Published"], numbers["Rejected"], numbers["Retracted"]) == ("2", "1", "0")
    assert next(address for address, _, _ in record["latest"]) == page_of(rejected)
    assert len(record["latest"]) == 3


def test_the_queries_of_a_screen_are_bounded(staff: Staff) -> None:
    promise = make_promise(citations=[Cited("demo2020-address")])
    update = submitted(promise)
    _, few = queries(staff.reviewer, screen_of(update))
    for number in range(2, 6):
        submitted(make_promise(number))
        make_update(promise, "stalled", f"2021-0{number}", organisation="compass")
        submitted(promise, "compass", citations=[Cited("watch-page"), Cited("daily-page")])
    make_update(make_promise(9), "stalled", organisation="lantern")
    Organisation.objects.filter(pk="lantern").update(pseudonymous=True)
    _, many = queries(staff.reviewer, screen_of(update))
    assert many <= few + 2
    assert many <= MOST_QUERIES
