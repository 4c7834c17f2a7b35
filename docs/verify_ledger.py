#!/usr/bin/env python3
"""Check that the ledger of a reform tracker is whole, and still the one that you saw last time.

Keep its signed head today:

    python3 verify_ledger.py https://tracker.example.org --save kept.json

Come back in a month, or when somebody claims that the record was never rewritten:

    python3 verify_ledger.py https://tracker.example.org --checkpoint kept.json --save kept.json

The first run shows that no single entry was tampered with. Only a kept head shows that nobody has
written the whole ledger anew: keep it where the tracker's operator cannot reach it, publish it,
swap it with others. `--save` adds a line to the file and takes none away.

Ends with 0 if all is well, 1 if the ledger is not what it should be, 2 if it cannot be checked.
Needs Python 3.11 and nothing else. docs/ledger.md of the tracker specifies what is checked here.
"""
# ruff: noqa: T201, SIM905

import argparse
import base64
import hashlib
import http.client
import json
import math
import re
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

HASHED = "sequence recorded_at action object_type object_id actor commitment previous".split()
SIGNED = "instance sequence hash recorded_at".split()
PURPOSE = "reform-tracker checkpoint 1\n"
MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
SALT = re.compile(r"[0-9a-f]{64}")
MOST_BYTES = 200_000_000  # of one answer
PATIENCE = 120  # seconds, where the server says that it is asked too often
MOST_COMPLAINTS = 20


class Unreadable(Exception):
    """The server or a file does not give what is needed to check anything."""


# JSON, and its canonical form (RFC 8785) ----------------------------------------------------------


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("an object names a key twice")
    return dict(pairs)


JSON = json.JSONDecoder(object_pairs_hook=_once)
PLAIN = json.JSONEncoder(ensure_ascii=False)


def canonical(value: Any) -> str:
    """JSON in the form that is hashed. Every number is a double, as in JavaScript."""
    match value:
        case None | bool() | str():
            return PLAIN.encode(value)
        case int() | float() if math.isfinite(value):
            # The fewest digits that tell it from other doubles; minus zero is zero.
            number = Decimal(repr(float(value) + 0.0)).normalize()
            return f"{number:f}" if -7 < number.adjusted() < 21 else f"{number:e}"
        case list():
            return "[" + ",".join(map(canonical, value)) + "]"
        case dict():
            keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
            return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    raise ValueError(f"{value!r} is not JSON")


def sha256(text: str, salt: str = "") -> str:
    """SHA-256 of the salt's bytes and the text, in hexadecimal."""
    return hashlib.sha256(bytes.fromhex(salt) + text.encode()).hexdigest()


# Ed25519 (RFC 8032, section 5.1) ------------------------------------------------------------------

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
Point = tuple[int, int, int, int]  # X, Y, Z, T of section 5.1.4: x = X/Z, y = Y/Z, xy = T/Z


def _add(one: Point, other: Point) -> Point:
    a = (one[1] - one[0]) * (other[1] - other[0])
    b = (one[1] + one[0]) * (other[1] + other[0])
    c, d = 2 * D * one[3] * other[3], 2 * one[2] * other[2]
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def _times(factor: int, point: Point) -> Point:
    product = (0, 1, 1, 0)
    while factor:
        product = _add(product, point) if factor & 1 else product
        point, factor = _add(point, point), factor >> 1
    return product


def _decode(data: bytes) -> Point:
    """The point that 32 bytes stand for (section 5.1.3)."""
    y, odd = int.from_bytes(data, "little") % 2**255, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and odd):
        raise ValueError("no point of the curve")
    x = x if x % 2 == odd else P - x
    return x, y, 1, x * y % P


def _encode(point: Point) -> bytes:
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | x % 2 << 255).to_bytes(32, "little")


