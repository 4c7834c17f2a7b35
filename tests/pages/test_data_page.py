"""The data page: every way to take the record, and how it is verified."""

import pytest
from django.urls import reverse

from reforms import ledger
from reforms.api.root import LISTS
from tests.pages.reading import ask, read, text

pytestmark = pytest.mark.usefixtures("cast")


def test_it_leads_to_all_that_can_be_taken_and_every_link_answers() -> None:
    page = read("/data/")
    links = {str(one) for one in page.xpath("//main//a/@href")}
    assert {reverse(f"{name}-list") for name in LISTS} <= links
    assert {"/api/docs/", "/api/schema/", "/docs/verify_ledger.py"} <= links
    for link in links:
        path = link.partition("#")[0]
        if path.startswith("/") and path not in ("/api/schema/", "/api/docs/"):
            assert ask(path).status_code == 200, link


def test_it_names_the_licence_and_the_signed_head() -> None:
    words = text(read("/data/").xpath("//main")[0])
    assert "Programme demo2020: CC-BY-4.0" in words
    head = ledger.head()
    assert f"Entries {head.sequence} " in words
    assert head.hash in words
    assert "python3 verify_ledger.py http://testserver --save head.json" in words


def test_it_costs_few_queries(django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(12):  # type: ignore[operator]
        read("/data/")
