"""Signatures after the Standard Webhooks specification, and the secrets that make them.

A secret reads `whsec_` and 32 random bytes in base64. It has to be kept readable, because we sign
with it; so it lies encrypted in the database, under a key derived from SECRET_KEY: whoever has a
copy of the database alone can forge nothing. With another SECRET_KEY it cannot be read any more.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

PREFIX = "whsec_"
_BYTES = 32
_PURPOSE = b"secrets of webhooks"


class SecretLost(Exception):
    """A stored secret that this SECRET_KEY does not open."""


def new_secret() -> str:
    """A secret as its owner sees it, once."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_BYTES)).decode()


def sealed(secret: str) -> str:
    """The secret as it is stored."""
    return _box().encrypt(secret.encode()).decode()


def opened(stored: str) -> str:
    """The secret that was stored; raises SecretLost."""
    try:
        return _box().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise SecretLost from None


def headers(message: str, at: datetime, body: bytes, stored: Iterable[str]) -> dict[str, str]:
    """The headers that go with a message: one signature for each of the stored secrets.

    Raises SecretLost where one of them cannot be read.
    """
    moment = str(int(at.timestamp()))
    signatures = [_signature(opened(one), message, moment, body) for one in stored]
    return {
        "Content-Type": "application/json",
        "webhook-id": message,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, message: str, moment: str, body: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = hmac.new(key, f"{message}.{moment}.".encode() + body, hashlib.sha256)
    return f"v1,{base64.b64encode(signed.digest()).decode()}"


def _box() -> Fernet:
    key = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(settings.SECRET_KEY.encode())
    return Fernet(base64.urlsafe_b64encode(key))
