"""The first page and the pages of programmes: how far it is, by reform, and what changed last."""

import pytest

from reforms import ledger, workflow
from reforms.models import Reform
from tests.fixtures import fresh, make_promise, make_update
from tests.pages.reading import queries, read, said, text

pytestmark = pytest.mark.usefixtures("cast")


def fill() -> None:
    for number, status in enumerate(("implemented", "implemented", "stalled", ""), start=1):
        promise = make_promise(number)
        if status:
            make_update(promise, status)
    make_promise(1, "demo2020-2", commitment="aspiration")
    make_update(make_promise(1, "demo2020-0"), "implemented")


def test_each_programme_says_how_far_it_is_with_denominators() -> None:
    fill()
    words = said("/")
    assert "2 of 4 checkable promises are implemented (50%)." in words
    assert "3 of all 5 have been assessed; nothing is known yet of the other 2 (40%)." in words


def test_what_is_outside_the_numbered_directions_is_counted_apart() -> None:
    fill()
    page = read("/")
    numbered, apart = (text(one) for one in page.find_class("reforms")[:2])
    assert "Direction 1" in numbered
    assert "Direction 0" not in numbered
    assert apart == "Direction 0 1 implemented 1 of 1 checkable promise implemented (100%)."


def test_a_programme_without_promises_says_so_and_counts_nothing() -> None:
    for page in ("/", "/programmes/demo2020/"):
        words = said(page)
        assert "The record has no promises of its numbered directions." in words
        assert "0 of" not in words
        assert "Over time" not in words


def test_what_is_one_is_told_as_one() -> None:
    Reform.objects.filter(pk="demo2020-2").delete()
    make_promise(1)
    make_promise(1, "demo2020-0")
    words = said("/programmes/demo2020/")
    assert "This is the 1 numbered direction; 1 promise made outside of them is counted" in words


def test_a_picture_says_in_words_what_it_shows() -> None:
    fill()
    pictures = read("/").xpath("//svg[@role='img']/@aria-label")
    assert pictures[0] == "Of 5 promises: 2 implemented, 1 stalled, 2 not assessed."


def test_what_was_published_and_corrected_last() -> None:
    fill()
    promise = make_promise(9)
    update = make_update(promise, "in_progress", organisation="lantern")
    before = ledger.head().sequence
    assert "Nothing was corrected yet." in said("/")
    workflow.retract(fresh(update), "We misread the law.")
    assert "We misread the law." in said("/")
    # What the record had not yet said then is not on its page of then.
    assert "We misread the law." not in said(f"/?known_at={before}")
    assert "Lantern; published" in said(f"/?known_at={before}")
    assert "Lantern; published" not in said("/")


def test_before_a_programme_was_announced_there_is_nothing_of_it() -> None:
    assert "was announced: nothing was promised yet" in said("/?as_of=2020-01-01", 400)


def test_links_keep_the_clocks() -> None:
    fill()
    links = read("/?as_of=2022-01-01").xpath("//main//a[contains(@href, '/reforms/')]/@href")
    assert links
    assert all(link.endswith("?as_of=2022-01-01") for link in links)


def test_the_page_of_a_programme() -> None:
    fill()
    words = said("/programmes/demo2020/")
    assert "The President" in words
    assert "2 of 4 checkable promises are implemented (50%)." in words
    assert "There is no programme nowhere" in said("/programmes/nowhere/", 404)


def test_queries_do_not_grow() -> None:
    make_update(make_promise(1), "implemented")
    few = queries("/")
    for number in range(2, 9):
        make_update(make_promise(number, "demo2020-2"), "stalled", organisation="lantern")
    assert queries("/") == few
