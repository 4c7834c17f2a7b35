"""The pages about what stands around promises: each shows what the API says, and no more."""

from collections.abc import Callable
from typing import Any

import pytest

from reforms import ledger, workflow
from reforms.models import Body, Organisation, Paragraph, Publisher, Source, StatusUpdate
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.fixtures import make_promise, make_reply, make_update, make_update_in
from tests.pages.reading import ask, read, said, text

pytestmark = pytest.mark.usefixtures("cast")

PRINT = "fp1:" + "ab" * 32
OTHER = "fp1:" + "cd" * 32
PASSAGE = Cited("daily-page", paragraphs=[{"ordinal": 3, "fingerprint": PRINT}])


def hrefs(page: Any) -> list[str]:
    return [str(one) for one in page.xpath("//main//a/@href")]


def fill(number: int) -> None:
    """Rows enough that a query for each of them would show."""
    Paragraph.objects.create(
        source_id="daily-page", ordinal=3, fingerprint=PRINT, text="The court sits."
    )
    for place in range(1, number + 1):
        promise = make_promise(
            place, bodies=[("court", "affected")], topics=["courts"], citations=[PASSAGE]
        )
        for organisation, status in (("editors", "implemented"), ("lantern", "stalled")):
            make_update(promise, status, organisation=organisation, citations=[PASSAGE])


# Sources


def test_a_source_says_what_it_is_and_what_rests_on_it() -> None:
    Paragraph.objects.create(
        source_id="daily-page", ordinal=4, fingerprint=PRINT, text="The court sits."
    )
    update = make_update(make_promise(1), "implemented", citations=[PASSAGE])
    page = read("/sources/daily-page/")
    words = text(page.xpath("//main")[0])
    assert "News: a news report" in words
    assert "Daily, a medium that is not the state's (XD)" in words
    assert "date not known" in words
    assert "1 promise, by its own text" in words
    assert "Implemented since June 2022" in words
    assert text(page.xpath("//blockquote")[0]) == "The court sits."
    assert "Paragraph 4 of the text, cited as paragraph 3" in words
    assert f"/updates/{update.pk}/" in hrefs(page)
    # What disputes nothing here, other citations of the same promise, is not shown.
    assert "Nobody" not in words


def test_a_source_shows_no_words_of_a_text_that_is_not_loaded() -> None:
    make_update(make_promise(1), "implemented", citations=[PASSAGE])
    page = read("/sources/daily-page/")
    assert not page.xpath("//blockquote")
    assert "not loaded here" in text(page)
    assert PRINT in text(page)


def test_a_source_of_another_moment_shows_the_updates_that_cited_it_then() -> None:
    make_update(make_promise(1), "implemented", citations=[PASSAGE])
    then = ledger.head().sequence
    make_update(make_promise(2), "stalled", citations=[PASSAGE])
    words = said(f"/sources/daily-page/?known_at={then}")
    assert "1 status update cited it by then." in words
    assert "Stalled" not in words
    # What is true of a day is asked of the promises, and the source itself knows no days.
    assert "2 promises" in said("/sources/daily-page/?as_of=2023-01-01")


def test_sources_are_filtered_as_in_the_api() -> None:
    make_update(make_promise(1), "implemented", citations=[PASSAGE])
    page = read("/sources/?kind=news")
    assert [one for one in hrefs(page) if "-page/" in one] == ["/sources/daily-page/"]
    assert page.xpath("//select[@name='kind']/option[@selected]/@value") == ["news"]
    assert "Only kind news." in text(page)
    assert "Did you mean “news”?" in said("/sources/?kind=nwes", 400)
    assert "No source is like this." in said("/sources/?kind=speech")


def test_what_an_organisation_sent_and_nothing_public_cites_is_not_there() -> None:
    lantern = Organisation.objects.get(pk="lantern")
    secret = Publisher.objects.create(
        id="secret", name={"en": "Secret"}, type="ngo", submitted_by=lantern
    )
    Source.objects.create(
        id="secret-page",
        title={"en": "Secret"},
        kind="news",
        publisher=secret,
        submitted_by=lantern,
    )
    update = make_update(
        make_promise(1),
        "stalled",
        organisation="lantern",
        citations=[Cited("secret-page")],
        publish=False,
    )
    for path in ("/sources/secret-page/", "/publishers/secret/", f"/updates/{update.pk}/"):
        assert "There is no" in said(path, 404)
    for path in ("/sources/", "/publishers/", "/organisations/editors/", "/changes/"):
        assert "secret" not in said(path).lower()


