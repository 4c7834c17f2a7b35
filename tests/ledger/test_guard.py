"""The database itself refuses to rewrite the ledger, whoever asks it to."""

from collections.abc import Callable
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from reforms import ledger, workflow
from reforms.ledger import chain, guard
from reforms.models import LedgerEntry, LedgerPayload, Promise, VerdictSpan
from reforms.vocabulary import EntryAction
from tests.fixtures import make_update
from tests.ledger.telling import WRITING, findings

pytestmark = pytest.mark.usefixtures("promise")

COLUMNS = "sequence, recorded_at, action, object_type, object_id, actor, commitment, previous, hash"


def execute(sql: str, *values: Any) -> None:
    for model, name in (
        (LedgerEntry, "@entries"),
        (LedgerPayload, "@payloads"),
        (VerdictSpan, "@spans"),
    ):
        sql = sql.replace(name, model._meta.db_table)
    sql = sql.replace("@columns", COLUMNS)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def everything() -> list[Any]:
    return [
        list(model._default_manager.order_by("pk").values())
        for model in (LedgerEntry, LedgerPayload, VerdictSpan)
    ]


REWRITING = [
    "UPDATE @entries SET actor = 'role:nobody' WHERE sequence = 3",
    "UPDATE @entries SET actor = actor",
    "UPDATE @entries SET sequence = sequence + 1000",
    "DELETE FROM @entries",
    "DELETE FROM @entries WHERE sequence = (SELECT max(sequence) FROM @entries)",
    "UPDATE @payloads SET body = '{}' WHERE entry_id = 3",
    "UPDATE @payloads SET salt = salt",
    "UPDATE @payloads SET entry_id = entry_id + 1000, salt = ''",
    "DELETE FROM @payloads WHERE entry_id = 3",
    "INSERT INTO @payloads SELECT * FROM @payloads WHERE entry_id = 3"
    " ON CONFLICT (entry_id) DO UPDATE SET body = '{}'",
    "INSERT INTO @entries SELECT * FROM @entries WHERE sequence = 3"
    " ON CONFLICT (sequence) DO UPDATE SET actor = 'role:nobody'",
]
OF_POSTGRESQL = [
    "TRUNCATE @payloads",
    "TRUNCATE @entries, @payloads",
    "TRUNCATE @entries CASCADE",
]
OF_SQLITE = [
    "REPLACE INTO @entries SELECT * FROM @entries WHERE sequence = 3",
    "INSERT OR REPLACE INTO @payloads SELECT entry_id, salt, '{}' FROM @payloads WHERE entry_id = 3",
    "UPDATE OR REPLACE @entries SET sequence = 3 WHERE sequence = 4",
    "UPDATE OR REPLACE @payloads SET entry_id = 3, salt = '' WHERE entry_id = 4",
    "UPDATE OR REPLACE @payloads SET rowid = 3, salt = '' WHERE entry_id = 4",
    "UPDATE OR REPLACE @payloads SET _rowid_ = 3, salt = '' WHERE entry_id = 4",
    "INSERT OR REPLACE INTO @payloads (rowid, entry_id, salt, body) SELECT 3, 9999, '', '{}'",
    "INSERT OR REPLACE INTO @entries (rowid, @columns)"
    " SELECT 3, sequence + 1, '2030-01-01 00:00:00', action, object_type, object_id, actor,"
    " commitment, hash, hash FROM @entries ORDER BY sequence DESC LIMIT 1",
]


@pytest.mark.parametrize(
    "sql", REWRITING + (OF_POSTGRESQL if connection.vendor == "postgresql" else OF_SQLITE)
)
def test_sql_rewrites_nothing(sql: str) -> None:
    before = everything()
    connection.check_constraints()  # PostgreSQL truncates nothing while such checks are pending
    with pytest.raises(IntegrityError, match=r"append-only|continue the chain"):
        execute(sql)
    assert everything() == before


