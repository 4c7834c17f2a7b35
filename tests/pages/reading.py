"""What the tests of pages say: asking for a page, and reading what is on it."""

from typing import Any

from django.test import Client
from lxml import html

from tests.api.asking import queries_named


def ask(path: str, /, **headers: str) -> Any:
    """The response to a GET for a page."""
    client = Client(raise_request_exception=False)
    return client.get(path, headers={key.replace("_", "-"): v for key, v in headers.items()})


def read(path: str, /, status: int = 200) -> Any:
    """The page at an address, as a tree that understands CSS selectors through `find`."""
    response = ask(path)
    assert response.status_code == status, response.content.decode()[:2000]
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    return html.fromstring(response.content.decode())


def text(node: Any) -> str:
    """The words that a part of a page shows, with single blanks; those of a picture are for whoever
    does not see it.
    """
    return " ".join("".join(node.xpath(".//text()[not(ancestor::svg)]")).split())


def said(path: str, /, status: int = 200) -> str:
    """The words in the middle of a page."""
    [main] = read(path, status).xpath("//main")
    return text(main)


def queries(path: str, /) -> list[str]:
    """The names of the queries that a page takes."""
    with queries_named() as names:
        read(path)
    return names
