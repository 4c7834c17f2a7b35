"""Places in lists: the pages before and after one, and the rows beside a row that is known."""

from collections.abc import Mapping
from urllib.parse import parse_qs, urlencode, urlsplit

from reforms.api.cursor import Cursor
from reforms.pages.asking import Answer
from reforms.pages.page import Page


def links(page: Page, answer: Answer, anchor: str = "") -> dict[str, str]:
    """The addresses of `previous` and `next` on the pages around this one; empty without any."""
    return {
        name: _address(page, answer[name], anchor)
        for name in ("previous", "next")
        if answer.get(name)
    }


def _address(page: Page, theirs: str, anchor: str) -> str:
    cursor = parse_qs(urlsplit(theirs).query)["cursor"][0]
    return f"{page.request.path}?{urlencode({**page.given, 'cursor': cursor})}{anchor}"


def beyond(of: str, place: str | int, asked: Mapping[str, str], backwards: bool = False) -> str:
    """The cursor that begins behind (or before) a place in a list of the API.

    The list is in an order by its unique key alone; `asked` are its filters and clocks.
    """
    return str(Cursor(of, [place, place], backwards, dict(asked)))
