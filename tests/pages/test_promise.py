"""The page of a promise: what was promised, what became of it, who says so, on what evidence."""

import pytest

from reforms import ledger, workflow
from reforms.dates import PartialDate
from reforms.models import Paragraph, Programme
from reforms.vocabulary import ReviewState, Stance
from reforms.workflow import Cited
from tests.fixtures import make_promise, make_reply, make_update, make_update_in
from tests.pages.reading import queries, read, said, text

pytestmark = pytest.mark.usefixtures("cast")

PAGE = "/promises/demo2020-1-1/"
PRINT = "fp1:" + "ab" * 32


def section(page: object, heading: str) -> str:
    """The words from a heading of the second rank to the next one."""
    [start] = page.xpath("//h2[normalize-space()=$name]", name=heading)  # type: ignore[attr-defined]
    words = []
    for node in start.itersiblings():
        if node.tag == "h2":
            break
        words.append(text(node))
    return " ".join(words)


def test_what_was_promised() -> None:
    make_promise(2)
    make_promise(
        1,
        condition={"en": "if residents support it"},
        deadline="2022-11",
        deadline_wording={"en": "by the end of autumn"},
        figures=[
            {"what": "members", "from": 20000, "to": 5000, "unit": "people"},
            {"what": "share", "value": 2.5, "unit": "%"},
        ],
        bodies=[("court", "responsible"), ("senate", "affected")],
        topics=["courts"],
        relations=[("depends_on", "demo2020-1-2")],
    )
    page = read(PAGE)
    promised = section(page, "What was promised")
    assert "members 20,000 5,000 people" in promised
    assert "share – 2.5 %" in promised
    assert "Deadline November 2022 (“by the end of autumn”)" in promised
    assert "Responsible Constitutional Court Affected Senate" in promised
    assert "Depends on Promise 2 Not assessed" in promised
    assert "Topics Courts" in promised
    assert "Condition: if residents support it" in page.text_content()


def test_the_headline_says_who_says_so_and_what_the_words_mean() -> None:
    make_update(make_promise(), "implemented", effective="2022-06-03")
    verdict = text(read(PAGE).find_class("verdict")[0])
    assert "Implemented since 3 June 2022 In force or done." in verdict
    assert "Who says so Editors (leads the programme)" in verdict
    assert "Independent: one independent origin found it itself" in verdict
    assert "No deadline: the text gives no date" in verdict


def test_nothing_known_is_told_from_nothing_done() -> None:
    make_promise()
    words = said(PAGE)
    assert "Not assessed" in words
    assert "That is not to say that nothing happened: nobody has looked." in words


def test_dissent_stands_side_by_side() -> None:
    promise = make_promise()
    make_update(promise, "implemented", effective="2022-06")
    make_update(promise, "stalled", organisation="lantern", effective="2022-07")
    page = read(PAGE)
    assert "Contested Lantern says stalled" in text(page.find_class("verdict")[0])
    views = [text(one) for one in page.find_class("views")[0].xpath("./li")]
    assert views[0].startswith("Editors Implemented since June 2022 The headline.")
    assert views[1].startswith("Lantern Dissents Stalled since July 2022")


def test_evidence_that_disputes_is_said_to() -> None:
    citations = (Cited("daily-page"), Cited("watch-page", stance=Stance.DISPUTES.value))
    make_update(make_promise(), "implemented", citations=citations)
    page = read(PAGE)
    assert "some of the evidence cited for it disputes it" in text(page.find_class("verdict")[0])
    assert "Disputes: the origin's own finding or report (ngo)." in text(
        page.find_class("evidence")[0]
    )


def test_the_passage_or_its_locator() -> None:
    cited = Cited("demo2020-address", paragraphs=[{"ordinal": 7, "fingerprint": PRINT}])
    make_promise(citations=[cited])
    assert "Paragraph 7, known by its fingerprint fp1:abab" in section(read(PAGE), "In the source")
    Paragraph.objects.create(
        source_id="demo2020-address", ordinal=8, fingerprint=PRINT, text="We will found a court."
    )
    assert "We will found a court. Paragraph 8" in section(read(PAGE), "In the source")


def test_what_ended_is_struck_with_its_reason_and_successor() -> None:
    promise = make_promise()
    ended = make_update_in(ReviewState.SUPERSEDED, promise)
    page = read(PAGE)
    [struck] = page.find_class("ended")
    assert "Superseded" in text(struck)
    assert "It stopped." in text(struck)
    assert struck.xpath(".//s")
    assert struck.xpath(".//a[contains(@href, $key)]", key=str(ended.successor_id))
    # What never was public is nowhere.
    make_update_in(ReviewState.REJECTED, promise, organisation="lantern")
    assert len(read(PAGE).xpath("//ol[@class='timeline']/li")) == 2


