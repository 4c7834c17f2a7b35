"""What answers say beside their bodies: to caches, and to the browsers of other sites."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests.api.asking import ask
from tests.api.record import Record

PATHS = (
    "/",
    "/promises/",
    "/promises/demo2020-1-1/",
    "/promises/demo2020-1-1/updates/",
    "/promises/demo2020-1-1/assessments/",
    "/updates/",
    "/sources/",
    "/publishers/daily/",
    "/statistics/",
    "/statistics/timeseries/",
    "/statistics/agreement/",
)


# Caches.


@pytest.mark.parametrize("path", PATHS)
def test_answers_may_be_cached(record: Record, path: str) -> None:
    headers = ask(path).headers
    assert headers["Cache-Control"] == "public, max-age=60"
    assert "Accept" in headers["Vary"].split(", ")
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize(
    ("path", "status"),
    [("/promises/?staus=1", 400), ("/promises/nobody/", 404), ("/nowhere/", 404)],
)
def test_errors_are_not_called_cacheable(record: Record, path: str, status: int) -> None:
    path, _, query = path.partition("?")
    response = ask(path, query)
    assert response.status_code == status
    assert "max-age" not in response.headers.get("Cache-Control", "")


def test_an_answer_is_the_same_whoever_is_signed_in(record: Record) -> None:
    """The API knows no sessions, so that a cache may hand one reader's answer to another."""
    signed_in = Client()
    signed_in.force_login(User.objects.create_superuser("root"))
    response = signed_in.get("/api/v1/promises/")
    assert response.content == ask("/promises/").content
    assert "Cookie" not in response.headers["Vary"]


# Other origins.


@pytest.mark.parametrize("path", [*PATHS, "/promises/nobody/", "/nowhere/", "/api/schema/"])
def test_any_page_may_read(record: Record, path: str) -> None:
    headers = ask(path, origin="https://ngo.example").headers
    assert headers["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in headers


def test_preflight(record: Record) -> None:
    response = Client().options(
        "/api/v1/promises/",
        headers={"origin": "https://ngo.example", "access-control-request-method": "GET"},
    )
    assert response.status_code == 200
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert set(response.headers["Access-Control-Allow-Methods"].split(", ")) == {
        "GET",
        "HEAD",
        "OPTIONS",
        "POST",
        "PATCH",
        "DELETE",
    }


@pytest.mark.parametrize("path", ["/admin/login/", "/healthz"])
def test_elsewhere_none_may(record: Record, path: str) -> None:
    response = Client().get(path, headers={"origin": "https://ngo.example"})
    assert response.status_code == 200
    assert "Access-Control-Allow-Origin" not in response.headers


# Addresses.


def test_addresses_follow_the_host(record: Record) -> None:
    response = Client().get("/api/v1/promises/?limit=1", headers={"host": "localhost:8000"})
    page = response.json()
    assert page["next"].startswith("http://localhost:8000/api/v1/promises/?")
    assert page["results"][0]["api_url"].startswith("http://localhost:8000/api/v1/promises/")
