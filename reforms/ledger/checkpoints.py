"""Signed heads of the ledger (Ed25519, RFC 8032): whoever keeps one can prove a later rewriting."""

import base64
from functools import cache
from typing import Any, TypedDict

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

from reforms.ledger.chain import canonical

# A signature over a checkpoint can be taken for nothing else that the key might ever sign.
PURPOSE = "reform-tracker checkpoint 1\n"
SIGNED = ("instance", "sequence", "hash", "recorded_at")


class Checkpoint(TypedDict):
    """A head of the ledger: `hash` of its entry number `sequence`, and the instance's signature.

    `recorded_at` is null and `hash` all zeros while the ledger is empty. `key` and `signature` are
    base64.
    """

    instance: str
    sequence: int
    hash: str
    recorded_at: str | None
    key: str
    signature: str


def signed_bytes(checkpoint: Any) -> bytes:
    """What is signed: the purpose, then the canonical JSON of the four fields `SIGNED`."""
    return (PURPOSE + canonical({name: checkpoint[name] for name in SIGNED})).encode()


def sign(sequence: int, hash_: str, recorded_at: str | None) -> Checkpoint:
    """Sign a head with the instance's key."""
    key = _private_key(settings.CHECKPOINT_KEY)
    checkpoint: Checkpoint = {
        "instance": settings.INSTANCE_ID,
        "sequence": sequence,
        "hash": hash_,
        "recorded_at": recorded_at,
        "key": _base64(key.public_key().public_bytes_raw()),
        "signature": "",
    }
    checkpoint["signature"] = _base64(key.sign(signed_bytes(checkpoint)))
    return checkpoint


def is_signed(checkpoint: Checkpoint, key: str) -> bool:
    """Whether the holder of the public `key` (base64) signed it."""
    try:
        public = Ed25519PublicKey.from_public_bytes(base64.b64decode(key, validate=True))
        signature = base64.b64decode(checkpoint["signature"], validate=True)
        public.verify(signature, signed_bytes(checkpoint))
    except (InvalidSignature, ValueError, KeyError, TypeError):
        return False
    return True


def public_key() -> str:
    """The instance's public key, base64."""
    return _base64(_private_key(settings.CHECKPOINT_KEY).public_key().public_bytes_raw())


@cache
def _private_key(seed: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(base64.b64decode(seed))


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
