"""Ids of what others than curators name: drawn at random, so that they tell nothing."""

import os
import secrets
import string
from collections.abc import Iterator
from uuid import UUID

_DRAWN = 500  # at a time
_LENGTH = 10
_LETTERS = string.ascii_lowercase + string.digits


def random_id(prefix: str) -> str:
    """An id such as `s-4k0w9d2m7x`; `prefix` is `s` for a source, `p` for a publisher and
    for a reply the id of its promise.
    """
    return f"{prefix}-{''.join(secrets.choice(_LETTERS) for _ in range(_LENGTH))}"


def random_uuids() -> Iterator[UUID]:
    """Ids as `uuid4` makes them, without end."""
    while True:
        drawn = os.urandom(16 * _DRAWN)
        for at in range(0, len(drawn), 16):
            yield UUID(bytes=drawn[at : at + 16], version=4)
