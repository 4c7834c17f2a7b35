"""What can be asked of the entries of the ledger."""

from collections.abc import Callable, Iterator
from typing import Any

from django import forms
from django.db.models import Q, QuerySet

from reforms.api.errors import BadParameter
from reforms.api.filters import Ids, Moment, Schema, StrictFilter, Terms, with_exclusions
from reforms.api.strictness import StrictFilterSet
from reforms.api.values import COMPARED_IDS, refusal
from reforms.errors import nearest, suggestion
from reforms.ledger import finding
from reforms.models import LedgerEntry, Organisation, Programme, Promise, Reform
from reforms.vocabulary import EntryAction, Term


class ObjectType(Term):
    """What an entry is about."""

    ORGANISATION = "organisation", "who assesses"
    PUBLISHER = "publisher", "who publishes sources"
    SOURCE = "source", "a document that something public cites"
    BODY = "body", "an institution that is responsible or affected"
    TOPIC = "topic", "a subject that promises share"
    PROGRAMME = "programme", "a set of reforms announced together"
    REFORM = "reform", "one direction of a programme"
    PROMISE = "promise", "one concrete proposal"
    UPDATE = "update", "one organisation's dated assessment of one promise"
    REPLY = "reply", "what the promisor says of one promise"


class PromiseObjectType(Term):
    """What an entry of a promise's history is about."""

    PROMISE = ObjectType.PROMISE.value, ObjectType.PROMISE.meaning
    UPDATE = ObjectType.UPDATE.value, ObjectType.UPDATE.meaning
    REPLY = ObjectType.REPLY.value, ObjectType.REPLY.meaning


class Correction(Term):
    """How the record was corrected."""

    CORRECT = EntryAction.CORRECT.value, EntryAction.CORRECT.meaning
    SUPERSEDE = EntryAction.SUPERSEDE.value, EntryAction.SUPERSEDE.meaning
    RETRACT = EntryAction.RETRACT.value, EntryAction.RETRACT.meaning
    REMOVE = EntryAction.REMOVE.value, EntryAction.REMOVE.meaning
    WITHDRAW = EntryAction.WITHDRAW.value, EntryAction.WITHDRAW.meaning
    REDACT = EntryAction.REDACT.value, EntryAction.REDACT.meaning


class SequenceField(forms.Field):
    """The sequence of an entry, or 0."""

    def clean(self, value: Any) -> int | None:
        if value in (None, ""):
            return None
        if not (value.isascii() and value.isdigit()):
            raise refusal(
                "out_of_range", f"“{value}” is no sequence: write a whole number, from 0."
            )
        return int(value)


class After(StrictFilter):
    """Entries behind one."""

    field_class = SequenceField

    def schema(self) -> Schema:
        return {"type": "integer", "minimum": 0, "default": 0}


class OneObject(StrictFilter):
    """Entries about one object."""

    def filter(self, qs: Any, value: Any) -> Any:
        # The index begins with the type.
        every = Q(object_type__in=ObjectType.values(), object_id=value)
        return qs.filter(every) if value else qs


class Concerning(Ids):
    """Entries about objects and what belongs to them."""

    def __init__(
        self, of: Callable[[], QuerySet[Any]], condition: Callable[[list[str]], Q], **kwargs: Any
    ) -> None:
        self.condition = condition
        super().__init__("object_id", of, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        condition = self.condition(value)
        return qs.filter(~condition if self.exclude else condition)


@with_exclusions
class FeedFilters(StrictFilterSet):
    """What can be asked of the feed."""

    after = After("sequence", lookup_expr="gt", about="Entries behind the one with this sequence.")
    type = Terms("object_type", ObjectType, about="What sort of object it is about.")
    object = OneObject("object_id", about="The id of the object that it is about.")
    action = Terms("action", EntryAction, about="What happened.")


def unknown_object(asked: dict[str, Any]) -> Iterator[BadParameter]:
    """A complaint where the ledger has never heard of the object that is asked for."""
    id_, types = asked.get("object"), asked.get("type", [])
    entries = LedgerEntry.objects.filter(object_type__in=types or ObjectType.values())
    if not id_ or entries.filter(object_id=id_).exists():
        return
    created = entries.filter(action=EntryAction.CREATE).order_by("sequence")
    found = nearest(id_, created.values_list("object_id", flat=True)[:COMPARED_IDS])
    what = " or ".join(types) or "object"
    detail = f"The ledger has no {what} “{id_}”." + suggestion(found)
    yield BadParameter("object", "unknown_value", detail, (), found)


class EntryFilters(StrictFilterSet):
    """What can be asked of any list of entries."""

    recorded_since = Moment(
        "recorded_at", lookup_expr="gte", about="The record said so at this moment or later."
    )


@with_exclusions
class HistoryFilters(EntryFilters):
    """What can be asked of the history of a promise."""

    type = Terms(
        "object_type",
        PromiseObjectType,
        about="The promise itself, its updates or the replies to it.",
    )
    action = Terms("action", EntryAction, about="What happened.")


@with_exclusions
class CorrectionFilters(EntryFilters):
    """What can be asked of corrections."""

    type = Terms("object_type", ObjectType, about="What sort of object was corrected.")
    action = Terms("action", Correction, about="How it was corrected.")
    programme = Concerning(
        lambda: _ever_public(Programme),
        finding.about_programmes,
        about="Programmes, with all that belongs to them.",
    )
    reform = Concerning(
        lambda: _ever_public(Reform),
        finding.about_reforms,
        about="Reforms, with their promises, updates and replies.",
    )
    promise = Concerning(
        lambda: _ever_public(Promise),
        finding.about_promises,
        about="Promises, with their updates and replies.",
    )
    organisation = Concerning(
        lambda: _ever_public(Organisation),
        finding.about_organisations,
        about="Organisations, with their updates.",
    )


def _ever_public(model: Any) -> QuerySet[Any]:
    """What is public or was, until it was withdrawn."""
    found: QuerySet[Any] = model.objects.filter(public_since__isnull=False)
    return found
