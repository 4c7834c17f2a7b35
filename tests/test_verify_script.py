"""docs/verify_ledger.py, as whoever checks the ledger runs it: against a server, by itself."""

import base64
import copy
import importlib.util
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import rfc8785
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given, settings
from hypothesis import strategies as st

from reforms.ledger import chain
from reforms.ledger.checkpoints import Checkpoint, public_key, sign

Entry = dict[str, Any]

SCRIPT = Path(__file__).resolve().parents[1] / "docs/verify_ledger.py"
_spec = importlib.util.spec_from_file_location("verify_ledger", SCRIPT)
assert _spec is not None
assert _spec.loader is not None
verify_ledger: Any = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(verify_ledger)

KEY, OTHER_KEY = (base64.b64encode(bytes([number] * 32)).decode() for number in (1, 2))
START = datetime(2026, 11, 21, 23, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def instance(settings: Any) -> Any:
    settings.CHECKPOINT_KEY = KEY
    settings.INSTANCE_ID = "example"
    return settings


# A ledger, and a server that shows it -------------------------------------------------------------


class Ledger(list[Entry]):
    """Entries that continue one another."""

    def add(self, action: str = "create", reason: str = "", about: int = 0, **more: Any) -> None:
        """Append an entry, about an object of its own or that of another entry."""
        number = len(self) + 1
        payload = {
            "document": {"id": f"topic-{number}", "name": {"kk": "Әділ 😀"}, "share": number / 3},
            "reason": reason,
            **more,
        }
        salt = chain.new_salt()
        self.append(
            {
                "sequence": number,
                "recorded_at": chain.timestamp(START + timedelta(seconds=number)),
                "action": action,
                "object_type": "topic",
                "object_id": f"topic-{about or number}",
                "actor": "role:curator",
                "commitment": chain.commitment(salt, chain.canonical(payload)),
                "previous": self[-1]["hash"] if self else chain.BEGINNING,
                "salt": salt,
                "payload": payload,
                "redacted": False,
            }
        )
        rehash(self[-1])

    def redact(
        self, *numbers: int, names: list[int] | None = None, about: int = 2, hashes: bool = True
    ) -> None:
        """Redact entries, all about one object, and append the entry that names them."""
        for number in numbers:
            entry = self[number - 1]
            entry.update(salt=None, redacted=True)
            entry["payload"]["document"]["name"] = "[redacted]"
        redacted: dict[str, Any] = {
            "fields": ["name"],
            "entries": list(numbers) if names is None else names,
        }
        if hashes:
            redacted["payloads"] = {
                str(one): chain.text_hash(chain.canonical(self[one - 1]["payload"]))
                for one in redacted["entries"]
                if one <= len(self)
            }
        self.add("redact", "a court said so", about=about, redacted=redacted)

    def relink(self) -> None:
        """Make the chain agree again with what its entries say."""
        for number, entry in enumerate(self):
            entry["previous"] = self[number - 1]["hash"] if number else chain.BEGINNING
            rehash(entry)

    def head(self, of: int | None = None) -> Checkpoint:
        """The signed head, or that of an earlier entry."""
        if not self or of == 0:
            return sign(0, chain.BEGINNING, None)
        entry = self[-1 if of is None else of - 1]
        return sign(entry["sequence"], entry["hash"], entry["recorded_at"])


def rehash(entry: Entry) -> None:
    entry["hash"] = chain.entry_hash(entry)


def written(count: int) -> Ledger:
    ledger = Ledger()
    for _ in range(count):
        ledger.add()
    return ledger


class Server(ThreadingHTTPServer):
    """A tracker that shows a ledger, three entries a page; `answers` replaces what it says."""

    ledger: Ledger
    head: Any
    answers: dict[str, bytes]
    asked: list[str]
    once: bytes  # what it answers for the first page the first time
    too_often: list[str]  # what it says to who asks too often, once each: when to come back


class Handler(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        self.server.asked.append(self.path)
        if len(self.server.asked) > 2 and self.server.too_often:
            self.send_response(429)
            self.send_header("Retry-After", self.server.too_often.pop())
            self.end_headers()
            return
        body = self.server.answers.get(url.path) or self.answer(url.path, url.query)
        if "after=0&" in self.path and self.server.once:
            body, self.server.once = self.server.once, b""
        self.send_response(404 if body is None else 200)
        self.end_headers()
        self.wfile.write(body or b"")

    def answer(self, path: str, query: str) -> bytes | None:
        if path == "/api/v1/changes/head/":
            return json.dumps(self.server.head).encode()
        if path != "/api/v1/changes/":
            return None
        after, limit = (int(parse_qs(query)[name][0]) for name in ("after", "limit"))
        assert limit <= 200
        page = [one for one in self.server.ledger if one["sequence"] > after][:3]
        # The address is a trap: whoever follows it does not check what it was told to check.
        trap = {"head": self.server.head, "next": "http://elsewhere.invalid/", "results": page}
        return json.dumps(trap).encode()

    def log_message(self, *_args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(("127.0.0.1", 0), Handler) as server:
        server.answers, server.asked, server.too_often, server.once = {}, [], [], b""
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield server
        server.shutdown()


class Run:
    """One run of the script."""

    def __init__(self, *arguments: str) -> None:
        done = subprocess.run(
            [sys.executable, "-I", SCRIPT, *arguments], capture_output=True, text=True, timeout=60
        )
        self.code, self.said = done.returncode, done.stdout
        self.complaints = done.stderr.splitlines()


Check = Callable[..., Run]


@pytest.fixture
def check(server: Server) -> Check:
    """Show a ledger, under its own head if no other is given, and run the script on it."""

    def check(ledger: Ledger, *arguments: object, head: Any = None) -> Run:
        server.ledger, server.head = ledger, head or ledger.head()
        return Run(f"http://127.0.0.1:{server.server_port}/", *map(str, arguments))

    return check


@pytest.fixture
def keep(tmp_path: Path) -> Callable[..., Path]:
    """Keep checkpoints in a file, one a line."""

    def keep(*checkpoints: Any) -> Path:
        path = tmp_path / f"kept-{len(list(tmp_path.iterdir()))}.json"
        path.write_text("".join(json.dumps(one) + "\n" for one in checkpoints))
        return path

    return keep


def passes(run: Run, *expected: str) -> None:
    assert run.complaints == []
    assert run.code == 0
    assert len(run.said.splitlines()) == 2
    for words in expected:
        assert words in run.said


def fails(run: Run, *expected: str) -> None:
    """It complains of just this, and says nothing good."""
    assert run.complaints == [f"Wrong: {complaint}." for complaint in expected]
    assert (run.code, run.said) == (1, "")


# Sound ledgers ------------------------------------------------------------------------------------


def test_a_sound_ledger_of_several_pages_passes(check: Check, server: Server) -> None:
    ledger = written(8)
    passes(check(ledger), "8 entries, 0 of them redacted", ledger[-1]["hash"], public_key())
    pages = [path for path in server.asked if "after" in path]
    assert [path.partition("after=")[2] for path in pages] == [
        f"{after}&limit=200" for after in (0, 3, 6)
    ]


def test_an_empty_ledger_passes(check: Check) -> None:
    passes(check(Ledger()), "0 entries", chain.BEGINNING)


def test_a_server_that_is_asked_too_often_is_waited_for(check: Check, server: Server) -> None:
    server.too_often = ["1", "0"]
    run = check(written(7))
    assert run.code == 0, run.complaints
    assert server.too_often == []


@pytest.mark.parametrize("when", ["86400", "soon", "-1"])
def test_nobody_waits_for_a_day(check: Check, server: Server, when: str) -> None:
    server.too_often = [when]
    run = check(written(7))
    assert run.code == 2
    assert "429" in run.complaints[0]


def test_entries_that_come_while_it_reads_do_no_harm(check: Check) -> None:
    ledger = written(8)
    passes(check(ledger, head=ledger.head(of=4)))


def test_what_was_kept_is_still_part_of_a_ledger_that_grew(
    check: Check, keep: Callable[..., Path]
) -> None:
    ledger = written(4)
    one, other = keep(ledger.head(of=0), ledger.head(of=2)), keep(ledger.head())
    ledger.add()
    passes(check(ledger, "--checkpoint", one, "--checkpoint", other), "3 kept heads agree")


def test_the_head_is_saved_and_serves_as_a_checkpoint(check: Check, tmp_path: Path) -> None:
    ledger, kept = written(4), tmp_path / "kept.json"
    passes(check(ledger, "--save", kept), "0 kept")
    assert json.loads(kept.read_text()) == ledger.head()
    ledger.add()
    passes(check(ledger, "--checkpoint", kept, "--save", kept), "1 kept")
    passes(check(ledger, "--checkpoint", kept, "--save", kept), "2 kept")
    assert len(kept.read_text().splitlines()) == 3


def test_nothing_is_saved_of_a_ledger_that_fails(check: Check, tmp_path: Path) -> None:
    ledger = written(4)
    ledger[1]["payload"]["reason"] = "another"
    assert check(ledger, "--save", tmp_path / "kept.json").code == 1
    assert not (tmp_path / "kept.json").exists()


def test_a_checkpoint_may_be_kept_over_several_lines(check: Check, tmp_path: Path) -> None:
    ledger = written(4)
    (tmp_path / "kept.json").write_text(json.dumps({**ledger.head(), "more": []}, indent=2))
    passes(check(ledger, "--checkpoint", tmp_path / "kept.json"))


def test_headers_of_an_export_serve_as_a_checkpoint(
    check: Check, keep: Callable[..., Path]
) -> None:
    ledger = written(4)
    headers = {name: str(value) for name, value in ledger.head().items()}
    passes(check(ledger, "--checkpoint", keep(headers)), "1 kept heads agree")


# Tampered entries ---------------------------------------------------------------------------------


def payload_changed(ledger: Ledger) -> None:
    ledger[4]["payload"]["document"]["share"] = 0.5


def salt_changed(ledger: Ledger) -> None:
    ledger[4]["salt"] = chain.new_salt()


def salt_runs_into_the_payload(ledger: Ledger) -> None:
    """Salt and payload are hashed in one: where one ends must not be for the server to say."""
    salt, payload = ledger[4]["salt"][:62], ledger[4]["payload"]
    ledger[4].update(salt=salt, commitment=chain.commitment(salt, chain.canonical(payload)))
    ledger.relink()


def field_changed(ledger: Ledger) -> None:
    ledger[4]["actor"] = "role:reviewer"


def field_changed_and_hashed(ledger: Ledger) -> None:
    ledger[4]["actor"] = "role:reviewer"
    rehash(ledger[4])


def content_replaced(ledger: Ledger) -> None:
    payload = {"document": None, "reason": "another"}
    commitment = chain.commitment(ledger[4]["salt"], chain.canonical(payload))
    ledger[4].update(payload=payload, commitment=commitment)
    rehash(ledger[4])


def entry_dropped(ledger: Ledger) -> None:
    del ledger[4]


def first_entry_dropped(ledger: Ledger) -> None:
    del ledger[0]


def last_entries_dropped(ledger: Ledger) -> None:
    del ledger[6:]


def entry_dropped_and_renumbered(ledger: Ledger) -> None:
    del ledger[4]
    for entry in ledger[4:]:
        entry["sequence"] -= 1
        rehash(entry)


def entries_reordered(ledger: Ledger) -> None:
    ledger[3], ledger[4] = ledger[4], ledger[3]


def entry_inserted(ledger: Ledger) -> None:
    other = written(5)
    other[4]["previous"] = ledger[3]["hash"]
    rehash(other[4])
    ledger.insert(4, other[4])


def first_is_no_beginning(ledger: Ledger) -> None:
    ledger[0]["previous"] = "1" * 64
    rehash(ledger[0])
    ledger[1]["previous"] = ledger[0]["hash"]


def salt_hidden(ledger: Ledger) -> None:
    ledger[4]["salt"] = None


def salt_shown(ledger: Ledger) -> None:
    ledger[4]["redacted"] = True


@pytest.mark.parametrize(
    ("tamper", "complaints"),
    [
        (
            payload_changed,
            ["the payload of entry 5 was changed: it does not give the commitment"],
        ),
        (
            salt_changed,
            ["the payload of entry 5 was changed: it does not give the commitment"],
        ),
        (
            field_changed,
            ["entry 5 was changed: its fields do not give its hash"],
        ),
        (
            field_changed_and_hashed,
            ["entry 6 does not continue entry 5: it names another hash"],
        ),
        (
            content_replaced,
            ["entry 6 does not continue entry 5: it names another hash"],
        ),
        (entry_dropped, ["entry 6 stands where entry 5 belongs"]),
        (first_entry_dropped, ["entry 2 stands where entry 1 belongs"]),
        (
            last_entries_dropped,
            ["entry 8 is missing, of which the server's head tells"],
        ),
        (
            entry_dropped_and_renumbered,
            [
                "entry 5 does not continue entry 4: it names another hash",
                "entry 6 does not continue entry 5: it names another hash",
                "entry 7 does not continue entry 6: it names another hash",
                "entry 8 is missing, of which the server's head tells",
            ],
        ),
        (
            entries_reordered,
            [
                "entry 5 stands where entry 4 belongs",
                "entry 4 stands where entry 6 belongs",
                "entry 4 is dated 2026-11-21T23:30:04.000000Z, not later than the entry before it",
                "entry 6 stands where entry 5 belongs",
            ],
        ),
        (
            entry_inserted,
            [
                "entry 5 stands where entry 6 belongs",
                "entry 5 is dated 2026-11-21T23:30:05.000000Z, not later than the entry before it",
            ],
        ),
        (
            first_is_no_beginning,
            [
                "entry 1 does not continue entry 0: it names another hash",
                "entry 2 was changed: its fields do not give its hash",
            ],
        ),
        (
            salt_hidden,
            [
                "entry 5 must show its salt or say that it is redacted, one of the two",
                "entry 5 is redacted, but no later entry says so",
            ],
        ),
        (
            salt_shown,
            ["entry 5 must show its salt or say that it is redacted, one of the two"],
        ),
    ],
)
def test_tampering_behind_a_head_is_found(
    check: Check, tamper: Callable[[Ledger], None], complaints: list[str]
) -> None:
    ledger = written(8)
    head = ledger.head()
    tamper(ledger)
    fails(check(ledger, head=head), *complaints)


def sequence_gap(ledger: Ledger) -> None:
    for entry in ledger[4:]:
        entry["sequence"] += 1


def time_runs_back(ledger: Ledger) -> None:
    ledger[4]["recorded_at"] = "2026-11-21T23:30:03.999999Z"


def time_stands_still(ledger: Ledger) -> None:
    ledger[4]["recorded_at"] = ledger[3]["recorded_at"]


def time_is_written_otherwise(ledger: Ledger) -> None:
    ledger[4]["recorded_at"] = "2026-11-21T23:30:05Z"


@pytest.mark.parametrize(
    ("rewrite", "complaint"),
    [
        (sequence_gap, "entry 6 stands where entry 5 belongs"),
        (
            time_runs_back,
            "entry 5 is dated 2026-11-21T23:30:03.999999Z, not later than the entry before it",
        ),
        (
            time_stands_still,
            "entry 5 is dated 2026-11-21T23:30:04.000000Z, not later than the entry before it",
        ),
        (
            time_is_written_otherwise,
            "entry 5 is dated 2026-11-21T23:30:05Z, not later than the entry before it",
        ),
        (
            salt_runs_into_the_payload,
            "the payload of entry 5 was changed: it does not give the commitment",
        ),
    ],
)
def test_a_rule_that_the_whole_chain_was_rewritten_to_break(
    check: Check, rewrite: Callable[[Ledger], None], complaint: str
) -> None:
    ledger = written(8)
    rewrite(ledger)
    ledger.relink()
    fails(check(ledger), complaint)


def test_many_complaints_are_cut_short(check: Check) -> None:
    ledger = written(30)
    for entry in ledger:
        entry["payload"] = None
    run = check(ledger)
    assert run.code == 1
    assert len(run.complaints) == 20


# Heads --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signature", ["A" * 86 + "==", "AAAA", "", "ключ"])
def test_a_wrong_signature_is_found(check: Check, signature: str) -> None:
    ledger = written(4)
    head = {**ledger.head(), "signature": signature}
    fails(check(ledger, head=head), "the server's head has a wrong signature")


@pytest.mark.parametrize("key", ["A" * 43 + "=", "/" * 42 + "8=", "AAAA", "", "ключ"])
def test_a_head_that_names_no_key_of_its_own_is_found(check: Check, key: str) -> None:
    ledger = written(4)
    head = {**ledger.head(), "key": key}
    fails(check(ledger, head=head), "the server's head has a wrong signature")


def test_a_head_of_another_entry_is_found(check: Check) -> None:
    head = written(4).head()
    complaint = "entry 4 is not the one of which the server's head tells"
    fails(check(written(5), head=head), complaint)


def test_a_head_with_another_moment_is_found(check: Check) -> None:
    ledger = written(4)
    head = sign(4, ledger[-1]["hash"], "2026-11-21T23:30:04.000001Z")
    fails(check(ledger, head=head), "entry 4 is not the one of which the server's head tells")


def test_a_head_of_an_empty_ledger_that_is_not_empty_in_its_hash(check: Check) -> None:
    head = sign(0, "1" * 64, None)
    fails(check(Ledger(), head=head), "entry 0 is not the one of which the server's head tells")


def test_a_head_signed_with_another_key_than_the_pinned_one(
    check: Check, keep: Callable[..., Path], instance: Any
) -> None:
    ledger, pinned = written(4), public_key()
    kept = keep(ledger.head())
    instance.CHECKPOINT_KEY = OTHER_KEY
    complaint = f"the server's head is signed with another key, {public_key()}"
    passes(check(ledger))
    fails(check(ledger, "--key", pinned), complaint)
    fails(check(ledger, "--checkpoint", kept), complaint)


def test_whoever_accepts_a_new_key_names_it_beside_the_old_one(
    check: Check, keep: Callable[..., Path], instance: Any
) -> None:
    ledger, old = written(4), public_key()
    kept = keep(ledger.head())
    instance.CHECKPOINT_KEY = OTHER_KEY
    passes(check(ledger, "--checkpoint", kept, "--key", old, "--key", public_key()))


def test_another_instance_is_found(check: Check, keep: Callable[..., Path], instance: Any) -> None:
    ledger = written(4)
    kept = keep(ledger.head())
    instance.INSTANCE_ID = "elsewhere"
    complaint = "the server's head is of instance elsewhere, not of example"
    passes(check(ledger, "--instance", "elsewhere"))
    fails(check(ledger, "--instance", "example"), complaint)
    fails(check(ledger, "--checkpoint", kept), complaint)


# Kept checkpoints ---------------------------------------------------------------------------------


def test_a_ledger_written_anew_is_found_by_a_kept_head_alone(
    check: Check, keep: Callable[..., Path]
) -> None:
    kept = keep(written(8).head(of=5))
    anew = written(8)
    passes(check(anew))
    complaint = f"entry 5 is not the one of which the head of entry 5 kept in {kept} tells"
    fails(check(anew, "--checkpoint", kept), complaint)


def test_a_ledger_cut_short_behind_a_kept_head(check: Check, keep: Callable[..., Path]) -> None:
    ledger = written(8)
    kept = keep(ledger.head(of=2), ledger.head())
    del ledger[5:]
    passes(check(ledger))
    complaint = f"entry 8 is missing, of which the head of entry 8 kept in {kept} tells"
    fails(check(ledger, "--checkpoint", kept), complaint)


def test_a_ledger_emptied_behind_a_kept_head(check: Check, keep: Callable[..., Path]) -> None:
    kept = keep(written(8).head())
    complaint = f"entry 8 is missing, of which the head of entry 8 kept in {kept} tells"
    fails(check(Ledger(), "--checkpoint", kept), complaint)


def test_a_kept_head_that_nobody_signed_proves_nothing(
    check: Check, keep: Callable[..., Path]
) -> None:
    ledger = written(4)
    kept = keep(ledger.head(), {**ledger.head(of=2), "sequence": 3})
    fails(
        check(ledger, "--checkpoint", kept),
        f"the head of entry 3 kept in {kept} has a wrong signature",
        f"entry 3 is not the one of which the head of entry 3 kept in {kept} tells",
    )


def test_kept_heads_of_another_key_and_another_instance_are_told_apart(
    check: Check, keep: Callable[..., Path], instance: Any
) -> None:
    ledger = written(4)
    ours = keep(ledger.head())
    instance.CHECKPOINT_KEY, instance.INSTANCE_ID = OTHER_KEY, "elsewhere"
    theirs, their_key = keep(ledger.head(of=2)), public_key()
    instance.CHECKPOINT_KEY, instance.INSTANCE_ID = KEY, "example"
    fails(
        check(ledger, "--checkpoint", ours, "--checkpoint", theirs),
        f"the head of entry 2 kept in {theirs} is of instance elsewhere, not of example",
        f"the head of entry 2 kept in {theirs} is signed with another key, {their_key}",
    )


# Redaction ----------------------------------------------------------------------------------------


def redactable(count: int) -> Ledger:
    """A ledger in which every second entry is about one object."""
    ledger = Ledger()
    for number in range(1, count + 1):
        ledger.add(about=number if number % 2 else 2)
    return ledger


def test_redacted_entries_that_a_later_one_names_are_no_fault(check: Check) -> None:
    ledger = redactable(5)
    ledger.redact(2, 4)
    ledger.add()
    passes(check(ledger), "7 entries, 2 of them redacted;")


@pytest.mark.parametrize("names", [[], [1], [3]])
def test_a_redacted_entry_that_nobody_names_is_found(check: Check, names: list[int]) -> None:
    ledger = redactable(5)
    ledger.redact(2, names=names)
    fails(check(ledger), "entry 2 is redacted, but no later entry says so")


def test_an_entry_about_another_object_explains_nothing(check: Check) -> None:
    ledger = redactable(5)
    ledger.redact(2, about=1)
    fails(check(ledger), "entry 2 is redacted, but no later entry says so")
    ledger.redact(names=[2])
    passes(check(ledger), "7 entries, 1 of them redacted;")


def test_what_is_rewritten_after_a_redaction_is_found(check: Check) -> None:
    ledger = redactable(5)
    ledger.redact(2, 4)
    before = ledger[3]["payload"]["document"]["share"]
    ledger[3]["payload"]["document"]["share"] = 0.5
    fails(check(ledger), "the payload of entry 4 was changed after it was redacted")
    ledger[3]["payload"]["document"]["share"] = before
    passes(check(ledger))


def test_the_latest_redaction_says_what_stands_there(check: Check) -> None:
    ledger = redactable(5)
    ledger.redact(2)
    ledger[1]["payload"]["document"]["share"] = None
    fails(check(ledger), "the payload of entry 2 was changed after it was redacted")
    ledger.redact(names=[2])
    passes(check(ledger))
    # One without a hash, as older versions wrote them, takes nothing back.
    ledger.redact(names=[2], hashes=False)
    passes(check(ledger), "1 of them redacted;")
    ledger[1]["payload"]["document"]["share"] = 0.5
    fails(check(ledger), "the payload of entry 2 was changed after it was redacted")


def test_redactions_from_before_there_were_hashes_cannot_be_checked(check: Check) -> None:
    ledger = redactable(5)
    ledger.redact(2, 4, hashes=False)
    passes(check(ledger), "6 entries, 2 of them redacted, 2 so that nobody can check them; head")


def test_an_entry_redacted_further_while_it_reads_is_looked_at_again(
    check: Check, server: Server
) -> None:
    """It was read as it was before; what explains it was read after."""
    ledger = redactable(5)
    ledger.redact(2)
    first = {"results": copy.deepcopy(ledger[:3]), "head": None}
    ledger[1]["payload"]["document"]["share"] = None
    ledger[5].update(salt=None, redacted=True)
    ledger.redact(names=[2, 6])
    server.once = json.dumps(first).encode()
    passes(check(ledger), "7 entries, 2 of them redacted;")


def test_an_entry_is_not_redacted_in_advance(check: Check) -> None:
    ledger = redactable(2)
    ledger.redact(names=[4])
    ledger.add(about=2)
    ledger[3].update(salt=None, redacted=True)
    fails(check(ledger), "entry 4 is redacted, but no later entry says so")


def test_only_the_action_redact_explains_a_redaction(check: Check) -> None:
    ledger = redactable(2)
    ledger[1].update(salt=None, redacted=True)
    ledger.add("correct", about=2, redacted={"fields": [], "entries": [2]})
    fails(check(ledger), "entry 2 is redacted, but no later entry says so")


def test_what_a_redacted_entry_names_has_to_be_named_again(check: Check) -> None:
    """Nothing holds a payload without salt to what it said: it could name more and more entries."""
    ledger = redactable(5)
    ledger.redact(2)
    ledger.redact(6)
    fails(check(ledger), "entry 2 is redacted, but no later entry says so")
    ledger.redact(names=[2, 6])
    passes(check(ledger), "8 entries, 2 of them redacted")


def test_an_entry_redacted_while_it_reads_is_explained_behind_the_head(check: Check) -> None:
    ledger = redactable(5)
    head = ledger.head()
    for _ in range(5):
        ledger.add()
    ledger.redact(2)
    passes(check(ledger, head=head), "1 of them redacted")


def test_the_worked_example_of_the_specification_passes(check: Check) -> None:
    text = SCRIPT.with_name("ledger.md").read_text(encoding="utf-8")
    shown = re.findall(r"^```json\n(.*?)\n```$", text, re.MULTILINE | re.DOTALL)
    first, redact, redacted, head = map(json.loads, shown[-4:])
    passes(check(Ledger([redacted, redact]), head=head), "2 entries, 1 of them redacted")
    passes(check(Ledger([first, redact]), head=head), "2 entries, 0 of them redacted")


# What cannot be checked ---------------------------------------------------------------------------


def cannot(run: Run, words: str) -> None:
    assert len(run.complaints) == 1
    assert words in run.complaints[0]
    assert (run.code, run.said) == (2, "")


HEAD, FEED = "/api/v1/changes/head/", "/api/v1/changes/"


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        (HEAD, b"<html>", "head/: Expecting value"),
        (HEAD, b"\xff", "head/: 'utf-8' codec"),
        (HEAD, b"[]", "What follows entry 0 is no ledger"),
        (HEAD, b"{}", "What follows entry 0 is no ledger: KeyError"),
        (FEED, b"{}", "What follows entry 0 is no ledger: KeyError('results')"),
        (FEED, b'{"results": 5}', "What follows entry 0 is no ledger: TypeError"),
        (FEED, b'{"results": [5]}', "What follows entry 0 is no ledger: TypeError"),
        (FEED, b'{"results": [{}]}', "What follows entry 0 is no ledger: KeyError"),
        (FEED, b'{"results": [], "results": []}', "after=0&limit=200: an object names a key twice"),
        (FEED, b"[" * 100_000, "after=0&limit=200: maximum recursion depth exceeded"),
    ],
)
def test_an_answer_of_another_form_is_named(
    check: Check, server: Server, path: str, body: bytes, words: str
) -> None:
    server.answers[path] = body
    cannot(check(written(4)), words)


def test_an_address_at_which_there_is_no_tracker(check: Check, server: Server) -> None:
    check(written(4))
    address = f"http://127.0.0.1:{server.server_port}/deeper"
    cannot(Run(address), f"Cannot check: {address}/api/v1/changes/head/: HTTP Error 404")


@pytest.mark.parametrize("number", ["NaN", "1e999", "9" * 400])
def test_a_number_that_json_does_not_have_is_no_content(
    check: Check, server: Server, number: str
) -> None:
    ledger = written(1)
    entry = json.dumps({**ledger[0], "payload": "here"}).replace('"here"', number)
    server.answers[FEED] = f'{{"results": [{entry}]}}'.encode()
    cannot(check(ledger), "What follows entry 0 is no ledger")


def test_a_server_that_is_not_there() -> None:
    run = Run("http://127.0.0.1:9")
    cannot(run, "Cannot check: http://127.0.0.1:9/api/v1/changes/head/: ")


def test_an_address_that_is_none() -> None:
    cannot(Run("tracker"), "Cannot check: tracker/api/v1/changes/head/: unknown url type")


@pytest.mark.parametrize("text", [None, "", "\n", "[]", "{}", "{", '{"sequence": 5} x'])
def test_a_file_without_checkpoints_is_named(
    check: Check, tmp_path: Path, text: str | None
) -> None:
    """Otherwise somebody would take a check for made that was not made."""
    path = tmp_path / "kept.json"
    if text is not None:
        path.write_text(text)
    cannot(check(written(4), "--checkpoint", path), f"{path}")


def test_a_head_that_cannot_be_saved_is_named(check: Check, tmp_path: Path) -> None:
    cannot(check(written(4), "--save", tmp_path), f"{tmp_path}")


def test_it_tells_how_to_use_it() -> None:
    run = Run("--help")
    assert run.code == 0
    assert "--save kept.json" in run.said


# Canonical JSON, against another implementation ---------------------------------------------------

safe = st.integers(-(2**53) + 1, 2**53 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
values = st.recursive(
    st.none() | st.booleans() | safe | floats | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@settings(deadline=None)
@given(values)
def test_canonical_json_is_that_of_the_ledger(value: Any) -> None:
    assert verify_ledger.canonical(value) == chain.canonical(value)
    assert verify_ledger.canonical(verify_ledger.JSON.decode(json.dumps(value))) == (
        chain.canonical(value)
    )
    assert verify_ledger.canonical(json.loads(chain.canonical(value))) == chain.canonical(value)


@given(floats)
def test_numbers_are_those_of_the_ledger(value: float) -> None:
    assert verify_ledger.canonical(value) == rfc8785.dumps(value).decode()


@given(
    st.dictionaries(st.text(st.characters(min_codepoint=0xD000, exclude_categories=["Cs"])), safe)
)
def test_keys_are_sorted_as_in_the_ledger(value: dict[str, int]) -> None:
    assert verify_ledger.canonical(value) == chain.canonical(value)


@given(st.integers(-(10**300), 10**300))
def test_a_large_integer_is_the_double_that_javascript_reads(value: int) -> None:
    assert verify_ledger.canonical(value) == rfc8785.dumps(float(value)).decode()


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**400, "\ud800", {1: 2}, b""])
def test_what_json_cannot_hold_has_no_canonical_form(value: Any) -> None:
    with pytest.raises((ValueError, ArithmeticError, AttributeError)):
        verify_ledger.canonical(value).encode()


# Ed25519, against another implementation ----------------------------------------------------------

# RFC 8032, section 7.1: key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd"
        "454d4423643ce80e2a9ac94fa54ca49f",
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e030"
        "3dca179c138ac17ad9bef1177331a704",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493


def is_signature(signature: bytes, message: bytes, key: bytes) -> bool:
    """What the other implementation says."""
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@pytest.mark.parametrize("vector", VECTORS)
def test_the_signatures_of_the_standard_are_good(vector: tuple[str, str, str]) -> None:
    key, message, signature = map(bytes.fromhex, vector)
    assert is_signature(signature, message, key)
    assert verify_ledger.is_signature(signature, message, key)
    assert not verify_ledger.is_signature(signature, message + b"\x00", key)


seeds = st.binary(min_size=32, max_size=32)
patiently = settings(deadline=None)


@patiently
@given(seeds, st.binary(), st.integers(0, 767), st.booleans())
def test_signatures_are_judged_alike(seed: bytes, message: bytes, bit: int, flip: bool) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    made = bytearray(private.sign(message) + private.public_key().public_bytes_raw())
    if flip:
        made[bit // 8] ^= 1 << bit % 8
    signature, key = bytes(made[:64]), bytes(made[64:])
    assert verify_ledger.is_signature(signature, message, key) is not flip
    assert is_signature(signature, message, key) is not flip


@patiently
@given(st.binary(max_size=70), st.binary(max_size=5), st.binary(max_size=40) | seeds)
def test_anything_else_is_refused(signature: bytes, message: bytes, key: bytes) -> None:
    assert verify_ledger.is_signature(signature, message, key) is is_signature(
        signature, message, key
    )


@patiently
@given(seeds, st.binary())
def test_a_signature_has_one_s(seed: bytes, message: bytes) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    signature, key = private.sign(message), private.public_key().public_bytes_raw()
    larger = int.from_bytes(signature[32:], "little") + ORDER
    signature = signature[:32] + larger.to_bytes(32, "little")
    assert not is_signature(signature, message, key)
    assert not verify_ledger.is_signature(signature, message, key)


def test_the_cofactor_is_not_multiplied_away() -> None:
    """A key of order 8 signs one message in eight here; with the cofactor it would sign all."""
    key = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
    signature = (1).to_bytes(64, "little")
    messages = [bytes([number]) for number in range(100)]
    good = [verify_ledger.is_signature(signature, message, key) for message in messages]
    assert good == [is_signature(signature, message, key) for message in messages]
    assert 0 < sum(good) < 40


@pytest.mark.parametrize("y", [2**255 - 19, 2**255 - 18, 2**255 - 1, 2**255 + 1, 2])
def test_what_encodes_no_point_is_no_key(y: int) -> None:
    signature = (1).to_bytes(64, "little")
    assert not verify_ledger.is_signature(signature, b"", y.to_bytes(32, "little"))


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"sequence": "x"}, "invalid literal"), ({"key": None}, "key of a kept head is missing")],
)
def test_a_kept_head_that_is_none_is_not_held_against_the_ledger(
    check: Check, keep: Callable[..., Path], changed: dict[str, Any], words: str
) -> None:
    ledger = written(4)
    head = {name: value for name, value in {**ledger.head(), **changed}.items() if value}
    path = keep(head)
    cannot(check(ledger, "--checkpoint", path), f"Cannot check: {path}: {words}")
