"""The data page: every way to take the record, and how it is verified."""

from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from reforms import ledger
from reforms.api.root import LISTS
from reforms.exports import FORMATS, TABLES
from tests.fixtures import make_promise, make_update
from tests.pages.reading import ask, read, text

# They are made anew for whoever asks.
SLOW = ("/api/schema/", "/api/docs/")

pytestmark = pytest.mark.usefixtures("cast")


def test_it_leads_to_all_that_can_be_taken_and_every_link_answers() -> None:
    page = read("/data/")
    links = {str(one) for one in page.xpath("//main//a/@href")}
    assert {reverse(f"{name}-list") for name in LISTS} <= links
    assert {"/api/docs/", "/api/schema/", "/docs/verify_ledger.py"} <= links
    for link in links:
        path = link.partition("#")[0]
        if path.startswith("/") and path not in SLOW and "/export/" not in path:
            assert ask(path).status_code == 200, link


def test_it_names_the_licence_and_the_signed_head() -> None:
    words = text(read("/data/").xpath("//main")[0])
    assert "Programme demo2020: CC-BY-4.0" in words
    head = ledger.head()
    assert f"Entries {head.sequence} " in words
    assert head.hash in words
    assert "python3 verify_ledger.py http://testserver --save head.json" in words


def test_it_offers_every_table_in_every_format() -> None:
    make_update(make_promise(1), "implemented")
    page = read("/data/")
    rows = page.xpath("//div[@aria-label='Downloads']//tbody/tr")
    assert len(rows) == len(TABLES)
    files = page.xpath("//div[@aria-label='Downloads']//a/@href")
    assert len(files) == len(TABLES) * len(FORMATS)
    for file in files:
        response = ask(file)
        assert response.status_code == 200, file
        # To the end: whoever does not read on keeps a place that others wait for.
        assert b"".join(response.streaming_content)


def test_a_release_is_there_as_soon_as_it_is_published(tmp_path: Path, settings: Any) -> None:
    settings.RELEASES_DIR = tmp_path / "releases"
    before = ask("/data/")
    assert "No release was published yet." in before.content.decode()
    call_command("publish_release", stdout=StringIO())
    assert ask("/data/", If_None_Match=before.headers["ETag"]).status_code == 200
    page = read("/data/")
    files = page.xpath("//h2[@id='releases']/following-sibling::ul[1]//a")
    assert "datapackage.json" in [text(one) for one in files]
    for file in files:
        assert ask(file.get("href").removeprefix("http://testserver")).status_code == 200


def test_it_costs_few_queries(django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(12):
        read("/data/")
