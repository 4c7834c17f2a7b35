"""Taking objects out of the record, in the open: nothing public is ever deleted."""

from collections.abc import Callable, Iterator
from typing import Any

from django.db import models
from django.db.models import Q

from reforms import ledger, records, search, verdicts
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import (
    Body,
    Citation,
    Organisation,
    Programme,
    Promise,
    PromiseBody,
    PromiseRelation,
    PublicObject,
    Publisher,
    Reform,
    Reply,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.vocabulary import EntryAction
from reforms.workflow.checking import said

_NAMED = 5


def withdraw_object(thing: PublicObject, reason: str) -> None:
    """Take a public object out of the record; `reason` is public.

    It stays readable as the record knew it before. Raises RuleBroken while something rests on it.
    """
    reason = said(reason)
    with ledger.writing():
        current: Any = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
        if not current.is_public:
            gone = "was withdrawn already" if current.withdrawn_at else "was never public"
            raise TransitionRefused(f"{thing} {gone}.")
        if users := sorted(resting_on(current)):
            raise RuleBroken(_in_use(thing, users))
        thing.withdrawn_at = ledger.moment()
        type(thing)._default_manager.filter(pk=thing.pk).update(withdrawn_at=thing.withdrawn_at)
        type_ = records.type_of(thing)
        entry = ledger.append(
            EntryAction.WITHDRAW, type_, str(thing.pk), None, at=thing.withdrawn_at, reason=reason
        )
        if isinstance(thing, Promise):
            verdicts.close([thing.pk], entry.sequence)
            search.remove(thing.pk)
        if isinstance(thing, Reply):
            Promise.objects.filter(pk=thing.promise_id).update(changed_at=thing.withdrawn_at)


def delete(thing: models.Model) -> None:
    """Delete an object that was never public and that nothing rests on; raises RuleBroken."""
    if not isinstance(thing, PublicObject) or thing.public_since is not None:
        raise RuleBroken(f"{thing} is part of the public record and is never deleted")
    with ledger.writing():
        try:
            users = sorted(resting_on(thing))
            if not users:
                thing.delete()
        except models.ProtectedError as error:
            users = sorted(str(one) for one in error.protected_objects)
        if users:
            raise RuleBroken(_in_use(thing, users))


def _in_use(thing: models.Model, users: list[str]) -> str:
    more = f" and {len(users) - _NAMED} more" if len(users) > _NAMED else ""
    return f"{thing} is still used by {', '.join(users[:_NAMED])}{more}"


def resting_on(thing: models.Model) -> set[str]:
    """What would lose its footing without the object, in words."""
    return {
        f"{records.type_of(user)} {user.pk}"
        for users in _USERS[type(thing)](thing)
        for user in users
    }


def _owners(citations: "models.QuerySet[Citation]") -> Iterator[Any]:
    """The live promises and standing updates that citations belong to."""
    live = Q(promise__withdrawn_at=None, promise__isnull=False)
    standing = Q(update__in=StatusUpdate.objects.standing())
    waiting = Q(update__published_at=None, update__isnull=False)
    for citation in citations.filter(live | standing | waiting).select_related("promise", "update"):
        yield citation.promise or citation.update


def _of_source(source: Any) -> Iterator[Any]:
    yield _owners(source.citations.all())
    yield source.editions.filter(withdrawn_at=None)
    yield source.announced_programmes.public()
    yield Reform.objects.public().filter(bounds__source=source.pk)


def _of_publisher(publisher: Any) -> Iterator[Any]:
    yield publisher.sources.filter(withdrawn_at=None)
    yield _owners(publisher.assertions.all())


def _of_promise(promise: Any) -> Iterator[Any]:
    yield promise.updates.standing()
    yield promise.replies.public()
    to_it = PromiseRelation.objects.filter(to=promise).values("promise")
    yield Promise.objects.public().filter(pk__in=to_it)


def _of_organisation(organisation: Any) -> Iterator[Any]:
    yield organisation.led_programmes.public()
    yield organisation.updates.standing()


def _of_body(body: Any) -> Iterator[Any]:
    ties = PromiseBody.objects.filter(body=body).values("promise")
    yield Promise.objects.public().filter(pk__in=ties)
    yield body.predecessors.public()


_USERS: dict[type[models.Model], Callable[[Any], Iterator[Any]]] = {
    Source: _of_source,
    Publisher: _of_publisher,
    Promise: _of_promise,
    Organisation: _of_organisation,
    Body: _of_body,
    Reply: lambda _reply: iter(()),
    Topic: lambda topic: iter([topic.promises.public()]),
    Reform: lambda reform: iter([reform.promises.public()]),
    Programme: lambda programme: iter([programme.reforms.public()]),
}
