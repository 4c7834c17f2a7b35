"""The guides of the repository as pages, and the methodology with every word of the record."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core import checks
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect

from reforms import vocabulary
from reforms.pages import headers
from reforms.pages.asking import Asking
from reforms.pages.page import Page
from reforms.pages.rendering import Rendered, render
from reforms.vocabulary import Term

METHODOLOGY = "methodology"
# In the order in which somebody who reads the record meets them; all others follow by name.
FIRST = (METHODOLOGY, "api", "exports", "batches", "tables", "ledger", "data-format")
FILES = {".py": "text/x-python; charset=utf-8", ".png": "image/png"}
# What a picture or a script of the guides may be called.
_NAME = r"(?:images/)?[a-z0-9_-]+\.(?:py|png)"
FILE_ADDRESS = rf"^docs/(?P<name>{_NAME})\Z"

# The vocabularies that readers meet, each with what it is about.
WORDS: dict[str, type[Term]] = {
    name: getattr(vocabulary, name)
    for name in (
        *("Status", "Verification", "Timeliness", "Commitment", "PromiseKind", "ReviewState"),
        *("Stance", "Basis", "SourceKind", "PublisherType", "BodyRole", "RelationKind"),
        *("EntryAction", "Role", "Precision", "Undefined"),
    )
}


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A closed vocabulary for readers: its anchor, its name, what it is, its words."""

    anchor: str
    name: str
    about: str
    terms: tuple[Term, ...]


def folder() -> Path:
    """Where the guides are."""
    return Path(settings.BASE_DIR) / "docs"


def names() -> list[str]:
    """The names of all guides."""
    found = sorted(path.stem for path in folder().glob("*.md"))
    return [*(name for name in FIRST if name in found), *(one for one in found if one not in FIRST)]


def place_of(name: str) -> str:
    """The address of a guide."""
    return f"/{METHODOLOGY}/" if name == METHODOLOGY else f"/docs/{name}/"


def guide(name: str) -> Rendered:
    """A guide, rendered; raises Http404 where there is none of this name."""
    path = folder() / f"{name}.md"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Http404(f"There is no guide {name}.") from None
    return _rendered(text)


@lru_cache(maxsize=32)
def _rendered(text: str) -> Rendered:
    return render(text, _on_site)


def _on_site(link: str) -> str:
    """Where on the site a link of a guide leads; empty where what it names is not there."""
    parts = urlsplit(link)
    if parts.scheme in ("http", "https") or not parts.path:
        return link
    path = (folder() / parts.path).resolve()
    if parts.scheme or path.parent not in (folder().resolve(), folder().resolve() / "images"):
        return ""
    fragment = f"#{parts.fragment}" if parts.fragment else ""
    if path.suffix == ".md" and path.exists():
        return place_of(path.stem) + fragment
    inside = path.relative_to(folder().resolve())
    return f"/docs/{inside}" if path.suffix in FILES and path.exists() else ""


def vocabularies() -> list[Vocabulary]:
    """Every word of the record that readers meet, from the rules themselves."""
    return [
        Vocabulary(
            f"words-{name.lower()}",
            _spaced(name),
            _first_sentence(terms.__doc__ or ""),
            tuple(terms),
        )
        for name, terms in WORDS.items()
    ]


def _first_sentence(text: str) -> str:
    return " ".join(text.split()).partition(". ")[0].replace("`", "").rstrip(".") + "."


def _spaced(name: str) -> str:
    spaced = "".join(f" {one.lower()}" if one.isupper() else one for one in name).strip()
    return spaced[:1].upper() + spaced[1:]


class Guide(Page):
    """A guide of the repository."""

    template = "pages/guides/guide.html"
    dated = False

    def depends(self) -> Iterable[str]:
        return (_digest(),)

    def get(self, request: HttpRequest, **kwargs: str) -> Any:
        if kwargs.get("name") == METHODOLOGY:
            return redirect(place_of(METHODOLOGY), permanent=True)
        return super().get(request, **kwargs)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        found = guide(kwargs["name"])
        return {
            "title": found.title,
            "description": found.lead,
            "crumbs": [("/docs/", "Guides")],
            "guide": found,
        }


class Methodology(Guide):
    """What the record claims and how it is read, with all its words."""

    template = "pages/guides/methodology.html"

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            **super().answer(ask, name=METHODOLOGY),
            "crumbs": [],
            "description": "What the record claims, how organisations may disagree, how the record"
            " changes, how to cite it, and what each of its words means.",
            "vocabularies": vocabularies(),
        }


class Guides(Guide):
    """All guides."""

    template = "pages/guides/guides.html"

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            "title": "Guides",
            "description": "How the record works, for those who read it, build on it, verify it or"
            " run it.",
            "guides": [(place_of(name), guide(name)) for name in names()],
        }


def guide_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A picture or a script that guides link to."""
    path = folder() / name
    if not path.is_file():
        raise Http404(f"There is no file {name}.")
    response = FileResponse(path.open("rb"), content_type=FILES[path.suffix])
    headers.protect(response)
    response["Cache-Control"] = f"public, max-age={headers.MAX_AGE}"
    return response


def _digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(folder().glob("*.md")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


@checks.register
def guides_are_there(**kwargs: Any) -> list[checks.CheckMessage]:
    """Say at the start what a reader would otherwise meet as a missing page."""
    if (folder() / f"{METHODOLOGY}.md").is_file():
        return []
    return [
        checks.Error(
            f"The guides are not where the pages read them: {folder()} has no {METHODOLOGY}.md.",
            hint="Deploy the folder docs/ beside manage.py.",
            id="reforms.E001",
        )
    ]
