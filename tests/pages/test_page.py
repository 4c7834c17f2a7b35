"""What all pages have in common: strict questions, both clocks, caching, what browsers are told."""

import pytest

from reforms import ledger
from tests.fixtures import make_promise
from tests.pages.reading import ask, read, said

pytestmark = pytest.mark.usefixtures("cast")


def test_a_reader_who_has_the_page_gets_304() -> None:
    first = ask("/")
    assert first.headers["Cache-Control"] == "public, max-age=60"
    assert first.headers["Vary"] == "Accept-Language, Ledger-Sequence-At-Least"
    assert ask("/", If_None_Match=first.headers["ETag"]).status_code == 304
    make_promise(1)
    assert ask("/", If_None_Match=first.headers["ETag"]).status_code == 200


def test_an_unknown_parameter_is_refused_and_the_nearest_named() -> None:
    words = said("/?as_off=2021-01-01", 400)
    assert "“as_off” is no parameter of this page. Did you mean “as_of”?" in words
    assert "Allowed here: as_of, known_at, lang." in words


def test_a_day_that_is_none_is_refused() -> None:
    assert "“2021-13-01” is no day" in said("/?as_of=2021-13-01", 400)
    assert "“yesterday” is no day" in said("/?said_on=yesterday", 400)


def test_fields_that_a_form_left_empty_are_no_part_of_the_address() -> None:
    assert ask("/?as_of=&lang=en").headers["Location"] == "/?lang=en"


def test_the_day_of_a_form_becomes_an_entry_of_the_ledger() -> None:
    last = ledger.head().sequence
    assert ask("/?said_on=2999-01-01").headers["Location"] == f"/?known_at={last}"
    assert "begins later" in said("/?said_on=2001-01-01", 400)


def test_a_page_about_another_moment_says_so_and_is_not_indexed() -> None:
    page = read(f"/?known_at={ledger.head().sequence}")
    assert "This is not today’s record." in page.text_content()
    assert page.xpath("//meta[@name='robots']/@content") == ["noindex, follow"]
    assert page.xpath("//link[@rel='canonical']/@href") == ["http://testserver/"]
    assert not read("/").xpath("//meta[@name='robots']")


def test_browsers_are_told_what_no_page_needs() -> None:
    headers = ask("/").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_what_has_no_address_is_a_page_too() -> None:
    assert "Nothing is here" in said("/nowhere/", 404)
