"""The page of a reform: its figures and its promises in their order."""

import pytest

from reforms import workflow
from reforms.models import Reform
from reforms.pages import promises
from tests.fixtures import fresh, make_promise, make_update
from tests.pages.reading import queries, read, said, text

pytestmark = pytest.mark.usefixtures("cast")


def rows(path: str) -> list[str]:
    return [
        text(row) for row in read(path).xpath("//table[contains(@class, 'promises')]//tbody/tr")
    ]


def test_promises_stand_in_order_with_what_became_of_them() -> None:
    make_promise(2, commitment="aspiration", deadline="2021-06")
    first = make_promise(1)
    make_update(first, "implemented", effective="2022-06-03")
    make_update(first, "stalled", organisation="lantern", effective="2022-07")
    assert rows("/reforms/demo2020-1/") == [
        "Promise 1 demo2020-1-1 Implemented Contested 3 June 2022 Independent –",
        "Promise 2 demo2020-1-2 · an aspiration, cannot be checked Not assessed – –"
        " June 2021 (unassessed)",
    ]


def test_figures_with_their_denominators() -> None:
    make_update(make_promise(1), "implemented")
    make_promise(2, commitment="aspiration")
    words = said("/reforms/demo2020-1/")
    assert "1 of 1 checkable promise implemented (100%)." in words
    assert "Implemented 1 (50%) 1 (100%)" in words
    assert "Not assessed 1 (50%) 0 (0%)" in words


def test_a_reform_without_promises_says_so() -> None:
    assert "The record has no promises in it." in said("/reforms/demo2020-2/")


def test_what_a_reader_must_know_of_the_text() -> None:
    reform = Reform.objects.get(pk="demo2020-1")
    reform.note = {"en": "The text has no heading for it."}
    workflow.save(reform, "It was missing.")
    assert "The text has no heading for it." in said("/reforms/demo2020-1/")


def test_long_lists_have_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reforms.pages.reform.ROWS", 2)
    for number in range(1, 6):
        make_promise(number)
    found, address = [], "/reforms/demo2020-1/"
    while address:
        page = read(address)
        found += page.xpath("//table[contains(@class, 'promises')]//tbody//th/a/text()")
        address = "".join(page.xpath("//a[@rel='next']/@href"))
    assert found == [f"Promise {number}" for number in range(1, 6)]
    assert promises.ROWS == 50


def test_it_is_of_another_moment_where_that_is_asked_for() -> None:
    make_update(make_promise(1), "implemented", effective="2022-06-03")
    assert rows("/reforms/demo2020-1/?as_of=2022-01-01") == [
        "Promise 1 demo2020-1-1 Not assessed – – –"
    ]


def test_absent_and_withdrawn() -> None:
    assert "There is no reform demo2020-9" in said("/reforms/demo2020-9/", 404)
    workflow.withdraw_object(fresh(Reform(pk="demo2020-2")), "It was counted twice.")
    words = said("/reforms/demo2020-2/", 410)
    assert "It was counted twice." in words
    assert "Read it as the record last knew it" in words


def test_queries_do_not_grow() -> None:
    make_update(make_promise(1), "implemented")
    few = queries("/reforms/demo2020-1/")
    for number in range(2, 6):
        make_update(make_promise(number), "stalled")
    assert queries("/reforms/demo2020-1/") == few
    assert len(few) < 20