@pytest.mark.parametrize(
    "act",
    [
        lambda: LedgerEntry.objects.all().delete(),
        lambda: LedgerEntry.objects.update(actor="role:nobody"),
        lambda: LedgerEntry.objects.latest("sequence").save(),
        lambda: LedgerPayload.objects.update(body="{}"),
        lambda: LedgerPayload.objects.all().delete(),
        lambda: LedgerPayload.objects.latest("pk").delete(),
    ],
)
def test_neither_does_the_application(act: Callable[[], Any]) -> None:
    before = everything()
    with pytest.raises(DatabaseError), transaction.atomic():
        act()
    assert everything() == before


def entry(**changes: Any) -> dict[str, Any]:
    """The fields of an entry that continues the chain, but for what is changed."""
    head = ledger.head()
    assert head.recorded_at is not None
    return {
        "sequence": head.sequence + 1,
        "recorded_at": head.recorded_at + timedelta(seconds=1),
        "action": "edit",
        "object_type": "topic",
        "object_id": "money",
        "actor": "role:curator",
        "commitment": "c" * 64,
        "previous": head.hash,
        "hash": "a" * 64,
    } | changes


def insert(fields: dict[str, Any]) -> None:
    places = ", ".join(["%s"] * len(fields))
    at = connection.ops.adapt_datetimefield_value(fields["recorded_at"])
    values = (fields | {"recorded_at": at}).values()
    execute(f"INSERT INTO @entries ({COLUMNS}) VALUES ({places})", *values)  # noqa: S608


# fmt: off
OUT_OF_ORDER: dict[str, Callable[[], dict[str, Any]]] = {
    "behind a gap":             lambda: entry(sequence=ledger.head().sequence + 2),
    "in the place of another":  lambda: entry(sequence=ledger.head().sequence),
    "before the first":         lambda: entry(sequence=0),
    "a second beginning":       lambda: entry(sequence=1, previous=chain.BEGINNING),
    "of another chain":         lambda: entry(previous="b" * 64),
    "at the beginning's hash":  lambda: entry(previous=chain.BEGINNING),
    "at the same moment":       lambda: entry(recorded_at=ledger.head().recorded_at),
    "before the last":          lambda: entry(recorded_at=ledger.head().recorded_at - timedelta(seconds=1)),  # type: ignore[operator]
}
# fmt: on


@pytest.mark.parametrize("way", OUT_OF_ORDER)
def test_an_entry_that_does_not_continue_the_chain_is_refused(way: str) -> None:
    before = everything()
    with pytest.raises(IntegrityError):
        insert(OUT_OF_ORDER[way]())
    assert everything() == before
    insert(entry())


@pytest.mark.parametrize(
    "changes",
    [{"sequence": 2}, {"sequence": 1, "previous": "b" * 64}, {"sequence": 0}],
)
@pytest.mark.django_db
def test_a_ledger_begins_with_entry_1(changes: dict[str, Any]) -> None:
    guard.lift(connection)
    LedgerPayload.objects.all().delete()
    LedgerEntry.objects.all().delete()
    guard.protect(connection)
    first = {"recorded_at": Promise.objects.get().changed_at}
    with pytest.raises(IntegrityError):
        insert(entry_one() | first | changes)
    insert(entry_one() | first)


def entry_one() -> dict[str, Any]:
    return {
        "sequence": 1,
        "recorded_at": None,
        "action": "create",
        "object_type": "topic",
        "object_id": "money",
        "actor": "role:curator",
        "commitment": "c" * 64,
        "previous": chain.BEGINNING,
        "hash": "a" * 64,
    }


def test_a_payload_may_lose_its_salt_and_never_gets_it_back() -> None:
    execute("UPDATE @payloads SET salt = '', body = '{}' WHERE entry_id = 3")
    assert LedgerPayload.objects.get(pk=3).body == "{}"
    with pytest.raises(IntegrityError, match="append-only"):
        execute("UPDATE @payloads SET salt = 'ab' WHERE entry_id = 3")
    assert findings()[0] == (
        "entry 3: its payload has lost its salt, and no later entry says that it was redacted"
    )


