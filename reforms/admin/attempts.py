"""Attempts to sign in: how many may fail, and what is said when there were too many.

Each attempt takes its place before anything is looked at and gives it back if it was right, so that
of many at once no more than the limit are looked at, and right ones cost nothing.
"""

import math
from collections.abc import Sequence
from typing import Any

from reforms import limits
from reforms.limits import Full, Window, address_of

Asked = Sequence[tuple[str, str]]


class TooManyAttempts(Exception):
    """No more are looked at for `wait` seconds. It says the same whoever is meant."""

    def __init__(self, wait: int) -> None:
        minutes = math.ceil(wait / 60)
        when = "in a minute" if minutes == 1 else f"in {minutes} minutes"
        super().__init__(f"There were too many attempts that failed. Try again {when}.")
        self.wait = wait


def with_a_password(request: Any, name: str) -> Asked:
    """What an attempt with that name counts for: name and address, the address, and the name."""
    address, name = address_of(request), name.casefold()
    return [
        ("sign-in", f"{address} {name}"),
        ("sign-in-address", address),
        ("sign-in-account", name),
    ]


def with_a_code(user: Any) -> Asked:
    """What an attempt counts for whose password was right."""
    return [("sign-in-code", f"account {user.pk}")]


def begin(asked: Asked) -> list[Window]:
    """Take a place in all of these, to be given back; raise TooManyAttempts where one is full."""
    open_now = [window for limit, who in asked for window in limits.windows(limit, who)]
    try:
        return limits.take(open_now)
    except Full as full:
        waits = [full.windows[-1].reset]
        for limit, who in asked:
            waits += [one.reset for one in limits.look(limit, who) if one.remaining == 0]
        raise TooManyAttempts(max(waits)) from None


def was_right(taken: list[Window]) -> None:
    """Give the places back."""
    limits.give_back(taken)
