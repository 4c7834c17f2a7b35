"""The append-only, hash-chained record of every public change."""

from reforms.ledger.snapshot import Snapshot
from reforms.ledger.writing import (
    Head,
    acting,
    append,
    by_organisation,
    by_role,
    head,
    head_at,
    head_in_hand,
    is_unread,
    moment,
    payload_of,
    writing,
)

__all__ = [
    "Head",
    "Snapshot",
    "acting",
    "append",
    "by_organisation",
    "by_role",
    "head",
    "head_at",
    "head_in_hand",
    "is_unread",
    "moment",
    "payload_of",
    "writing",
]
