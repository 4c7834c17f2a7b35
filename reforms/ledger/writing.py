"""Appending to the ledger: whoever writes holds it until the transaction ends.

So sequence and commit order agree: an entry cannot become visible behind one that a reader has
seen. The lock is taken before any row is locked, so that two writers never wait for each other.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from reforms import bulk, replicas, verdicts
from reforms.dates import now
from reforms.ledger import chain
from reforms.models import LedgerEntry, LedgerPayload
from reforms.statements import Statement
from reforms.vocabulary import EntryAction, Role

# The name of the ledger's lock among PostgreSQL's advisory locks: "reforms" in ASCII.
LOCK = int.from_bytes(b"reforms", "big")
# A long batch writes what it holds whenever it has this many entries.
BUFFER = 500
TICK = timedelta(microseconds=1)

_actor: ContextVar[str] = ContextVar("actor", default="")


@dataclass(frozen=True, slots=True)
class Head:
    """The last entry: its place, its moment (None while there is none) and its hash."""

    sequence: int = 0
    recorded_at: datetime | None = None
    hash: str = chain.BEGINNING


def head() -> Head:
    """The last entry that this transaction can see."""
    found = _last().rows({})
    return Head(*found[0]) if found else Head()


@cache
def _last() -> Statement:
    newest = LedgerEntry.objects.order_by("-sequence")
    return Statement(newest.values_list("sequence", "recorded_at", "hash")[:1])


def head_at(moment: datetime) -> Head:
    """The last entry at a moment that has passed; whatever is written later will not change it.

    A writer who took the moment of its entry before this one may not have committed yet: where
    that could be, wait for the ledger.
    """
    last = head()
    if last.recorded_at is None or last.recorded_at <= moment:
        # A replica may not know yet what was said by then, and nothing tells.
        replicas.read_primary()
        with transaction.atomic():
            _lock()
    entry = LedgerEntry.objects.filter(recorded_at__lte=moment).order_by("-sequence").first()
    return Head(entry.sequence, entry.recorded_at, entry.hash) if entry else Head()


def head_in_hand() -> Head:
    """The last entry, appended inside this `writing` or before it."""
    return _held().head


@dataclass(slots=True)
class _Turn:
    """What one writer holds while the ledger is its own."""

    head: Head
    batched: bool
    began: datetime | None
    depth: int = 0
    # Each entry with the salt and the body of its payload.
    waiting: list[tuple[LedgerEntry, str, str]] = field(default_factory=list)

    def write(self) -> None:
        if self.waiting:
            bulk.insert(LedgerEntry, (_entry_row(entry) for entry, _, _ in self.waiting))
            bulk.insert(LedgerPayload, ((entry.pk, *payload) for entry, *payload in self.waiting))
            self.waiting.clear()

    def write_if_many(self) -> None:
        """Inside a part that may fail alone, what was said before has to wait for its end."""
        if self.depth == 0 and len(self.waiting) >= BUFFER:
            self.write()


_entry_row = attrgetter(*(column.attname for column in LedgerEntry._meta.concrete_fields))


_turn: ContextVar[_Turn | None] = ContextVar("turn", default=None)


@contextmanager
def writing(batched: bool = False) -> Iterator[None]:
    """One transaction that holds the ledger; inside another, a part of it that may fail alone.

    With `batched`, entries are written together at its end.
    """
    turn = _turn.get()
    if turn is None:
        with transaction.atomic():
            _lock()
            last = head()
            turn = _Turn(last, batched, last.recorded_at)
            token = _turn.set(turn)
            try:
                yield
                turn.write()
            finally:
                _turn.reset(token)
        return
    # What is rolled back has never been said: the ledger forgets it too.
    before, waiting = turn.head, len(turn.waiting)
    turn.depth += 1
    try:
        with transaction.atomic(), verdicts.part():
            yield
    except BaseException:
        turn.head = before
        del turn.waiting[waiting:]
        raise
    finally:
        turn.depth -= 1
    turn.write_if_many()


def _lock() -> None:
    """Wait until no other transaction holds the ledger. On SQLite every transaction is alone.

    On either engine the wait ends after LOCK_WAIT seconds with an OperationalError; on PostgreSQL
    that also holds for the locks of rows that this transaction takes.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The condition comes first; NULL it never is.
            cursor.execute(
                "SELECT pg_advisory_xact_lock(%s)"
                " WHERE set_config('lock_timeout', %s, true) IS NOT NULL",
                [LOCK, f"{settings.LOCK_WAIT}s"],
            )


def moment() -> datetime:
    """The moment of the next entry: later than the last one's, whatever the machine's clock says.

    To be called inside `writing`, right before the row is written that carries it.
    """
    last = _held().head.recorded_at
    return now() if last is None else max(now(), last + TICK)


def is_unread(since: datetime) -> bool:
    """Whether what is public since that moment became so in this very transaction."""
    began = _held().began
    return began is None or since > began


def append(
    action: EntryAction,
    object_type: str,
    object_id: str,
    document: dict[str, Any] | None,
    *,
    at: datetime,
    reason: str = "",
    actor: str = "",
    **more: Any,
) -> LedgerEntry:
    """Append an entry inside `writing`. `at` is what `moment` gave; `more` joins the payload.

    `actor` is who acts if nobody was named by `acting`.
    """
    turn = _held()
    salt = chain.new_salt()
    body = chain.canonical({"document": document, "reason": reason, **more})
    fields: dict[str, Any] = {
        "sequence": turn.head.sequence + 1,
        "action": action.value,
        "object_type": object_type,
        "object_id": object_id,
        "actor": _actor.get() or actor or by_role(Role.CURATOR),
        "commitment": chain.commitment(salt, body),
        "previous": turn.head.hash,
    }
    hash_ = chain.entry_hash({**fields, "recorded_at": chain.timestamp(at)})
    entry: LedgerEntry = bulk.new(LedgerEntry, **fields, recorded_at=at, hash=hash_)
    turn.waiting.append((entry, salt, body))
    turn.head = Head(entry.sequence, at, hash_)
    if turn.batched:
        turn.write_if_many()
    else:
        turn.write()
    return entry


def _held() -> _Turn:
    turn = _turn.get()
    assert turn is not None, "the ledger is written inside `ledger.writing()`"
    return turn


@contextmanager
def acting(actor: str) -> Iterator[None]:
    """Entries appended inside name this actor: see `by_role` and `by_organisation`."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


def by_role(role: Role) -> str:
    """The public label of somebody who acts in a role."""
    return f"role:{role}"


def by_organisation(organisation_id: str) -> str:
    """The public label of an organisation that acts."""
    return f"organisation:{organisation_id}"


def payload_of(entry: LedgerEntry) -> dict[str, Any]:
    """What an entry commits to, as it is stored now."""
    body: dict[str, Any] = json.loads(entry.payload.body)
    return body
