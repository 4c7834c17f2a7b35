"""The reading room: a source's loaded text, with what rests on its paragraphs in the margin."""

from bisect import bisect_left
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reforms import roles
from reforms.admin.base import RecordAdmin
from reforms.admin.counting import up_to
from reforms.admin.labels import NOTHING, below, in_words, link, page_of
from reforms.admin.margin import MOST_CITATIONS, Text, directions, margin
from reforms.admin.reading_rows import overview, promises_here, rows, unfound
from reforms.admin.selection import as_ranges, read_ordinals, selection
from reforms.admin.source_uses import MOST_COUNTED
from reforms.models import Promise, Source

PER_PAGE = 400
FREE = "free"
_ADD_PROMISE = "reforms.add_promise"


def place_of(source: Source | str, ordinal: int | None = None) -> str:
    """The address of a source's text in the reading room, at one of its paragraphs."""
    address = page_of(source if isinstance(source, Source) else Source(pk=source), "read")
    if ordinal is None:
        return address
    start = (ordinal - 1) // PER_PAGE * PER_PAGE + 1
    return f"{address}{f'?from={start}' if start > 1 else ''}#p{ordinal}"


def reading_tools(user: Any, sources: Iterable[Source]) -> list[tuple[str, str]]:
    """Buttons that lead to the texts of the sources, for those who may read them."""
    if not roles.may_read_texts(user):
        return []
    return [(f"Read {one}", place_of(one)) for one in sources]


class ReadingRoom(RecordAdmin):
    """Pages of sources that can be read, and where paragraphs are selected for promises."""

    def get_urls(self) -> Any:
        views = (("read", self.read_view), ("select", self.select_view))
        return [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"reforms_source_{name}",
            )
            for name, view in views
        ] + super().get_urls()

    def get_list_display(self, request: HttpRequest) -> Any:
        shown = super().get_list_display(request)
        if not roles.may_read_texts(request.user):
            return shown
        return ["room" if one == "loaded" else one for one in shown]

    def surroundings(self, request: Any, thing: Any) -> dict[str, Any]:
        texts = [thing] if thing.paragraphs.exists() else []
        return super().surroundings(request, thing) | {"tools": reading_tools(request.user, texts)}

    @admin.display(description="Text")
    def room(self, source: Any) -> str:
        if not source.paragraph_count:
            return NOTHING
        return below(
            link(place_of(source), "Read"), f"{up_to(source.paragraph_count, MOST_COUNTED)} ¶"
        )

    # Reading

    def read_view(self, request: Any, object_id: str) -> HttpResponse:
        """The page of the text with the paragraph `?from=`; with `?show=free`, of what is free."""
        source = self._source_to_read(request, object_id)
        if source is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        asked = request.GET
        if asked.get("to"):
            return HttpResponseRedirect(_at(source, asked, _number(asked["to"])))
        text = Text(source.pk)
        found = margin(text, request.user)
        free = found.free(text)
        only_free = asked.get("show") == FREE
        listed = free if only_free else text.ordinals
        start = min(bisect_left(listed, _number(asked.get("from"))), max(len(listed) - 1, 0))
        start -= start % PER_PAGE
        shown = listed[start : start + PER_PAGE]
        chosen = _chosen(asked.get("chosen", ""))
        parts = directions(text)
        made = rows(source, shown, found, parts, chosen, whole=not only_free)
        cited = len(text.ordinals) - len(free)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "Read a source",
            "subtitle": in_words(source.title),
            "source": source,
            "media": self.media,
            "back": page_of(source),
            "here": place_of(source),
            "select": page_of(source, "select"),
            "rows": made,
            "promises_here": promises_here(made),
            "total": len(text.ordinals),
            "cited": cited,
            "free": len(free),
            "share": round(100 * cited / len(text.ordinals)) if text.ordinals else 0,
            "overview": overview(text, found, parts, chosen, place_of),
            "unfound": unfound(found, parts),
            "capped": MOST_CITATIONS if found.capped else 0,
            "only_free": only_free,
            "first": shown[0] if shown else 0,
            "last": shown[-1] if shown else 0,
            "from": asked.get("from", ""),
            "before": _page(source, only_free, listed, start - PER_PAGE),
            "after": _page(source, only_free, listed, start + PER_PAGE),
            "may_create": request.user.has_perm(_ADD_PROMISE) and source.withdrawn_at is None,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "admin/reforms/source/read.html", context)

    def _source_to_read(self, request: HttpRequest, object_id: str) -> Any:
        if not roles.may_read_texts(request.user):
            raise PermissionDenied
        name = unquote(object_id).replace("\x00", "")
        source = self.visible(request).filter(pk=name).select_related("publisher").first()
        if source is not None and not self.has_view_or_change_permission(request, source):
            raise PermissionDenied
        return source

    # Selecting

    def select_view(self, request: Any, object_id: str) -> HttpResponse:
        """Lead from the selected paragraphs to the form of a promise that cites them."""
        source = self._source_to_read(request, object_id)
        if not request.user.has_perm(_ADD_PROMISE):
            raise PermissionDenied
        if source is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        asked = request.GET
        numbers = sorted({_number(one) for one in asked.getlist("p")})
        try:
            chosen = selection(request.user, f"{source.pk}:{as_ranges(numbers)}")
            address = _form_for(asked.get("cite") and asked.get("promise", ""))
        except ValidationError as refusal:
            messages.error(request, " ".join(refusal.messages))
            query = {name: asked[name] for name in ("show", "from") if asked.get(name)}
            query["chosen"] = as_ranges(numbers)
            anchor = f"#p{numbers[0]}" if numbers else ""
            return HttpResponseRedirect(f"{place_of(source)}?{urlencode(query)}{anchor}")
        return HttpResponseRedirect(f"{address}?{urlencode({'passage': str(chosen)})}")


def _at(source: Source, asked: Any, ordinal: int) -> str:
    """Where a paragraph stands on its page; with the filter on, or else what comes after it."""
    if asked.get("show") != FREE:
        return place_of(source, max(ordinal, 1))
    return f"{place_of(source)}?{urlencode({'show': FREE, 'from': ordinal})}#p{ordinal}"


def _page(source: Source, only_free: bool, listed: list[int], start: int) -> str:
    if not 0 <= start < len(listed):
        return ""
    query = {"show": FREE} if only_free else {}
    return f"{place_of(source)}?{urlencode({**query, 'from': listed[start]})}"


def _form_for(promise: str | None) -> str:
    """The form for a new promise (None), or of the one that is to cite the passage too."""
    if promise is None:
        return reverse("admin:reforms_promise_add")
    name = promise.replace("\x00", "").strip().lower()
    found = Promise.objects.public().filter(pk=name).first()
    if found is None:
        raise ValidationError(
            f"There is no promise “{name}”; give the id of one, such as kz2022-2-1."
            if name
            else "Give the id of the promise that is to cite them, such as kz2022-2-1."
        )
    return page_of(found)


def _chosen(text: str) -> set[int]:
    try:
        return set(read_ordinals(text.replace("\x00", "")))
    except ValidationError:
        return set()


def _number(text: str | None) -> int:
    """A paragraph's number; 0 for what is none."""
    text = text or ""
    return int(text) if text.isdecimal() and len(text) <= 7 else 0
