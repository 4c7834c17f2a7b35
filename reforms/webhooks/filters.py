"""Which entries of the ledger a subscription wants: the words of `/corrections/`, as stored lists.

Values of one filter are alternatives; several filters hold together.
"""

from collections.abc import Callable, Mapping, Sequence

from django.db.models import Q, QuerySet

from reforms.ledger import finding
from reforms.models import LedgerEntry, Organisation, Programme, Promise, PublicObject, Reform

Filters = Mapping[str, Sequence[str]]

# Of the entry itself, by column.
COLUMNS = {"type": "object_type", "action": "action"}
# Of what it is about, with all that belongs to it.
CONCERNING: dict[str, tuple[type[PublicObject], Callable[[list[str]], Q]]] = {
    "programme": (Programme, finding.about_programmes),
    "reform": (Reform, finding.about_reforms),
    "promise": (Promise, finding.about_promises),
    "organisation": (Organisation, finding.about_organisations),
}
NAMES = (*COLUMNS, *CONCERNING)


def wanted(filters: Filters) -> QuerySet[LedgerEntry]:
    """The entries that match, in the order of the ledger."""
    found = LedgerEntry.objects.order_by("sequence")
    for name, column in COLUMNS.items():
        if values := filters.get(name):
            found = found.filter(**{f"{column}__in": values})
    for name, (_, about) in CONCERNING.items():
        if values := filters.get(name):
            found = found.filter(about(list(values)))
    return found


def ever_public(model: type[PublicObject]) -> QuerySet[PublicObject]:
    """What may be named in a filter: what is public, or was until it was withdrawn."""
    found: QuerySet[PublicObject] = model._default_manager.filter(public_since__isnull=False)
    return found
