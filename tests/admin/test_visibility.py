"""Nothing unpublished leaks: not in lists, pages, choices, timelines, counts, filters, history."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from reforms import workflow
from reforms.models import Citation, Organisation, Promise, Publisher, Source, StatusUpdate
from reforms.vocabulary import PUBLIC_STATES, Action, ReviewState
from reforms.workflow import Cited
from tests.admin.browser import Person, add, list_of, page_of, step_of
from tests.admin.conftest import Staff
from tests.fixtures import fresh, make_promise, make_update, make_update_in

PRIVATE = [state for state in ReviewState if state not in PUBLIC_STATES]


def choices(person: Person, model: str, field: str, term: str = "") -> list[str]:
    """What is offered while somebody types; None of it where they may not ask."""
    page = person.get(
        reverse("admin:autocomplete"),
        app_label="reforms",
        model_name=model,
        field_name=field,
        term=term,
    )
    if page.status == 403:
        return ["refused"]
    return [one["id"] for one in page.response.json()["results"]]


@pytest.mark.parametrize("state", PRIVATE)
def test_others_do_not_meet_what_is_not_public(
    staff: Staff, promise: Promise, state: ReviewState
) -> None:
    update = make_update_in(state, promise, organisation="lantern", note={"en": "Confidential."})
    key = str(update.pk)

    def meets(person: Person) -> list[bool]:
        return [
            update in person.get(list_of(StatusUpdate), state="all").rows,
            update in person.get(list_of(StatusUpdate), state="all", q="Confidential").rows,
            "Confidential." in person.get(page_of(update)).text,
            "Confidential." in person.get(page_of(promise)).text,
            key in choices(person, "citation", "update"),
            key in choices(person, "statusupdate", "successor"),
            any(one.update_id == update.pk for one in person.get(list_of(Citation)).rows),
        ]

    assert meets(staff.boris) == [False] * 7
    for person in (staff.root, staff.curator, staff.reviewer, staff.anna):
        assert meets(person) == [True] * 7
    citation = update.citations.get()
    private = [page_of(update, name) for name in ("change", "history", "ledger")]
    for address in (*private, page_of(citation)):
        answer = staff.boris.client.get(address)
        assert (answer.status_code, answer.url) == (302, "/admin/")
    for action in Action:
        assert staff.boris.post(step_of(update, action), {"reason": "Why not?"}).status == 404
    assert staff.boris.save(page_of(update), note_en="Changed.").response.redirect_chain
    assert fresh(update).note == {"en": "Confidential."}
    assert fresh(update).review_state == state


@pytest.mark.parametrize("state", PUBLIC_STATES)
def test_everybody_at_the_admin_meets_what_is_public(
    staff: Staff, promise: Promise, state: ReviewState
) -> None:
    update = make_update_in(state, promise, organisation="lantern", note={"en": "In force."})
    assert update in staff.boris.get(list_of(StatusUpdate)).rows
    assert "In force." in staff.boris.get(page_of(update)).text
    assert "In force." in staff.boris.get(page_of(promise)).text


MAY = {
    # person: what they may do to an update of `lantern` that is submitted, sent back or published
    "curator": {"publish", "request_changes", "reject", "remove", "resubmit"},
    "reviewer": {"publish", "request_changes", "reject"},
    "anna": {"withdraw", "resubmit", "retract"},
    "boris": set(),
}


@pytest.mark.parametrize("name", MAY)
@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_who_may_do_what(staff: Staff, promise: Promise, name: str, bulk: bool) -> None:
    person: Person = getattr(staff, name)
    done = set()
    for state in (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED, ReviewState.PUBLISHED):
        for action in set(Action) - {Action.SUPERSEDE}:
            update = make_update_in(state, promise, organisation="lantern")
            if bulk:
                person.act(action, update, reason="Because.")
            else:
                person.post(step_of(update, action), {"reason": "Because."})
            if fresh(update).review_state != state:
                done.add(action.value)
    assert done == MAY[name]


def test_each_is_offered_what_is_theirs(staff: Staff, promise: Promise) -> None:
    update = make_update(promise, "stalled", organisation="lantern", publish=False)
    offered = {
        name: [address.split("/")[-2] for _, address in page.response.context["steps"]]
        for name, page in ((name, getattr(staff, name).get(page_of(update))) for name in MAY)
        if page.response.context and "steps" in page.response.context
    }
    assert offered == {
        "curator": ["request_changes", "reject", "publish"],
        "reviewer": ["request_changes", "reject", "publish"],
        "anna": ["withdraw"],
    }
    assert not staff.reviewer.get(page_of(update)).fields.get("note_en")
    assert staff.curator.get(page_of(update)).fields["effective"] == ["2022-06"]


def test_what_reviewers_wrote_stays_among_them_and_the_author(
    staff: Staff, promise: Promise
) -> None:
    update = make_update_in(
        ReviewState.CHANGES_REQUESTED, promise, organisation="lantern", external_id="L-77"
    )
    staff.anna.post(step_of(update, "resubmit"), {})
    staff.reviewer.post(step_of(update, "publish"), {})
    assert LogEntry.objects.filter(object_id=update.pk).count() == 2
    for secret in ("Which article?", "L-77"):
        for person in (staff.curator, staff.reviewer, staff.anna):
            assert secret in person.get(page_of(update)).text
        assert secret not in staff.boris.get(page_of(update)).text
    assert staff.boris.get(page_of(update, "history")).status == 403
    assert page_of(update, "history") not in staff.boris.get(page_of(update)).text
    assert staff.anna.get(page_of(update, "history")).status == 200
    # Nor can it be guessed by filters on columns that no list shows.
    for query in (
        "review_note__startswith=Which",
        "external_id=L-77",
        "submitted_by=1",
        "organisation__members__username__startswith=a",
        "promise__updates__review_note__startswith=Which",
        "organisation__id__exact__members=1",
    ):
        assert staff.boris.get(f"{list_of(StatusUpdate)}?state=all&{query}").status == 400
    assert staff.boris.get(list_of(StatusUpdate), state="all", q="L-77").rows == []
    assert staff.reviewer.get(list_of(StatusUpdate), state="all", q="L-77").rows == [update]


def test_sources_are_private_until_cited_in_public(staff: Staff, promise: Promise) -> None:
    Source.objects.filter(pk="blog-page").update(submitted_by="lantern")
    source = Source.objects.get(pk="blog-page")
    for person in (staff.curator, staff.reviewer, staff.anna):
        assert source in person.get(list_of(Source)).rows
        assert source.pk in choices(person, "citation", "source", "blog")
        assert source.pk in choices(person, "source", "edition_of", "blog")
    assert source not in staff.boris.get(list_of(Source)).rows
    assert choices(staff.boris, "citation", "source", "blog") == []
    assert staff.boris.client.get(page_of(source)).status_code == 302
    page = staff.boris.save(
        add(StatusUpdate),
        promise=promise.pk,
        status="stalled",
        effective="2022",
        **{"citations-TOTAL_FORMS": "1", "citations-0-source": source.pk},
    )
    assert "not one of the available choices" in " ".join(page.complaints)
    make_update(promise, "stalled", organisation="lantern", citations=[Cited(source.pk)])
    assert source in staff.boris.get(list_of(Source)).rows


def test_publishers_are_private_until_something_public_rests_on_them(
    staff: Staff, promise: Promise
) -> None:
    herald = Publisher(id="p-1", name={"en": "Herald"}, type="ngo", submitted_by_id="lantern")
    workflow.save(herald)
    for person in (staff.curator, staff.reviewer, staff.anna):
        assert herald in person.get(list_of(Publisher)).rows
        assert choices(person, "source", "publisher", "Herald") == ["p-1"]
        assert choices(person, "citation", "origin", "Herald") == ["p-1"]
    assert herald not in staff.boris.get(list_of(Publisher)).rows
    assert choices(staff.boris, "source", "publisher", "Herald") == []
    assert choices(staff.boris, "citation", "origin", "Herald") == []
    assert staff.boris.client.get(page_of(herald)).status_code == 302
    page = staff.boris.save(add(Source), title_en="A", kind="news", publisher="p-1")
    assert "not one of the available choices" in " ".join(page.complaints)
    cited = Cited("daily-page", basis="relays", origin="p-1")
    make_update(promise, "stalled", organisation="lantern", citations=[cited])
    assert herald in staff.boris.get(list_of(Publisher)).rows


def test_counts_tell_nothing_of_what_is_not_public(staff: Staff, promise: Promise) -> None:
    other = make_promise(2, citations=[Cited("daily-page")])
    make_update(promise, "stalled", organisation="lantern", publish=False)
    make_update(other, "stalled")
    make_update(other, "in_progress")

    def count(person: Person) -> int:
        [row] = [one for one in person.get(list_of(Source)).rows if one.pk == "daily-page"]
        return int(row.promise_count)

    assert count(staff.boris) == count(staff.anna) == count(staff.curator) == 1
    make_update(promise, "stalled", organisation="lantern")
    assert count(staff.boris) == 2


def test_members_are_not_for_everybody(staff: Staff) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    assert staff.curator.get(page_of(lantern)).fields["members"] == [str(staff.anna.user.pk)]
    for person in (staff.anna, staff.reviewer):
        assert "members" not in person.get(page_of(lantern)).text.lower()
        assert choices(person, "organisation", "members") == ["refused"]
        assert person.get(f"{list_of(Organisation)}?members__id=1").status == 400


def test_choices_show_titles(staff: Staff, promise: Promise) -> None:
    page = staff.anna.get(
        reverse("admin:autocomplete"),
        app_label="reforms",
        model_name="statusupdate",
        field_name="promise",
        term="something",
    )
    assert page.response.json()["results"] == [
        {"id": "demo2020-1-1", "text": "demo2020-1-1 · Promise 1"}
    ]
    assert choices(staff.anna, "statusupdate", "promise", "!!!") == []
    assert staff.anna.get(list_of(Promise)).messages == []


def test_strangers_are_shown_nothing(staff: Staff, promise: Promise) -> None:
    assert choices(staff.stranger, "statusupdate", "promise") == ["refused"]
    assert staff.stranger.get("/admin/").response.context["app_list"] == []
    staff.anna.client.logout()
    assert staff.anna.client.get(list_of(Promise)).status_code == 302
