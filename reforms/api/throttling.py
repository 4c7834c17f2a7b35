"""Limits: how much one key, one account or one address may ask for.

`settings.LIMITS` has, for each of these names, the most of each unit of time:

- `key-read` and `key-write`: requests with a key, or of somebody who is signed in.
- `key-rows`: rows in their batches.
- `address-read`: requests without a key, by address: a guard behind that of the proxy.
- `address-attempts`: attempts to write without a key, or to use a wrong one, by address.

A window is a minute, hour or day of the clock (UTC). Its count is one number in the cache that all
processes share, under a name that only this tracker's secret key leads to, and it expires with the
window: the cache knows no address, and nobody can tell from it who asked when. What is refused is
not counted. While the cache is out of order no limits are kept: the record stays readable.
"""

import hmac
import logging
import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from reforms.dates import now
from reforms.models import Key

logger = logging.getLogger(__name__)

# What the names stand for in a sentence.
_WHAT = {
    "key-read": "requests with one key or account",
    "key-write": "writes with one key or account",
    "key-rows": "rows in batches with one key or account",
    "address-read": "requests without a key from one address",
    "address-attempts": "attempts without a key, or with a wrong one, from one address",
}
_UNITS = {"sec": "a second", "min": "a minute", "hour": "an hour", "day": "a day"}
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


class TooMany(exceptions.Throttled):
    """More than a limit allows; the answer says which, and how long to wait."""

    def __init__(self, window: Window, amount: int) -> None:
        most = f"{window.quota:,} {_WHAT[window.limit]}"
        detail = f"The limit is {most} {_UNITS[window.unit]}"
        if amount > 1:
            detail += f"; {window.remaining:,} are left, and these are {amount:,}"
        if amount > window.quota:
            detail += ". Send fewer at once."
        else:
            detail += f". Try again in {window.reset:,} seconds."
        exceptions.APIException.__init__(self, detail)
        self.wait = window.reset


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


def take(request: Request, limit: str, who: str, amount: int = 1, tell: bool = True) -> None:
    """Count `amount` in all windows of a limit; raise TooMany, and count none, if one is full.

    With `tell`, the answer says what is left; that the limit is reached is always told.
    """
    taken: list[Window] = []
    for window in windows(limit, who):
        used = _ask_cache(_add, window, amount)
        if used is None:
            continue
        taken.append(replace(window, used=used))
        if used > window.quota:
            for one in taken:
                _ask_cache(_add, one, -amount)
            left = [replace(one, used=(one.used or 0) - amount) for one in taken]
            _tell(request, left)
            raise TooMany(left[-1], amount)
    if tell:
        _tell(request, taken)


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


def _tell(request: Request, windows: Sequence[Window]) -> None:
    """Have the answer say what is left of these; of what the cache did not say, nothing."""
    given: Any = request._request
    given.limits = [
        *getattr(given, "limits", ()),
        *(one for one in windows if one.used is not None),
    ]


# Who asks.


class Limits(BaseThrottle):
    """Counts every request to the API, by key, account or address."""

    def allow_request(self, request: Request, view: Any) -> bool:
        reads = request.method in SAFE_METHODS
        if request.user.is_authenticated:
            take(request, "key-read" if reads else "key-write", whose(request))
        elif reads:
            # The answer is for everybody, so that it says nothing of who asked.
            take(request, "address-read", address_of(request), tell=False)
        else:
            take(request, "address-attempts", address_of(request))
        return True


def refuse_guesses(request: Request) -> None:
    """Raise TooMany if the address has failed too often: before a key is even looked at."""
    told = look("address-attempts", address_of(request))
    for window in told:
        if window.remaining == 0:
            _tell(request, told)
            raise TooMany(window, 1)


def count_failure(request: Request) -> None:
    """Count that an address showed a key which lets nobody in; raise TooMany like `take`."""
    take(request, "address-attempts", address_of(request))


def take_rows(request: Request, rows: int) -> None:
    """Count the rows of a batch; raise TooMany, and count none, if there are not as many left."""
    if rows:
        take(request, "key-rows", whose(request), rows)


def whose(request: Request) -> str:
    """The key or the account that asks."""
    kind = "key" if isinstance(request.auth, Key) else "account"
    return f"{kind} {request.user.pk}"


def address_of(request: Request | HttpRequest) -> str:
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


# What answers say.


class TellLimits:
    """Middleware: say what is left, on whatever answer the request gets, errors of ours too.

    The headers are those of draft-ietf-httpapi-ratelimit-headers, in the form of RFC 9651.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        told: Iterable[Window] = getattr(request, "limits", ())
        if told:
            response["RateLimit-Policy"] = ", ".join(
                f'"{one.name}";q={one.quota};w={one.seconds}'
                + (';qu="rows"' if one.limit == "key-rows" else "")
                for one in told
            )
            response["RateLimit"] = ", ".join(
                f'"{one.name}";r={one.remaining};t={one.reset}' for one in told
            )
        return response
