"""Writing public objects: programmes, reforms, promises, sources and all that they refer to."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import models

from reforms import verdicts
from reforms.models import PromiseBody, PromiseRelation, Source, StatusUpdate
from reforms.workflow.checking import check_source, prepare
from reforms.workflow.citing import cite, known
from reforms.workflow.publication import make_public_what_it_names
from reforms.workflow.recording import Change, recording
from reforms.workflow.storing import store

# What follows from other rows: never written from an instance that somebody holds.
DERIVED = frozenset((*verdicts.STORED, "changed_at", "public_since", "withdrawn_at"))


@contextmanager
def change(thing: models.Model, reason: str = "") -> Iterator[Change]:
    """Edit an object and what belongs to it inside this block, as one change.

    At its end the ledger records it, if it is public and its record document has changed, and what
    rests on it is settled. Raises RuleBroken where a public reason is due and none is given.
    """
    with recording(thing, reason) as made:
        yield made
        if not made.nested:
            make_public_what_it_names(thing)


def save(thing: models.Model, reason: str = "", **parts: Any) -> bool:
    """Check and store a public object with its parts; return whether the record changed.

    Parts replace what was there: a promise takes `bodies` (pairs of body id and role), `topics`
    (ids), `relations` (pairs of kind and promise id) and `citations` (`Cited`); a programme takes
    `announced_by` (source ids). `reason` is public; a change of what the record says needs one.
    Raises RuleBroken naming every bad field.
    """
    return saved(thing, reason, **parts).changed


def saved(thing: models.Model, reason: str = "", **parts: Any) -> Change:
    """What `save` does; return what the record said before and says now."""
    if isinstance(thing, StatusUpdate):
        raise TypeError("status updates are written by submit, revise and the actions")
    prepare(thing)
    with change(thing, reason) as made:
        if isinstance(thing, Source):
            check_source(thing)
        _store(thing)
        _replace_parts(thing, parts)
    return made


def _store(thing: models.Model) -> None:
    """Write a row's own columns; what is derived may have moved on since it was read."""
    if thing._state.adding:
        store(thing, force_insert=True)
        return
    store(
        thing,
        update_fields=[
            column.name
            for column in thing._meta.concrete_fields
            if not column.primary_key and column.name not in DERIVED
        ],
    )


def _replace_parts(thing: Any, parts: dict[str, Any]) -> None:
    for name, values in parts.items():
        match name:
            case "bodies":
                thing.body_ties.all().delete()
                _add(PromiseBody(promise=thing, body_id=body, role=role) for body, role in values)
            case "relations":
                thing.relations.all().delete()
                _add(PromiseRelation(promise=thing, kind=kind, to_id=to) for kind, to in values)
            case "topics" | "announced_by":
                listed = getattr(thing, name)
                listed.set(known(listed.model.objects.all(), name, values))
            case "citations":
                cite(values, promise=thing)
            case _:
                raise TypeError(f"{type(thing).__name__} has no part called {name}")


def _add(rows: Iterable[models.Model]) -> None:
    for row in rows:
        prepare(row)
        store(row, force_insert=True)
