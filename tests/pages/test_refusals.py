"""What is not answered is a page too: it says what was wrong, and what would be right."""

from typing import Any
from unittest import mock

import pytest
from django.conf import settings
from django.db import OperationalError
from django.test import Client, override_settings

from reforms.api.views import TopicViewSet
from tests.pages.reading import ask, read, text

pytestmark = pytest.mark.usefixtures("cast")


def house_style(page: Any) -> bool:
    """Whether it looks like all other pages, and leads back to them."""
    styles = page.xpath("//link[@rel='stylesheet']/@href")
    return "/static/reforms/pages.css" in styles and "/" in page.xpath("//main//a/@href")


def test_a_request_that_cannot_be_read() -> None:
    response = Client(raise_request_exception=False).get("/", headers={"Host": "not a host"})
    assert response.status_code == 400
    assert "This cannot be read" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/sources/?kind=nwes", 400, "Did you mean “news”?"),
        ("/sources/nothing/", 404, "There is no source nothing."),
        ("/nowhere/", 404, "No page has this address."),
    ],
)
def test_what_is_wrong_with_an_address_is_said(path: str, status: int, said: str) -> None:
    page = read(path, status)
    assert said in text(page)
    assert house_style(page)


def test_what_cannot_be_done_with_a_page_is_said() -> None:
    response = Client(enforce_csrf_checks=True).post("/sources/")
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"
    assert "it is for reading" in response.content.decode()


def test_a_page_that_meets_a_busy_record_says_when_to_come_again() -> None:
    with mock.patch.object(
        TopicViewSet, "get_queryset", side_effect=OperationalError("database is locked")
    ):
        response = ask("/topics/")
    assert (response.status_code, response.headers["Retry-After"]) == (503, "5")
    assert "try again in 5 seconds" in response.content.decode()


def test_whoever_asks_too_much_is_told_for_how_long() -> None:
    with override_settings(LIMITS=settings.LIMITS | {"address-read": [(1, "hour", 3600)]}):
        ask("/topics/")
        response = ask("/topics/")
    assert response.status_code == 429
    assert int(response.headers["Retry-After"]) > 0
    assert "Too much was asked from your address" in response.content.decode()


def test_a_fault_of_ours_says_so_without_telling_what_it_was() -> None:
    with mock.patch.object(TopicViewSet, "get_queryset", side_effect=ValueError("a secret")):
        page = read("/topics/", 500)
    assert "Something broke on our side" in text(page)
    assert "secret" not in text(page)
    assert house_style(page)
