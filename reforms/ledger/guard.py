"""The database itself refuses to rewrite the ledger; called by the migration.

An entry is inserted only where it continues the chain, and is never updated or deleted. A payload
is never deleted, and updated only to redact it, which takes its salt away for good.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRIES = "reforms_ledgerentry"
PAYLOADS = "reforms_ledgerpayload"
_REFUSAL = "the ledger is append-only"
_GAP = "a ledger entry has to continue the chain"
_BEGINNING = "0" * 64
_CONTINUES = f"""
    (NEW.sequence = 1 AND NEW.previous = '{_BEGINNING}' AND NOT EXISTS (SELECT 1 FROM {ENTRIES}))
    OR EXISTS (
        SELECT 1 FROM (SELECT * FROM {ENTRIES} ORDER BY sequence DESC LIMIT 1) AS last
        WHERE last.sequence = NEW.sequence - 1 AND last.hash = NEW.previous
            AND last.recorded_at < NEW.recorded_at
    )
"""  # noqa: S608 - no value from outside is part of it
_EXISTS = f"EXISTS (SELECT 1 FROM {PAYLOADS} WHERE entry_id = NEW.entry_id)"  # noqa: S608

_POSTGRESQL = f"""
CREATE FUNCTION reforms_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
-- Planned while the table is empty, a scan would look cheapest, and stay the plan as it grows.
CREATE FUNCTION reforms_continue_chain() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off AS $$
BEGIN
    IF NOT ({_CONTINUES}) THEN
        RAISE EXCEPTION '{_GAP}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reforms_entry_continues BEFORE INSERT ON {ENTRIES}
    FOR EACH ROW EXECUTE FUNCTION reforms_continue_chain();
CREATE TRIGGER reforms_entry_kept BEFORE UPDATE OR DELETE ON {ENTRIES}
    FOR EACH ROW EXECUTE FUNCTION reforms_refuse_rewriting();
CREATE TRIGGER reforms_entries_kept BEFORE TRUNCATE ON {ENTRIES}
    FOR EACH STATEMENT EXECUTE FUNCTION reforms_refuse_rewriting();
CREATE TRIGGER reforms_payload_kept BEFORE DELETE ON {PAYLOADS}
    FOR EACH ROW EXECUTE FUNCTION reforms_refuse_rewriting();
CREATE TRIGGER reforms_payloads_kept BEFORE TRUNCATE ON {PAYLOADS}
    FOR EACH STATEMENT EXECUTE FUNCTION reforms_refuse_rewriting();
CREATE TRIGGER reforms_payload_redacted BEFORE UPDATE ON {PAYLOADS} FOR EACH ROW
    WHEN (NEW.salt <> '' OR NEW.entry_id <> OLD.entry_id)
    EXECUTE FUNCTION reforms_refuse_rewriting();
"""
_POSTGRESQL_LIFTED = f"""
DROP TRIGGER reforms_entry_continues ON {ENTRIES};
DROP TRIGGER reforms_entry_kept ON {ENTRIES};
DROP TRIGGER reforms_entries_kept ON {ENTRIES};
DROP TRIGGER reforms_payload_kept ON {PAYLOADS};
DROP TRIGGER reforms_payloads_kept ON {PAYLOADS};
DROP TRIGGER reforms_payload_redacted ON {PAYLOADS};
DROP FUNCTION reforms_refuse_rewriting();
DROP FUNCTION reforms_continue_chain();
"""
# SQLite deletes silently when a row is to replace another: inserting is watched as well.
_SQLITE = {
    "reforms_entry_continues": (f"INSERT ON {ENTRIES} WHEN NOT ({_CONTINUES})", _GAP),
    "reforms_entry_kept": (f"UPDATE ON {ENTRIES}", _REFUSAL),
    "reforms_entry_not_deleted": (f"DELETE ON {ENTRIES}", _REFUSAL),
    "reforms_payload_not_replaced": (f"INSERT ON {PAYLOADS} WHEN {_EXISTS}", _REFUSAL),
    "reforms_payload_kept": (f"DELETE ON {PAYLOADS}", _REFUSAL),
    "reforms_payload_redacted": (
        f"UPDATE ON {PAYLOADS} WHEN NEW.salt <> '' OR NEW.entry_id <> OLD.entry_id",
        _REFUSAL,
    ),
}


def protect(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL)
            return
        for name, (event, refusal) in _SQLITE.items():
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
            )


def lift(connection: BaseDatabaseWrapper) -> None:
    """Drop them again: to undo the migration, and to empty the tables between tests."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_LIFTED)
            return
        for name in _SQLITE:
            cursor.execute(f"DROP TRIGGER {name}")
