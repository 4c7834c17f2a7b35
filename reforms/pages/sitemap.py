"""The addresses of all pages about the record, for crawlers: an index and its parts (sitemaps.org).

Which objects are public is asked of the tables, by the methods that the API asks: of its answers
50,000 addresses would take 250.
"""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any
from xml.sax.saxutils import escape

from django.db.models import DateTimeField, Max, Q, Value
from django.http import Http404
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from reforms.dates import timestamp
from reforms.models import Body, Organisation, Programme, Promise, Publisher, Reform, Source, Topic
from reforms.pages.file import File
from reforms.pages.page import Page

# The most addresses of a part, as the protocol allows them.
MOST = 50_000
NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"

# When the page of an object last changed, where a column says so.
_CHANGED = {"promise": "changed_at"}
# Status updates are on the page of their promise.
MODELS: dict[str, Any] = {
    "programme": Programme,
    "reform": Reform,
    "promise": Promise,
    "organisation": Organisation,
    "source": Source,
    "publisher": Publisher,
    "body": Body,
    "topic": Topic,
}


class Sitemap(File):
    """The index: the parts for the pages without an object, and for each type that has pages."""

    content_type = "application/xml; charset=utf-8"
    max_age = 3_600

    def write(self, **kwargs: str) -> bytes:
        parts = [("pages", 1)]
        for type_ in _types():
            size = _public(type_).count()
            parts += [(type_, part) for part in range(1, -(-size // MOST) + 1)]
        paths = (reverse("pages:sitemap-part", args=one) for one in parts)
        lines = (f"<sitemap><loc>{escape(self.here(path))}</loc></sitemap>" for path in paths)
        return _document("sitemapindex", lines)


class SitemapPart(File):
    """A part: up to 50,000 addresses of the pages about one type of object."""

    content_type = "application/xml; charset=utf-8"
    max_age = 3_600

    def write(self, **kwargs: str) -> bytes:
        type_, part = kwargs["type_"], int(kwargs["part"])
        if type_ == "pages" and part == 1:
            return _document("urlset", (self._line(path) for path in standing_pages()))
        if type_ not in _types():
            raise Http404(f"There are no pages about a {type_}.")
        # All addresses of a type differ in their ids alone.
        before = reverse(f"pages:{type_}", args=["0"]).removesuffix("0/")
        rows = _public(type_)[(part - 1) * MOST : part * MOST]
        lines = [self._line(f"{before}{id_}/", at) for id_, at in rows]
        if not lines and part > 1:
            raise Http404(f"The sitemap has no part {part} of this type.")
        return _document("urlset", lines)

    @cached_property
    def _origin(self) -> str:
        return self.here("/").rstrip("/")

    def _line(self, path: str, changed: Any = None) -> str:
        modified = f"<lastmod>{timestamp(changed)}</lastmod>" if changed else ""
        return f"<url><loc>{escape(self._origin + path)}</loc>{modified}</url>"


def standing_pages() -> list[str]:
    """The paths of the pages that are about no single object and that caches may keep."""
    return [
        reverse(f"pages:{name}")
        for name, view in _pages()
        if view.kept and not view.framed and not issubclass(view, File)
    ]


def forms() -> list[str]:
    """The paths of the pages that are no place to find anything: each is made for one reader."""
    return [reverse(f"pages:{name}") for name, view in _pages() if not view.kept]


def _pages(patterns: Any = None) -> Iterator[tuple[str, type[Page]]]:
    """The names and views of the pages whose addresses name nothing."""
    found = get_resolver("reforms.pages.urls").url_patterns if patterns is None else patterns
    for one in found:
        if isinstance(one, URLResolver):
            yield from _pages(one.url_patterns)
        elif isinstance(one, URLPattern) and not one.pattern.regex.groups and one.name:
            view = getattr(one.callback, "view_class", None)
            if isinstance(view, type) and issubclass(view, Page):
                yield one.name, view


def _types() -> list[str]:
    """The types of object that have pages."""
    return [type_ for type_ in MODELS if _has_page(type_)]


def _has_page(type_: str) -> bool:
    try:
        reverse(f"pages:{type_}", args=["0"])
    except NoReverseMatch:
        return False
    return True


def _public(type_: str) -> Any:
    """The ids of the public objects of a type, in an order that stays, and when they changed."""
    rows = MODELS[type_].objects.public().order_by("pk")
    if type_ == "reform":
        # Its page shows its promises.
        live = Q(promises__withdrawn_at=None)
        last = Max("promises__changed_at", filter=live)
        return rows.annotate(changed=last).values_list("pk", "changed")
    unknown = Value(None, output_field=DateTimeField())
    return rows.values_list("pk", _CHANGED.get(type_, unknown))


def _document(root: str, lines: Iterable[str]) -> bytes:
    head = '<?xml version="1.0" encoding="utf-8"?>'
    return "\n".join((head, f'<{root} xmlns="{NAMESPACE}">', *lines, f"</{root}>\n")).encode()
