"""Is the chain whole? Reads everything, mends nothing; what is found is a sentence for a person.

Entries pass in pages: memory stays bounded, however long the ledger is. docs/ledger.md says what is
checked, for everybody who checks it from outside.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from reforms import replicas
from reforms.ledger import chain
from reforms.ledger.checkpoints import Checkpoint, is_signed, public_key
from reforms.ledger.writing import Head
from reforms.models import LedgerEntry
from reforms.vocabulary import EntryAction

PAGE = 1000

# What the latest entry that calls an entry redacted says of it, by the number of that entry and the
# type and id of its object: the hash of what stands there since. Ledgers from before there were
# such hashes have None.
_Redactions = dict[tuple[int, str, str], str | None]


@dataclass(slots=True)
class Checked:
    """What was looked at: the entries, how many of them are redacted, and of these how many say
    what nobody can check; the last one.
    """

    entries: int = 0
    redacted: int = 0
    unchecked: int = 0
    head: Head = field(default_factory=Head)


@contextmanager
def one_view() -> Iterator[None]:
    """Everything read inside is of one moment, although others go on writing.

    A transaction that is open already keeps the view that it has.
    """
    connection: Any = replicas.connection()
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(connection.alias):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
    else:
        connection.ensure_connection()
        usual = connection.transaction_mode
        connection.transaction_mode = "DEFERRED"  # so that it keeps no writer waiting
        try:
            with transaction.atomic(connection.alias):
                yield
        finally:
            connection.transaction_mode = usual


def check_chain(checked: Checked, since: int = 0) -> Iterator[str]:
    """What is wrong with the entries behind number `since`; `checked` tells what was looked at."""
    begin = LedgerEntry.objects.filter(sequence=since).first()
    if since and begin is None:
        yield f"there is no entry {since} to begin with"
        return
    if begin is not None:
        checked.head = Head(begin.sequence, begin.recorded_at, begin.hash)
    redactions = _redactions(since)
    for entry in _entries(since):
        for complaint in (*_of_place(entry, checked.head), *_of_payload(entry, redactions)):
            yield f"entry {entry['sequence']}: {complaint}"
        checked.entries += 1
        if entry["payload__salt"] == "":
            checked.redacted += 1
            checked.unchecked += redactions.get(_named(entry), "") is None
        checked.head = Head(entry["sequence"], entry["recorded_at"], entry["hash"])


def _entries(since: int) -> Iterator[dict[str, Any]]:
    rows = LedgerEntry.objects.order_by("sequence").values(
        *chain.HASHED, "hash", "payload__salt", "payload__body"
    )
    page = list(rows.filter(sequence__gt=since)[:PAGE])
    while page:
        yield from page
        page = list(rows.filter(sequence__gt=page[-1]["sequence"])[:PAGE])


def _of_place(entry: dict[str, Any], last: Head) -> Iterator[str]:
    """Whether it continues the chain, and is what its hash says."""
    if entry["sequence"] != last.sequence + 1:
        yield f"the one before it is {last.sequence}; what stood between is missing"
    if entry["previous"] != last.hash:
        yield f"previous is {entry['previous']}, the one before it has the hash {last.hash}"
    hash_ = chain.entry_hash({**entry, "recorded_at": chain.timestamp(entry["recorded_at"])})
    if entry["hash"] != hash_:
        yield f"its hash is {entry['hash']}, its fields have the hash {hash_}"
    if last.recorded_at is not None and entry["recorded_at"] <= last.recorded_at:
        yield "it is not recorded later than the one before it"


def _of_payload(entry: dict[str, Any], redactions: _Redactions) -> Iterator[str]:
    """Whether the payload is what the entry commits to, or was redacted in the open."""
    if entry["payload__salt"] is None:
        yield "its payload is missing"
    elif entry["payload__salt"] == "":
        if (key := _named(entry)) not in redactions:
            yield "its payload has lost its salt, and no later entry says that it was redacted"
        elif redactions[key] not in (None, chain.text_hash(entry["payload__body"])):
            yield "its payload was changed after it was redacted"
    elif not _is_committed(entry):
        yield "its payload is not the one that it commits to"


def _is_committed(entry: dict[str, Any]) -> bool:
    try:
        given = chain.commitment(entry["payload__salt"], entry["payload__body"])
    except ValueError:  # no salt of ours
        return False
    return bool(given == entry["commitment"])


def _named(entry: dict[str, Any]) -> tuple[int, str, str]:
    return entry["sequence"], entry["object_type"], entry["object_id"]


def _redactions(since: int) -> _Redactions:
    """The entries that a later entry about the same object calls redacted.

    Only an entry that can itself be checked is believed.
    """
    named: _Redactions = {}
    rows = LedgerEntry.objects.filter(action=EntryAction.REDACT.value, sequence__gt=since)
    columns = (*chain.HASHED, "payload__salt", "payload__body")
    for entry in rows.order_by("sequence").values(*columns).iterator():
        if entry["payload__salt"] and _is_committed(entry):
            numbers, hashes = _called_redacted(entry["payload__body"])
            for one in numbers:
                key = (one, entry["object_type"], entry["object_id"])
                # Who says nothing of what stands there takes no earlier word back.
                if one < entry["sequence"]:
                    named[key] = hashes.get(str(one)) or named.get(key)
    return named


def _called_redacted(body: str) -> tuple[list[int], dict[str, str]]:
    try:
        redacted = json.loads(body)["redacted"]
        return list(redacted["entries"]), dict(redacted.get("payloads", {}))
    except (ValueError, KeyError, TypeError, AttributeError):  # not of our making
        return [], {}


def check_checkpoint(checkpoint: Checkpoint) -> Iterator[str]:
    """What speaks against a head that somebody kept: the ledger must still contain it."""
    about = f"the checkpoint at {checkpoint['sequence']}"
    if not is_signed(checkpoint, checkpoint["key"]):
        yield f"{about}: its signature does not fit"
        return
    if checkpoint["key"] != public_key():
        yield f"{about}: it is signed with another key than ours, {checkpoint['key']}"
    head = Head()
    if checkpoint["sequence"] > 0:
        entry = LedgerEntry.objects.filter(sequence=checkpoint["sequence"]).first()
        if entry is None:
            yield f"{about}: the ledger has no such entry"
            return
        head = Head(entry.sequence, entry.recorded_at, entry.hash)
    if checkpoint["hash"] != head.hash:
        yield f"{about}: the hash was {checkpoint['hash']}, now it is {head.hash}"
    recorded_at = chain.timestamp(head.recorded_at) if head.recorded_at else None
    if checkpoint["recorded_at"] != recorded_at:
        yield f"{about}: it was recorded at {checkpoint['recorded_at']}, now at {recorded_at}"
