"""What pages say in the vocabulary of schema.org is in it, and says no more than the page."""

import json
from typing import Any
from urllib.parse import urljoin

import pytest
from django.template import Context
from django.template.loader import render_to_string
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import html

from reforms import workflow
from reforms.pages import linked_data as ld
from reforms.pages.addresses import address_of
from reforms.templatetags.linked_data import linked_data
from reforms.vocabulary import Status
from tests.api.asking import answer, results
from tests.api.record import SECRET, Record
from tests.pages.vocabulary import check

PAGE = "https://tracker.example/promises/demo2020-1-3/"


def reviews(promise: str) -> list[dict[str, Any]]:
    """The reviews of a promise, from what the API answers about it."""
    return ld.claim_reviews(
        answer(f"/promises/{promise}/"),
        results(f"/promises/{promise}/assessments/"),
        answer("/programmes/demo2020/"),
        PAGE,
    )


def test_each_assessment_is_a_review_by_its_own_author(record: Record) -> None:
    found = reviews("demo2020-1-3")
    check(ld.document(found))
    assert [(one["author"]["name"], one["reviewRating"]["alternateName"]) for one in found] == [
        ("Editors", "Reversed"),
        ("Lantern", "Implemented"),
    ]
    first = found[0]
    assert first["author"]["url"] == urljoin(PAGE, address_of("organisation", "editors"))
    assert first["@id"] == f"{PAGE}#update-{record.id_of('closed')}"
    assert first["claimReviewed"] == answer("/promises/demo2020-1-3/")["title"]
    assert first["itemReviewed"]["author"]["name"] == "The President"
    assert first["itemReviewed"]["datePublished"] == "2020-01-15"
    assert first["reviewBody"] == "The court shut it."
    assert [one["name"] for one in first["citation"]] == ["daily"]
    assert SECRET not in json.dumps(found)


def test_where_nobody_assessed_there_is_no_review(record: Record) -> None:
    assert reviews("demo2020-0-1") == []


def test_what_was_taken_back_is_no_review(record: Record) -> None:
    workflow.retract(record.updates["still-open"], "Not so.")
    assert [one["author"]["name"] for one in reviews("demo2020-1-3")] == ["Editors"]


def test_a_status_has_a_word_and_no_number(record: Record) -> None:
    for promise in ("demo2020-1-1", "demo2020-1-10", "demo2020-2-1", "demo2020-10-1"):
        for one in reviews(promise):
            rating = one["reviewRating"]
            assert rating["alternateName"] in {status.label for status in Status}
            assert rating.keys() == {"@type", "alternateName", "ratingExplanation"}


def test_an_organisation(record: Record) -> None:
    page = "https://tracker.example/organisations/lantern/"
    said = ld.organisation(answer("/organisations/lantern/"), page)
    check(ld.document([said]))
    assert (said["name"], said["sameAs"]) == ("Lantern", "https://lantern.example/")
    unknown = ld.organisation(answer("/organisations/compass/"), page)
    check(ld.document([unknown]))
    assert "sameAs" not in unknown


def test_the_data_with_its_files_and_releases(record: Record) -> None:
    page = "https://tracker.example/data/"
    files = [
        ld.Download("https://tracker.example/export/promises.csv", "text/csv", "Promises"),
        ld.Download("https://tracker.example/r/1.zip", "application/zip", "", 512, "0" * 64),
    ]
    programme = answer("/programmes/demo2020/")
    releases = [("2024-06-01", "2024-06-01", files[1:])]
    said = ld.catalogue(programme, page, files[:1], releases, "2024-06-01T12:00:00.000000Z")
    check(ld.document(said))
    catalogue, live, release = said
    assert catalogue["dataset"] == [{"@id": live["@id"]}, {"@id": release["@id"]}]
    assert live["license"] == "https://spdx.org/licenses/CC-BY-4.0.html"
    assert live["temporalCoverage"] == "2020-01-15/.."
    assert 50 <= len(live["description"]) <= 5000
    assert release["distribution"] == [
        {
            "@type": "DataDownload",
            "contentUrl": "https://tracker.example/r/1.zip",
            "encodingFormat": "application/zip",
            "contentSize": "512 B",
            "sha256": "0" * 64,
        }
    ]


class TestWithoutTheRecord:
    pytestmark = pytest.mark.without_database

    def test_the_site_can_be_searched(self) -> None:
        said = ld.website("https://tracker.example", "https://tracker.example/?search=")
        check(ld.document([said]))
        template = said["potentialAction"]["target"]["urlTemplate"]
        assert template == "https://tracker.example/?search={words}"

    def test_crumbs_are_those_of_the_page(self) -> None:
        said = ld.breadcrumbs([("/", "Reforms"), ("/reforms/demo2020-1/", "Direction 1")], PAGE)
        check(ld.document([said]))
        assert [one["item"] for one in said["itemListElement"]] == [
            "https://tracker.example/",
            "https://tracker.example/reforms/demo2020-1/",
        ]

    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
    @settings(max_examples=50, deadline=None)
    def test_no_text_gets_out_of_the_block(self, text: str) -> None:
        for nasty in (text, f"</script><!--<script>{text}\u2028&amp;"):
            block = linked_data(Context({"linked_data": [{"@type": "Thing", "name": nasty}]}))
            inside = block.removeprefix('<script type="application/ld+json">')
            inside = inside.removesuffix("</script>")
            assert not set(inside) & set("<>&")
            assert json.loads(inside)["@graph"] == [{"@type": "Thing", "name": nasty}]

    def test_a_page_says_its_crumbs_and_feeds(self) -> None:
        told = {
            "canonical": PAGE,
            "crumbs": [("/", "Reforms")],
            "feeds": [("/feeds/updates.atom", "Status updates – “A & B”")],
        }
        head = render_to_string("pages/linked_data.html", told)
        check(json.loads(html.fragment_fromstring(head.strip()).text))
        [link] = html.fragments_fromstring(render_to_string("pages/feed_links.html", told))
        assert link.get("type") == "application/atom+xml"
        assert link.get("title") == "Status updates – “A & B”"

    def test_a_page_of_another_moment_says_nothing(self) -> None:
        class Asked:
            asked = True

        told = {"linked_data": [{"@type": "Thing"}], "canonical": PAGE, "clocks": Asked()}
        assert render_to_string("pages/linked_data.html", told).strip() == ""
        assert render_to_string("pages/linked_data.html", {}).strip() == ""
