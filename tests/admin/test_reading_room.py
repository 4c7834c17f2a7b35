"""The reading room: a loaded text, what rests on its paragraphs, and promises written from it."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import records, workflow
from reforms.admin import margin, reading_room
from reforms.admin.reading_room import place_of
from reforms.admin.selection import as_ranges, in_words
from reforms.ledger import payload_of
from reforms.models import LedgerEntry, Paragraph, Programme, Promise, Reform, Source, StatusUpdate
from reforms.seeding.fingerprints import fingerprint
from reforms.workflow import Cited
from tests.admin.browser import Page, Person, add, list_of, page_of
from tests.admin.conftest import Staff
from tests.fixtures import fresh, make_promise, make_update

ADDRESS = "demo2020-address"
READ = f"/admin/reforms/source/{ADDRESS}/read/"
SELECT = f"/admin/reforms/source/{ADDRESS}/select/"
TEXT = [
    "Dear citizens!",
    "We begin with the courts.",
    "A court of nine will be founded.",
    "It will sit in the capital.",
    "Thank you.",
    "Now to the money.",
    "Salaries will rise by a tenth.",
    "Thank you.",
]


def load(*lines: str) -> None:
    Paragraph.objects.filter(source=ADDRESS).delete()
    Paragraph.objects.bulk_create(
        Paragraph(source_id=ADDRESS, ordinal=place, fingerprint=fingerprint(words), text=words)
        for place, words in enumerate(lines, start=1)
    )


def at(*ordinals: int) -> list[dict[str, Any]]:
    """Paragraphs of the text as a locator names them."""
    return [{"ordinal": one, "fingerprint": fingerprint(TEXT[one - 1])} for one in ordinals]


def citing(*ordinals: int, **more: Any) -> list[Cited]:
    return [Cited(ADDRESS, paragraphs=at(*ordinals), **more)]


@pytest.fixture
def text(staff: Staff) -> Staff:
    load(*TEXT)
    for number, (first, last) in ((1, (2, 5)), (2, (6, 8))):
        reform = Reform.objects.get(pk=f"demo2020-{number}")
        bounds = {"source": ADDRESS, "first": at(first)[0], "last": at(last)[0]}
        reform.bounds = bounds
        workflow.save(reform, "The text says so.")
    return staff


def beside(page: Page, kind: str = "promises") -> dict[int, list[str]]:
    """What stands in the margin, by the paragraph."""
    return {
        row.ordinal: [one.label for one in getattr(row, kind)]
        for row in page.response.context["rows"]
        if getattr(row, kind)
    }


# Reading ------------------------------------------------------------------------------------------


def test_promises_stand_beside_their_paragraphs(text: Staff) -> None:
    court = make_promise(1, citations=citing(3, 4), title={"en": "A court of nine"})
    make_promise(2, citations=citing(4, stance="context"))
    gone = make_promise(3, citations=citing(7))
    workflow.withdraw_object(gone, "Entered twice.")
    make_update(court, "implemented", citations=citing(3))
    evidence = [Cited("daily-page"), *citing(3, stance="disputes")]
    make_update(court, "stalled", organisation="lantern", citations=evidence)
    page = text.curator.get(READ)
    assert beside(page) == {3: ["demo2020-1-1"], 4: ["demo2020-1-1", "demo2020-1-2"]}
    [row] = [one for one in page.response.context["rows"] if one.ordinal == 3]
    assert (row.updates_count, row.stances) == (2, "1 supports, 1 disputes")
    assert row.promises[0].address == page_of(court)
    assert "A court of nine" in page.text
    assert "Promise 2 (context)" in page.text
    assert 'id="p3"' in page.text
    headings = {
        one.ordinal: (
            [part.reform.pk for part in one.begins],
            [part.reform.pk for part in one.ends],
        )
        for one in page.response.context["rows"]
        if one.begins or one.ends
    }
    assert headings == {
        2: (["demo2020-1"], []),
        5: ([], ["demo2020-1"]),
        6: (["demo2020-2"], []),
        8: ([], ["demo2020-2"]),
    }


def test_what_no_promise_rests_on(text: Staff) -> None:
    promise = make_promise(1, citations=citing(3, 4))
    make_update(promise, "implemented", citations=citing(7))
    page = text.curator.get(READ)
    assert "2 of 8 paragraphs (25 %) are cited by promises" in page.text
    assert [
        (part.reform.pk, cited, of)
        for part, _, cited, of in page.response.context["overview"]["coverage"]
    ] == [
        ("demo2020-1", 2, 4),
        ("demo2020-2", 0, 3),
    ]
    free = text.curator.get(READ, show="free").response.context["rows"]
    assert [one.ordinal for one in free] == [1, 2, 5, 6, 7, 8]
    assert [one.left_out for one in free if one.left_out] == [(3, 4)]
    make_promise(2, citations=citing(1, 2, 5, 6, 7, 8))
    assert "A promise rests on every paragraph." in text.curator.get(READ, show="free").text


def test_of_paragraphs_that_are_alike_the_nearest_is_marked(text: Staff) -> None:
    make_promise(1, citations=citing(5))
    make_promise(2, citations=citing(8))
    assert beside(text.curator.get(READ)) == {5: ["demo2020-1-1"], 8: ["demo2020-1-2"]}


def test_what_moved_and_what_is_not_there(text: Staff) -> None:
    promise = make_promise(1, citations=citing(3, 7))
    update = make_update(promise, "stalled", citations=citing(2))
    load("A new opening.", *TEXT[:6])
    page = text.curator.get(READ)
    assert beside(page) == {4: ["demo2020-1-1"]}
    assert "cited as ¶3" in page.text
    lines = page.response.context["unfound"]["lines"]
    assert lines == [("demo2020-1-1", page_of(promise), "¶7")]
    load(*TEXT[2:])
    lines = text.curator.get(READ).response.context["unfound"]["lines"]
    assert lines == [
        ("demo2020-1 · Direction 1", page_of(Reform(pk="demo2020-1")), "its first paragraph, ¶2"),
        ("an update on demo2020-1-1", page_of(update), "¶2"),
    ]


def test_a_text_that_is_not_loaded(staff: Staff) -> None:
    page = staff.curator.get(READ)
    assert "load_document demo2020-address FILE" in page.text
    assert staff.curator.get(READ, show="free").status == 200


# Who may ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "reads", "writes"),
    [
        ("root", True, True),
        ("curator", True, True),
        ("reviewer", True, False),
        ("anna", False, False),
        ("stranger", False, False),
    ],
)
def test_who_reads_and_who_writes(text: Staff, name: str, reads: bool, writes: bool) -> None:
    promise = make_promise(1, citations=citing(3))
    person: Person = getattr(text, name)
    page = person.get(READ)
    assert page.status == (200 if reads else 403)
    assert ("Create a promise" in page.text) == writes
    assert person.get(SELECT, p=3).status == (302 if writes else 403)
    assert (READ in person.get(page_of(Source(pk=ADDRESS))).text) == reads
    assert (READ in person.get(list_of(Source)).text) == reads
    assert (f"{READ}#p3" in person.get(page_of(promise)).text) == reads
    assert (READ in person.get(page_of(Programme(pk="demo2020"))).text) == reads
    assert (f"{READ}#p2" in person.get(page_of(Reform(pk="demo2020-1"))).text) == reads


def test_nothing_unpublished_is_shown_to_whom_it_is_not_meant_for(text: Staff) -> None:
    """Whoever may read texts, but reviews nothing, meets neither submissions nor private sources."""
    promise = make_promise(1, citations=citing(3))
    make_update(promise, "stalled", organisation="lantern", citations=citing(4), publish=False)
    reader = User.objects.get(username="boris")
    reader.user_permissions.add(Permission.objects.get(codename="view_paragraph"))
    boris = Person(User.objects.get(pk=reader.pk))
    assert beside(boris.get(READ), "updates") == {}
    page = text.reviewer.get(READ)
    assert beside(page, "updates") == {4: ["demo2020-1-1"]}
    assert "submitted" in page.text
    Source.objects.filter(pk=ADDRESS).update(public_since=None)
    assert boris.get(READ).response.headers["Location"] == "/admin/"
    assert text.reviewer.get(READ).status == 200


def test_what_came_to_nothing_is_not_counted(text: Staff) -> None:
    promise = make_promise(1)
    workflow.retract(make_update(promise, "stalled", citations=citing(3)), "Misread.")
    workflow.reject(make_update(promise, "stalled", citations=citing(4), publish=False), "No.")
    assert beside(text.curator.get(READ), "updates") == {}


# At size ------------------------------------------------------------------------------------------


def test_queries_do_not_grow_with_what_cites_it(text: Staff) -> None:
    def asked() -> int:
        ContentType.objects.clear_cache()
        with CaptureQueriesContext(connection) as queries:
            assert text.curator.get(READ).status == 200
        return len(queries)

    def cite(number: int) -> None:
        promise = make_promise(number, citations=citing(3, 4, 7))
        make_update(promise, "stalled", f"2022-{number:02}", citations=citing(3))

    cite(1)
    asked()  # what a first request asks once
    few = asked()
    for number in range(2, 12):
        cite(number)
    assert asked() == few <= 16
    page = text.curator.get(READ)
    assert len(beside(page)[3]) == 8
    assert "and 3 more promises" in page.text


def test_a_source_that_is_cited_too_often_says_so(
    text: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2, 3):
        make_promise(number, citations=citing(number))
    assert "may be cited" not in text.curator.get(READ).text
    monkeypatch.setattr(margin, "MOST_CITATIONS", 2)
    page = text.curator.get(READ)
    assert "A paragraph that seems free may be cited." in page.text
    assert beside(page) == {1: ["demo2020-1-1"], 2: ["demo2020-1-2"]}


def test_a_long_text_has_pages(text: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading_room, "PER_PAGE", 3)

    def shown(**query: Any) -> list[int]:
        return [one.ordinal for one in text.curator.get(READ, **query).response.context["rows"]]

    assert (shown(), shown(**{"from": 5}), shown(**{"from": 99})) == ([1, 2, 3], [4, 5, 6], [7, 8])
    assert shown(show="free", **{"from": "nonsense"}) == [1, 2, 3]
    page = text.curator.get(READ, **{"from": 4})
    assert f'href="{READ}?from=1" rel="prev"' in page.text
    assert f'href="{READ}?from=7" rel="next"' in page.text
    assert "demo2020-1</a> Direction 1 <small>goes on</small>" in page.text
    assert text.curator.get(READ, to=5).response.headers["Location"] == f"{READ}?from=4#p5"
    assert (place_of(ADDRESS), place_of(ADDRESS, 3)) == (READ, f"{READ}#p3")


# Selecting ----------------------------------------------------------------------------------------


def test_a_promise_is_written_from_its_paragraphs(text: Staff) -> None:
    make_promise(1)
    chosen = text.curator.get(SELECT, p=[4, 3]).response.headers["Location"]
    assert chosen == f"{add(Promise)}?passage=demo2020-address%3A3-4"
    form = text.curator.get(chosen)
    assert "It will sit in the capital." in form.text
    assert f"{READ}?chosen=3-4#p3" in form.text
    given = {name.removeprefix("citations-0-"): value for name, value in form.fields.items()}
    assert (form.fields["reform"], form.fields["number"]) == (["demo2020-1"], ["2"])
    assert (given["stance"], given["basis"]) == (["supports"], ["own_finding"])
    assert given["locator"] == ["paragraphs 3–4"]

    written = {"title_en": "A court", "statement_en": "A court of nine.", "kind": "institution"}
    refused = text.curator.save(chosen, **written)
    assert refused.complaints == ["This field is required."]
    assert "It will sit in the capital." in refused.text, "it stays in sight"
    page = text.curator.save(chosen, **written, commitment="specific")
    assert page.complaints == []
    assert f'<a href="{READ}#p4">Go on reading at ¶4</a>' in page.text
    promise = Promise.objects.get(pk="demo2020-1-2")
    expected = {
        "source": ADDRESS,
        "stance": "supports",
        "basis": "own_finding",
        "origin": "ministry",
        "locator": "paragraphs 3–4",
        "paragraphs": at(3, 4),
        "note": {},
    }
    assert records.document(promise)["citations"] == [expected]
    entry = LedgerEntry.objects.get(object_id="demo2020-1-2")
    assert payload_of(entry)["document"]["citations"] == [expected]
    assert beside(text.curator.get(READ)) == {3: ["demo2020-1-2"], 4: ["demo2020-1-2"]}


@pytest.mark.parametrize(
    ("ordinals", "reform"), [((6, 7), "demo2020-2"), ((1, 3), ""), ((5, 6), "")]
)
def test_the_reform_is_the_one_that_holds_them_all(
    text: Staff, ordinals: tuple[int, ...], reform: str
) -> None:
    form = text.curator.get(add(Promise), passage=f"{ADDRESS}:{as_ranges(ordinals)}")
    assert form.fields.get("reform", [""]) == [reform]


def test_paragraphs_become_a_further_citation(text: Staff) -> None:
    promise = make_promise(1, citations=[Cited("daily-page")])
    asked = {"p": [6, 7], "cite": "Add the citation"}
    for name, words in (("", "Give the id of the promise"), ("nobody", "no promise “nobody”")):
        back = text.curator.get(SELECT, **asked, promise=name).response.headers["Location"]
        assert back == f"{READ}?chosen=6-7#p6"
        page = text.curator.get(back)
        assert words in page.messages[0]
        assert page.fields["p"] == ["6", "7"]
    address = text.curator.get(SELECT, **asked, promise=promise.pk).response.headers["Location"]
    form = text.curator.get(address)
    assert form.fields["citations-1-locator"] == ["paragraphs 6–7"]
    page = text.curator.save(address, reason="It says so again.")
    assert page.complaints == []
    assert [one["source"] for one in records.document(fresh(promise))["citations"]] == [
        "daily-page",
        ADDRESS,
    ]


WRONG = {
    "nothing": ("", "Select at least one paragraph."),
    "not there": ("3,9-10", "¶9-10: no such paragraph in the loaded text of demo2020-address."),
    "no number": ("3,x", "“x” is no paragraph"),
    "too many": ("1-200,201", "201 paragraphs are selected; a promise rests on at most 200."),
    "endless": ("1-999999", "is no range of at most 200"),
    "a null": ("\x00", "Select at least one paragraph."),
}


@pytest.mark.parametrize(("ordinals", "complaint"), WRONG.values(), ids=WRONG)
def test_a_selection_that_cannot_be(text: Staff, ordinals: str, complaint: str) -> None:
    page = text.curator.get(add(Promise), passage=f"{ADDRESS}:{ordinals}")
    assert page.status == 200
    assert complaint in page.messages[0]
    assert page.fields["citations-TOTAL_FORMS"] == ["0"]


def test_sources_that_cannot_be_cited(text: Staff) -> None:
    for name in ("nowhere", "\x00", "' OR 1=1"):
        page = text.curator.get(add(Promise), passage=f"{name}:3")
        assert "no source" in page.messages[0]
        assert page.status == 200
    Programme.objects.get(pk="demo2020").announced_by.clear()
    Source.objects.filter(pk=ADDRESS).update(withdrawn_at="2022-01-01T00:00Z")
    page = text.curator.get(add(Promise), passage=f"{ADDRESS}:3")
    assert "was withdrawn" in page.messages[0]
    assert "Create a promise" not in text.curator.get(READ).text
    assert text.curator.get("/admin/reforms/source/nowhere/read/").status == 302
    assert text.curator.get("/admin/reforms/source/%00/select/").status == 302


@pytest.mark.parametrize("query", ["from=%00", "to=x", "show=%00", "chosen=%00", "chosen=1-9,z"])
def test_nonsense_is_no_accident(text: Staff, query: str) -> None:
    assert text.curator.get(f"{READ}?{query}").status in (200, 302)
    assert text.curator.get(f"{SELECT}?{query}").status == 302


@pytest.mark.without_database
def test_paragraphs_in_words() -> None:
    assert in_words([138]) == "paragraph 138"
    assert in_words([138, 139, 140, 142]) == "paragraphs 138–140 and 142"
    assert in_words([1, 3, 5, 6]) == "paragraphs 1, 3 and 5–6"
    assert in_words(range(1001, 1401, 2)) == "200 paragraphs between 1001 and 1399"
    assert as_ranges([1, 2, 3, 7]) == "1-3,7"
    assert as_ranges(range(1, 251)) == "1-200,201-250", "no longer than a range may be"


def test_an_update_says_what_it_rests_on_in_its_place(text: Staff) -> None:
    update = make_update(make_promise(1), "stalled", citations=citing(7))
    assert f'href="{READ}#p7"' in text.reviewer.get(page_of(StatusUpdate(pk=update.pk))).text
