"""Which entries of the ledger are about what: conditions on entries.

An entry names one object. A promise's history also holds the entries of its updates and of the
replies to it; those of a reform or a programme hold all below it. What was withdrawn is found like
everything else.
"""

from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Case, OuterRef, Q, QuerySet, Subquery, UUIDField, Value, When
from django.db.models.functions import Cast, Replace
from django.db.models.lookups import Exact, In

from reforms.models import LedgerEntry, StatusUpdate


def about_promises(promises: list[str]) -> Q:
    """About the promises, their public updates and the replies to them; an index finds the entries
    of each.
    """
    updates = StatusUpdate.objects.public().filter(promise__in=promises)
    ids = [str(one) for one in updates.values_list("pk", flat=True)]
    return _about("promise", promises) | _about("update", ids) | _below("reply", promises)


def about_reforms(reforms: list[str]) -> Q:
    """About the reforms, their promises, the updates of those and the replies to them."""
    return (
        _about("reform", reforms)
        | _below("promise", reforms)
        | _below("reply", reforms)
        | _about_updates("promise__reform", reforms)
    )


def about_programmes(programmes: list[str]) -> Q:
    """About the programmes, their reforms and promises, and the updates and replies of those."""
    return (
        _about("programme", programmes)
        | _below("reform", programmes)
        | _below("promise", programmes)
        | _below("reply", programmes)
        | _about_updates("promise__programme", programmes)
    )


def about_organisations(organisations: list[str]) -> Q:
    """About the organisations and their updates."""
    return _about("organisation", organisations) | _about_updates("organisation", organisations)


def with_earlier(entries: QuerySet[LedgerEntry]) -> QuerySet[LedgerEntry]:
    """Annotate `earlier`: the sequence of the entry before it about the same object, or None."""
    same = LedgerEntry.objects.filter(
        object_type=OuterRef("object_type"),
        object_id=OuterRef("object_id"),
        sequence__lt=OuterRef("sequence"),
    )
    return entries.annotate(earlier=Subquery(same.order_by("-sequence").values("sequence")[:1]))


def _about(type_: str, ids: list[str]) -> Q:
    return Q(object_type=type_, object_id__in=ids)


def _below(type_: str, wholes: list[str]) -> Q:
    """About parts of the wholes: the id of a part begins with its whole's."""
    begins = (Q(object_id__startswith=f"{whole}-") for whole in wholes)
    return Q(object_type=type_) & reduce(or_, begins)


def _about_updates(column: str, values: list[str]) -> Q:
    """About public updates with one of the values in the column.

    Asked for each entry by the update's id. As a condition that the update exists, PostgreSQL would
    rather read all updates of the values first, of which there may be a million.
    """
    # The two engines store an id differently; both read it without its hyphens. PostgreSQL would
    # fail on an id of another kind, so that only those of updates are read.
    bare = Replace(OuterRef("object_id"), Value("-"), Value(""))
    of_update = Exact(OuterRef("object_type"), Value("update"))
    update_id: Any = Case(When(of_update, then=Cast(bare, UUIDField())))
    update = StatusUpdate.objects.public().filter(pk=update_id).order_by()
    return Q(object_type="update") & Q(In(Subquery(update.values(column)[:1]), values))
