"""POST /sources/: a document by itself, before anything cites it."""

from typing import Any

import pytest

from reforms.models import Publisher, Source
from tests.api.asking import answer, ask, problem, results
from tests.api.sending import ANYBODY, ARTICLE, Sender, content, key_of, pointers, told

pytestmark = pytest.mark.usefixtures("promise")


# Works.


def test_send_a_source(lantern: Sender) -> None:
    response = lantern.post("/sources/", ARTICLE)
    row = told(response, 201)
    assert response.headers["Location"] == row["api_url"]
    assert (row["title"], row["url"]) == ("Five thousand are enough", ARTICLE["url"])
    assert (row["publisher"], row["kind"], row["published_on"]) == (
        "daily",
        "article",
        "2022-11-05",
    )
    assert row["public_since"] is None
    assert told(lantern.get(row["api_url"])) == row


def test_and_cite_it(lantern: Sender, desk: Sender) -> None:
    """With the publication of what cites it, it is public."""
    source = told(lantern.post("/sources/", ARTICLE), 201)
    row = lantern.submitted(citations=[{"source": source["id"]}])
    problem(ask(source["api_url"]), 404, "not-found")
    told(desk.act(row, "publish"))
    assert answer(source["api_url"])["public_since"]


@pytest.mark.parametrize(
    "url",
    [
        ARTICLE["url"],
        "http://www.daily.example/2022/threshold/",
        "https://DAILY.example:443/2022/threshold?utm_source=mail#top",
    ],
)
def test_the_same_document_again(lantern: Sender, url: str) -> None:
    """Whatever its spelling, it is the source that is there; nothing is created or changed."""
    first = told(lantern.post("/sources/", ARTICLE), 201)
    response = lantern.post("/sources/", {"url": url, "title": "Another", "publisher": "watch"})
    assert told(response, 200) == first
    assert "Location" not in response.headers
    assert Source.objects.filter(title__en="Five thousand are enough").count() == 1


def test_a_source_that_is_public(lantern: Sender, compass: Sender, desk: Sender) -> None:
    told(desk.act(lantern.submitted(citations=[ARTICLE]), "publish"))
    row = told(compass.post("/sources/", ARTICLE), 200)
    assert row["id"] in [one["id"] for one in results("/sources/")]


def test_a_publisher_that_is_new(lantern: Sender) -> None:
    """It is as private as the source."""
    body = ARTICLE | {"publisher": {"name": "New Paper", "type": "independent_media"}}
    row = told(lantern.post("/sources/", body), 201)
    publisher = Publisher.objects.get(pk=row["publisher"])
    assert (publisher.name, publisher.type) == ({"en": "New Paper"}, "independent_media")
    problem(ask(f"/publishers/{publisher.pk}/"), 404, "not-found")
    assert publisher.pk not in [one["id"] for one in results("/publishers/")]


def test_the_source_with_its_publisher(lantern: Sender) -> None:
    row = told(lantern.post("/sources/", ARTICLE, "expand=publisher&fields=publisher"), 201)
    assert row["publisher"]["name"] == "Daily"


# Nothing leaks.


def test_what_others_sent_is_not_there(lantern: Sender, compass: Sender) -> None:
    """Not even as an obstacle: the same address can be sent by each of them."""
    row = told(lantern.post("/sources/", ARTICLE), 201)
    nothing = "s-0000000000"
    for who in (compass, key_of("editors", "submit"), ANYBODY):
        hidden, unknown = who.get(row["api_url"]), who.get(f"/sources/{nothing}/")
        problem(hidden, 404, "not-found")
        assert hidden.content.decode().replace(row["id"], nothing) == unknown.content.decode()
        assert row["id"] not in who.get("/sources/").content.decode()
        assert "threshold" not in who.get("/sources/", "publisher=daily").content.decode()
    other = told(compass.post("/sources/", ARTICLE), 201)
    assert other["id"] != row["id"]
    refused = compass.post("/updates/", content(citations=[{"source": row["id"]}]))
    assert pointers(refused) == [("/citations/0/source", "not_found")]


def test_a_reviewer_sees_it(lantern: Sender, desk: Sender) -> None:
    row = told(lantern.post("/sources/", ARTICLE), 201)
    assert told(desk.get(row["api_url"])) == row


def test_the_list_is_of_what_is_public(lantern: Sender) -> None:
    row = told(lantern.post("/sources/", ARTICLE), 201)
    assert row["id"] not in lantern.get("/sources/").content.decode()


# Who may not.


def test_nobody_without_a_name() -> None:
    problem(ANYBODY.post("/sources/", ARTICLE), 401, "unauthenticated")


def test_a_key_without_the_scope() -> None:
    response = key_of("lantern", "submit").post("/sources/", ARTICLE)
    assert "lacks the scope sources" in problem(response, 403, "forbidden")["detail"]


def test_sources_are_not_changed_here(lantern: Sender) -> None:
    row = told(lantern.post("/sources/", ARTICLE), 201)
    response = lantern.patch(row["api_url"], {"title": "Another"})
    problem(response, 405, "method-not-allowed")


# Bad input.


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"url": None}, {("/url", "missing")}),
        ({"url": "daily.example"}, {("/url", "bad_address")}),
        ({"url": "https://anna:secret@daily.example/"}, {("/url", "bad_address")}),
        ({"title": None, "publisher": None}, {("/title", "missing"), ("/publisher", "missing")}),
        ({"kind": "artikel"}, {("/kind", "unknown_value")}),
        ({"published_on": "5 November"}, {("/published_on", "bad_date")}),
        ({"stance": "supports"}, {("/stance", "unknown_field")}),
        ({"organisation": "compass"}, {("/organisation", "not_yours")}),
    ],
)
def test_what_is_wrong(lantern: Sender, change: Any, expected: set[tuple[str, str]]) -> None:
    body = {name: value for name, value in (ARTICLE | change).items() if value is not None}
    response = lantern.post("/sources/", body)
    assert set(pointers(response)) == expected
    assert "secret" not in response.content.decode()
    assert not Source.objects.filter(submitted_by="lantern").exists()