BASE = _decode((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def is_signature(signature: bytes, message: bytes, key: bytes) -> bool:
    """Section 5.1.7, in its stricter form without the cofactor: S·B = R + k·A."""
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or len(key) != 32 or s >= ORDER:
        return False
    try:
        x, y, z, t = _decode(key)
    except ValueError:
        return False
    k = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
    return _encode(_add(_times(s, BASE), _times(k, (P - x, y, z, P - t)))) == signature[:32]


# The ledger ---------------------------------------------------------------------------------------


@dataclass
class Chain:
    """What to remember of the entries read so far: the last one, and redactions to be explained."""

    sequence: int = 0
    hash: str = "0" * 64
    recorded_at: str | None = None
    # Of redacted entries: the type and id of their object, and the hash of what they show. Of those
    # that a later entry names: the hash that it gives, None where it is older than such hashes.
    redacted: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    explained: dict[int, str | None] = field(default_factory=dict)

    def append(self, entry: dict[str, Any]) -> Iterator[str]:
        """Go on to the next entry; yield what is wrong with it."""
        number, moment, salt = entry["sequence"], entry["recorded_at"], entry["salt"]
        if number != self.sequence + 1:
            yield f"entry {number} stands where entry {self.sequence + 1} belongs"
        elif entry["previous"] != self.hash:
            yield f"entry {number} does not continue entry {self.sequence}: it names another hash"
        if entry["hash"] != sha256(canonical({name: entry[name] for name in HASHED})):
            yield f"entry {number} was changed: its fields do not give its hash"
        if not MOMENT.fullmatch(moment) or moment <= (self.recorded_at or ""):
            yield f"entry {number} is dated {moment}, not later than the entry before it"
        if entry["redacted"] is not (salt is None):
            yield f"entry {number} must show its salt or say that it is redacted, one of the two"
        if salt is None:
            shown = sha256(canonical(entry["payload"]))
            self.redacted[number] = (entry["object_type"], entry["object_id"], shown)
        elif not SALT.fullmatch(salt) or (
            entry["commitment"] != sha256(canonical(entry["payload"]), salt)
        ):
            yield f"the payload of entry {number} was changed: it does not give the commitment"
        elif entry["action"] == "redact":  # Only what the chain commits to can explain anything.
            self.explain(entry)
        self.sequence, self.hash, self.recorded_at = number, entry["hash"], moment

    def explain(self, entry: dict[str, Any]) -> None:
        """Take in which entries about the same object a `redact` entry names, and their hashes."""
        redacted, about = entry["payload"]["redacted"], (entry["object_type"], entry["object_id"])
        for number in redacted["entries"]:
            if self.redacted.get(number, ())[:2] == about:
                told = redacted.get("payloads", {}).get(str(number))
                self.explained[number] = told or self.explained.get(number)


@dataclass
class Checkpoint:
    """A signed head of the ledger; `name` says where it was found."""

    name: str
    head: dict[str, Any]

    def about_itself(self, instance: str, keys: list[str]) -> Iterator[str]:
        """What is wrong with the checkpoint, whatever the ledger holds."""
        if self.head["instance"] != instance:
            yield f"{self.name} is of instance {self.head['instance']}, not of {instance}"
        if self.head["key"] not in keys:
            yield f"{self.name} is signed with another key, {self.head['key']}"
            return
        message = PURPOSE + canonical({name: self.head[name] for name in SIGNED})
        try:
            signature = base64.b64decode(self.head["signature"], validate=True)
            key = base64.b64decode(self.head["key"], validate=True)
        except ValueError:
            signature = key = b""
        if not is_signature(signature, message.encode(), key):
            yield f"{self.name} has a wrong signature"

    def about(self, chain: Chain) -> Iterator[str]:
        """Whether it agrees with a chain, of which the last entry read is its own."""
        if (self.head["hash"], self.head["recorded_at"]) != (chain.hash, chain.recorded_at):
            yield f"entry {chain.sequence} is not the one of which {self.name} tells"


def fetch(url: str) -> Any:
    """The JSON at an address; a cache on the way is asked to look again.

    Who is told to ask more slowly waits as long as that takes, up to PATIENCE.
    """
    headers = {"Cache-Control": "no-cache", "User-Agent": "verify-ledger"}
    try:
        request = urllib.request.Request(url, headers=headers)  # noqa: S310
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return JSON.decode(answer.read(MOST_BYTES).decode())
    except (OSError, RecursionError, ValueError, http.client.HTTPException) as error:
        wait = getattr(error, "headers", {}).get("Retry-After", "")
        if getattr(error, "code", 0) != 429 or not wait.isdigit() or int(wait) > PATIENCE:
            raise Unreadable(f"{url}: {error}") from None
    time.sleep(int(wait))
    return fetch(url)


def kept_in(path: str) -> list[Checkpoint]:
    """The checkpoints in a file: JSON objects, one after another."""
    found: list[Checkpoint] = []
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
        while text or not found:
            head, end = JSON.raw_decode(text)
            # Headers of exports, which may be kept as a checkpoint, hold it as a text.
            head["sequence"] = int(head["sequence"])
            if missing := {*SIGNED, "key", "signature"} - head.keys():
                raise ValueError(f"{', '.join(sorted(missing))} of a kept head is missing")
            found.append(Checkpoint(f"the head of entry {head['sequence']} kept in {path}", head))
            text = text[end:].lstrip()
    except (OSError, LookupError, OverflowError, TypeError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from None
    return found


def verify(
    address: str, chain: Chain, points: list[Checkpoint], instance: str, keys: list[str]
) -> Iterator[str]:
    """Read the ledger; yield what is wrong with it, and where checkpoints say otherwise."""
    waiting: dict[int, list[Checkpoint]] = {}
    for point in points:
        yield from point.about_itself(instance, keys)
        waiting.setdefault(point.head["sequence"], []).append(point)
    for point in waiting.pop(0, []):
        yield from point.about(chain)
    goal = max(waiting, default=0)
    # What was redacted while we read is explained by an entry behind the head.
    while chain.sequence < goal or len(chain.redacted) > len(chain.explained):
        page = fetch(f"{address}?after={chain.sequence}&limit=200")["results"]
        if not page:
            break
        for entry in page:
            yield from chain.append(entry)
            for point in waiting.pop(chain.sequence, []):
                yield from point.about(chain)
    for number, missed in sorted(waiting.items()):
        yield f"entry {number} is missing, of which {missed[0].name} tells"
    yield from about_redacted(address, chain)


def about_redacted(address: str, chain: Chain) -> Iterator[str]:
    """What is wrong with redacted entries, now that all is read that could explain them."""
    for number, (*_, shown) in chain.redacted.items():
        if number not in chain.explained:
            yield f"entry {number} is redacted, but no later entry says so"
        elif (told := chain.explained[number]) not in (None, shown):
            # Unless it was redacted further while we read.
            entry = fetch(f"{address}?after={number - 1}&limit=1")["results"][0]
            if entry["sequence"] != number or sha256(canonical(entry["payload"])) != told:
                yield f"the payload of entry {number} was changed after it was redacted"


def main() -> int:
    """Check what the command line names; return the exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("base", metavar="ADDRESS", help="the tracker's, as https://tracker.example.org")
    add("--checkpoint", metavar="FILE", action="append", default=[], help="heads kept earlier")
    add("--key", metavar="BASE64", action="append", help="a public key that may sign")
    add("--instance", metavar="ID", help="the instance that has to answer")
    add("--save", metavar="FILE", help="add the head to this file if all is well")
    args = parser.parse_args()
    address, chain, wrong = args.base.rstrip("/") + "/api/v1/changes/", Chain(), 0
    try:
        kept = [point for path in args.checkpoint for point in kept_in(path)]
        head = Checkpoint("the server's head", fetch(address + "head/"))
        first, points = (kept or [head])[0].head, [head, *kept]
        keys, instance = args.key or [first["key"]], args.instance or first["instance"]
        for complaint in islice(verify(address, chain, points, instance, keys), MOST_COMPLAINTS):
            wrong += 1
            print(f"Wrong: {complaint}.", file=sys.stderr)
        if args.save and not wrong:
            line = json.dumps({name: head.head[name] for name in [*SIGNED, "key", "signature"]})
            with Path(args.save).open("a", encoding="utf-8") as file:
                file.write(line + "\n")
    except (OSError, Unreadable) as error:
        print(f"Cannot check: {error}", file=sys.stderr)
        return 1 if wrong else 2
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        print(f"What follows entry {chain.sequence} is no ledger: {error!r}", file=sys.stderr)
        return 1 if wrong else 2
    if not wrong:
        whose = "as expected" if args.key or kept else "the server's word: keep it for next time"
        unknown = sum(told is None for told in chain.explained.values())
        redacted = f"{len(chain.redacted)} of them redacted"
        redacted += f", {unknown} so that nobody can check them" if unknown else ""
        print(f"{chain.sequence} entries, {redacted}; head {chain.hash}")
        print(f"Signed by {head.head['key']} ({whose}); {len(kept)} kept heads agree.")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
