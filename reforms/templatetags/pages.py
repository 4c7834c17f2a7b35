"""Tags of the public pages: statuses by shape and word, dates, and links that keep the clocks."""

from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import NoReverseMatch, resolve, reverse
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reforms import vocabulary
from reforms.dates import PartialDate
from reforms.pages import counts as counting
from reforms.pages import pictures
from reforms.pages.asking import parameters_of
from reforms.pages.looks import LOOKS
from reforms.pages.places import carrying
from reforms.vocabulary import Precision, Status, Term

register = template.Library()

_FORMATS = {Precision.DAY: "j F Y", Precision.MONTH: "F Y", Precision.YEAR: "Y"}


@register.simple_tag
def status(word: str) -> SafeString:
    """A status as its shape and its word; what it means is told to whoever points at it."""
    term = Status(word)
    return format_html(
        '<span class="status status-{}" title="{}">{} {}</span>',
        word,
        term.meaning.capitalize() + ".",
        shape(word),
        term.label,
    )


@register.simple_tag
def shape(word: str) -> SafeString:
    """The shape of a status alone: a word has to stand beside it."""
    return format_html(
        '<svg class="shape status-{}" viewBox="0 0 16 16" width="16" height="16"'
        ' aria-hidden="true" focusable="false"><path fill-rule="evenodd" d="{}"/></svg>',
        word,
        LOOKS[Status(word)].path,
    )


@register.filter
def label(word: str) -> str:
    """A word of the record as people write it: `not_started` is Not started."""
    return "NGO" if word == "ngo" else word.replace("_", " ").capitalize()


@register.simple_tag
def meaning(vocabulary_name: str, word: str) -> str:
    """What a word means: `{% meaning "Verification" promise.verification %}`."""
    terms: type[Term] = getattr(vocabulary, vocabulary_name)
    return terms(word).meaning


@register.filter
def when(text: str | date | None) -> str | SafeString:
    """A date of the record for people: `2022-11` is November 2022."""
    if not text:
        return ""
    known = PartialDate.parse(str(text))
    said = date_format(known.last, _FORMATS[Precision(known.precision)])
    return format_html('<time datetime="{}">{}</time>', str(known), said)


@register.filter
def moment(value: str | datetime | None) -> str | SafeString:
    """A moment of the record for people, in UTC to the minute."""
    found = parse_datetime(value) if isinstance(value, str) else value
    if found is None:
        return ""
    said = date_format(found, "j F Y, H:i") + " UTC"
    return format_html('<time datetime="{}">{}</time>', found.isoformat(), said)


@register.simple_tag(takes_context=True)
def address(context: template.Context, name: str, *args: Any, **parameters: Any) -> str:
    """The address of a page, in the language of this one and under its clocks, if it takes them."""
    return carrying(reverse(f"pages:{name}", args=args), context.get("carried") or {}, **parameters)


@register.simple_tag(takes_context=True)
def page_of(context: template.Context, type_: str, key: str) -> str:
    """The address of the page about an object, or what the API says of it where it has none."""
    try:
        return address(context, type_, key)
    except NoReverseMatch:
        return reverse(f"{type_}-detail", args=[key])


@register.simple_tag(takes_context=True)
def page_if_any(context: template.Context, name: str, *args: Any, **parameters: Any) -> str:
    """The address of a page that this tracker may have; empty where it has none."""
    try:
        return address(context, name, *args, **parameters)
    except NoReverseMatch:
        return ""


@register.simple_tag(takes_context=True)
def way(context: template.Context, name: str, words: str) -> str | SafeString:
    """An item of the navigation: a link to a page that this tracker may have, or nothing."""
    href = page_if_any(context, name)
    if not href:
        return ""
    here = context.get("address") == reverse(f"pages:{name}")
    current = mark_safe(' aria-current="page"') if here else ""
    return format_html('<li><a href="{}"{}>{}</a></li>', href, current, words)


@register.simple_tag(takes_context=True)
def api(context: template.Context, name: str, *args: Any, **parameters: Any) -> str:
    """What the API answers to the question of this page, under its clocks where it takes them."""
    path = reverse(name, args=args)
    match = resolve(path)
    view: Any = match.func
    asked = (view.cls, view.actions["get"], view.initkwargs["basename"], match.kwargs)
    takes = parameters_of(*asked)
    carried = context.get("carried") or {}
    query = {key: value for key, value in carried.items() if key in takes} | parameters
    return f"{path}?{urlencode(query)}" if query else path


@register.simple_tag
def progress(counts: dict[str, Any]) -> SafeString:
    """The picture of promises by status: their figures have to stand beside it."""
    return pictures.progress(counts["by_status"], counts["total"])


@register.simple_tag
def count_lines(counts: dict[str, Any]) -> list[dict[str, Any]]:
    """Each status that occurs, with its number and its shares."""
    return counting.lines(counts)


@register.simple_tag
def percentage(number: int, of: int) -> str:
    """A share in whole per cent; empty where there is nothing to share."""
    return counting.percentage(number, of)


@register.filter
def amount(value: float | str | None) -> str:
    """A figure for people: 20,000; nothing where there is none."""
    if value is None or isinstance(value, str):
        return ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


@register.filter
def spoken(thing: dict[str, Any]) -> str | SafeString:
    """The attribute that says in which language a thing's texts are, where it is not the page's."""
    language = thing.get("language")
    return format_html(' lang="{}"', language) if language and language != "en" else ""
