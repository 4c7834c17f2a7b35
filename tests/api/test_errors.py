"""Every error is application/problem+json, whoever raises it."""

from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from rest_framework import exceptions

from reforms.api import errors
from reforms.api.views import PromiseViewSet
from tests.api.asking import BASE, ask, problem, unrendered
from tests.api.record import Record

PATHS = (
    "/",
    "/promises/",
    "/promises/demo2020-1-1/",
    "/promises/demo2020-1-1/updates/",
    "/promises/demo2020-1-1/assessments/",
    "/updates/",
    "/sources/daily-page/",
    "/api/schema/",
    "/api/docs/",
)


WRITES = {("POST", "/updates/")}


def send(method: str, path: str, **more: Any) -> Any:
    if not path.startswith("/api/"):
        path = BASE + path
    return Client(raise_request_exception=False).generic(method, path, **more)


# 404


@pytest.mark.parametrize(
    "path",
    [
        "/api/",
        "/api/v1/promise/",
        "/api/v1/promises/demo2020-1-1/histories/",
        "/api/v1/promises/DEMO2020-1-1/",
        "/api/v1/promises/demo2020_1_1/",
        "/api/v1/promises/demo2020-1-1//",
        "/api/v1/promises/demo2020-1-1%0A/",
        "/api/v1/promises/%00/",
        "/api/v1/promises/../admin/",
        "/api/v1/updates/not-a-uuid/",
        "/api/v2/promises/",
        "/api/v1/promises/кириллица/",
    ],
)
def test_no_such_address(record: Record, path: str) -> None:
    told = problem(ask(path), 404, "not-found")
    assert told["detail"].startswith("Nothing is at /api/")


def test_no_such_object(record: Record) -> None:
    told = problem(ask("/promises/demo2020-1-99/"), 404, "not-found")
    assert told["detail"] == "There is no promise demo2020-1-99."


def test_a_bad_question_about_nothing(record: Record) -> None:
    """The question is read first: it can be mended without knowing what exists."""
    problem(ask("/promises/demo2020-1-99/", {"lnag": "en"}), 400, "bad-question")


# 405


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_only_reading(record: Record, method: str, path: str) -> None:
    response = send(method, path)
    if (method, path) in WRITES:
        problem(response, 401, "unauthenticated")  # that can be done, though not by anybody
        return
    told = problem(response, 405, "method-not-allowed")
    assert method in told["detail"]
    allowed = response.headers["Allow"].split(", ")
    assert "GET" in allowed
    assert method not in allowed or path in ("/api/schema/", "/api/docs/")


def test_a_wrong_method_is_told_so_whatever_it_asks(record: Record) -> None:
    problem(send("POST", "/promises/?status=implemented"), 405, "method-not-allowed")
    body = {"data": b"{not json", "content_type": "application/json"}
    problem(send("POST", "/bodies/", **body), 405, "method-not-allowed")


@pytest.mark.parametrize("path", PATHS[:-2])
def test_head(record: Record, path: str) -> None:
    head, get = send("HEAD", path), send("GET", path)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers == get.headers


# 406


@pytest.mark.parametrize("path", PATHS[:-1])
@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*", "nonsense"])
def test_another_format(record: Record, path: str, accept: str) -> None:
    told = problem(ask(path, accept=accept), 406, "not-acceptable")
    assert "application/json" in told["detail"]


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/*",
        "application/json",
        "application/json; charset=utf-8",
        "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    ],
)
def test_formats_that_are_served(record: Record, accept: str) -> None:
    response = ask("/promises/", accept=accept)
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")


# 500


@pytest.mark.parametrize("path", ["/promises/", "/promises/demo2020-1-1/"])
def test_a_fault_of_ours(
    record: Record, monkeypatch: pytest.MonkeyPatch, path: str, caplog: Any
) -> None:
    def break_down(self: Any, rows: Any) -> Any:
        raise ZeroDivisionError("SECRET")

    unrendered()
    monkeypatch.setattr(PromiseViewSet, "answers", break_down)
    response = ask(path)
    told = problem(response, 500, "server-error")
    assert "SECRET" not in str(told)
    assert "Cache-Control" not in response.headers
    assert any("SECRET" in str(one.exc_info) for one in caplog.records), "it is in the log"


def test_a_fault_outside_of_the_views(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    def break_down(self: Any, request: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr("django.middleware.common.CommonMiddleware.process_request", break_down)
    problem(ask("/promises/"), 500, "server-error")


# Other ways to fail.


def test_another_host_name(record: Record) -> None:
    response = Client(raise_request_exception=False).get(
        "/api/v1/promises/", headers={"host": "evil.example"}
    )
    problem(response, 400, "bad-question")


def test_handlers(rf: RequestFactory) -> None:
    """What Django refuses by itself below /api/ is a problem; a page elsewhere."""
    for handler, arguments, status, name in (
        (errors.handler400, (Exception(),), 400, "bad-question"),
        (errors.handler403, (PermissionDenied(),), 403, "forbidden"),
        (errors.handler404, (Exception(),), 404, "not-found"),
        (errors.handler500, (), 500, "server-error"),
    ):
        response = handler(rf.get("/api/v1/x/"), *arguments)
        response.json = lambda response=response: __import__("json").loads(response.content)
        problem(response, status, name)
        page = handler(rf.get("/x/"), *arguments)
        assert (page.status_code, page.headers["Content-Type"]) == (
            status,
            "text/html; charset=utf-8",
        )


@pytest.mark.parametrize(
    ("raised", "status", "name"),
    [
        (exceptions.PermissionDenied(), 403, "forbidden"),
        (PermissionDenied(), 403, "forbidden"),
        (exceptions.ParseError("Half a brace."), 400, "bad-question"),
    ],
)
def test_exceptions(
    record: Record, monkeypatch: pytest.MonkeyPatch, raised: Exception, status: int, name: str
) -> None:
    def refuse(self: Any, rows: Any) -> Any:
        raise raised

    unrendered()
    monkeypatch.setattr(PromiseViewSet, "answers", refuse)
    problem(ask("/promises/"), status, name)


def test_problems_are_readable_as_they_stand(record: Record) -> None:
    """Quotation marks and Cyrillic letters are letters, not escapes."""
    body = ask("/promises/", {"status": "готово"}).content.decode()
    assert "“готово” is no value of this filter." in body
