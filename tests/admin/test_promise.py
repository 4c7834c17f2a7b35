"""Promises at the admin: created, edited with all their parts, searched, and never deleted."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import IntegrityError

from reforms import records, workflow
from reforms.errors import RuleBroken
from reforms.models import Paragraph, Promise, PromiseRelation, Reform, Source
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.admin.browser import add, list_of, new_citation, page_of
from tests.admin.conftest import Staff
from tests.fixtures import (
    Clock,
    assert_no_drift,
    fresh,
    make_promise,
    make_update,
    make_update_in,
    row,
)

PRINT = "fp1:" + "ab" * 32
OTHER_PRINT = "fp1:" + "cd" * 32


def a_promise(**changes: Any) -> dict[str, Any]:
    return {
        "title_en": "A court is founded",
        "title_ru": "Создаётся суд",
        "statement_en": "The Constitutional Court is founded.",
        "kind": "institution",
        "commitment": "specific",
        **changes,
    }


def test_a_promise_is_created_with_all_its_parts(staff: Staff) -> None:
    make_promise(2)
    Paragraph.objects.create(
        source_id="demo2020-address", ordinal=7, fingerprint=PRINT, text="We will found a court."
    )
    page = staff.curator.save(
        add(Promise) + "?reform=demo2020-1",
        **a_promise(
            deadline="2022-11",
            deadline_wording_en="in autumn",
            topics=["courts", "money"],
            **{
                "figures-1-what-en": "judges",
                "figures-1-from": "20 000",
                "figures-1-to": "11.5",
                "figures-1-unit-en": "people",
                "figures-1-unit-ru": "человек",
                "body_ties-TOTAL_FORMS": "1",
                "body_ties-0-body": "court",
                "body_ties-0-role": "affected",
                "relations-TOTAL_FORMS": "1",
                "relations-0-kind": "depends_on",
                "relations-0-to": "demo2020-1-2",
            },
        ),
        **new_citation(source="demo2020-address", paragraphs="7"),
    )
    assert page.complaints == []
    promise = Promise.objects.get(pk="demo2020-1-3")
    assert records.document(promise) == {
        "schema": 1,
        "object_type": "promise",
        "id": "demo2020-1-3",
        "programme": "demo2020",
        "reform": "demo2020-1",
        "number": 3,
        "title": {"en": "A court is founded", "ru": "Создаётся суд"},
        "statement": {"en": "The Constitutional Court is founded."},
        "kind": "institution",
        "commitment": "specific",
        "condition": {},
        "deadline": "2022-11",
        "deadline_wording": {"en": "in autumn"},
        "figures": [
            {
                "what": "judges",
                "unit": {"en": "people", "ru": "человек"},
                "from": 20000,
                "to": 11.5,
            }
        ],
        "bodies": [{"body": "court", "role": "affected"}],
        "topics": ["courts", "money"],
        "relations": [{"kind": "depends_on", "promise": "demo2020-1-2"}],
        "citations": [
            {
                "source": "demo2020-address",
                "stance": "supports",
                "basis": "own_finding",
                "origin": "ministry",
                "locator": "",
                "paragraphs": [{"ordinal": 7, "fingerprint": PRINT}],
                "note": {},
            }
        ],
    }
    assert promise.position == "demo2020-001-00003"
    assert "We will found a court." in page.text
    assert LogEntry.objects.get().object_id == promise.pk
    assert_no_drift()


def test_the_next_number_is_proposed_and_filled_in(staff: Staff) -> None:
    make_promise(7)
    assert staff.curator.get(add(Promise), reform="demo2020-1").fields["number"] == ["8"]
    staff.curator.save(add(Promise), reform="demo2020-1", number="", **a_promise())
    assert Promise.objects.filter(pk="demo2020-1-8").exists()
    page = staff.curator.save(add(Promise), reform="demo2020-1", number="7", **a_promise())
    assert "already exists" in " ".join(page.complaints)
    staff.curator.save(add(Reform), programme="demo2020", number="", title_en="A third direction")
    assert fresh(Reform(pk="demo2020-3")).numbered is True


def test_what_makes_up_the_id_never_changes(staff: Staff, promise: Promise) -> None:
    fields = staff.curator.get(page_of(promise)).fields
    assert not fields.keys() & {"id", "reform", "number", "programme", "position"}
    staff.curator.save(
        page_of(promise), id="other", number="9", reform="demo2020-2", status="implemented"
    )
    assert Promise.objects.values_list("pk", "reform", "number", "status").get() == (
        "demo2020-1-1",
        "demo2020-1",
        1,
        "not_assessed",
    )


def test_a_form_saved_as_it_is_changes_nothing(staff: Staff, clock: Clock) -> None:
    promise = make_promise(
        figures=[{"what": {"en": "judges"}, "value": 3}, {"what": "seats", "from": 1, "to": 2.5}],
        bodies=[("court", "responsible")],
        topics=["courts"],
        citations=[
            Cited("daily-page", locator="p. 3"),
            Cited("demo2020-address", paragraphs=[{"ordinal": 7, "fingerprint": PRINT}]),
        ],
        deadline="2022",
    )
    before = records.document(promise), row(promise)
    clock.moment = clock.moment.replace(year=clock.moment.year + 1)
    page = staff.curator.save(page_of(promise))
    assert page.complaints == []
    assert (records.document(fresh(promise)), row(promise)) == before


def test_citations_are_edited_ordered_and_dropped(staff: Staff) -> None:
    promise = make_promise(citations=[Cited("daily-page"), Cited("watch-page"), Cited("blog-page")])
    page = staff.curator.save(
        page_of(promise),
        citations__0__position="3",
        citations__1__DELETE="on",
        citations__2__position="1",
        reason="The blog came first.",
        **new_citation(3, source="league-page", basis="relays", origin="ministry"),
    )
    assert page.complaints == []
    kept = promise.citations.order_by("position").values_list("source", "origin", "position")
    assert list(kept) == [
        ("blog-page", "blog", 1),
        ("daily-page", "daily", 2),
        ("league-page", "ministry", 3),
    ]
    assert fresh(Source(pk="league-page")).public_since is not None


BAD = {
    "no text": ({"title_en": " ", "title_ru": "\r\n"}, "at least one language"),
    "a text too long": ({"title_ru": "я" * 301}, "301 characters; at most 300"),
    "a control character": ({"statement_en": "A\x07court"}, "U+0007"),
    "a date that is none": ({"deadline": "2022-13"}, "no date of the calendar"),
    "a figure that is no number": (
        {"figures-1-what-en": "judges", "figures-1-value": "many"},
        "Figure 1: “many” is no number",
    ),
    "a figure beyond reason": (
        {"figures-1-what-en": "judges", "figures-1-value": "9" * 5000},
        "is no number",
    ),
    "half a figure": (
        {"figures-1-what-en": "judges", "figures-1-from": "1"},
        "Figure 1: give either “value”, or both",
    ),
    "a figure of nothing": ({"figures-1-value": "1"}, "Figure 1: “what” is missing"),
    "no such reform": ({"reform": "demo2020-9"}, "not one of the available choices"),
    "a negative number": ({"number": "-1"}, "greater than or equal to 0"),
    "number nought": ({"number": "0"}, "reforms_promise_number_from_one"),
    "no such source": (new_citation(source="nowhere"), "not one of the available choices"),
    "a paragraph that is none": (
        new_citation(source="daily-page", paragraphs="seven"),
        "“seven” is no paragraph",
    ),
    "a paragraph of no loaded text": (
        new_citation(source="daily-page", paragraphs="7-9"),
        "¶7, ¶8, ¶9: no such paragraph in the loaded text of daily-page",
    ),
    "a paragraph twice": (
        new_citation(source="daily-page", paragraphs=f"7 {PRINT}\n7 {PRINT}"),
        "¶7 is listed twice",
    ),
    "a range with one fingerprint": (
        new_citation(source="daily-page", paragraphs=f"7-9 {PRINT}"),
        "gives a range one fingerprint",
    ),
    "whose assertion is it": (
        new_citation(source="daily-page", basis="relays"),
        "name the publisher whose assertion it is",
    ),
    "a body twice": (
        {
            "body_ties-TOTAL_FORMS": "2",
            "body_ties-0-body": "court",
            "body_ties-0-role": "affected",
            "body_ties-1-body": "court",
            "body_ties-1-role": "affected",
        },
        "Please correct the duplicate",
    ),
}


@pytest.mark.parametrize(("changes", "complaint"), BAD.values(), ids=BAD)
def test_bad_input_is_a_complaint_and_stores_nothing(
    staff: Staff, changes: dict[str, Any], complaint: str
) -> None:
    fields = a_promise(reform="demo2020-1", **{"figures-total": "2"}) | changes
    page = staff.curator.save(add(Promise), **fields)
    assert page.status == 200
    assert complaint in " ".join(page.complaints)
    assert not Promise.objects.exists()
    assert not LogEntry.objects.exists()


def test_what_a_rule_refuses_at_the_end_undoes_all(
    staff: Staff, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.verdicts.reindex", refuse)
    page = staff.curator.save(
        page_of(promise),
        title_en="Another",
        reason="It said so.",
        **new_citation(source="daily-page"),
    )
    assert page.complaints == ["not today", "index: nor there"]
    assert fresh(promise).title == {"en": "Promise 1"}
    assert not promise.citations.exists()


def refuse(_ids: Any) -> None:
    raise RuleBroken({"statement": ["not today"], "index": ["nor there"]})


def test_a_promise_is_not_related_to_itself(staff: Staff, promise: Promise) -> None:
    page = staff.curator.save(
        page_of(promise),
        **{
            "relations-TOTAL_FORMS": "1",
            "relations-0-kind": "restates",
            "relations-0-to": promise.pk,
        },
    )
    assert "reforms_promiserelation_not_itself" in " ".join(page.complaints)
    assert not PromiseRelation.objects.exists()


def test_the_page_tells_what_became_of_it(staff: Staff, clock: Clock) -> None:
    clock.at("2023-06-01T12:00Z")
    promise = make_promise(deadline="2022")
    published = make_update(promise, "in_progress", "2022-03")
    waiting = make_update_in(ReviewState.SUBMITTED, promise, organisation="lantern")
    page = staff.curator.get(page_of(promise))
    context = page.response.context
    assert [line.update.pk for line in context["timeline"]["lines"]] == [waiting.pk, published.pk]
    assert "Overdue" in page.text
    assert "since 2022-03" in page.text
    assert context["add_update"].endswith("statusupdate/add/?promise=demo2020-1-1")
    assert staff.curator.get(context["add_update"]).fields["promise"] == [promise.pk]
    assert page_of(waiting) in page.text


SEARCHES = {
    "court": ["demo2020-1-1"],
    "конституциялық": ["demo2020-1-1"],
    '"something number 2"': ["demo2020-1-2"],
    "DEMO2020-1-2": ["demo2020-1-2"],
    "demo2020-1": ["demo2020-1-1", "demo2020-1-2"],
    "nowhere": [],
    "!!!": [],
}


@pytest.mark.parametrize(("words", "found"), SEARCHES.items())
def test_search_is_that_of_the_record(staff: Staff, words: str, found: list[str]) -> None:
    make_promise(1, bodies=[("court", "responsible")])
    make_promise(2)
    page = staff.curator.get(list_of(Promise), q=words)
    assert [promise.pk for promise in page.rows] == found
    assert bool(page.messages) == (words == "!!!")


FILTERS = {
    "status__exact=implemented": ["demo2020-1-1"],
    "timeliness=late": ["demo2020-1-1"],
    "timeliness=no_deadline": ["demo2020-1-2"],
    "timeliness=unassessed": ["far2021-1-1"],
    "programme__id__exact=far2021": ["far2021-1-1"],
    "reform__id__exact=demo2020-1": ["demo2020-1-1", "demo2020-1-2"],
    "topics__id__exact=money": ["demo2020-1-2"],
    "contested__exact=0&commitment__exact=specific": [
        "demo2020-1-1",
        "demo2020-1-2",
        "far2021-1-1",
    ],
    "deadline_on__year=2021": ["demo2020-1-1", "far2021-1-1"],
}


@pytest.mark.parametrize(("query", "found"), FILTERS.items())
def test_filters_of_the_list(staff: Staff, query: str, found: list[str]) -> None:
    make_update(make_promise(1, deadline="2021"), "implemented", "2022-06")
    make_promise(2, topics=["money"])
    make_promise(1, reform="far2021-1", deadline="2021-12")
    for person in (staff.curator, staff.anna):
        page = person.get(f"{list_of(Promise)}?{query}")
        assert [promise.pk for promise in page.rows] == found


def test_nobody_deletes_a_promise(staff: Staff, promise: Promise) -> None:
    for person in (staff.root, staff.curator):
        assert person.post(page_of(promise, "delete"), {"post": "yes"}).status == 403
        person.act("delete_selected", promise)
        person.act("delete_unused", promise)
    assert fresh(promise)


def test_two_at_once_is_a_complaint(
    staff: Staff, promise: Promise, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lose(*_: Any) -> None:
        raise IntegrityError("UNIQUE constraint failed")

    monkeypatch.setattr("reforms.workflow.save", lose)
    page = staff.curator.save(page_of(promise), title_en="Another")
    assert page.complaints == [
        "Somebody else saved the same just now. Look at what is there, then try again."
    ]
    assert fresh(promise).title == {"en": "Promise 1"}


def test_another_promises_citation_is_out_of_reach(staff: Staff, promise: Promise) -> None:
    other = make_promise(2, citations=[Cited("daily-page")])
    citation = other.citations.get()
    staff.curator.save(
        page_of(promise),
        **new_citation(source="watch-page", id=str(citation.pk)),
        citations__INITIAL_FORMS="1",
    )
    assert list(other.citations.values_list("source", flat=True)) == ["daily-page"]
    assert not promise.citations.exists()


# Everything about it ------------------------------------------------------------------------------


def test_a_promises_page_has_everything_about_it(staff: Staff) -> None:
    Paragraph.objects.create(
        source_id="demo2020-address", ordinal=7, fingerprint=PRINT, text="We will found a court."
    )
    promise = make_promise(
        deadline="2022",
        figures=[{"what": "judges", "from": 7, "to": 9}],
        citations=[Cited("demo2020-address", paragraphs=[{"ordinal": 7, "fingerprint": PRINT}])],
    )
    make_update(promise, "implemented", "2022-01")
    make_update(promise, "in_progress", "2022-02", organisation="lantern", assessed="2022-05")
    make_update(promise, "stalled", "2021-02", organisation="compass")
    page = staff.curator.get(page_of(promise))
    for words in ("Something number 1 will be done.", "We will found a court.", "<b>7 → 9</b>"):
        assert words in page.text
    context = page.response.context
    views = [
        (one["name"], one["leads"], one["headline"], one["agrees"], one["dissents"])
        for one in context["views"]
    ]
    assert views == [
        ("Editors", True, True, True, False),
        ("Compass", False, False, False, False),
        ("Lantern", False, False, False, True),
    ]
    assert [one.entry.action for one in context["latest_entries"]] == ["publish"] * 3 + ["create"]
    assert staff.curator.client.get(context["api_address"]).json()["id"] == promise.pk
    assert context["add_update"] in page.text


def test_the_public_page_is_a_click_away(staff: Staff) -> None:
    promise = make_promise(1)
    link = '<a href="/promises/demo2020-1-1/" class="viewsitelink">Public page</a>'
    assert link in staff.curator.get(page_of(promise)).text
    reform = staff.curator.get(page_of(Reform.objects.get(pk="demo2020-1")))
    assert '<a href="/reforms/demo2020-1/"' in reform.text
    # What is no longer there for readers has no page to look at.
    workflow.withdraw_object(promise, "It was entered twice.")
    assert "viewsitelink" not in staff.curator.get(page_of(promise)).text
