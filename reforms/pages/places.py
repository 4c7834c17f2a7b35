"""Where the page about an object is, and which parameters its address takes along."""

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.urls import Resolver404, resolve

from reforms.api.clocks import CLOCKS
from reforms.pages.page import Page

# The first part of the address of each type of object that has a page.
FOLDERS = {
    "programme": "programmes",
    "reform": "reforms",
    "promise": "promises",
    "update": "updates",
    "source": "sources",
    "publisher": "publishers",
    "body": "bodies",
    "topic": "topics",
    "organisation": "organisations",
}
CARRIED = (*CLOCKS, "lang")


def page_of(object_type: str, key: str) -> str:
    """The address of the page about an object; empty where there is none."""
    folder = FOLDERS.get(object_type)
    path = f"/{folder}/{key}/" if folder else ""
    return path if path and _page_at(path) is not None else ""


def carrying(path: str, given: Mapping[str, str], **parameters: Any) -> str:
    """An address of ours with `parameters`, in the language of `given` and under its clocks.

    A page that is not about the record at a moment takes no clocks.
    """
    page = _page_at(path)
    takes = CARRIED if page is None or page.dated else ("lang",)
    kept = {name: given[name] for name in takes if name in given}
    query = kept | {name: value for name, value in parameters.items() if value}
    return f"{path}?{urlencode(query)}" if query else path


def exists(path: str) -> bool:
    """Whether something of ours answers at an address."""
    try:
        resolve(path)
    except Resolver404:
        return False
    return True


def _page_at(path: str) -> type[Page] | None:
    try:
        view = resolve(path).func
    except Resolver404:
        return None
    return _page_of_view(view)


@cache
def _page_of_view(view: Any) -> type[Page] | None:
    found = getattr(view, "view_class", None)
    return found if isinstance(found, type) and issubclass(found, Page) else None
