"""Counts of what one key, one account or one address asks for, in windows of the clock (UTC).

`settings.LIMITS` has, for each name, the most of each unit of time. A window is a minute, hour or
day. Its count is one number in the cache that all processes share, under a name that only this
tracker's secret key leads to, and it expires with the window: the cache knows no address and no
account, and nobody can tell from it who asked when. What is refused is not counted. While the cache
is out of order no limits are kept: the record stays readable.
"""

import hmac
import logging
import math
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.core.cache import cache

from reforms.dates import now

logger = logging.getLogger(__name__)

# Seconds for which a count outlives its window, for machines whose clocks differ.
_GRACE = 60
# Seconds for which a cache that fails is left alone.
_REST = 10
_rests_until = 0.0


@dataclass(frozen=True, slots=True)
class Window:
    """A limit in the window that is open now; `used` is None where the cache did not say."""

    limit: str
    unit: str
    quota: int
    seconds: int
    reset: int  # seconds until the next window
    place: str
    used: int | None = None

    @property
    def name(self) -> str:
        return f"{self.limit}-{self.unit}"

    @property
    def remaining(self) -> int | None:
        return None if self.used is None else max(0, self.quota - self.used)


class Full(Exception):
    """No room is left; `windows` are those that were asked, the last of which is full."""

    def __init__(self, windows: list[Window]) -> None:
        super().__init__(windows[-1].name)
        self.windows = windows


def windows(limit: str, who: str) -> list[Window]:
    """The windows of a limit that are open for `who` at this moment, the shortest first."""
    moment = now().timestamp()
    return [
        Window(
            limit,
            unit,
            quota,
            seconds,
            reset=math.ceil(seconds - moment % seconds),
            place=_place(f"{limit}-{unit} {moment // seconds:.0f} {who}"),
        )
        for quota, unit, seconds in settings.LIMITS[limit]
    ]


def _place(text: str) -> str:
    """Under which name the cache counts: it says nothing to whoever reads the cache."""
    return "limit:" + hmac.new(settings.SECRET_KEY.encode(), text.encode(), sha256).hexdigest()


def take(asked: Iterable[Window], amount: int = 1) -> list[Window]:
    """Count `amount` in all of these windows; raise Full, and count none, if one has no room."""
    taken: list[Window] = []
    for window in asked:
        used = _ask_cache(_add, window, amount)
        if used is None:
            continue
        taken.append(replace(window, used=used))
        if used > window.quota:
            give_back(taken, amount)
            raise Full([replace(one, used=(one.used or 0) - amount) for one in taken])
    return taken


def give_back(taken: Iterable[Window], amount: int = 1) -> None:
    """Undo what `take` counted in these windows."""
    for one in taken:
        _ask_cache(_add, one, -amount)


def _add(window: Window, amount: int) -> int:
    try:
        return cache.incr(window.place, amount)
    except ValueError:  # nobody has counted in this window yet
        cache.add(window.place, 0, window.reset + _GRACE)
        return cache.incr(window.place, amount)


def look(limit: str, who: str) -> list[Window]:
    """The windows of a limit with what was used of each, without counting."""
    return [replace(one, used=_ask_cache(_used, one)) for one in windows(limit, who)]


def _used(window: Window) -> int:
    return int(cache.get(window.place, 0))


def _ask_cache(ask: Callable[..., int], *arguments: Any) -> int | None:
    """What the cache says; None where it fails, and for a while after it did."""
    global _rests_until
    if time.monotonic() < _rests_until:
        return None
    try:
        return ask(*arguments)
    except Exception as error:  # whatever it is, no request ends here
        _rests_until = time.monotonic() + _REST
        logger.error(
            "The cache cannot be used: no limits are kept for %s seconds. %s: %s",
            _REST,
            type(error).__name__,
            error,
        )
        return None


def address_of(request: Any) -> str:
    """The client's address, the first 64 bits of it for IPv6: a household has as many addresses.

    Each of our proxies appends to X-Forwarded-For whom it heard from; what stands before
    these entries was written by whoever asked. Where they are no addresses, it is the peer.
    """
    peer = request.META.get("REMOTE_ADDR", "")
    heard = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")[-settings.PROXIES :]
    if settings.PROXIES and (client := _network(heard[0])):
        return client
    return _network(peer) or "nowhere"


def _network(text: str) -> str:
    """The network of an address, with or without a port; empty where it is none."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return f"{IPv6Address(int(address) >> 64 << 64)}/64"