def test_once_redacted_a_payload_changes_only_with_a_further_redaction(promise: Promise) -> None:
    done = workflow.redact(promise, ["title"], "Ordered so.")
    make_update(promise, "stalled")  # the redaction is no more the last that was said
    for sequence in done.entries:
        with pytest.raises(IntegrityError, match="append-only"):
            execute("UPDATE @payloads SET body = '{}' WHERE entry_id = %s", sequence)
    again = workflow.redact(promise, ["statement"], "Ordered again.")
    assert set(again.entries) >= set(done.entries)
    assert findings() == []
    if connection.vendor == "postgresql":  # it can also tell to what
        with pytest.raises(IntegrityError, match="append-only"):
            execute("UPDATE @payloads SET body = '{}' WHERE entry_id = %s", done.entries[0])


# What was known once is a span of verdicts that is closed.
KNOWN_ONCE = [
    "UPDATE @spans SET status = 'stalled' WHERE known_to < 1000000",
    "UPDATE @spans SET known_to = 9223372036854775807 WHERE known_to < 1000000",
    "UPDATE @spans SET known_from = 1 WHERE known_to < 1000000",
    "UPDATE @spans SET promise_id = 'other' WHERE known_to < 1000000",
    "DELETE FROM @spans WHERE known_to < 1000000",
    "DELETE FROM @spans",
]
KNOWN_ONCE += {
    "postgresql": ["TRUNCATE @spans"],
    "sqlite": [
        "REPLACE INTO @spans SELECT * FROM @spans WHERE known_to < 1000000",
        "UPDATE OR REPLACE @spans SET id = (SELECT id FROM @spans WHERE known_to < 1000000)"
        " WHERE known_to > 1000000 AND status = 'stalled'",
    ],
}[connection.vendor]


@pytest.mark.parametrize("sql", KNOWN_ONCE)
def test_what_was_known_once_stays(promise: Promise, sql: str) -> None:
    make_update(promise, "stalled")
    assert VerdictSpan.objects.filter(known_to__lt=1_000_000).count() == 1
    connection.check_constraints()
    before = everything()
    with pytest.raises(IntegrityError, match="known once"):
        execute(sql)
    assert everything() == before


def test_what_an_earlier_version_guarded_less_is_guarded_anew() -> None:
    """The migration finds other triggers than it makes."""
    name = "reforms_payload_redacted_again"
    table = LedgerPayload._meta.db_table
    on = f" ON {table}" if connection.vendor == "postgresql" else ""
    execute(f"DROP TRIGGER {name}{on}")
    guard.lift_spans(connection)
    migration = import_module("reforms.migrations.0009_a_stricter_guard")
    migration.make_anew(None, SimpleNamespace(connection=connection))
    execute("UPDATE @payloads SET salt = '' WHERE entry_id = 3")
    with pytest.raises(IntegrityError, match="append-only"):
        execute("UPDATE @payloads SET body = '{}' WHERE entry_id = 3")
    migration.undo(None, SimpleNamespace(connection=connection))
    VerdictSpan.objects.all().delete()
    migration.make_anew(None, SimpleNamespace(connection=connection))


def test_a_whole_batch_is_refused_with_its_bad_entry(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard looks at each row, also of one statement that inserts many."""
    before = everything()
    real = WRITING._entry_row
    monkeypatch.setattr(
        WRITING,
        "_entry_row",
        lambda one: (*real(one)[:-1], "0" * 64),  # its hash is another
    )

    def write() -> None:
        with ledger.writing(batched=True):
            for _ in range(3):
                ledger.append(EntryAction.EDIT, "topic", "money", {}, at=ledger.moment())

    with pytest.raises(IntegrityError, match="continue the chain"):
        write()
    assert everything() == before
