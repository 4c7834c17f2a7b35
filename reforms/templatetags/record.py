"""Tags of the pages about what stands around promises: objects, entries of the ledger, values."""

import re
from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

from reforms.pages.places import carrying, page_of
from reforms.templatetags.pages import moment
from reforms.vocabulary import LANGUAGES, EntryAction

register = template.Library()

# As the record writes moments.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)


@register.simple_tag(takes_context=True)
def page_about(context: template.Context, object_type: str, key: str) -> str:
    """The address of the page about an object, under the clocks of this one; empty without one."""
    path = page_of(object_type, key)
    return carrying(path, context.get("carried") or {}) if path else ""


@register.simple_tag(takes_context=True)
def to_page(context: template.Context, path: str, **parameters: Any) -> str:
    """An address of ours with these parameters, under the clocks of this page if it takes them."""
    return carrying(path, context.get("carried") or {}, **parameters)


@register.simple_tag(takes_context=True)
def link_to(context: template.Context, object_type: str, key: str, name: str = "") -> SafeString:
    """A link to the page about an object, or only its name where there is none."""
    address = page_about(context, object_type, key)
    said = name or key
    return format_html('<a href="{}">{}</a>', address, said) if address else format_html("{}", said)


@register.filter
def language_name(code: str) -> str:
    """The name of a language: `ru` is Russian."""
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


@register.filter
def name_in(document: dict[str, Any] | None) -> str:
    """The title or name of an object in a record document, in English where it has it."""
    document = document or {}
    texts = document.get("title") or document.get("name") or {}
    return next((texts[one] for one in LANGUAGES if one in texts), "")


@register.filter
def field_name(path: str) -> str:
    """A path in a document for people: `title.en` is Title (English)."""
    whole, _, last = path.rpartition(".")
    if last in LANGUAGES and whole:
        return f"{field_name(whole)} ({LANGUAGES[last]})"
    words = path.replace("_", " ").replace(".", ", ")
    return words[:1].upper() + words[1:]


@register.filter
def value(said: Any) -> str:
    """A value of a document for people."""
    if said is None or said in ("", [], {}):
        return "nothing"
    if isinstance(said, bool):
        return "yes" if said else "no"
    if isinstance(said, dict):
        parts = [(name, one) for name, one in said.items() if one not in (None, "", [], {})]
        return "; ".join(f"{field_name(name)}: {value(one)}" for name, one in parts)
    if isinstance(said, list):
        return ", ".join(value(one) for one in said)
    if isinstance(said, str) and _MOMENT.fullmatch(said):
        return moment(said)
    return str(said)


@register.simple_tag(takes_context=True)
def actor(context: template.Context, said: str) -> str | SafeString:
    """Who made an entry, for people: an organisation by its page, a role by its name."""
    kind, _, name = said.partition(":")
    if kind == "organisation":
        return link_to(context, kind, name)
    return f"a {name}" if kind == "role" else said


_DONE = {
    EntryAction.CREATE: "New",
    EntryAction.EDIT: "Edited",
    EntryAction.TRANSLATE: "Translated",
    EntryAction.CORRECT: "Corrected",
    EntryAction.PUBLISH: "Published",
    EntryAction.SUPERSEDE: "Superseded",
    EntryAction.RETRACT: "Retracted",
    EntryAction.REMOVE: "Removed",
    EntryAction.WITHDRAW: "Withdrawn",
    EntryAction.REDACT: "Redacted",
}


@register.filter
def done(action: str) -> str:
    """What an entry did, as its heading says it: `retract` is Retracted."""
    return _DONE[EntryAction(action)]


@register.filter
def percent(share: float | None) -> str:
    """A share of one as a percentage."""
    return "–" if share is None else f"{share:.0%}"


@register.simple_tag
def page_then(object_type: str, key: str, sequence: int) -> str:
    """The address of the page about an object as an entry left it; empty where it takes no clock
    or has no page.
    """
    path = page_of(object_type, key)
    return carrying(path, {"known_at": str(sequence)}) if path else ""
