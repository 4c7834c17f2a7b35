"""Which version of the record an answer is of: two answers of one version are the same."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from django.conf import settings

from reforms import replicas
from reforms.dates import day_in
from reforms.models import Programme

_HERE = Path(__file__).resolve().parent.parent
# One query, past the ORM: it stands before every answer. Either part reads one row by its key.
NEWEST = (
    "SELECT (SELECT max(sequence) FROM reforms_ledgerentry),"
    " (SELECT hash FROM reforms_ledgerentry ORDER BY sequence DESC LIMIT 1),"
    " (SELECT id FROM reforms_paragraph ORDER BY id DESC LIMIT 1)"
)


@dataclass(frozen=True, slots=True)
class Version:
    """The record as it stands: the hash of the ledger's head, and the last paragraph loaded.

    `sequence` is the head's number, 0 while there is none; `zones` are those in which somebody's
    today is.
    """

    head: str
    texts: int
    sequence: int = 0
    zones: tuple[str, ...] = ()

    def tag(self, moment: datetime, *parts: str) -> str:
        """The weak ETag of an answer at a moment; `parts` say what was asked, and how.

        Of the moment only the days count that are today somewhere, which timeliness depends on.
        What depends on anything else must not carry it.
        """
        days = [day_in(zone, moment).isoformat() for zone in self.zones]
        said = "\n".join([_code(), self.head, str(self.texts), *days, *parts])
        return f'W/"{sha256(said.encode()).hexdigest()[:32]}"'


def newest(*, at_once: bool = False) -> Version:
    """The version that stands now, or stood at most `settings.HEAD_SECONDS` ago.

    With `at_once` it is looked for in the very database that is read here. What is made must be
    named by that: of two replicas one is behind, and the process may have seen the other.
    """
    global _seen
    moment = time.monotonic()
    fresh = _seen is not None and moment - _seen[0] < settings.HEAD_SECONDS
    if _seen is not None and fresh and not at_once:
        return _seen[1]
    _seen = (moment, seen())
    return _seen[1]


def seen() -> Version:
    """The version that this transaction sees."""
    with replicas.connection().cursor() as cursor:
        cursor.execute(NEWEST)
        sequence, head, texts = cursor.fetchone()
    return Version(head or "", texts or 0, sequence or 0, _zones(head or ""))


_seen: tuple[float, Version] | None = None


@lru_cache(maxsize=4)
def _zones(head: str) -> tuple[str, ...]:
    """The time zones in which somebody's today is; they change with the ledger alone."""
    zones = Programme.objects.order_by("time_zone").values_list("time_zone", flat=True)
    return tuple(zones.distinct())


@cache
def _code() -> str:
    """What answers: a new release may say the same record in other words."""
    digest = sha256()
    for path in sorted(_HERE.rglob("*")):
        if path.suffix in (".py", ".html", ".css"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
