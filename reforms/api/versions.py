"""Which version of the record an answer is of: two answers of one version are the same."""

from datetime import datetime
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path

from django.db.models import Max

from reforms import ledger
from reforms.dates import day_in
from reforms.models import Paragraph, Programme

HERE = Path(__file__).resolve().parent.parent


def version(head: ledger.Head, now: datetime, *parts: str) -> str:
    """A weak ETag of the record at its head, on this day, with the texts that are loaded.

    `parts` say what was asked, and how. What depends on anything else must not carry it.
    """
    days = [day_in(zone, now).isoformat() for zone in _zones(head.hash)]
    texts = Paragraph.objects.aggregate(last=Max("pk"))["last"]
    said = "\n".join([_code(), head.hash, *days, str(texts), *parts])
    return f'W/"{sha256(said.encode()).hexdigest()[:32]}"'


@lru_cache(maxsize=4)
def _zones(head: str) -> list[str]:
    """The time zones in which somebody's today is; they change with the ledger alone."""
    zones = Programme.objects.order_by("time_zone").values_list("time_zone", flat=True)
    return list(zones.distinct())


@cache
def _code() -> str:
    """What answers: a new release may say the same record in other words."""
    digest = sha256()
    for path in sorted(HERE.rglob("*")):
        if path.suffix in (".py", ".html", ".css", ".svg"):
            digest.update(path.read_bytes())
    return digest.hexdigest()
