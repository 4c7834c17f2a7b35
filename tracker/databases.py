"""The databases from the environment: the primary, and the replicas that share its reading.

Which server of several is asked, in which order and for how long, is libpq's business: its options
stand in the URL (`target_session_attrs`, `load_balance_hosts`, `connect_timeout`).
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote

from tracker.environment import SettingError, env_bool, env_database, env_int, env_text

# Seconds that a connection to an SQLite file is kept open.
SQLITE_KEPT = 5
# A server that was switched off does not say goodbye. Without these, whoever waits for its answer
# would do so for as long as the kernel repeats itself: a quarter of an hour.
NOTICES_SILENCE = {
    "connect_timeout": 10,
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 15_000,
}


def databases(base: Path, folder: Path, lock_wait: int) -> dict[str, Any]:
    """Return Django's `DATABASES`: `default`, and `replica` where `REPLICA_URL` names some.

    Relative SQLite paths count from `base`; the file is in `folder` unless DATABASE_URL says
    otherwise. `lock_wait` is how many seconds a writer waits for the others.
    """
    found = env_database("DATABASE_URL", f"sqlite:///{quote(str(folder))}/tracker.sqlite3", base)
    found["PASSWORD"] = env_text("DATABASE_PASSWORD") or found.get("PASSWORD", "")
    keep = env_int("DATABASE_CONN_MAX_AGE", 600, 0, 86_400)
    prepare = env_bool("DATABASE_PREPARED_STATEMENTS", True)
    pooled = env_bool("DATABASE_POOLED", False)
    replicas = env_text("REPLICA_URL")
    if found["ENGINE"].endswith("sqlite3"):
        if replicas:
            raise SettingError("REPLICA_URL needs a DATABASE_URL of PostgreSQL: SQLite has none.")
        return {"default": _sqlite(found, keep, lock_wait)}
    default = _postgresql(found, keep, prepare)
    # A cursor of the server's would be left behind on a connection that serves others by then.
    default["DISABLE_SERVER_SIDE_CURSORS"] = pooled
    return {"default": default} | ({"replica": _replica(base, default, keep)} if replicas else {})


def _sqlite(database: dict[str, Any], keep: int, lock_wait: int) -> dict[str, Any]:
    # To open the file takes longer than to answer a question. Not for long: whoever puts another
    # file in its place, as to restore a backup, must not be answered from the old one.
    database["CONN_MAX_AGE"] = min(keep, SQLITE_KEPT)
    options: dict[str, Any] = database.setdefault("OPTIONS", {})
    # The write lock is taken when a transaction begins: one that reads first and writes later could
    # not wait for another writer and would fail at once.
    options.setdefault("transaction_mode", "IMMEDIATE")
    options.setdefault("timeout", lock_wait)
    # Readers do not wait for the writer. Whoever has seen an entry of the ledger finds it again
    # after a power failure: with NORMAL, as is usual beside WAL, the last commits could be lost,
    # and others would take the numbers that witnesses know. Django itself switches foreign keys on.
    options.setdefault("init_command", "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;")
    return database


def _postgresql(database: dict[str, Any], keep: int, prepare: bool) -> dict[str, Any]:
    database["CONN_MAX_AGE"] = keep
    # Where the server has gone, the next request looks for another among those that the URL names.
    database["CONN_HEALTH_CHECKS"] = True
    options: dict[str, Any] = database.setdefault("OPTIONS", {})
    for name, value in NOTICES_SILENCE.items():
        options.setdefault(name, value)
    options.setdefault("server_side_binding", True)
    # psycopg prepares what it has seen this often. A PgBouncer before 1.21 that pools transactions
    # hands out a connection that does not know the prepared statement.
    options.setdefault("prepare_threshold", 5 if prepare else None)
    return database


def _replica(base: Path, default: dict[str, Any], keep: int) -> dict[str, Any]:
    """Any of the replicas, or else whatever server the URL names beside them."""
    database = env_database("REPLICA_URL", "", base)
    if database["ENGINE"] != default["ENGINE"]:
        raise SettingError("REPLICA_URL is not the URL of a PostgreSQL, as DATABASE_URL is.")
    database["PASSWORD"] = database.get("PASSWORD") or default["PASSWORD"]
    options: dict[str, Any] = database.setdefault("OPTIONS", {})
    options.setdefault("target_session_attrs", "prefer-standby")
    options.setdefault("load_balance_hosts", "random")
    # There is somebody else to ask.
    options.setdefault("connect_timeout", 2)
    options.setdefault("tcp_user_timeout", 5_000)
    # Tests and migrations take it for what it is: the same data at another address.
    database["TEST"] = {"MIRROR": "default"}
    return _postgresql(database, keep, prepare=True)
