"""What is hashed, in which form: against the standards, and against docs/ledger.md."""

import hashlib
import json
import math
import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from reforms.ledger import chain, checkpoints
from reforms.records import TYPES
from reforms.vocabulary import EntryAction, Role

SALT = bytes(range(32)).hex()
ENTRY = {
    "sequence": 7,
    "recorded_at": "2026-11-21T23:30:00.123456Z",
    "action": "correct",
    "object_type": "promise",
    "object_id": "kz2022-2-1",
    "actor": "role:curator",
    "commitment": "c" * 64,
    "previous": "f" * 64,
}


# The canonical form -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, "null"),
        (True, "true"),
        (1, "1"),
        (1.0, "1"),
        (-0.0, "0"),
        (4.50, "4.5"),
        (2e-3, "0.002"),
        (0.000001, "0.000001"),
        (0.0000001, "1e-7"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (333333333.33333329, "333333333.3333333"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (2**53 - 1, "9007199254740991"),
        ([], "[]"),
        ({}, "{}"),
        ([1, [2, {"a": None}]], '[1,[2,{"a":null}]]'),
        ('€$\x0f\nA\'B"\\\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'),
        ("Қазақша <b>&\x7f\u2028", '"Қазақша <b>&\x7f\u2028"'),
    ],
)
def test_a_value_has_one_form(value: Any, written: str) -> None:
    assert chain.canonical(value) == written


def test_keys_are_sorted_by_their_utf_16_code_units() -> None:
    """The example of RFC 8785, section 3.2.3: the emoji stands before the Hebrew letter."""
    keys = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\x80", "\u00f6"]
    written = json.loads(chain.canonical(dict.fromkeys(keys, 0)))
    assert list(written) == ["\r", "1", "\x80", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


@pytest.mark.parametrize(
    "value", [math.nan, math.inf, -math.inf, 2**53, -(2**53), "\ud800", {1: 2}, {"a": {1}}]
)
def test_what_json_cannot_hold_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        chain.canonical({"value": value})


# Moments, commitments, hashes ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2026, 11, 21, 23, 30, 0, 123456, tzinfo=UTC), "2026-11-21T23:30:00.123456Z"),
        (datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), "2026-01-02T03:04:05.000000Z"),
        (
            datetime(2026, 1, 1, 2, tzinfo=timezone(timedelta(hours=5))),
            "2025-12-31T21:00:00.000000Z",
        ),
    ],
)
def test_a_moment_is_written_in_utc_with_all_its_digits(moment: datetime, written: str) -> None:
    assert chain.timestamp(moment) == written


def test_a_salt_is_new_each_time_and_32_bytes_long() -> None:
    salts = {chain.new_salt() for _ in range(100)}
    assert len(salts) == 100
    assert all(re.fullmatch("[0-9a-f]{64}", salt) for salt in salts)


def test_a_commitment_is_the_hash_of_the_salts_bytes_and_the_payload() -> None:
    payload = '{"reason":"әділ"}'
    expected = hashlib.sha256(bytes(range(32)) + payload.encode("utf-8")).hexdigest()
    assert chain.commitment(SALT, payload) == expected
    assert chain.commitment(SALT[:-1] + "0", payload) != expected
    assert chain.commitment(SALT, payload + " ") != expected


def test_an_entrys_hash_is_that_of_its_eight_fields_written_out() -> None:
    written = (
        '{"action":"correct","actor":"role:curator","commitment":"' + "c" * 64 + '",'
        '"object_id":"kz2022-2-1","object_type":"promise","previous":"' + "f" * 64 + '",'
        '"recorded_at":"2026-11-21T23:30:00.123456Z","sequence":7}'
    )
    assert chain.entry_hash(ENTRY) == hashlib.sha256(written.encode()).hexdigest()


def test_every_field_counts_and_no_other_does() -> None:
    assert set(ENTRY) == set(chain.HASHED)
    hashes = {chain.entry_hash({**ENTRY, name: "another"}) for name in chain.HASHED}
    assert len(hashes | {chain.entry_hash(ENTRY)}) == 1 + len(chain.HASHED)
    more = {"hash": "0", "salt": SALT, "payload": {}, "redacted": True}
    assert chain.entry_hash({**ENTRY, **more}) == chain.entry_hash(ENTRY)


def test_an_entry_that_lacks_a_field_has_no_hash() -> None:
    with pytest.raises(KeyError):
        chain.entry_hash({name: value for name, value in ENTRY.items() if name != "previous"})


# What the specification shows ---------------------------------------------------------------------

TEXT = (Path(__file__).resolve().parents[2] / "docs/ledger.md").read_text(encoding="utf-8")
EXAMPLE = TEXT.partition("## A worked example")[2]


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)\n```$", EXAMPLE, re.MULTILINE | re.DOTALL)


def test_the_worked_entries_are_right() -> None:
    first, redact, redacted, _ = map(json.loads, blocks("json"))
    payload, fields, _ = blocks("text")
    assert chain.canonical(first["payload"]) == payload
    assert chain.canonical({name: first[name] for name in chain.HASHED}) == fields
    for entry, previous in ((first, chain.BEGINNING), (redact, first["hash"])):
        canonical = chain.canonical(entry["payload"])
        assert entry["commitment"] == chain.commitment(entry["salt"], canonical)
        assert entry["hash"] == chain.entry_hash(entry)
        assert entry["previous"] == previous
        assert entry["redacted"] is False
    assert redact["payload"]["redacted"]["entries"] == [first["sequence"]]
    shown = chain.text_hash(chain.canonical(redacted["payload"]))
    assert redact["payload"]["redacted"]["payloads"] == {str(first["sequence"]): shown}
    changed = {name for name in first if first[name] != redacted[name]}
    assert changed == {"salt", "payload", "redacted"}
    assert (redacted["salt"], redacted["redacted"]) == (None, True)


def test_the_worked_checkpoint_is_right(settings: Any) -> None:
    redact, checkpoint = (json.loads(blocks("json")[place]) for place in (1, 3))
    secret = re.search(r"secret key `([^`]+)`", EXAMPLE)
    assert secret is not None
    settings.CHECKPOINT_KEY = secret.group(1)
    settings.INSTANCE_ID = checkpoint["instance"]
    made = checkpoints.sign(redact["sequence"], redact["hash"], redact["recorded_at"])
    assert made == checkpoint
    assert checkpoints.signed_bytes(checkpoint).decode() == blocks("text")[2]


def test_the_commands_of_the_example_hold_its_values() -> None:
    first, _, _, checkpoint = map(json.loads, blocks("json"))
    commands = "\n".join(blocks("sh"))
    for value in (first["salt"], checkpoint["key"], checkpoint["signature"]):
        assert value in commands


def test_the_specification_names_the_fields_and_the_actions_of_the_code() -> None:
    section = TEXT.partition("## An entry")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert tuple(rows[: len(chain.HASHED)]) == chain.HASHED
    assert all(f"`{name}`" in section for name in TYPES)
    section = TEXT.partition("## Actions")[2].partition("\n## ")[0]
    table = dict(re.findall(r"^\| `(\w+)` \| (.+) \|$", section, re.MULTILINE))
    assert table == {action.value: str(action.meaning) for action in EntryAction}
    section = TEXT.partition("## Actors")[2].partition("\n## ")[0]
    assert all(f"`{role.value}`" in section for role in Role)
