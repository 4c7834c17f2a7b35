"""Entries of the ledger as the tests name and expect them."""

import json
from typing import Any

from reforms.dates import timestamp
from reforms.models import LedgerEntry
from tests.api.asking import Row
from tests.api.record import Record

FIELDS = (
    "sequence",
    "recorded_at",
    "action",
    "object_type",
    "object_id",
    "actor",
    "commitment",
    "previous",
    "hash",
    "salt",
    "payload",
    "redacted",
)


def named(record: Record, sequence: int) -> str:
    """An entry by its action and its object, such as `retract:retracted`."""
    entry = LedgerEntry.objects.get(pk=sequence)
    about = entry.object_id
    return f"{entry.action}:{record.name_of(about) if entry.object_type == 'update' else about}"


def stored(entry: LedgerEntry) -> Row:
    """An entry as it is answered, read from the tables."""
    columns = {name: getattr(entry, name, None) for name in FIELDS}
    return columns | {
        "recorded_at": timestamp(entry.recorded_at),
        "salt": entry.payload.salt,
        "payload": json.loads(entry.payload.body),
        "redacted": False,
    }


def of_update(record: Any, action: str, name: str) -> Row:
    """The entry of an action on an update; without a record the names of its fields alone."""
    if not isinstance(record, Record):
        return dict.fromkeys(FIELDS)
    return stored(LedgerEntry.objects.get(action=action, object_id=record.id_of(name)))
