"""The list of promises: searched and narrowed by a form that needs no script."""

from urllib.parse import parse_qs, urlsplit

import pytest

from reforms import ledger
from reforms.api.filtersets import PromiseFilters
from reforms.pages import narrowing
from tests.api import asking as api
from tests.fixtures import make_promise, make_update
from tests.pages.reading import ask, queries, read, said, text

pytestmark = pytest.mark.usefixtures("cast")


def titles(path: str) -> list[str]:
    found: list[str] = read(path).xpath("//table[contains(@class, 'promises')]//tbody//th/a/text()")
    return found


def fill() -> None:
    make_update(make_promise(1, title={"en": "A court is founded"}), "implemented")
    make_update(make_promise(2, bodies=[("court", "responsible")]), "stalled")
    make_promise(3, deadline="2021")
    make_promise(1, "far2021-1", topics=["courts"])


def test_all_of_them_and_how_many() -> None:
    fill()
    assert titles("/promises/") == [
        "A court is founded",
        "Promise 2",
        "Promise 3",
        "Promise 1",
    ]
    assert "4 promises" in said("/promises/")


@pytest.mark.parametrize(
    "question",
    [
        "status=implemented,stalled",
        "body=court",
        "topic=courts",
        "programme=far2021",
        "timeliness=unassessed",
        "deadline_before=2021-12-31",
        "status_not=not_assessed&ordering=-changed_at",
        "search=court",
        "as_of=2022-01-01&status=not_assessed",
    ],
)
def test_it_answers_what_the_api_answers(question: str) -> None:
    fill()
    # A page orders a search by how well it matches, which the API does where it is asked to.
    order = "&ordering=relevance" if "search" in question else ""
    expected = [row["title"] for row in api.results(f"/promises/?{question}{order}")]
    assert expected
    assert titles(f"/promises/?{question}") == expected


def test_every_filter_of_the_api_has_its_words() -> None:
    filters = {name.removesuffix("_not") for name in PromiseFilters.base_filters}
    assert filters == narrowing.LABELS.keys()


def test_what_a_form_sends_gets_an_address_without_empty_fields() -> None:
    sent = "/promises/?search=&reform=&status=implemented&status=stalled&ordering="
    assert ask(sent).headers["Location"] == "/promises/?status=implemented%2Cstalled"


def test_the_form_shows_what_is_on() -> None:
    fill()
    address = "/promises/?status=implemented,stalled&body=court&source=demo2020-address&lang=en"
    form = read(address).xpath("//form[contains(@class, 'narrow')]")[0]
    assert form.xpath(".//input[@type='checkbox'][@checked]/@value") == ["stalled", "implemented"]
    assert form.xpath(".//select[@name='body']/option[@selected]/@value") == ["court"]
    # What has no field of its own is handed on.
    assert {
        one.get("name"): one.get("value") for one in form.xpath(".//input[@type='hidden']")
    } == {
        "source": "demo2020-address",
        "lang": "en",
    }
    # A filter that is on is never hidden from sight.
    assert form.xpath(".//details[@open]")


def test_each_filter_can_be_dropped() -> None:
    fill()
    page = read("/promises/?status=stalled&body_not=senate&search=promise&ordering=relevance")
    dropped = {
        one.text_content().split("×")[0].strip(): parse_qs(urlsplit(one.get("href")).query)
        for one in page.find_class("active")[0].xpath(".//a")
    }
    assert dropped.pop("Drop all") == {}
    assert {label: sorted(left) for label, left in dropped.items()} == {
        "Status: stalled": ["body_not", "ordering", "search"],
        "Body is not: Senate": ["ordering", "search", "status"],
        # Without words there is no best match.
        "Words: “promise”": ["body_not", "status"],
    }


def test_nothing_found_says_what_to_try() -> None:
    fill()
    words = said("/promises/?search=parliamentary&status=stalled")
    assert "No promise matches all of this. Drop a filter above, or try fewer words" in words


def test_a_question_that_makes_no_sense_is_refused_with_all_mistakes() -> None:
    words = said("/promises/?status=implementd&deadline_before=soon", 400)
    assert "“implementd” is no value of this filter. Did you mean “implemented”?" in words
    assert "“soon” is no day" in words
    page = read("/promises/?staus=implemented", 400)
    assert page.xpath("//main//a[@href='/promises/']/text()") == ["This page without any of it"]


def test_what_cannot_be_asked_of_a_moment_is_left_out_at_a_click() -> None:
    fill()
    now = ledger.head().sequence
    kept = f"/promises/?status=stalled&status=reversed&known_at={now}"
    page = read(f"{kept}&search=court", 400)
    assert "search may have been edited since" in text(page)
    [rest] = page.xpath("//main//a[.='This page with the rest of the question']/@href")
    assert rest == kept
    read(rest)
    # Where nothing is right, nothing of it is offered.
    assert "rest of the question" not in said("/promises/?staus=implemented", 400)


def test_at_an_earlier_moment_only_what_can_be_asked_is_offered() -> None:
    fill()
    form = read(f"/promises/?known_at={ledger.head().sequence}").find_class("narrow")[0]
    offered = set(form.xpath(".//@name"))
    assert "search" not in offered
    assert "body" not in offered
    assert {"reform", "status", "known_at"} <= offered


def test_pages_keep_filters_and_count_no_further_than_anybody_reads(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("reforms.pages.promises.ROWS", 2)
    monkeypatch.setattr("reforms.pages.promises.MOST", 3)
    for number in range(1, 6):
        make_promise(number)
    first = read("/promises/?reform=demo2020-1")
    assert "More than 3 promises" in first.text_content()
    [address] = first.xpath("//a[@rel='next']/@href")
    assert parse_qs(urlsplit(address).query)["reform"] == ["demo2020-1"]
    second = read(address)
    [back] = second.xpath("//a[@rel='prev']/@href")
    assert titles(address) == ["Promise 3", "Promise 4"]
    assert titles(back) == ["Promise 1", "Promise 2"]
    # A place belongs to its moment: the form for another one does not hand it on.
    assert not second.find_class("as-of")[0].xpath(".//input[@name='cursor']")


def test_narrowed_lists_are_not_indexed() -> None:
    assert read("/promises/?status=stalled").xpath("//meta[@name='robots']/@content")
    assert not read("/promises/").xpath("//meta[@name='robots']")


def test_queries_do_not_grow() -> None:
    make_update(make_promise(1), "implemented")
    few = queries("/promises/?search=promise")
    for number in range(2, 6):
        make_promise(number, bodies=[("court", "responsible")], topics=["courts"])
    assert queries("/promises/?search=promise") == few
