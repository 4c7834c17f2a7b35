"""Ids of what others than curators name: drawn at random, so that they tell nothing."""

import secrets
import string

_LENGTH = 10
_LETTERS = string.ascii_lowercase + string.digits


def random_id(prefix: str) -> str:
    """An id such as `s-4k0w9d2m7x`; `prefix` is `s` for a source, `p` for a publisher and
    for a reply the id of its promise.
    """
    return f"{prefix}-{''.join(secrets.choice(_LETTERS) for _ in range(_LENGTH))}"
