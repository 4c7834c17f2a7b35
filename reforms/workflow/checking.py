"""What a row must fulfil before it is stored, whoever stores it."""

from collections.abc import Container
from contextlib import suppress
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import models

from reforms.addresses import digest
from reforms.dates import PartialDate, now
from reforms.errors import RuleBroken
from reforms.models import (
    Citation,
    Promise,
    ProposedReply,
    PublicObject,
    Reform,
    Reply,
    Source,
    StatusUpdate,
)
from reforms.models.fields import PartialDateProperty, validate_plain_text
from reforms.vocabulary import Basis, Precision, Status
from reforms.workflow.naming import random_id
from reforms.workflow.soundness import is_sound, references

LONGEST_REASON = 2000


def prepare(thing: models.Model, pending: Container[models.Model] = ()) -> None:
    """Fill what a row derives from its own columns, and check them; `storing` does the rest.

    `pending` are rows that it may point to because they are stored right before it.
    """
    _fill_periods(thing)
    _complete(thing, pending)


def _complete(thing: models.Model, pending: Container[models.Model] = ()) -> None:
    """What `prepare` does to a row whose periods are filled."""
    if isinstance(thing, Source):
        try:
            thing.fill_digest()
        except ValueError:
            raise RuleBroken({"url": ["it is no address of a document"]}) from None
        _check_copy(thing)
    if isinstance(thing, Reform):
        thing.position = thing.place()
    if isinstance(thing, Promise):
        with suppress(Reform.DoesNotExist):  # `full_clean` says so
            thing.programme_id = thing.reform.programme_id
            thing.position = thing.place()
        thing.changed_at = thing.changed_at or now()
    if isinstance(thing, Citation) and not thing.origin_id:
        thing.origin = thing.source.publisher
    if isinstance(thing, Reply) and thing.promise_id and not thing.pk:
        thing.pk = random_id(thing.promise_id)
    _refuse_withdrawn(thing)
    if not is_sound(thing, pending):
        complain_of(thing)
    if isinstance(thing, Reply):
        check_day(thing)


def _check_copy(source: Source) -> None:
    """An archived copy stands at an address of its own."""
    try:
        own = bool(source.archived_url) and digest(source.archived_url) == source.address_digest
    except ValueError:
        raise RuleBroken({"archived_url": ["it is no address of a document"]}) from None
    if own:
        told = "it is the address of the source itself: give that of the copy"
        raise RuleBroken({"archived_url": [told]})


def check_day(reply: Reply | ProposedReply) -> None:
    """What bears a day that is yet to come was not written by then; raises RuleBroken."""
    today = reply.promise.programme.today()
    if reply.dated_on > today:
        raise RuleBroken({"dated_on": [f"{reply.dated_on} is after today, {today}"]})


def complain_of(thing: models.Model) -> None:
    """Raise RuleBroken for all that is wrong with a row."""
    try:
        thing.full_clean(validate_constraints=True)
    except ValidationError as error:
        raise RuleBroken(
            {
                "" if name == NON_FIELD_ERRORS else name: complaints
                for name, complaints in error.message_dict.items()
            }
        ) from None


def _refuse_withdrawn(thing: models.Model) -> None:
    """What was withdrawn can be referred to no more. Who submitted a source is no reference."""
    withdrawn = {}
    at_hand = thing._state.fields_cache
    for name, attname, kind in _may_be_withdrawn(type(thing)):
        target = at_hand.get(name)
        if target is None and getattr(thing, attname) is not None:
            with suppress(kind.DoesNotExist):  # `full_clean` says so
                target = getattr(thing, name)
        if target is not None and target.withdrawn_at is not None:
            withdrawn[name] = [f"{target} was withdrawn from the record"]
    if withdrawn:
        raise RuleBroken(withdrawn)


@lru_cache(maxsize=100)
def _may_be_withdrawn(model: type[models.Model]) -> list[tuple[str, str, Any]]:
    return [
        (column.name, column.attname, column.related_model)
        for column in references(model)
        if column.name != "submitted_by" and issubclass(column.related_model, PublicObject)
    ]


def _fill_periods(thing: models.Model) -> None:
    """Store a month or a year by its last day, whichever of its days was given."""
    for name, columns in _periods(type(thing)):
        day, precision = getattr(thing, columns.day), getattr(thing, columns.precision)
        if not day or (precision == Precision.DAY and type(day) is date):
            continue  # a day is its own last
        if precision in _PRECISIONS:
            setattr(thing, name, _whole(day, precision))


