"""What is not there: never was, was not yet, or is no longer."""

from typing import Any

from django.db import models
from django.http import Http404
from django.urls import NoReverseMatch, reverse

from reforms import ledger
from reforms.api.clocks import Clocks
from reforms.api.errors import Gone
from reforms.dates import timestamp
from reforms.models import LedgerEntry, PublicObject
from reforms.records import type_of
from reforms.vocabulary import EntryAction


def absent(model: type[models.Model], key: str, clocks: Clocks) -> Exception:
    """The refusal for an object that the answer would be about."""
    name = model._meta.verbose_name
    thing = model._default_manager.filter(pk=key).first()
    if thing is None or not _was_public(thing):
        return Http404(f"There is no {name} {key}.")
    if isinstance(thing, PublicObject) and _was_withdrawn(thing, clocks):
        return _withdrawn(thing, str(name), key)
    if clocks.sequence is not None:
        return Http404(f"The record had no {name} {key} when it had {clocks.sequence} entries.")
    return Http404(f"There is no {name} {key} at this moment.")


def _was_public(thing: Any) -> bool:
    if isinstance(thing, PublicObject):
        return thing.public_since is not None
    return bool(thing.is_public)


def _was_withdrawn(thing: PublicObject, clocks: Clocks) -> bool:
    """Whether it had been taken out of the record at the moment asked for."""
    at = thing.withdrawn_at
    return at is not None and (clocks.recorded_at is None or at <= clocks.recorded_at)


def _withdrawn(thing: PublicObject, name: str, key: str) -> Gone:
    """Says when and why, and where what it was can still be read."""
    type_ = type_of(thing)
    about = LedgerEntry.objects.filter(object_type=type_, object_id=key)
    entry = about.get(action=EntryAction.WITHDRAW.value)
    reason = ledger.payload_of(entry)["reason"]
    detail = (
        f"The {name} {key} was withdrawn from the record at {timestamp(entry.recorded_at)}:"
        f" {reason} What it was can be read with known_at={entry.sequence - 1}."
    )
    try:
        address = reverse(f"{type_}-detail", args=[key])
    except NoReverseMatch:  # pragma: no cover - every type has its address
        address = ""
    return Gone(
        detail,
        {
            "withdrawn_at": timestamp(entry.recorded_at),
            "reason": reason,
            "entry": entry.sequence,
            "last_known": f"{address}?known_at={entry.sequence - 1}",
            "history": f"{reverse('change-list')}?type={type_}&object={key}",
        },
    )
