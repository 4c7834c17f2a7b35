"""What an entry says of an object, in the form of its record document, and how it is stored."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, cast

from django.db import models

from reforms.dates import PartialDate
from reforms.models import Organisation
from reforms.seeding.folders import Entry
from reforms.vocabulary import Basis, BodyRole, Stance, Status
from reforms.workflow import Cited

# The own fields of a record document that the files decide on, without id and place.
Content = dict[str, Any]

DEFAULT_LANGUAGE = "en"
DEFAULT_LICENCE = "CC-BY-4.0"

_DATES = {
    "announced_on": "announced",
    "published_on": "published",
    "deadline": "deadline",
    "effective_on": "effective",
    "assessed_on": "assessed",
}


def texts(given: Any) -> dict[str, str]:
    """A text by language; one that stands alone is English."""
    if given is None:
        return {}
    by_language = {DEFAULT_LANGUAGE: given} if isinstance(given, str) else given
    return {language: text.strip() for language, text in by_language.items() if text}


def content_of(entry: Entry, publisher_of: Callable[[str], str] = lambda _source: "") -> Content:
    """What the entry says, every field present.

    `publisher_of` gives a source's publisher: whose assertion a promise's passage is, unless the
    file says otherwise. It is asked for promises only.
    """
    if entry.type == "promise":
        return _promise(entry.data, publisher_of)
    return _CONTENTS[entry.type](entry.data)


def completed(content: Content, publisher_of: Callable[[str], str]) -> Content:
    """The content of a status update with all that the record adds to what a file leaves out."""
    content = dict(content)
    if content["status"] == Status.NOT_STARTED:
        content["assessed_on"] = content["assessed_on"] or content["effective_on"]
    content["citations"] = [
        citation | {"origin": citation["origin"] or publisher_of(citation["source"])}
        for citation in content["citations"]
    ]
    return content


def _organisation(data: Mapping[str, Any]) -> Content:
    return {
        "name": texts(data["name"]),
        # A record document says nothing of it where the name is none.
        "pseudonym": data.get("pseudonym") or None,
        "affiliation": texts(data.get("affiliation")),
        "url": data.get("url", ""),
    }


def _publisher(data: Mapping[str, Any]) -> Content:
    return {
        "name": texts(data["name"]),
        "aliases": data.get("aliases", []),
        "type": data["type"],
        "country": data.get("country", ""),
    }


def _source(data: Mapping[str, Any]) -> Content:
    return {
        "title": texts(data["title"]),
        "kind": data["kind"],
        "publisher": data["publisher"],
        "url": data.get("url", ""),
        "archived_url": data.get("archived_url", ""),
        "published_on": data.get("published_on"),
        "language": data.get("language", ""),
        "edition_of": data.get("edition_of"),
        "note": texts(data.get("note")),
    }


def _body(data: Mapping[str, Any]) -> Content:
    return {
        "name": texts(data["name"]),
        "note": texts(data.get("note")),
        "successor": data.get("successor"),
    }


def _topic(data: Mapping[str, Any]) -> Content:
    return {"name": texts(data["name"])}


def _programme(data: Mapping[str, Any]) -> Content:
    return {
        "title": texts(data["title"]),
        "summary": texts(data.get("summary")),
        "jurisdiction": data["jurisdiction"],
        "promisor": texts(data["promisor"]),
        "announced_on": data["announced_on"],
        "time_zone": data["time_zone"],
        "lead_organisation": data["lead_organisation"],
        "announced_by": sorted(data.get("announced_by", [])),
        "licence": data.get("licence", DEFAULT_LICENCE),
    }


def _reform(data: Mapping[str, Any]) -> Content:
    return {
        "title": texts(data["title"]),
        "summary": texts(data.get("summary")),
        "note": texts(data.get("note")),
        "bounds": data.get("bounds"),
    }


def _promise(data: Mapping[str, Any], publisher_of: Callable[[str], str]) -> Content:
    deadline = data.get("deadline") or {}
    ties = [(BodyRole.AFFECTED.value, body) for body in data.get("affects", [])]
    ties += [(BodyRole.RESPONSIBLE.value, body) for body in data["bodies"]]
    relations = [(one["kind"], one["promise"]) for one in data.get("relations", [])]
    passages = [_citation({"stance": Stance.SUPPORTS.value, **one}) for one in data["passages"]]
    for passage in passages:
        passage["origin"] = passage["origin"] or publisher_of(passage["source"])
    return {
        "title": texts(data["title"]),
        "statement": texts(data["statement"]),
        "kind": data["kind"],
        "commitment": data["commitment"],
        "condition": texts(data.get("condition")),
        "deadline": deadline.get("date"),
        "deadline_wording": texts(deadline.get("wording")),
        "figures": data.get("figures", []),
        "bodies": [{"body": body, "role": role} for role, body in sorted(ties)],
        "topics": sorted(data.get("topics", [])),
        "relations": [{"kind": kind, "promise": to} for kind, to in sorted(relations)],
        "citations": passages,
    }


def _update(data: Mapping[str, Any]) -> Content:
    return {
        "status": data["status"],
        "effective_on": data["effective_on"],
        "assessed_on": data.get("assessed_on"),
        "note": texts(data.get("note")),
        "citations": [_citation(one) for one in data["citations"]],
    }


def _reply(data: Mapping[str, Any]) -> Content:
    return {
        "promise": data["promise"],
        "signed_by": texts(data["signed_by"]),
        "dated_on": data["dated_on"],
        "text": texts(data["text"]),
        "url": data.get("url", ""),
    }


def _citation(data: Mapping[str, Any]) -> Content:
    return {
        "source": data["source"],
        "stance": data["stance"],
        "basis": data.get("basis", Basis.OWN_FINDING.value),
        "origin": data.get("origin", ""),
        "locator": data.get("locator", "").strip(),
        "paragraphs": data.get("paragraphs", []),
        "note": texts(data.get("note")),
    }


_CONTENTS: Mapping[str, Callable[[Mapping[str, Any]], Content]] = {
    "organisation": _organisation,
    "publisher": _publisher,
    "source": _source,
    "body": _body,
    "topic": _topic,
    "programme": _programme,
    "reform": _reform,
    "update": _update,
    "reply": _reply,
}

# The lists that `workflow.save` takes beside the object itself.
_PARTS: Mapping[str, Callable[[list[Any]], list[Any]]] = {
    "bodies": lambda ties: [(tie["body"], tie["role"]) for tie in ties],
    "topics": list,
    "relations": lambda relations: [(one["kind"], one["promise"]) for one in relations],
    "citations": lambda citations: [Cited(**one) for one in citations],
    "announced_by": list,
}


def assign(thing: models.Model, content: Content) -> dict[str, list[Any]]:
    """Put the content into the columns; return its parts, as `workflow.save` takes them."""
    parts: dict[str, list[Any]] = {}
    for key, value in content.items():
        if key in _PARTS:
            parts[key] = _PARTS[key](value)
        elif key in _DATES:
            setattr(thing, _DATES[key], PartialDate.parse(value) if value else None)
        elif key == "dated_on":
            setattr(thing, key, date.fromisoformat(value))
        elif isinstance(thing, Organisation) and key == "pseudonym":
            thing.pseudonymous = bool(value)
        else:
            column = cast("models.Field[Any, Any]", thing._meta.get_field(key))
            setattr(thing, column.attname, value)
    return parts
