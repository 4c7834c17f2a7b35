"""Signed heads: what is signed, and what is refused."""

import base64
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from reforms.ledger import chain
from reforms.ledger.checkpoints import (
    Checkpoint,
    is_signed,
    public_key,
    sign,
    signed_bytes,
)

KEY = base64.b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.b64encode(bytes(range(1, 33))).decode()
HASH = "ab" * 32
MOMENT = "2026-11-21T23:30:00.123456Z"


@pytest.fixture(autouse=True)
def instance(settings: Any) -> Any:
    settings.CHECKPOINT_KEY = KEY
    settings.INSTANCE_ID = "example"
    return settings


@pytest.fixture
def checkpoint() -> Checkpoint:
    return sign(7, HASH, MOMENT)


def test_a_checkpoint_names_the_head_the_instance_and_its_key(checkpoint: Checkpoint) -> None:
    assert {**checkpoint, "signature": ""} == {
        "instance": "example",
        "sequence": 7,
        "hash": HASH,
        "recorded_at": MOMENT,
        "key": public_key(),
        "signature": "",
    }
    assert len(base64.b64decode(checkpoint["signature"])) == 64


def test_what_is_signed_is_the_purpose_and_the_four_fields(checkpoint: Checkpoint) -> None:
    written = (
        "reform-tracker checkpoint 1\n"
        f'{{"hash":"{HASH}","instance":"example","recorded_at":"{MOMENT}","sequence":7}}'
    ).encode()
    assert signed_bytes(checkpoint) == written
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    assert base64.b64decode(checkpoint["signature"]) == private.sign(written)
    assert base64.b64decode(public_key()) == private.public_key().public_bytes_raw()


def test_the_same_head_is_signed_alike_each_time(checkpoint: Checkpoint) -> None:
    """So that a head can be cached, and compared between witnesses."""
    assert sign(7, HASH, MOMENT) == checkpoint


def test_its_own_key_has_signed_it(checkpoint: Checkpoint) -> None:
    assert is_signed(checkpoint, public_key())


def test_an_empty_ledger_has_a_head_too() -> None:
    checkpoint = sign(0, chain.BEGINNING, None)
    assert checkpoint["recorded_at"] is None
    assert is_signed(checkpoint, public_key())


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("instance", "another"),
        ("sequence", 8),
        ("sequence", "7"),
        ("hash", "ac" * 32),
        ("recorded_at", None),
        ("recorded_at", "2026-11-21T23:30:00.123457Z"),
        ("sequence", float("nan")),
        ("sequence", 2**60),
        ("instance", "\ud800"),
    ],
)
def test_a_changed_checkpoint_is_refused(checkpoint: Any, field: str, value: Any) -> None:
    assert not is_signed({**checkpoint, field: value}, public_key())


@pytest.mark.parametrize("field", ["instance", "sequence", "hash", "recorded_at", "signature"])
def test_a_checkpoint_that_lacks_something_is_refused(checkpoint: Any, field: str) -> None:
    del checkpoint[field]
    assert not is_signed(checkpoint, public_key())


@pytest.mark.parametrize("key", ["", "x", "AAAA", "ключ", OTHER_KEY, None])
def test_no_other_key_has_signed_it(checkpoint: Checkpoint, key: Any) -> None:
    assert not is_signed(checkpoint, key)


@pytest.mark.parametrize("signature", ["", "x", "AAAA", "ключ", None, "\n", 5])
def test_no_other_text_is_its_signature(checkpoint: Any, signature: Any) -> None:
    assert not is_signed({**checkpoint, "signature": signature}, public_key())


def test_a_signature_has_one_spelling(checkpoint: Any) -> None:
    """Otherwise one head could be kept in many spellings, which a plain comparison tells apart."""
    spelt = "\n".join(checkpoint["signature"])
    assert base64.b64decode(spelt) == base64.b64decode(checkpoint["signature"])
    assert not is_signed({**checkpoint, "signature": spelt}, public_key())


def test_a_signature_without_the_purpose_is_none(checkpoint: Any) -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    bare = signed_bytes(checkpoint).partition(b"\n")[2]
    signature = base64.b64encode(private.sign(bare)).decode()
    assert not is_signed({**checkpoint, "signature": signature}, public_key())


def test_another_key_signs_from_when_it_is_set(checkpoint: Checkpoint, instance: Any) -> None:
    instance.CHECKPOINT_KEY = OTHER_KEY
    later = sign(7, HASH, MOMENT)
    assert later["key"] == public_key() != checkpoint["key"]
    assert is_signed(later, public_key())
    assert not is_signed(later, checkpoint["key"])
    assert is_signed(checkpoint, checkpoint["key"])
