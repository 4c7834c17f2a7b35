"""What a test looks at after a load: the record, the ledger, and what was refused."""

from typing import Any

import pytest

from reforms import records
from reforms.errors import SeedsRefused
from reforms.ledger import payload_of
from reforms.models import (
    Body,
    LedgerEntry,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.seeding.report import Notice, Report
from tests.seeding.tiny import Address

MODELS = (Organisation, Publisher, Source, Body, Topic, Programme, Reform, Promise, StatusUpdate)


def refusal(address: Address) -> list[str]:
    """What the load complains of, with the folder left out."""
    with pytest.raises(SeedsRefused) as refused:
        address.load()
    return [one.removeprefix(f"{address.folder}/") for one in refused.value.complaints]


def notices(report: Report, notice: Notice) -> list[str]:
    return [
        f"{thing} ({detail})" if detail else thing
        for kind, thing, detail in report.notices
        if kind == notice
    ]


def changes(report: Report) -> list[str]:
    return [str(one) for one in report.changes]


def everything() -> list[Any]:
    """Every record document, when each promise last changed, and how far the ledger is."""
    documents = [
        records.document(thing) for model in MODELS for thing in model.objects.order_by("pk")
    ]
    promises = list(Promise.objects.order_by("pk").values_list("pk", "changed_at", "status"))
    return [*documents, promises, LedgerEntry.objects.count()]


def appended(after: int = 0) -> list[tuple[str, str, str, str]]:
    """Action, object, actor and reason of the ledger's entries after one of them."""
    return [
        (entry.action, entry.object_type, entry.actor, payload_of(entry)["reason"])
        for entry in LedgerEntry.objects.filter(sequence__gt=after).select_related("payload")
    ]
