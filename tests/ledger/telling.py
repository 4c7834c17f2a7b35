"""What the tests of the ledger ask again and again."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module

from django.db import connection

from reforms import ledger
from reforms.ledger import guard, payload_of
from reforms.ledger.comparing import check_tables
from reforms.ledger.retracing import check_verdicts
from reforms.ledger.verifying import Checked, check_chain
from reforms.models import LedgerEntry

# By its name one gets the function that is called like it.
WRITING = import_module("reforms.ledger.writing")


def findings() -> list[str]:
    """What is wrong with the chain, and where the tables and verdicts differ from what it says."""
    return [*check_chain(Checked()), *check_tables(), *check_verdicts()]


@contextmanager
def unguarded() -> Iterator[None]:
    """What somebody can do who owns the database."""
    guard.lift(connection)
    guard.lift_spans(connection)
    try:
        yield
    finally:
        guard.protect(connection)
        guard.protect_spans(connection)


def told(entry: LedgerEntry) -> str:
    """An entry in three words; an update is called by its status, because its id is random."""
    name = entry.object_id
    if entry.object_type == "update":
        name = payload_of(entry)["document"]["status"]
    return f"{entry.action} {entry.object_type} {name}"


@contextmanager
def appended() -> Iterator[list[str]]:
    """After the block, the list holds what the ledger was told inside, and the ledger is sound."""
    before = ledger.head().sequence
    entries: list[str] = []
    yield entries
    entries += map(told, LedgerEntry.objects.filter(sequence__gt=before).select_related("payload"))
    assert findings() == []


def last_entry() -> LedgerEntry:
    return LedgerEntry.objects.select_related("payload").latest("sequence")
