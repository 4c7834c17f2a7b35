"""The database itself refuses to rewrite the ledger, and what it made known; called by migrations.

An entry is inserted only where it continues the chain, and is never updated or deleted. A payload
is never deleted, and updated only to redact it, which takes its salt away for good; after that only
where the last entry says that it is redacted again. A span of verdicts that is closed is what the
record said once: it stays.
"""

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRIES = "reforms_ledgerentry"
PAYLOADS = "reforms_ledgerpayload"
SPANS = "reforms_verdictspan"
_REFUSAL = "the ledger is append-only"
_GAP = "a ledger entry has to continue the chain"
_KNOWN = "what was known once is not changed"
_BEGINNING = "0" * 64
_CONTINUES = f"""
    (NEW.sequence = 1 AND NEW.previous = '{_BEGINNING}' AND NOT EXISTS (SELECT 1 FROM {ENTRIES}))
    OR EXISTS (
        SELECT 1 FROM (SELECT * FROM {ENTRIES} ORDER BY sequence DESC LIMIT 1) AS last
        WHERE last.sequence = NEW.sequence - 1 AND last.hash = NEW.previous
            AND last.recorded_at < NEW.recorded_at
    )
"""  # noqa: S608 - no value from outside is part of it
# A row may be replaced by its hidden number as well; where none is given, NEW.rowid is none's.
_TAKEN = f"EXISTS (SELECT 1 FROM {ENTRIES} WHERE rowid = NEW.rowid)"  # noqa: S608
_EXISTS = f"EXISTS (SELECT 1 FROM {PAYLOADS} WHERE entry_id = NEW.entry_id OR rowid = NEW.rowid)"  # noqa: S608
_NAMED = {
    "sqlite": "json_extract(body, '$.redacted.payloads.\"' || NEW.entry_id || '\"')",
    "postgresql": "body::json #>> ARRAY['redacted', 'payloads', NEW.entry_id::text]",
}
_HASH = "encode(sha256(convert_to(NEW.body, 'UTF8')), 'hex')"


def _redacts(vendor: str) -> str:
    """Whether the last entry redacts this payload; PostgreSQL also looks at what it is to be."""
    named = _NAMED[vendor]
    right = f"{named} = {_HASH}" if vendor == "postgresql" else f"{named} IS NOT NULL"
    return f"""EXISTS (
        SELECT 1 FROM (SELECT * FROM {ENTRIES} ORDER BY sequence DESC LIMIT 1) AS last
        JOIN {PAYLOADS} AS said ON said.entry_id = last.sequence
        WHERE last.action = 'redact' AND {right}
    )"""  # noqa: S608


_CLOSED = f"OLD.known_to <> {2**63 - 1}"

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
CREATE FUNCTION reforms_redact_again() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT {_redacts("postgresql")} THEN
        RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER reforms_payload_redacted_again BEFORE UPDATE ON {PAYLOADS} FOR EACH ROW
    WHEN (OLD.salt = '' AND NEW.salt = '')
    EXECUTE FUNCTION reforms_redact_again();
"""
_POSTGRESQL_LIFTED = f"""
DROP TRIGGER IF EXISTS reforms_entry_continues ON {ENTRIES};
DROP TRIGGER IF EXISTS reforms_entry_kept ON {ENTRIES};
DROP TRIGGER IF EXISTS reforms_entries_kept ON {ENTRIES};
DROP TRIGGER IF EXISTS reforms_payload_kept ON {PAYLOADS};
DROP TRIGGER IF EXISTS reforms_payloads_kept ON {PAYLOADS};
DROP TRIGGER IF EXISTS reforms_payload_redacted ON {PAYLOADS};
DROP TRIGGER IF EXISTS reforms_payload_redacted_again ON {PAYLOADS};
DROP FUNCTION IF EXISTS reforms_refuse_rewriting();
DROP FUNCTION IF EXISTS reforms_continue_chain();
DROP FUNCTION IF EXISTS reforms_redact_again();
"""
_POSTGRESQL_SPANS = f"""
CREATE FUNCTION reforms_refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '{_KNOWN}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
CREATE TRIGGER reforms_span_kept BEFORE UPDATE OR DELETE ON {SPANS} FOR EACH ROW
    WHEN ({_CLOSED}) EXECUTE FUNCTION reforms_refuse_forgetting();
