"""How to show something of the record elsewhere: what to copy, and how it looks."""

import re
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from reforms.api.errors import BadParameter, QuestionRefused
from reforms.api.views import PromiseViewSet, ReformViewSet
from reforms.pages.asking import Asking
from reforms.pages.page import Page
from reforms.pages.subjects import KINDS, Subject, query_of, subject

_MOST = 200
# Enough for a title of two lines, the picture and its figures; more scrolls inside.
HEIGHTS = {"promise": 380, "reform": 640, "programme": 640}
_ID = re.compile(r"([a-z][a-z0-9]*(?:-[0-9]+){0,2})/?(?:[?#].*)?\Z")


class Embedding(Page):
    """Chooses an object by its id or address, and shows what to copy."""

    template = "pages/embed/choose.html"
    parameters = ("object",)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        reforms = ask.list(ReformViewSet, fields="id,title,language", limit=_MOST)["results"]
        found: dict[str, Any] = {
            "title": "Show it on your own page",
            "description": "Frames, badges and pictures of promises, reforms and programmes to copy"
            " into other pages, of now or of any day.",
            "reforms": reforms,
        }
        if not self.given.get("object"):
            return found
        told = subject(ask, *_read(self.given["object"]))
        if told.kind == "reform":
            asked = {"reform": told.key, "fields": "id,title,language", "limit": _MOST}
            found["promises"] = ask.list(PromiseViewSet, **asked)["results"]
        return found | {"subject": told, "height": HEIGHTS[told.kind], **self._copies(ask, told)}

    def programmes(self, **kwargs: str) -> list[str]:
        text = self.given.get("object", "")
        return [_read(text)[1].partition("-")[0]] if text else []

    def _copies(self, ask: Asking, told: Subject) -> dict[str, Any]:
        """The addresses that are shown here, and those to copy, by variant."""
        query = query_of(ask.given)
        variants = {"As asked above" if self.clocks.asked else "As it is on each day": query}
        if "known_at" not in query:
            said = {"known_at": str(self.head.sequence)}
            variants["As the record says it now, for ever"] = query | said
        return {
            "here": _addresses(told, query),
            "copies": [
                {"heading": heading} | self._whole(_addresses(told, asked))
                for heading, asked in variants.items()
            ],
        }

    def _whole(self, addresses: dict[str, str]) -> dict[str, str]:
        return {
            name: self.request.build_absolute_uri(address) for name, address in addresses.items()
        }


def _read(text: str) -> tuple[str, str]:
    """The kind and the id of what was typed: an id, or the address of a page."""
    found = _ID.search(text.strip().rpartition("s/")[2] if "/" in text else text.strip())
    if found is None or (found.start() and "/" not in text):
        detail = (
            f"“{text[:80]}” is neither an id, such as kz2022, kz2022-4 or kz2022-4-1, nor the"
            " address of a page about one."
        )
        raise QuestionRefused([BadParameter("object", "unknown_value", detail)])
    return KINDS[found[1].count("-")], found[1]


def _addresses(told: Subject, query: dict[str, str]) -> dict[str, str]:
    """Where the object is, by what is shown of it."""
    asked = f"?{urlencode(query)}" if query else ""
    found = {
        name: reverse(f"pages:{name}", args=[told.kind, told.key]) + asked
        for name in ("embed", "badge", "card")
    }
    return found | {"page": told.page + asked}
