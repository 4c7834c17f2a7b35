"""Limits of the API: how much one key, one account or one address may ask for.

`settings.LIMITS` has, for each of these names, the most of each unit of time (`reforms.limits`
counts):

- `key-read` and `key-write`: requests with a key, or of somebody who is signed in.
- `key-rows`: rows in their batches.
- `address-read`: requests without a key, by address: a guard behind that of the proxy.
- `address-attempts`: attempts to write without a key, or to use a wrong one, by address.
- `exports`: exports that were written, by key or account, without one by address.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from rest_framework import exceptions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from reforms import limits
from reforms.limits import Full, Window, address_of, look, windows
from reforms.models import Key

__all__ = ["Window", "address_of", "look", "windows"]

# What the names stand for in a sentence.
_WHAT = {
    "key-read": "requests with one key or account",
    "key-write": "writes with one key or account",
    "key-rows": "rows in batches with one key or account",
    "address-read": "requests without a key from one address",
    "address-attempts": "attempts without a key, or with a wrong one, from one address",
    "exports": "exports of one key, account or address",
}
_UNITS = {"sec": "a second", "min": "a minute", "hour": "an hour", "day": "a day"}


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


def take(request: Request, limit: str, who: str, amount: int = 1, tell: bool = True) -> None:
    """Count `amount` in all windows of a limit; raise TooMany, and count none, if one is full.

    With `tell`, the answer says what is left; that the limit is reached is always told.
    """
    try:
        taken = limits.take(windows(limit, who), amount)
    except Full as full:
        _tell(request, full.windows)
        raise TooMany(full.windows[-1], amount) from None
    if tell:
        _tell(request, taken)


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


def take_export(request: Request) -> None:
    """Count an export that is going to be written; raise TooMany if there are none left."""
    known = request.user.is_authenticated
    take(request, "exports", whose(request) if known else address_of(request), tell=known)


def whose(request: Request) -> str:
    """The key or the account that asks."""
    kind = "key" if isinstance(request.auth, Key) else "account"
    return f"{kind} {request.user.pk}"


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