CREATE TRIGGER reforms_spans_kept BEFORE TRUNCATE ON {SPANS}
    FOR EACH STATEMENT EXECUTE FUNCTION reforms_refuse_forgetting();
"""
_POSTGRESQL_SPANS_LIFTED = f"""
DROP TRIGGER IF EXISTS reforms_span_kept ON {SPANS};
DROP TRIGGER IF EXISTS reforms_spans_kept ON {SPANS};
DROP FUNCTION IF EXISTS reforms_refuse_forgetting();
"""
# SQLite deletes silently when a row is to replace another: inserting is watched as well, and the
# hidden number of a row, by which it can be replaced too.
_SQLITE = {
    "reforms_entry_continues": (f"INSERT ON {ENTRIES} WHEN NOT ({_CONTINUES})", _GAP),
    "reforms_entry_not_replaced": (f"INSERT ON {ENTRIES} WHEN {_TAKEN}", _REFUSAL),
    "reforms_entry_kept": (f"UPDATE ON {ENTRIES}", _REFUSAL),
    "reforms_entry_not_deleted": (f"DELETE ON {ENTRIES}", _REFUSAL),
    "reforms_payload_not_replaced": (f"INSERT ON {PAYLOADS} WHEN {_EXISTS}", _REFUSAL),
    "reforms_payload_kept": (f"DELETE ON {PAYLOADS}", _REFUSAL),
    "reforms_payload_redacted": (
        f"UPDATE ON {PAYLOADS} WHEN NEW.salt <> '' OR NEW.entry_id <> OLD.entry_id"
        " OR NEW.rowid <> OLD.rowid",
        _REFUSAL,
    ),
    "reforms_payload_redacted_again": (
        f"UPDATE ON {PAYLOADS} WHEN OLD.salt = '' AND NOT {_redacts('sqlite')}",
        _REFUSAL,
    ),
}
_SQLITE_SPANS = {
    "reforms_span_not_replaced": (
        f"INSERT ON {SPANS} WHEN EXISTS (SELECT 1 FROM {SPANS} WHERE id = NEW.id)",  # noqa: S608
        _KNOWN,
    ),
    "reforms_span_kept": (f"UPDATE ON {SPANS} WHEN {_CLOSED} OR NEW.id <> OLD.id", _KNOWN),
    "reforms_span_not_deleted": (f"DELETE ON {SPANS} WHEN {_CLOSED}", _KNOWN),
}


def protect(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of the ledger's two tables."""
    _execute(connection, _POSTGRESQL, _created(_SQLITE))


def lift(connection: BaseDatabaseWrapper) -> None:
    """Drop them again, those that are there: to undo the migration, or to make them anew."""
    _execute(connection, _POSTGRESQL_LIFTED, _dropped(_SQLITE))


def protect_spans(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers of the spans of verdicts."""
    _execute(connection, _POSTGRESQL_SPANS, _created(_SQLITE_SPANS))


def lift_spans(connection: BaseDatabaseWrapper) -> None:
    """Drop them again."""
    _execute(connection, _POSTGRESQL_SPANS_LIFTED, _dropped(_SQLITE_SPANS))


def _created(triggers: dict[str, tuple[str, str]]) -> list[str]:
    return [
        f"CREATE TRIGGER {name} BEFORE {event} BEGIN SELECT RAISE(ABORT, '{refusal}'); END"
        for name, (event, refusal) in triggers.items()
    ]


def _dropped(triggers: dict[str, tuple[str, str]]) -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {name}" for name in triggers]


def _execute(connection: BaseDatabaseWrapper, postgresql: str, sqlite: list[str]) -> None:
    with connection.cursor() as cursor:
        for sql in [postgresql] if connection.vendor == "postgresql" else sqlite:
            cursor.execute(sql)
