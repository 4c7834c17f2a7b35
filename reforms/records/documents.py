"""Record documents: what the record says of each public object, and nothing else.

A record document holds an object's own fields, in all languages, with references by id and a schema
version: no counts, hosts, quotations or values derived from today. What the API serves is this
document plus derived fields.
"""

from datetime import datetime
from functools import singledispatch
from typing import Any

from django.db import models

from reforms.dates import timestamp
from reforms.models import (
    Body,
    Citation,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Reform,
    Reply,
    Source,
    StatusUpdate,
    Topic,
)

SCHEMA_VERSION = 1

Document = dict[str, Any]


# What an object of each kind is called in documents and in the ledger.
TYPES: dict[str, type[models.Model]] = {
    "organisation": Organisation,
    "publisher": Publisher,
    "source": Source,
    "body": Body,
    "topic": Topic,
    "programme": Programme,
    "reform": Reform,
    "promise": Promise,
    "update": StatusUpdate,
    "reply": Reply,
}
_NAMES = {model: name for name, model in TYPES.items()}


def type_of(thing: models.Model) -> str:
    """What an object of this kind is called in documents and in the ledger."""
    try:
        return _NAMES[type(thing)]
    except KeyError:
        raise TypeError(f"{type(thing).__name__} has no record document") from None


def document(thing: models.Model) -> Document:
    """The record document of an object, public or not."""
    return {
        "schema": SCHEMA_VERSION,
        "object_type": type_of(thing),
        "id": str(thing.pk),
        **_fields(thing),
    }


def stored(thing: models.Model, lock: bool = False) -> Any:
    """The object as the database has it now; None where there is none."""
    rows = type(thing)._default_manager.filter(pk=thing.pk)
    return (rows.select_for_update() if lock else rows).first()


def citation_document(citation: Citation) -> Document:
    """A citation has no record of its own: it belongs to its promise or status update."""
    return {
        "source": citation.source_id,
        "stance": citation.stance,
        "basis": citation.basis,
        "origin": citation.origin_id,
        "locator": citation.locator,
        "paragraphs": citation.paragraphs,
        "note": citation.note,
    }


def _moment(at: datetime | None) -> str | None:
    return timestamp(at) if at else None


def _date(partial: object) -> str | None:
    return None if partial is None else str(partial)


def _citations(thing: Promise | StatusUpdate) -> list[Document]:
    # Sorted here: what was fetched beforehand, or restored from a document, is asked for nothing.
    at_hand = getattr(thing, "_prefetched_objects_cache", {}).get("citations")
    citations = thing.citations.all() if at_hand is None else at_hand
    return [citation_document(one) for one in sorted(citations, key=_place)]


def _place(citation: Citation) -> tuple[int, int]:
    return citation.position, citation.pk or 0


@singledispatch
def _fields(thing: models.Model) -> Document:
    raise TypeError(f"{type(thing).__name__} has no record document")


@_fields.register
def _programme(thing: Programme) -> Document:
    return {
        "title": thing.title,
        "summary": thing.summary,
        "jurisdiction": thing.jurisdiction,
        "promisor": thing.promisor,
        "announced_on": _date(thing.announced),
        "time_zone": thing.time_zone,
        "lead_organisation": thing.lead_organisation_id,
        "announced_by": sorted(source.pk for source in thing.announced_by.all()),
        "licence": thing.licence,
    }


@_fields.register
def _reform(thing: Reform) -> Document:
    return {
        "programme": thing.programme_id,
        "number": thing.number,
        "numbered": thing.numbered,
        "title": thing.title,
        "summary": thing.summary,
        "note": thing.note,
        "bounds": thing.bounds,
    }


@_fields.register
def _promise(thing: Promise) -> Document:
    ties = sorted((tie.role, tie.body_id) for tie in thing.body_ties.all())
    relations = sorted((relation.kind, relation.to_id) for relation in thing.relations.all())
    return {
        "programme": thing.programme_id,
        "reform": thing.reform_id,
        "number": thing.number,
        "title": thing.title,
        "statement": thing.statement,
        "kind": thing.kind,
        "commitment": thing.commitment,
        "condition": thing.condition,
        "deadline": _date(thing.deadline),
        "deadline_wording": thing.deadline_wording,
        "figures": thing.figures,
        "bodies": [{"body": body, "role": role} for role, body in ties],
        "topics": sorted(topic.pk for topic in thing.topics.all()),
        "relations": [{"kind": kind, "promise": to} for kind, to in relations],
        "citations": _citations(thing),
    }


@_fields.register
def _status_update(thing: StatusUpdate) -> Document:
    return {
        "promise": thing.promise_id,
        "organisation": thing.organisation_id,
        "status": thing.status,
        "effective_on": _date(thing.effective),
        "assessed_on": _date(thing.assessed),
        "note": thing.note,
        "review_state": thing.review_state,
        "published_at": _moment(thing.published_at),
        "ended_at": _moment(thing.ended_at),
        "ended_reason": thing.ended_reason,
        "successor": thing.successor_id and str(thing.successor_id),
        "citations": _citations(thing),
    }


@_fields.register
def _source(thing: Source) -> Document:
    # Documents from before there were archived copies say nothing of one.
    copy = {"archived_url": thing.archived_url} if thing.archived_url else {}
    return {
        "title": thing.title,
        "kind": thing.kind,
        "publisher": thing.publisher_id,
        "url": thing.url,
        **copy,
        "published_on": _date(thing.published),
        "language": thing.language,
        "edition_of": thing.edition_of_id,
        "note": thing.note,
        "public_since": _moment(thing.public_since),
    }


@_fields.register
def _publisher(thing: Publisher) -> Document:
    return {
        "name": thing.name,
        "aliases": thing.aliases,
        "type": thing.type,
        "country": thing.country,
    }


@_fields.register
def _body(thing: Body) -> Document:
    return {"name": thing.name, "note": thing.note, "successor": thing.successor_id}


@_fields.register
def _topic(thing: Topic) -> Document:
    return {"name": thing.name}


@_fields.register
def _organisation(thing: Organisation) -> Document:
    said = {"name": thing.name, "affiliation": thing.affiliation, "url": thing.url}
    # Documents from before there were pseudonyms say nothing of it.
    return said | ({"pseudonym": True} if thing.pseudonymous else {})


@_fields.register
def _reply(thing: Reply) -> Document:
    return {
        "promise": thing.promise_id,
        "signed_by": thing.signed_by,
        "dated_on": thing.dated_on.isoformat(),
        "text": thing.text,
        "url": thing.url,
    }
