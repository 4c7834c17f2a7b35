"""A stand-in for a replica: what the tables held at a moment, on either engine."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, connections

from reforms import replicas

SCHEMA = "behind"


@contextmanager
def replica_that_stopped(folder: Path) -> Iterator[None]:
    """A replica that has heard of all that is committed by now, and hears of nothing more."""
    copied: dict[str, Any] = {**connection.settings_dict, "CONN_MAX_AGE": 0}
    if connection.vendor == "sqlite":
        copied["NAME"] = str(folder / "behind.sqlite3")
        _execute(f"VACUUM INTO '{copied['NAME']}'")
    else:
        _execute(f"CREATE SCHEMA {SCHEMA}")
        for table in connection.introspection.table_names():
            there = f"{SCHEMA}.{table}"
            _execute(f"CREATE TABLE {there} (LIKE public.{table} INCLUDING INDEXES)")
            _execute(f"INSERT INTO {there} SELECT * FROM public.{table}")  # noqa: S608
        copied["OPTIONS"] = {**copied["OPTIONS"], "options": f"-c search_path={SCHEMA}"}
    try:
        with replica(copied):
            yield
    finally:
        if connection.vendor != "sqlite":
            _execute(f"DROP SCHEMA {SCHEMA} CASCADE")


@contextmanager
def replica_that_is_down(folder: Path) -> Iterator[None]:
    """A replica that nobody can connect to."""
    gone: dict[str, Any] = {**connection.settings_dict}
    if connection.vendor == "sqlite":
        gone["NAME"] = str(folder / "nowhere" / "gone.sqlite3")
    else:
        gone |= {"HOST": str(folder / "nowhere")}
    with replica(gone):
        yield


@contextmanager
def replica(settings: dict[str, Any]) -> Iterator[None]:
    """A replica with these settings, for as long as it is asked."""
    connections.databases[replicas.REPLICA] = settings
    database: Any = connections[replicas.REPLICA]

    def connect() -> None:
        """What Django's test cases refuse for any database but those that a test names."""
        if database.connection is None:
            with database.wrap_database_errors:
                database.connect()

    database.ensure_connection = connect
    replicas._paused_until = 0.0
    try:
        yield
    finally:
        connections[replicas.REPLICA].close()
        del connections[replicas.REPLICA], connections.databases[replicas.REPLICA]
        replicas._paused_until = 0.0


def _execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
