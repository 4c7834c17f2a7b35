"""Writing public objects: programmes, reforms, promises, sources and all that they refer to."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Any

from django.db import models

from reforms import records, verdicts
from reforms.dates import now
from reforms.errors import RuleBroken
from reforms.models import (
    Body,
    Programme,
    Promise,
    PromiseBody,
    PromiseRelation,
    Reform,
    Source,
    StatusUpdate,
)
from reforms.vocabulary import Basis
from reforms.workflow.checking import prepare
from reforms.workflow.citing import cite, known

# What follows from other rows: never written from an instance that somebody holds.
DERIVED = frozenset((*verdicts.STORED, "changed_at", "public_since"))


def change(thing: models.Model) -> AbstractContextManager[records.Change]:
    """Edit a public object inside this block; what rests on it is settled at its end."""
    return records.change(thing, then=lambda made: settle(thing, made.before))


def save(thing: models.Model, **parts: Any) -> bool:
    """Check and store a public object with its parts; return whether the record changed.

    Parts replace what was there: a promise takes `bodies` (pairs of body id and role), `topics`
    (ids), `relations` (pairs of kind and promise id) and `citations` (`Cited`); a programme takes
    `announced_by` (source ids). Raises RuleBroken naming every bad field.
    """
    if isinstance(thing, StatusUpdate):
        raise TypeError("status updates are written by submit, revise and the actions")
    prepare(thing)
    with change(thing) as made:
        _store(thing)
        _replace_parts(thing, parts)
    return made.changed


def _store(thing: models.Model) -> None:
    """Write a row's own columns; what is derived may have moved on since it was read."""
    if thing._state.adding:
        thing.save(force_insert=True)
        return
    thing.save(
        update_fields=[
            column.name
            for column in thing._meta.concrete_fields
            if not column.primary_key and column.name not in DERIVED
        ]
    )


def delete(thing: models.Model) -> None:
    """Delete an object that nothing rests on; raises RuleBroken for a public promise or update."""
    if isinstance(thing, StatusUpdate | Promise | Reform):
        raise RuleBroken(f"{thing} is part of the public record and is never deleted")
    # Django protects what a foreign key points to; rows that only list it would lose it silently.
    users = {
        str(user)
        for relation in thing._meta.related_objects
        if relation.many_to_many
        for user in getattr(thing, relation.get_accessor_name() or "").all()
    }
    try:
        if not users:
            with records.change(thing):
                thing.delete()
    except models.ProtectedError as error:
        users = {str(one) for one in error.protected_objects}
    if users:
        raise RuleBroken(f"{thing} is still used by {', '.join(sorted(users)[:5])}")


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
                listed.set(known(listed.model, name, values))
            case "citations":
                cite(values, promise=thing)
            case _:
                raise TypeError(f"{type(thing).__name__} has no part called {name}")


def _add(rows: Iterable[models.Model]) -> None:
    for row in rows:
        prepare(row)
        row.save(force_insert=True)


def settle(thing: models.Model, before: records.Document | None = None) -> None:
    """Bring up to date all that follows from a public object that was `before`."""
    if isinstance(thing, Promise):
        Promise.objects.filter(pk=thing.pk).update(changed_at=now())
        make_public(Source.objects.filter(citations__promise=thing))
        verdicts.recompute([thing.pk])
        verdicts.reindex([thing.pk])
        return
    if isinstance(thing, Programme):
        make_public(Source.objects.filter(announced_programmes=thing))
    if isinstance(thing, Body):
        verdicts.reindex(Promise.objects.filter(bodies=thing).values_list("pk", flat=True))
    if isinstance(thing, Source):
        make_public(Source.objects.filter(editions=thing, editions__public_since__isnull=False))
        if before and before["publisher"] != thing.publisher_id:
            _follow_publisher(thing, before["publisher"])
    verdicts.recompute(Promise.objects.resting_on(thing).values_list("pk", flat=True))


def _follow_publisher(source: Source, old: str) -> None:
    """An origin that nobody named is the source's own publisher, also after that was corrected."""
    source.citations.filter(origin=old).exclude(basis=Basis.RELAYS.value).update(
        origin=source.publisher_id
    )


def make_public(sources: models.QuerySet[Source]) -> None:
    """A source becomes public when something public first cites it, and its original with it."""
    moment = now()
    private = sources.filter(public_since=None)
    while waiting := set(private.values_list("pk", flat=True)):
        Source.objects.filter(pk__in=waiting).update(public_since=moment)
        private = Source.objects.filter(editions__in=waiting, public_since=None)
