"""What is too large, endless or broken off is refused before it is read, or as soon as it is known."""

from io import BytesIO
from typing import Any

import pytest
from django.test import Client

from reforms.api import bodies
from tests.api.asking import problem
from tests.fixtures import make_key

UPDATES = "/api/v1/updates/"


@pytest.fixture
def text(cast: None) -> str:
    return make_key()[1]


def send(text: str, sent: bytes, **environ: Any) -> tuple[Any, int]:
    """The answer to these bytes, and how many of them were read."""
    payload = BytesIO(sent)
    response = Client().generic(
        "POST",
        UPDATES,
        headers={"authorization": f"Bearer {text}", "content-type": "application/json"},
        **{"wsgi.input": payload, "CONTENT_LENGTH": str(len(sent)), **environ},
    )
    return response, payload.tell()


def test_what_is_announced_as_too_large_is_not_read(text: str) -> None:
    response, was_read = send(text, b" " * (bodies.MOST_BYTES + 1))
    assert "1,000,000 bytes" in problem(response, 413, "too-large")["detail"]
    assert was_read == 0


def test_the_most_is_read(text: str) -> None:
    response, was_read = send(text, b"{}".ljust(bodies.MOST_BYTES))
    assert problem(response, 422, "refused")
    assert was_read == bodies.MOST_BYTES


def test_what_has_no_length_is_not_read(text: str) -> None:
    """Where it breaks off nobody could tell: the server shows an end that looks like any other."""
    response, was_read = send(text, b"{}", CONTENT_LENGTH="", HTTP_TRANSFER_ENCODING="chunked")
    assert "Content-Length" in problem(response, 400, "bad-request-body")["detail"]
    assert was_read == 0


def test_what_breaks_off_is_not_taken_for_the_whole(text: str) -> None:
    response, _ = send(text, b"{}", CONTENT_LENGTH="100")
    assert "broke off" in problem(response, 400, "bad-request-body")["detail"]


@pytest.mark.parametrize("key", ["", "rt_aaaaaaaaaaaa_" + "x" * 43])
def test_nothing_is_read_of_those_who_may_not_write(cast: None, key: str) -> None:
    response, was_read = send(key, b"{}")
    assert problem(response, 401, "unauthenticated")
    assert was_read == 0
