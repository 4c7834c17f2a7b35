"""The example script does what its README says: run as a program, against a server."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.soak.processes import ROOT, Processes, own_database

EXAMPLES = ROOT / "examples"
SAMPLE = EXAMPLES / "assessments.csv"
README = (EXAMPLES / "README.md").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Run:
    """How a run of the script ended, and what it printed on both channels."""

    code: int
    said: str


def run(address: str, key: str, *arguments: str | Path) -> Run:
    done = subprocess.run(
        [sys.executable, str(EXAMPLES / "send_assessments.py"), *map(str, arguments)],
        env={"TRACKER": address, "TRACKER_KEY": key, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return Run(done.returncode, done.stdout)


@dataclass
class Tracker:
    """A server with the real data, and the keys that its curator has made."""

    processes: Processes
    lantern: str
    reviewer: str
    sources_only: str

    def run(self, *arguments: str | Path, key: str | None = None) -> Run:
        """Run the script with lantern's key."""
        return run(self.processes.address, self.lantern if key is None else key, *arguments)

    def ask(self, path: str, content: Any = None, **headers: str) -> Any:
        """Ask as the reviewer."""
        request = Request(  # noqa: S310
            f"{self.processes.address}/api/v1{path}",
            None if content is None else json.dumps(content).encode(),
            {"Authorization": f"Bearer {self.reviewer}", "Content-Type": "application/json"}
            | headers,
        )
        with urlopen(request, timeout=60) as response:  # noqa: S310
            return json.load(response)


COMMANDS = [
    ["migrate", "--verbosity", "0"],
    ["seed", "--verbosity", "0"],
    ["create_organisation", "lantern", "--name=Lantern", "--affiliation=Us.", "--accept-licence"],
    ["accept_licence", "editors"],
    ["issue_key", "lantern", "--name", "test", "--scope", "submit"],
    ["issue_key", "editors", "--name", "test", "--scope", "review"],
    ["issue_key", "lantern", "--name", "test", "--scope", "sources"],
]


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    folder = tmp_path_factory.mktemp("examples")
    with own_database(folder) as url, Processes(folder, url) as processes:
        *_, lantern, reviewer, sources_only = json.loads(
            processes.run("-m", "tests.soak.commands", *map(json.dumps, COMMANDS))
        )
        processes.serve()
        yield Tracker(processes, lantern.strip(), reviewer.strip(), sources_only.strip())


def mended(tmp_path: Path, *changes: tuple[str, str], encoding: str = "utf-8") -> Path:
    """The sample with some of its text replaced."""
    text = SAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "mended.csv"
    path.write_text(text, encoding=encoding)
    return path


def test_the_whole_way(tracker: Tracker, tmp_path: Path) -> None:
    tried = tracker.run(SAMPLE)
    assert tried == Run(
        0,
        "5 new, 0 sent before.\nAll is right; nothing was written. To send it, add --send.\n",
    )
    assert tracker.run(SAMPLE, "--follow").said.splitlines() == [
        f"sample-{number}: not sent" for number in range(1, 6)
    ]

    sent = tracker.run(SAMPLE, "--send")
    assert sent == Run(0, "5 new, 0 sent before.\nSent.\n")
    assert sent.said in README.replace("   ", "")
    again = tracker.run(SAMPLE, "--send")
    assert again.said == "This very file was sent before. The answer was:\n" + sent.said

    waiting = tracker.ask("/updates/?review_state=submitted")["results"]
    ids = {one["submission"]["external_id"]: one["id"] for one in waiting}
    assert sorted(ids) == [f"sample-{number}" for number in range(1, 6)]
    first_version = {"If-Match": '"1"'}
    tracker.ask(f"/updates/{ids['sample-1']}/publish/", {}, **first_version)
    question = {"reason": "Which councils did you ask?"}
    tracker.ask(f"/updates/{ids['sample-2']}/request-changes/", question, **first_version)

    followed = tracker.run(SAMPLE, "--follow")
    assert followed.code == 0
    address = f"{tracker.processes.address}/api/v1/updates"
    assert followed.said.splitlines() == [
        f"sample-1: published, {address}/{ids['sample-1']}/",
        f"sample-2: changes_requested, {address}/{ids['sample-2']}/",
        "    The reviewer says: Which councils did you ask?",
        *(f"sample-{n}: submitted, {address}/{ids[f'sample-{n}']}/" for n in (3, 4, 5)),
    ]
    promise = tracker.ask("/promises/kz2022-5-7/")
    assert (promise["status"], promise["status_since"]) == ("in_progress", "2022-11")

    # A row more: what was sent before is known by its id, also what is published by now.
    longer = mended(
        tmp_path, ("sample-5,", "sample-6,kz2022-9-6,stalled,2024,,,,kz2022-address\nsample-5,")
    )
    text = longer.read_text(encoding="utf-8").splitlines()
    columns = text[0].count(",")
    text = [
        line + "," * (columns - line.count(",")) if "sample-6" in line else line for line in text
    ]
    longer.write_text("\n".join(text), encoding="utf-8")
    assert tracker.run(longer, "--send") == Run(0, "1 new, 5 sent before.\nSent.\n")


