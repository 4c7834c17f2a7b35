"""Record documents as entries of seed files: the keys in the order in which people write them.

What a file need not say, because it is empty or follows from the rest, is left out.
"""

from collections.abc import Callable, Mapping
from typing import Any

from reforms.records import Document
from reforms.seeding.yaml_text import OneLine
from reforms.vocabulary import LANGUAGES, Basis, BodyRole, Stance, Status

Entry = dict[str, Any]
PublisherOf = Callable[[str], str]

KEYS: dict[str, tuple[str, ...]] = {
    "organisation": ("id", "name", "pseudonym", "affiliation", "url", "reason"),
    "publisher": ("id", "name", "aliases", "type", "country", "reason"),
    "source": (
        *("id", "title", "kind", "publisher", "url", "archived_url", "published_on", "language"),
        *("edition_of", "note", "reason"),
    ),
    "body": ("id", "name", "successor", "note", "reason"),
    "topic": ("id", "name", "reason"),
    "programme": (
        *("id", "title", "summary", "jurisdiction", "promisor", "announced_on", "time_zone"),
        *("lead_organisation", "licence", "announced_by", "reason"),
    ),
    "reform": ("number", "title", "summary", "note", "bounds", "reason"),
    "promise": (
        *("id", "title", "statement", "kind", "commitment", "condition", "bodies", "affects"),
        *("topics", "deadline", "figures", "relations", "reason", "passages", "updates"),
    ),
    "update": (
        *("key", "status", "effective_on", "assessed_on", "note", "organisation", "reason"),
        "citations",
    ),
    "reply": ("id", "promise", "signed_by", "dated_on", "text", "url", "reason"),
}
_ON_ONE_LINE = ("organisation", "publisher", "body", "topic")
_TEXTS = (
    *("title", "name", "summary", "statement", "condition", "promisor", "affiliation", "note"),
    *("signed_by", "text"),
)
# What a promise says even where it is nothing.
_ALWAYS = ("bodies", "passages")


def described(document: Document, publisher_of: PublisherOf, **more: Any) -> Entry:
    """An object as a file describes it; `more` holds keys that are not in its document."""
    type_ = document["object_type"]
    values = dict(document) | more
    values |= {name: _text(values[name]) for name in _TEXTS if name in values}
    if type_ == "promise":
        values |= _promise(document, publisher_of)
    if type_ == "reform" and values["bounds"]:
        values["bounds"] = {
            name: OneLine(value) if isinstance(value, dict) else value
            for name in ("source", "first", "last")
            if (value := values["bounds"][name])
        }
    if type_ == "update":
        if values["status"] == Status.NOT_STARTED:
            values["assessed_on"] = None  # it follows
        values["citations"] = [_cited(one, publisher_of) for one in document["citations"]]
    entry = {
        name: values[name]
        for name in KEYS[type_]
        if values.get(name) not in (None, "", [], {}) or name in _ALWAYS or name == "number"
    }
    return OneLine(entry) if type_ in _ON_ONE_LINE else entry


def _text(by_language: Mapping[str, str]) -> Any:
    """Plain text is English; several languages stand side by side."""
    if set(by_language) == {"en"}:
        return by_language["en"]
    return OneLine(
        {language: by_language[language] for language in LANGUAGES if language in by_language}
    )


def _promise(document: Document, publisher_of: PublisherOf) -> dict[str, Any]:
    bodies: dict[str, list[str]] = {role.value: [] for role in BodyRole}
    for tie in document["bodies"]:
        bodies[tie["role"]].append(tie["body"])
    deadline = {"date": document["deadline"], "wording": _text(document["deadline_wording"])}
    passages = [_cited(one, publisher_of) for one in document["citations"]]
    for passage in passages:
        if passage["stance"] == Stance.SUPPORTS:
            del passage["stance"]
        if passage["basis"] == Basis.OWN_FINDING:
            del passage["basis"]
    return {
        "bodies": bodies[BodyRole.RESPONSIBLE],
        "affects": bodies[BodyRole.AFFECTED],
        "deadline": OneLine({name: value for name, value in deadline.items() if value}),
        "figures": [_figure(figure) for figure in document["figures"]],
        "relations": [OneLine(relation) for relation in document["relations"]],
        "passages": [dict(passage) for passage in passages],
    }


def _figure(figure: Mapping[str, Any]) -> Entry:
    values = {
        name: OneLine(value) if isinstance(value, dict) else value for name, value in figure.items()
    }
    return OneLine(
        {name: values[name] for name in ("what", "from", "to", "value", "unit") if name in values}
    )


def _cited(citation: Document, publisher_of: PublisherOf) -> Entry:
    """A citation; an origin that is the source's own publisher goes without saying."""
    values = {
        "source": citation["source"],
        "stance": citation["stance"],
        "basis": citation["basis"],
        "origin": citation["origin"],
        "locator": citation["locator"],
        "paragraphs": [
            OneLine(ordinal=one["ordinal"], fingerprint=one["fingerprint"])
            for one in citation["paragraphs"]
        ],
        "note": _text(citation["note"]),
    }
    if values["origin"] == publisher_of(values["source"]):
        values["origin"] = ""
    return OneLine({name: value for name, value in values.items() if value})
