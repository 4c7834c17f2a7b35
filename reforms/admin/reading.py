"""How columns are shown where they cannot be edited."""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from django.db import models
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst

from reforms.admin.labels import NOTHING, describe, in_words, link, page_of
from reforms.models.fields import PartialDateProperty, TextsField
from reforms.vocabulary import LANGUAGES

Reader = Callable[[Any], str]


@cache
def reader(model: Any, name: str) -> Reader | None:
    """What shows the column `name` for reading; None where Django's own way is good."""
    show = _way_of_showing(model, name)
    if show is None:
        return None

    def read_out(thing: Any) -> str:
        value = getattr(thing, name)
        return (show(value) or NOTHING) if value not in (None, "", [], {}) else NOTHING

    read: Any = read_out
    read.__name__ = name
    read.short_description = capfirst(name.replace("_", " "))
    shown: Reader = read
    return shown


def _way_of_showing(model: Any, name: str) -> Callable[[Any], str] | None:
    if isinstance(getattr(model, name, None), PartialDateProperty):
        return lambda date: str(date)
    column = next((one for one in model._meta.get_fields() if one.name == name), None)
    if isinstance(column, TextsField):
        return texts
    if isinstance(column, models.ForeignKey | models.ManyToManyField):
        related: Any = column.related_model
        if related._meta.app_label != model._meta.app_label:
            # Persons are named, not linked: few may open the pages of accounts.
            return lambda person: str(person)
        return one_thing if isinstance(column, models.ForeignKey) else things
    if isinstance(column, models.JSONField):
        ways: dict[str, Callable[[Any], str]] = {
            "figures": figures,
            "paragraphs": paragraphs,
            "bounds": bounds,
        }
        return ways.get(name, names)
    return None


def texts(value: Mapping[str, str]) -> SafeString:
    """A text in all its languages; the language is named where it is not English alone."""
    if list(value) == ["en"]:
        return format_html('<span class="shown-text">{}</span>', value["en"])
    return format_html_join(
        "",
        '<div class="shown-text" lang="{}"><b>{}:</b> {}</div>',
        ((one, LANGUAGES[one], value[one]) for one in LANGUAGES if one in value),
    )


def one_thing(thing: models.Model) -> SafeString:
    """Another object of the record, as a link."""
    return link(page_of(thing), describe(thing))


def things(related: Any) -> SafeString:
    """Other objects of the record, as links."""
    return format_html_join(", ", "{}", ((one_thing(one),) for one in related.all()))


def figures(value: list[Mapping[str, Any]]) -> SafeString:
    """Figures as sentences: senators appointed: 15 → 10 deputies."""
    return format_html_join(
        "",
        "<div>{}: <b>{}</b> {}</div>",
        (
            (
                in_words(one["what"]),
                one["value"] if "value" in one else f"{one['from']} → {one['to']}",
                in_words(one.get("unit")),
            )
            for one in value
        ),
    )


def paragraphs(value: list[Mapping[str, Any]]) -> SafeString:
    """The paragraphs of a locator, with the beginning of each fingerprint."""
    return format_html_join(
        ", ",
        '<span title="{}">¶{}</span>',
        ((one["fingerprint"], one["ordinal"]) for one in value),
    )


def bounds(value: Mapping[str, Any]) -> str:
    """Where a reform begins and ends."""
    return f"{value['source']} ¶{value['first']['ordinal']}–¶{value['last']['ordinal']}"


def names(value: list[str]) -> str:
    """A list of names."""
    return ", ".join(map(str, value))
