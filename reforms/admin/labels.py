"""How things are called on the pages of the admin."""

from collections.abc import Mapping
from typing import Any

from django.contrib.admin.utils import quote
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from reforms.vocabulary import LANGUAGES, Term

NOTHING = "–"


def in_words(texts: Mapping[str, str] | str | None) -> str:
    """A text in the first language that it has."""
    if isinstance(texts, str):
        return texts
    return next((texts[language] for language in LANGUAGES if language in (texts or {})), "")  # type: ignore[index]


def describe(thing: Any) -> str:
    """An object's id with its title or name: what lists of choices show."""
    words = in_words(getattr(thing, "title", None) or getattr(thing, "name", None))
    return f"{thing} · {words}" if words else str(thing)


def page_of(thing: models.Model, name: str = "change") -> str:
    """The address of an object's page in the admin, or of another page about it."""
    return reverse(f"admin:reforms_{thing._meta.model_name}_{name}", args=[quote(thing.pk)])


def list_of(model: type[models.Model], query: str) -> str:
    """The address of a list in the admin, with filters."""
    return reverse(f"admin:reforms_{model._meta.model_name}_changelist") + f"?{query}"


def link(address: str, words: object) -> SafeString:
    """A link inside the admin."""
    return format_html('<a href="{}">{}</a>', address, words)


def below(first: object, *more: object) -> SafeString:
    """Something with smaller words below it, so that a list stays narrow."""
    words = " · ".join(str(one) for one in more if one)
    return format_html('{}<div class="below">{}</div>', first, words)


def badge(term: Term) -> SafeString:
    """A word of a vocabulary; colour only underlines what the word says."""
    return format_html(
        '<span class="badge badge-{}" title="{}">{}</span>', term.value, term.meaning, term.label
    )