def test_a_publisher_lists_its_public_sources() -> None:
    Publisher.objects.filter(pk="daily").update(aliases=["The Daily"])
    make_update(make_promise(1), "implemented", citations=[PASSAGE])
    page = read("/publishers/daily/")
    assert "Also called The Daily" in text(page)
    assert "/sources/daily-page/" in hrefs(page)
    assert "0 sources" in said("/publishers/watch/")


# Bodies, topics, organisations


def test_a_body_says_what_followed_on_it_and_what_was_promised_of_it() -> None:
    court = Body.objects.get(pk="court")
    court.successor_id = "senate"
    workflow.save(court, "It was replaced.")
    make_promise(1, bodies=[("court", "affected")])
    page = read("/bodies/court/")
    assert "What took its place senate" in text(page)
    assert "1 promise for which it is responsible" in text(page)
    assert "It took the place of Constitutional Court" in said("/bodies/senate/")
    assert "Конституциялық Сот" in said("/bodies/court/?lang=kk")
    assert "the present list" in said(f"/bodies/court/?known_at={ledger.head().sequence}")


def test_a_topic_lists_its_promises() -> None:
    make_promise(1, topics=["courts"])
    assert "1 promise about it." in said("/topics/courts/")
    assert "/topics/money/" in hrefs(read("/topics/"))


def test_an_organisation_says_whose_it_is_and_what_it_says_now() -> None:
    lantern = Organisation.objects.get(pk="lantern")
    lantern.affiliation, lantern.pseudonymous = {"en": "Its members pay."}, True
    workflow.save(lantern, "It says so.")
    promise = make_promise(1)
    make_update(promise, "in_progress", "2021", organisation="lantern")
    make_update(promise, "implemented", "2022", organisation="lantern")
    make_update_in(ReviewState.RETRACTED, make_promise(2), organisation="lantern")
    make_update(promise, "stalled", "2022")
    page = read("/organisations/lantern/")
    words = text(page)
    assert "Its members pay." in words
    assert "This name is a pseudonym." in words
    assert "1 promise, each with" in words
    [row] = page.xpath("//div[@aria-label='Its current assessments']//tbody/tr")
    assert "Implemented" in text(row)
    assert "Stalled" in text(row)
    counted = page.xpath("//div[@aria-label='Its current assessments by status']//tbody/tr")
    assert [text(one) for one in counted] == ["Implemented 1"]
    agreement = page.xpath("//div[@aria-label='Agreement']//tbody/tr")
    assert [text(one).split()[:3] for one in agreement] == [["editors", "1", "0%"]]
    then = read("/organisations/lantern/?as_of=2021-12-31")
    assert "In progress" in text(then.xpath("//div[@aria-label='Its current assessments']")[0])


# Status updates


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ReviewState.PUBLISHED, "It stands"),
        (ReviewState.SUPERSEDED, "Why: It stopped. What replaced it"),
        (ReviewState.RETRACTED, "Why: We misread the law."),
        (ReviewState.REMOVED, "taken down by the curators. Why: It names a private person."),
    ],
)
def test_an_update_says_whether_it_stands(state: ReviewState, expected: str) -> None:
    update = make_update_in(state, make_promise(1))
    words = said(f"/updates/{update.pk}/")
    assert expected in words
    assert "Implemented: in force or done" in words
    assert ("It stands" in words) == (state == ReviewState.PUBLISHED)


def test_an_update_stood_before_it_was_retracted() -> None:
    update = make_update(make_promise(1), "implemented")
    then = ledger.head().sequence
    workflow.retract(update, "We misread the law.")
    assert "It stands" in said(f"/updates/{update.pk}/?known_at={then}")
    assert f"/updates/{update.pk}/?known_at={then + 1}" in said(f"/updates/{update.pk}/")
    # What leads on from there leads somewhere.
    further = [
        one for one in hrefs(read(f"/updates/{update.pk}/?known_at={then}")) if one[0] == "/"
    ]
    assert any("/history/" in one for one in further)
    assert {ask(one).status_code for one in further} == {200}
    assert "There is no status update" in said(f"/updates/{update.pk}/?as_of=2020-02-01", 404)


