"""The chain of the ledger: what is hashed, in which form. Pure functions; docs/ledger.md specifies
them for whoever verifies the chain without this code.

JSON is hashed in its canonical form (RFC 8785), hashes are SHA-256 in lower-case hexadecimal.
"""

import hashlib
import secrets
from collections.abc import Mapping
from functools import lru_cache
from json.encoder import encode_basestring
from typing import Any

import rfc8785

from reforms.dates import timestamp

__all__ = ["BEGINNING", "HASHED", "canonical", "commitment", "entry_hash", "new_salt", "timestamp"]

# What stands where the hash of an entry before the first would stand.
BEGINNING = "0" * 64
SALT_BYTES = 32
# Beyond it a double, and so JSON, holds not every integer.
_LARGEST = 2**53 - 1

# The fields of an entry that its hash covers.
HASHED = (
    "sequence",
    "recorded_at",
    "action",
    "object_type",
    "object_id",
    "actor",
    "commitment",
    "previous",
)


def canonical(value: Any) -> str:
    """JSON in the one form that RFC 8785 gives it; raises ValueError for what JSON cannot hold."""
    text = _written(value)
    text.encode()  # which lone surrogates cannot be
    return text


def _written(value: Any) -> str:
    """The plain cases, in a fifth of the time; the library decides on all others."""
    kind = type(value)
    if kind is dict:
        return _written_object(value)
    if kind is list:
        return "[" + ",".join([_written(one) for one in value]) + "]"
    if kind is str:
        return encode_basestring(value)
    if kind is int and -_LARGEST <= value <= _LARGEST:
        return str(value)
    if value is None:
        return "null"
    return rfc8785.dumps(value).decode()


def _written_object(value: dict[str, Any]) -> str:
    parts = []
    try:
        for name in sorted(value):
            one = value[name]
            parts.append(
                _key(name) + (encode_basestring(one) if type(one) is str else _written(one))
            )
    except TypeError:
        return rfc8785.dumps(value).decode()
    return "{" + ",".join(parts) + "}"


@lru_cache(maxsize=1000)
def _key(name: str) -> str:
    """A key of an object. Those in ASCII sort by their UTF-16 code units as they are."""
    if type(name) is not str or not name.isascii():
        raise TypeError
    return f"{encode_basestring(name)}:"


def new_salt() -> str:
    """A random salt, in hexadecimal. Without it nobody can guess a payload from its commitment."""
    return secrets.token_hex(SALT_BYTES)


def commitment(salt: str, payload: str) -> str:
    """The hash that an entry commits to: of the salt's bytes, then of the canonical payload."""
    return hashlib.sha256(bytes.fromhex(salt) + payload.encode()).hexdigest()


def text_hash(payload: str) -> str:
    """The hash of a canonical payload that has no salt any more: a `redact` entry names it."""
    return hashlib.sha256(payload.encode()).hexdigest()


def entry_hash(fields: Mapping[str, Any]) -> str:
    """The hash of an entry over its fields `HASHED`; `recorded_at` is written by `timestamp`."""
    written = canonical({name: fields[name] for name in HASHED})
    return hashlib.sha256(written.encode()).hexdigest()
