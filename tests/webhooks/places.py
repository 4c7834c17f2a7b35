"""Where the tests' webhooks lead: nothing is looked up, and this machine stands for the internet."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from unittest import mock

from reforms.webhooks import addresses
from tests.links.site import resolve


@contextmanager
def reachable(**more: Any) -> Iterator[None]:
    """Names that end in .test are known, and mean this machine, which may be asked; see `Manners`.

    Numbers mean themselves, and every port may be asked.
    """
    given: dict[str, Any] = {
        "resolve": resolve,
        "may_reach": lambda address: address == "127.0.0.1",
        "ports": None,
    }
    manners = replace(addresses.manners(), **given | more)
    with mock.patch.object(addresses, "manners", return_value=manners):
        yield