def test_it_is_cited_by_an_address_that_stays() -> None:
    promise = make_promise()
    make_update(promise, "implemented", effective="2022-06")
    head = ledger.head().sequence
    [citation] = read(PAGE).find_class("cite")
    permanent = f"http://testserver{PAGE}?known_at={head}"
    assert text(citation).startswith(
        "“Promise 1” (demo2020-1-1): implemented since 2022-06 (independent)."
        f" Reform tracker, entry {head} of its ledger"
    )
    assert text(citation).endswith(permanent)
    make_update(promise, "reversed", effective="2023-01")
    assert "reversed since 2023-01" in text(read(PAGE).find_class("cite")[0])
    [again] = read(permanent.removeprefix("http://testserver")).find_class("cite")
    assert text(again) == text(citation)


def test_everything_is_of_the_moment_that_is_asked_for() -> None:
    promise = make_promise()
    make_update(promise, "in_progress", effective="2022-01-05")
    make_update(promise, "implemented", effective="2022-06-03")
    page = read(f"{PAGE}?as_of=2022-02-01")
    assert "In progress since 5 January 2022" in text(page.find_class("verdict")[0])
    assert len(page.xpath("//ol[@class='timeline']/li")) == 1
    own = [link for link in page.xpath("//main//a/@href") if link.startswith("/reforms/")]
    assert own
    assert all("as_of=2022-02-01" in link for link in own)


def test_neighbours() -> None:
    for number in (1, 3, 10):
        make_promise(number)
    make_promise(2, "demo2020-2")
    page = read("/promises/demo2020-1-3/")
    assert [page.xpath(f"string(//a[@rel='{rel}'])") for rel in ("prev", "next")] == [
        "←\N{NO-BREAK SPACE}Promise 1",
        "Promise 10\N{NO-BREAK SPACE}→",
    ]
    assert not read("/promises/demo2020-1-10/").xpath("//a[@rel='next']")


def test_long_timelines_have_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reforms.pages.promise.UPDATES", 2)
    promise = make_promise()
    for month in range(1, 6):
        make_update(promise, "in_progress", effective=f"2022-0{month}")
    found, address = 0, PAGE
    while address:
        page = read(address)
        found += len(page.xpath("//ol[@class='timeline']/li"))
        address = "".join(page.xpath("//nav[@aria-label='Pages of updates']/a[@rel='next']/@href"))
    assert found == 5


def test_a_withdrawn_promise_says_when_and_why() -> None:
    workflow.withdraw_object(make_promise(), "It was the same as another.")
    page = read(PAGE, 410)
    assert "It was the same as another." in page.text_content()
    [before] = page.xpath("//a[contains(text(), 'last knew it')]/@href")
    assert "Something number 1 will be done." in said(before)
    assert page.xpath("//a[contains(text(), 'ledger says')]/@href")


def test_absent() -> None:
    assert "There is no promise demo2020-1-9" in said("/promises/demo2020-1-9/", 404)


def test_a_related_promise_that_had_not_been_made_yet_is_an_id() -> None:
    programme = Programme.objects.get(pk="far2021")
    programme.announced = PartialDate.parse("2021-05-01")
    workflow.save(programme, "It was announced later.")
    make_promise(1, relations=[("restates", make_promise(1, "far2021-1").pk)])
    assert "Restates Promise 1 Not assessed" in said(PAGE)
    then = said(f"{PAGE}?as_of=2020-06-01")
    assert "Restates far2021-1-1 (not in the record at this moment)" in then


def test_queries_do_not_grow() -> None:
    promise = make_promise(2, relations=[("restates", make_promise(1).pk)])
    make_promise(3)
    make_update(promise, "in_progress", effective="2022-01")
    few = queries("/promises/demo2020-1-2/")
    for month in range(2, 7):
        make_update(promise, "in_progress", effective=f"2022-0{month}", organisation="lantern")
    assert queries("/promises/demo2020-1-2/") == few
    assert len(few) < 60


def test_a_reply_in_two_languages_leads_to_the_other() -> None:
    promise = make_promise(1)
    both = {"ru": "Исполнено.", "kk": "Орындалды."}
    make_reply(promise, id="demo2020-1-1-both", text=both, signed_by={"ru": "Я", "kk": "Мен"})
    [reply] = read(f"/promises/{promise.pk}/?lang=ru").xpath("//section[@class='replies']/article")
    assert "Исполнено." in text(reply)
    assert reply.xpath("./div/@lang") == ["ru"]
    [other] = reply.xpath(".//a[@hreflang='kk']/@href")
    assert "Орындалды." in text(read(other.partition("#")[0]))
