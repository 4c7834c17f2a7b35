"""Entries of the ledger and its signed head, as they are answered.

They are the same for every reader and in every language, and many at once: plain dictionaries. The
serializers describe them.
"""

import json
from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms.api.entry_filters import ObjectType
from reforms.api.fields import Word
from reforms.dates import timestamp
from reforms.ledger import Head, checkpoints
from reforms.ledger.checkpoints import Checkpoint
from reforms.models import LedgerEntry
from reforms.records import compare
from reforms.records.wording import summary
from reforms.vocabulary import EntryAction

Row = dict[str, Any]
# The salts and the bodies of payloads by the sequence of their entry.
Payloads = Mapping[int, tuple[str, str]]

_MOMENT = "UTC, always with microseconds and Z."
_DOCUMENT = {
    "type": "object",
    "nullable": True,
    "additionalProperties": {},
    "description": "The object's record document after the change, in all languages; null where"
    " it was taken out of the record.",
}
_PAYLOAD = {
    "type": "object",
    "required": ["document", "reason"],
    "properties": {
        "document": _DOCUMENT,
        "reason": {"type": "string", "description": "Why; empty where none is due."},
    },
    "additionalProperties": {},
}


class CheckpointSerializer(serializers.Serializer[Any]):
    """A signed head of the ledger: whoever keeps one can prove a later rewriting."""

    instance = serializers.CharField(read_only=True, help_text="The id of this tracker.")
    sequence = serializers.IntegerField(
        read_only=True, help_text="Of the last entry; 0 while there is none."
    )
    hash = serializers.CharField(read_only=True, help_text="Of that entry; 64 zeros without one.")
    recorded_at = serializers.CharField(read_only=True, allow_null=True, help_text=_MOMENT)
    key = serializers.CharField(read_only=True, help_text="The public key (Ed25519), base64.")
    signature = serializers.CharField(read_only=True, help_text="base64.")


class EntrySerializer(serializers.Serializer[Any]):
    """One public change; docs/ledger.md says how it is verified."""

    sequence = serializers.IntegerField(
        read_only=True, help_text="1, 2, 3 … in the order of the changes, without gaps."
    )
    recorded_at = serializers.CharField(
        read_only=True, help_text=f"When the record said so: {_MOMENT}"
    )
    action = Word(EntryAction)
    object_type = Word(ObjectType)
    object_id = serializers.CharField(read_only=True)
    actor = serializers.CharField(
        read_only=True, help_text="An organisation or a role, such as role:curator; no person."
    )
    commitment = serializers.CharField(
        read_only=True, help_text="SHA-256 of the salt and the canonical payload."
    )
    previous = serializers.CharField(read_only=True, help_text="The hash of the entry before.")
    hash = serializers.CharField(read_only=True)
    salt = serializers.CharField(
        read_only=True, allow_null=True, help_text="Null where the payload was redacted."
    )
    payload = serializers.SerializerMethodField()
    redacted = serializers.BooleanField(
        read_only=True, help_text="Whether something in the payload was replaced by a marker."
    )

    @extend_schema_field(_PAYLOAD)
    def get_payload(self, entry: Any) -> Any:
        return entry["payload"]


class DifferenceSerializer(serializers.Serializer[Any]):
    """One value that a change made different."""

    field = serializers.CharField(
        read_only=True,
        help_text="Where in the document: deadline, title.en, citations[2].locator; from 0.",
    )
    before = serializers.SerializerMethodField(help_text="Null where there was nothing.")
    after = serializers.SerializerMethodField(help_text="Null where there is nothing any more.")

    @extend_schema_field({"nullable": True})
    def get_before(self, one: Any) -> Any:
        return one["before"]

    @extend_schema_field({"nullable": True})
    def get_after(self, one: Any) -> Any:
        return one["after"]


class ChangeSerializer(EntrySerializer):
    """An entry with what it changed, for people to read."""

    created = serializers.BooleanField(
        read_only=True, help_text="Whether the object became public by it: nothing was before."
    )
    differences = DifferenceSerializer(
        many=True,
        read_only=True,
        help_text="From the document of the entry before about the same object.",
    )
    summary = serializers.CharField(read_only=True, help_text="A sentence, in English.")
    reason = serializers.CharField(read_only=True, help_text="Why; empty where none is due.")
    successor = serializers.CharField(
        read_only=True, allow_null=True, help_text="The update that replaces a superseded one."
    )


def head_row(head: Head) -> Checkpoint:
    """A head, signed."""
    at = timestamp(head.recorded_at) if head.recorded_at else None
    return checkpoints.sign(head.sequence, head.hash, at)


def entry_row(entry: LedgerEntry, payloads: Payloads) -> Row:
    """An entry with its payload."""
    salt, body = payloads[entry.sequence]
    return {
        "sequence": entry.sequence,
        "recorded_at": timestamp(entry.recorded_at),
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "actor": entry.actor,
        "commitment": entry.commitment,
        "previous": entry.previous,
        "hash": entry.hash,
        "salt": salt or None,
        "payload": json.loads(body),
        "redacted": not salt,
    }


def change_row(entry: LedgerEntry, payloads: Payloads) -> Row:
    """An entry and what it changed since the one `earlier`, if there is one."""
    row = entry_row(entry, payloads)
    payload = row["payload"]
    _, earlier = payloads.get(entry.earlier, ("", ""))  # type: ignore[attr-defined]
    before = json.loads(earlier)["document"] if earlier else None
    after = payload["document"]
    found = compare(before, after) if before and after else []
    return row | {
        "created": entry.action in (EntryAction.CREATE, EntryAction.PUBLISH),
        "differences": found,
        "summary": summary(entry.action, entry.object_type, payload, found),
        "reason": payload["reason"],
        "successor": (after or {}).get("successor")
        if entry.action == EntryAction.SUPERSEDE
        else None,
    }
