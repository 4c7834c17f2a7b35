"""Record documents: what the record says of each public object, and nothing else.

A record document holds an object's own fields, in all languages, with references by id and a schema
version: no counts, hosts, quotations or values derived from today. What the API serves is this
document plus derived fields. Every public write passes through `change`, which compares the
documents before and after: it is the one place where a public change can be noticed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import singledispatch
from typing import Any

from django.db import models, transaction

from reforms.models import (
    Body,
    Citation,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    StatusUpdate,
    Topic,
)

SCHEMA_VERSION = 1

Document = dict[str, Any]


def document(thing: models.Model) -> Document:
    """The record document of a public object."""
    return {
        "schema": SCHEMA_VERSION,
        "object_type": thing._meta.model_name,
        "id": str(thing.pk),
        **_fields(thing),
    }


def stored_document(thing: models.Model, lock: bool = False) -> Document | None:
    """The record document as the database has it now; None where it has none."""
    rows = type(thing)._default_manager.filter(pk=thing.pk)
    stored = (rows.select_for_update() if lock else rows).first()
    return document(stored) if stored is not None else None


@dataclass(slots=True)
class Change:
    """A change under way: `before` and `after` are documents, None where there is no object."""

    before: Document | None
    after: Document | None = None

    @property
    def changed(self) -> bool:
        return self.before != self.after


@contextmanager
def change(thing: models.Model, then: Callable[[Change], None] | None = None) -> Iterator[Change]:
    """Edit a public object and what belongs to it, in one transaction, inside this block.

    `then` is called at the end of it if the record document has changed.
    """
    with transaction.atomic():
        made = Change(before=stored_document(thing, lock=True))
        yield made
        made.after = stored_document(thing)
        if made.changed and then is not None:
            then(made)


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


def _date(partial: object) -> str | None:
    return None if partial is None else str(partial)


def _citations(thing: Promise | StatusUpdate) -> list[Document]:
    return [citation_document(one) for one in thing.citations.order_by("position", "id")]


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
        "announced_by": sorted(thing.announced_by.values_list("pk", flat=True)),
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
    ties = thing.body_ties.order_by("role", "body").values_list("body_id", "role")
    relations = thing.relations.order_by("kind", "to").values_list("kind", "to_id")
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
        "bodies": [{"body": body, "role": role} for body, role in ties],
        "topics": sorted(thing.topics.values_list("pk", flat=True)),
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
        "published_at": thing.published_at and thing.published_at.isoformat(),
        "ended_at": thing.ended_at and thing.ended_at.isoformat(),
        "ended_reason": thing.ended_reason,
        "successor": thing.successor_id and str(thing.successor_id),
        "citations": _citations(thing),
    }


@_fields.register
def _source(thing: Source) -> Document:
    return {
        "title": thing.title,
        "kind": thing.kind,
        "publisher": thing.publisher_id,
        "url": thing.url,
        "published_on": _date(thing.published),
        "language": thing.language,
        "edition_of": thing.edition_of_id,
        "note": thing.note,
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
    return {"name": thing.name, "affiliation": thing.affiliation, "url": thing.url}