# Entries of the ledger


def test_the_history_of_a_promise_says_what_changed_and_why() -> None:
    promise = make_promise(1)
    promise.title = {"en": "A court of nine"}
    workflow.save(promise, "The text says how many.")
    update = make_update(promise, "implemented")
    page = read("/promises/demo2020-1-1/history/")
    headings = [text(one) for one in page.xpath("//article/h2")]
    assert headings[0] == "Published: assessment of demo2020-1-1 by editors"
    assert headings[1:] == ["Corrected: promise A court of nine", "New: promise Promise 1"]
    corrected = text(page.xpath("//article")[1])
    assert "Why: The text says how many." in corrected
    assert "Title (English) before: Promise 1 → after: A court of nine" in corrected
    assert "how to verify it" in corrected
    assert f"/updates/{update.pk}/" in hrefs(page)
    only = read("/promises/demo2020-1-1/history/?action=correct")
    assert len(only.xpath("//article")) == 1
    # Entries are of every moment.
    assert "“as_of” is no parameter" in said(
        "/promises/demo2020-1-1/history/?as_of=2021-01-01", 400
    )
    assert "There is no promise" in said("/promises/demo2020-1-9/history/", 404)


def test_a_reply_of_the_promisor_is_told_in_the_history() -> None:
    make_reply(make_promise(1))
    words = said("/promises/demo2020-1-1/history/")
    assert "New: reply to demo2020-1-1" in words
    assert "New: reply to demo2020-1-1" in said("/changes/")


def test_what_was_withdrawn_keeps_its_history_and_says_where_it_can_be_read() -> None:
    topic = make_promise(1, topics=["courts"])
    workflow.withdraw_object(topic, "It was never said.")
    assert "taken out of the record" in said("/promises/demo2020-1-1/history/")
    court = Body.objects.get(pk="court")
    then = ledger.head().sequence
    workflow.withdraw_object(court, "It is no body.")
    page = read("/bodies/court/", 410)
    assert "It is no body." in text(page)
    assert f"/bodies/court/?known_at={then}" in hrefs(page)
    assert "Constitutional Court" in said(f"/bodies/court/?known_at={then}")


def test_corrections_are_listed_with_reasons_newest_first() -> None:
    assert "Nothing was corrected so far." in said("/corrections/")
    retracted = make_update_in(ReviewState.RETRACTED, make_promise(1), organisation="lantern")
    make_update_in(ReviewState.SUPERSEDED, make_promise(2))
    page = read("/corrections/")
    first, second = page.xpath("//article")
    assert text(first).startswith("Superseded: assessment of demo2020-1-2 by editors")
    assert "Why: It stopped." in text(first)
    assert "What replaced it" in text(first)
    assert "Why: We misread the law." in text(second)
    assert f"/updates/{retracted.pk}/" in hrefs(page)
    only = read("/corrections/?organisation=lantern")
    assert len(only.xpath("//article")) == 1
    assert "organisation lantern" in text(only)


def test_a_form_takes_the_day_from_which_on_something_was_recorded() -> None:
    make_update_in(ReviewState.RETRACTED, make_promise(1))
    assert len(read("/corrections/?recorded_since=2020-01-01").xpath("//article")) == 1
    assert "No correction is like this." in said("/corrections/?recorded_since=2999-01-01")


def test_what_was_redacted_is_shown_as_such() -> None:
    promise = make_promise(1, statement={"en": "Mr X will resign."})
    workflow.redact(promise, ["statement"], "A court ordered it.")
    words = said("/corrections/")
    assert "Redacted: promise Promise 1" in words
    assert "Mr X" not in words + said("/changes/") + said("/promises/demo2020-1-1/history/")