def test_every_mistake_is_named_by_row_and_column(tracker: Tracker, tmp_path: Path) -> None:
    path = mended(
        tmp_path,
        ("sample-", "bad-"),
        ("not_started", "not_startet"),
        ("kz2022-9-5", "kz2022-9-55"),
        # A cell of two lines is one row of the spreadsheet.
        ("Invented example: a draft limits donations; it is not adopted.", '"Two\nlines."'),
    )
    done = tracker.run(path, "--send")
    assert done.code == 1
    assert done.said in README.replace("   ", "")
    assert "bad-1: not sent" in tracker.run(path, "--follow").said


def test_a_spreadsheet_with_semicolons_and_a_mark_of_utf_8(
    tracker: Tracker, tmp_path: Path
) -> None:
    path = tmp_path / "semicolons.csv"
    path.write_text(
        "external_id;promise;status;effective_on;source\r\n"
        "excel-1;kz2022-9-9;stalled;2024;kz2022-address\r\n",
        encoding="utf-8-sig",
    )
    assert tracker.run(path).said.startswith("1 new, 0 sent before.")
    assert tracker.run(path, "--follow").said == "excel-1: not sent\n"


def test_refusals_are_plain_words(tracker: Tracker, tmp_path: Path) -> None:
    wrong = tracker.lantern[:-4] + "aaaa"
    assert tracker.run(SAMPLE, key=wrong) == Run(
        2,
        "There is no such key. Copy it again, or ask a curator for another one."
        " (The key is what TRACKER_KEY holds.)\n",
    )
    assert tracker.run(SAMPLE, key=tracker.sources_only) == Run(
        2, "This key lacks the scope submit; a curator can issue one that has it.\n"
    )
    header = mended(tmp_path, ("external_id,promise,status", "external_id,promise,staus"))
    done = tracker.run(header)
    assert done.code == 1
    assert "row 1, column staus: There is no column “staus”. Did you mean “status”?" in done.said


def test_what_is_seen_before_anything_is_sent(tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:1"
    assert "TRACKER_KEY=rt_…" in run(nowhere, "", SAMPLE).said
    assert "begin it with https://" in run("http://tracker.example.org", "rt_x", SAMPLE).said
    assert "cannot be reached" in run(nowhere, "rt_x", SAMPLE).said
    assert "cannot be read" in run(nowhere, "rt_x", tmp_path / "none.csv").said
    elsewhere = mended(tmp_path, encoding="cp1251")
    assert "Save the spreadsheet as “CSV UTF-8”" in run(nowhere, "rt_x", elsewhere).said
    nameless = mended(tmp_path, ("external_id", "id"))
    assert "has no column external_id" in run(nowhere, "rt_x", nameless).said


REPORT = {"created": 5, "unchanged": 0, "errors": []}


@contextmanager
def stub(*answers: tuple[int, dict[str, str], Any]) -> Iterator[tuple[str, list[str | None]]]:
    """A server that gives these answers in turn; its address, and the Idempotency-Keys it saw."""
    left, seen = list(answers), []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            seen.append(self.headers["Idempotency-Key"])
            status, headers, content = left.pop(0)
            body = json.dumps(content).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def refused(status: int, detail: str, wait: int) -> tuple[int, dict[str, str], Any]:
    return status, {"Retry-After": str(wait)}, {"detail": detail}


@pytest.mark.parametrize("status", [429, 503])
def test_it_waits_as_long_as_it_is_told(status: int) -> None:
    with stub(refused(status, "Wait.", 1), (200, {}, REPORT)) as (address, seen):
        done = run(address, "rt_x", SAMPLE, "--send")
    assert done == Run(0, "The tracker asks us to wait 1 seconds …\n5 new, 0 sent before.\nSent.\n")
    assert len(seen) == 2
    assert len(set(seen)) == 1
    assert seen[0]


@pytest.mark.parametrize("status", [429, 503])
def test_it_does_not_wait_for_ever(status: int) -> None:
    with stub(refused(status, "The limit is reached.", 7200)) as (address, _):
        done = run(address, "rt_x", SAMPLE, "--send")
    assert done == Run(2, "The limit is reached. Nothing was done; try again later.\n")
