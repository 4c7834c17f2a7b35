"""The way back: from a record document to the object that it is of, without the database."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import models

from reforms.dates import PartialDate
from reforms.models import (
    Body,
    Citation,
    Organisation,
    Programme,
    Promise,
    PromiseBody,
    PromiseRelation,
    Publisher,
    Reform,
    Reply,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.records.documents import TYPES, Document


def restore(document: Document) -> Any:
    """The object as the document has it, never to be saved: its parts at hand, what it refers to
    by id alone, what is derived empty.
    """
    thing = TYPES[document["object_type"]](pk=document["id"])
    _FIELDS[type(thing)](thing, document)
    return thing


def _take(thing: Any, document: Document, *names: str) -> None:
    for name in names:
        setattr(thing, name, document[name])


def _refer(thing: Any, document: Document, *names: str) -> None:
    for name in names:
        setattr(thing, f"{name}_id", document[name])


def _parts(thing: models.Model, name: str, parts: list[Any]) -> None:
    """Let the manager `name` answer with these parts, as if they had been prefetched."""
    cache = thing.__dict__.setdefault("_prefetched_objects_cache", {})
    cache[name] = parts


def _date(written: str | None) -> PartialDate | None:
    return PartialDate.parse(written) if written else None


def _moment(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _organisation(thing: Organisation, document: Document) -> None:
    _take(thing, document, "name", "affiliation", "url")
    thing.pseudonymous = document.get("pseudonym", False)


def _publisher(thing: Publisher, document: Document) -> None:
    _take(thing, document, "name", "aliases", "type", "country")


def _source(thing: Source, document: Document) -> None:
    _take(thing, document, "title", "kind", "url", "language", "note")
    thing.archived_url = document.get("archived_url", "")
    _refer(thing, document, "publisher", "edition_of")
    thing.published = _date(document["published_on"])
    thing.public_since = _moment(document["public_since"])


def _body(thing: Body, document: Document) -> None:
    _take(thing, document, "name", "note")
    _refer(thing, document, "successor")


def _topic(thing: Topic, document: Document) -> None:
    _take(thing, document, "name")


def _programme(thing: Programme, document: Document) -> None:
    names = ("title", "summary", "jurisdiction", "promisor", "time_zone", "licence")
    _take(thing, document, *names)
    _refer(thing, document, "lead_organisation")
    thing.announced = _date(document["announced_on"])
    _parts(thing, "announced_by", [Source(pk=source) for source in document["announced_by"]])


def _reform(thing: Reform, document: Document) -> None:
    _take(thing, document, "number", "numbered", "title", "summary", "note", "bounds")
    _refer(thing, document, "programme")
    thing.position = thing.place()


def _promise(thing: Promise, document: Document) -> None:
    names = ("number", "title", "statement", "kind", "commitment", "condition")
    _take(thing, document, *names, "deadline_wording", "figures")
    _refer(thing, document, "programme", "reform")
    thing.position = thing.place()
    thing.deadline = _date(document["deadline"])
    ties = [
        PromiseBody(promise_id=thing.pk, body_id=tie["body"], role=tie["role"])
        for tie in document["bodies"]
    ]
    relations = [
        PromiseRelation(promise_id=thing.pk, kind=one["kind"], to_id=one["promise"])
        for one in document["relations"]
    ]
    _parts(thing, "body_ties", ties)
    _parts(thing, "topics", [Topic(pk=topic) for topic in document["topics"]])
    _parts(thing, "relations", relations)
    _parts(thing, "citations", _citations(document, promise_id=thing.pk))


def _status_update(thing: StatusUpdate, document: Document) -> None:
    _take(thing, document, "status", "note", "review_state", "ended_reason")
    _refer(thing, document, "promise", "organisation", "successor")
    thing.effective = _date(document["effective_on"])
    thing.assessed = _date(document["assessed_on"])
    thing.published_at = _moment(document["published_at"])
    thing.ended_at = _moment(document["ended_at"])
    _parts(thing, "citations", _citations(document, update_id=thing.pk))


def _reply(thing: Reply, document: Document) -> None:
    _take(thing, document, "signed_by", "text", "url")
    _refer(thing, document, "promise")
    thing.dated_on = date.fromisoformat(document["dated_on"])


def _citations(document: Document, **owner: Any) -> list[Citation]:
    return [
        Citation(
            **owner,
            position=position,
            source_id=one["source"],
            origin_id=one["origin"],
            **{name: one[name] for name in ("stance", "basis", "locator", "paragraphs", "note")},
        )
        for position, one in enumerate(document["citations"], start=1)
    ]


_FIELDS: dict[type[models.Model], Callable[[Any, Document], None]] = {
    Organisation: _organisation,
    Publisher: _publisher,
    Source: _source,
    Body: _body,
    Topic: _topic,
    Programme: _programme,
    Reform: _reform,
    Promise: _promise,
    StatusUpdate: _status_update,
    Reply: _reply,
}