def test_the_ledger_is_read_page_by_page() -> None:
    for number in range(1, 31):
        make_promise(number)
    last = ledger.head().sequence
    page = read("/changes/")
    assert page.xpath("//article/@id")[-1] == f"entry-{last}"
    seen = []
    path = "/changes/?after=0"
    while path:
        page = read(path)
        seen += page.xpath("//article/@id")
        path = next(iter(page.xpath("//a[@rel='next']/@href")), "")
    assert seen == [f"entry-{number}" for number in range(1, last + 1)]
    assert "Did you mean" in said("/changes/?type=promise&object=demo2020-1-99", 400)


# All of them


PAGES: dict[str, Callable[[], str]] = {
    "sources": lambda: "/sources/",
    "source": lambda: "/sources/daily-page/",
    "source then": lambda: f"/sources/daily-page/?known_at={ledger.head().sequence}",
    "publishers": lambda: "/publishers/",
    "publisher": lambda: "/publishers/daily/",
    "bodies": lambda: "/bodies/",
    "body": lambda: "/bodies/court/",
    "topics": lambda: "/topics/",
    "topic": lambda: "/topics/courts/",
    "organisations": lambda: "/organisations/",
    "organisation": lambda: "/organisations/lantern/",
    "organisation then": lambda: f"/organisations/lantern/?known_at={ledger.head().sequence}",
    "update": lambda: f"/updates/{StatusUpdate.objects.order_by('pk')[0].pk}/",
    "history": lambda: "/promises/demo2020-1-1/history/",
    "corrections": lambda: "/corrections/",
    "changes": lambda: "/changes/?after=0",
}
MOST_QUERIES = 30
# Each kind of object that a page shows is restored from the ledger by two.
MOST_OF_THE_LEDGER = 70


def test_pages_cost_the_same_however_much_they_show(django_assert_max_num_queries: Any) -> None:
    fill(6)
    for update in StatusUpdate.objects.all()[:6]:
        workflow.retract(update, "We misread the law.")
    for name, path in PAGES.items():
        most = MOST_OF_THE_LEDGER if name.endswith("then") else MOST_QUERIES
        with django_assert_max_num_queries(most, info=name):
            page = read(path())
        [title] = page.xpath("//title")
        [description] = page.xpath("//meta[@name='description']/@content")
        assert text(title).endswith("· Reform tracker")
        assert len(description) > 20
        assert len(page.xpath("//h1")) == 1
        # A block of data is no script.
        scripts = page.xpath("//script[not(@type='application/ld+json')]")
        assert not scripts + page.xpath("//@style | //@onclick")


def test_lists_are_paged_and_keep_their_clocks() -> None:
    fill(30)
    then = ledger.head().sequence
    for path in (
        "/sources/daily-page/",
        "/topics/courts/?as_of=2022-12-31",
        "/organisations/lantern/",
    ):
        limit = {"/sources/daily-page/": 25}.get(path, 50)
        page = read(path)
        further = page.xpath("//a[@rel='next']/@href")
        assert bool(further) == (limit < 30), path
    page = read(f"/sources/daily-page/?known_at={then}")
    [further] = page.xpath("//a[@rel='next']/@href")
    assert f"known_at={then}" in further
    rest = read(further)
    assert len(rest.xpath("//a[@rel='prev']")) == 1
    # The page of another moment begins where its list begins.
    assert "cursor" not in rest.xpath("//aside//a/@href")[0]


def test_links_keep_the_clocks_where_the_page_they_lead_to_has_them() -> None:
    fill(1)
    then = ledger.head().sequence
    links = hrefs(read(f"/organisations/lantern/?as_of=2023-01-01&known_at={then}"))
    assert any(one.startswith("/updates/") and f"known_at={then}" in one for one in links)
    assert "/corrections/?organisation=lantern" in links
    for link in links:
        if link.startswith("/") and not link.startswith("/promises/"):
            assert ask(link).status_code == 200, link


@pytest.mark.parametrize(
    "path",
    ["/sources/nothing/", "/publishers/nothing/", "/bodies/nothing/", "/topics/nothing/",
     "/organisations/nothing/", "/updates/00000000-0000-4000-8000-000000000000/"],
)  # fmt: skip
def test_what_never_was_is_not_found(path: str) -> None:
    assert "There is no" in said(path, 404)
