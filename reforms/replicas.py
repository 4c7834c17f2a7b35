"""Which database is read: the primary, or where nobody would notice the difference a replica of it.

Which of several replicas, and what instead when none answers, is settled by libpq when it connects.
Here is only what a connection cannot know: whether this request may be answered from a replica, and
how far behind that replica is.
"""

import logging
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.backends.base.base import BaseDatabaseWrapper

logger = logging.getLogger(__name__)

PRIMARY = DEFAULT_DB_ALIAS
REPLICA = "replica"
# How often each connection is looked at, and asks how far behind it is, and for how long nobody
# asks for a replica after one has failed; seconds.
LOOK_EVERY = 1.0
PAUSE = 2.0
# Seconds that a replica is behind the primary: none once all that it received is applied and more
# may come, or if it is no replica (any more). The moment of its last transaction alone would say
# that it falls behind while nobody writes.
BEHIND = """
SELECT CASE WHEN NOT pg_is_in_recovery() THEN 0
            WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
                 AND EXISTS (SELECT FROM pg_stat_wal_receiver) THEN 0
            ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) END
"""

_read: ContextVar[str] = ContextVar("read", default=PRIMARY)
_paused_until = 0.0


class Router:
    """Django's database router: everything is written to the primary, and read from `source`."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return _read.get()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        return PRIMARY

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        return db == PRIMARY


def look_now_and_then(**_signal: Any) -> None:
    """Have a kept connection looked at once in `LOOK_EVERY`, and not before each request, as Django
    would: that look took a third of the time of an answer that is kept. To be called when a request
    begins. Whoever reads from a replica that ends meanwhile is answered by the primary.
    """
    moment = time.monotonic()
    for one in connections.all(initialized_only=True):
        if moment - getattr(one, "looked_at", 0.0) < LOOK_EVERY:
            one.health_check_done = True  # type: ignore[attr-defined]
        else:
            one.looked_at = moment  # type: ignore[attr-defined]


def source() -> str:
    """The alias of the database that is read here."""
    return _read.get()


def connection() -> BaseDatabaseWrapper:
    """The connection to it, for queries past the ORM."""
    return connections[_read.get()]


@contextmanager
def reading(alias: str) -> Iterator[None]:
    """Read that database inside."""
    token = _read.set(alias)
    try:
        yield
    finally:
        _read.reset(token)


def read_primary() -> None:
    """Read the primary from here on: what is asked for, a replica may not know yet."""
    _read.set(PRIMARY)


def streamed(alias: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The chunks of an answer that is made while it is sent, each read from that database."""
    following = iter(chunks)
    while True:
        with reading(alias):
            chunk = next(following, None)
        if chunk is None:
            return
        yield chunk


def are_there() -> bool:
    """Whether there are replicas at all."""
    return REPLICA in connections.databases


def is_near() -> bool:
    """Whether a replica answers, and is at most `settings.REPLICA_LAG_SECONDS` behind."""
    moment = time.monotonic()
    if not are_there() or moment < _paused_until:
        return False
    database: Any = connections[REPLICA]
    looked, near = getattr(database, "looked", (-LOOK_EVERY, False))
    if moment - looked < LOOK_EVERY:
        return bool(near)
    try:
        near = _behind(database) <= settings.REPLICA_LAG_SECONDS
    except Error as error:
        give_up(error)
        return False
    database.looked = (moment, near)
    if not near:
        # The next look may be at another one.
        database.close()
    return near


def give_up(error: Exception) -> None:
    """Leave the replicas alone for a while: one has failed.

    Not if it only broke a question off because what it was told by the primary stood against it.
    """
    global _paused_until
    if str(getattr(error.__cause__, "sqlstate", "")).startswith("40"):
        return
    _paused_until = time.monotonic() + PAUSE
    logger.warning("A replica failed; the primary is read for %d seconds: %s", PAUSE, error)
    connections[REPLICA].close()


def _behind(database: BaseDatabaseWrapper) -> float:
    if database.vendor != "postgresql":
        return 0.0
    with database.cursor() as cursor:
        cursor.execute(BEHIND)
        [seconds] = cursor.fetchone()
    return float("inf") if seconds is None else float(seconds)