@lru_cache(maxsize=10_000)
def _whole(day: date, precision: str) -> PartialDate:
    """The period that holds the day."""
    return PartialDate.parse(str(PartialDate(day, Precision(precision))))


_PRECISIONS = frozenset(Precision.values())


@lru_cache(maxsize=100)
def _periods(model: type[models.Model]) -> list[tuple[str, PartialDateProperty]]:
    return [
        (name, columns)
        for name, columns in vars(model).items()
        if isinstance(columns, PartialDateProperty)
        # What is derived may end earlier, with the day of publication.
        and model._meta.get_field(columns.day).editable
    ]


def check_citation(citation: Citation) -> None:
    """A relayed assertion names whose it is."""
    if citation.basis == Basis.RELAYS and citation.origin_id == citation.source.publisher_id:
        raise RuleBroken(
            {
                "origin": [
                    f"{citation.source_id} relays somebody: name the publisher whose assertion it"
                    " is, or say own_finding"
                ]
            }
        )


def check_source(source: Source) -> None:
    """One document is one source, and an edition leads back to its original; the ledger is held.

    What other organisations submitted is as good as not there: it is merged on publication.
    """
    stored = Source.objects.filter(pk=source.pk).first()
    complaints = _foreign(source) if stored is None or stored.public_since is None else {}
    if rival := _of_same_address(source, stored):
        complaints["url"] = [f"it is the address of {rival} already: cite that one"]
    original = source.edition_of
    while original is not None and original.pk != source.pk:
        original = original.edition_of
    if original is not None:
        complaints["edition_of"] = [f"{source.edition_of_id} is itself an edition of it"]
    if complaints:
        raise RuleBroken(complaints)


def _of_same_address(source: Source, stored: Source | None) -> Source | None:
    """Another source that takes the address: a public one, where the address is new; where it is
    private, also one of the same submitter.
    """
    same = Source.objects.exclude(pk=source.pk).exclude(address_digest="")
    same = same.filter(address_digest=source.address_digest)
    taken = Source.objects.none()
    if stored is None or stored.address_digest != source.address_digest:
        taken = same.public()
    if stored is None or stored.public_since is None:
        taken |= same.filter(public_since=None, submitted_by=source.submitted_by_id)
    return taken.first()


def _foreign(source: Source) -> dict[str, list[str]]:
    """What a private source names and its organisation knows nothing of."""
    complaints = {}
    for name in ("publisher", "edition_of"):
        named = getattr(source, name)
        if source.submitted_by_id is None or named is None or named._state.adding:
            continue
        kind = type(named)
        if not kind.objects.open_to(source.submitted_by_id).filter(pk=named.pk).exists():
            complaints[name] = [f"there is no {kind._meta.verbose_name} {named.pk!r}"]
    return complaints


def check(update: StatusUpdate) -> None:
    """Check the content of a status update; raise RuleBroken naming every bad field."""
    _fill_periods(update)
    if update.status == Status.NOT_STARTED and update.assessed is None:
        update.assessed = update.effective
    today = update.promise.programme.today()
    complaints = date_complaints(update.status, update.effective, update.assessed, today)
    if update.status == Status.NOT_ASSESSED:
        complaints["status"] = ["not_assessed is the default and is submitted by nobody"]
    if complaints:
        raise RuleBroken(complaints)
    _complete(update)


def said(reason: str, demand: str = "say why, in a sentence") -> str:
    """A public reason as it is stored; raise RuleBroken for one that is empty, too long or
    unprintable.
    """
    reason = reason.strip()
    if not reason:
        raise RuleBroken({"reason": [demand]})
    if len(reason) > LONGEST_REASON:
        raise RuleBroken(
            {"reason": [f"it has {len(reason)} characters; at most {LONGEST_REASON} are allowed"]}
        )
    try:
        validate_plain_text(reason)
    except ValidationError as error:
        raise RuleBroken({"reason": error.messages}) from None
    return reason


def date_complaints(
    status: str, effective: PartialDate | None, assessed: PartialDate | None, today: date
) -> dict[str, list[str]]:
    """What is wrong with the dates of an assessment, by field; `today` is the programme's."""
    complaints: dict[str, list[str]] = {}
    for name, when in (("effective_on", effective), ("assessed_on", assessed)):
        if when is not None and when.first > today:
            complaints[name] = [f"{when} begins after today, {today}"]
    if effective is None or assessed is None:
        return complaints
    if assessed.last < effective.first:
        complaints["assessed_on"] = [f"{assessed} ends before it became effective, {effective}"]
    if status == Status.NOT_STARTED and assessed != effective:
        complaints["assessed_on"] = ["for not_started it is the same as effective_on"]
    return complaints
