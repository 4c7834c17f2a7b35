"""Consumers of the feed miss nothing and see nothing twice, whoever is killed meanwhile.

Real processes: the server, writers and consumers. `make test` runs it for a few seconds, `make
soak` for minutes (SECONDS).
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from reforms.ledger import chain
from reforms.ledger.replaying import replay
from tests.soak.consumer import pages
from tests.soak.processes import ROOT, Processes, kill, own_database

SECONDS = float(os.environ.get("SOAK_SECONDS") or 5)
PACE = min(5.0, SECONDS / 10)  # seconds between one misfortune and the next
WRITERS = 3
CONSUMERS = {"by-thousands": "limit=1000", "by-threes": "limit=3"}


class Soak:
    """Everybody who takes part."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self.stop = processes.folder / "stop"
        self.end = time.monotonic() + SECONDS
        self.generation = 0
        self.server = processes.serve()
        self.writers = [self.write(number) for number in range(WRITERS)]
        self.consumers = {name: self.consume(name) for name in CONSUMERS}

    def write(self, number: int, hangs: bool = False) -> subprocess.Popen[str]:
        self.generation += 1
        rest = max(0.5, self.end - time.monotonic())
        arguments = [str(number), str(self.generation), str(rest), *["--hang"] * hangs]
        return self.processes.start("-m", "tests.soak.writer", *arguments, read=hangs)

    def consume(self, name: str) -> subprocess.Popen[str]:
        address = f"{self.processes.address}/api/v1/changes/?{CONSUMERS[name]}"
        arguments = (address, str(self.file(name)), str(self.stop))
        return self.processes.start("-m", "tests.soak.consumer", *arguments)

    def file(self, name: str) -> Path:
        return self.processes.folder / f"{name}.jsonl"

    # Misfortunes.

    def kill_the_server(self) -> None:
        kill(self.server)
        self.server = self.processes.serve()

    def kill_a_writer(self) -> None:
        number = random.randrange(WRITERS)  # noqa: S311
        kill(self.writers[number])
        self.writers[number] = self.write(number)

    def kill_a_writer_in_its_transaction(self) -> None:
        writer = self.write(WRITERS + self.generation % 2, hangs=True)
        assert writer.stdout is not None
        assert writer.stdout.readline() == "in the middle\n", self.processes.complaints()
        kill(writer)

    def kill_a_consumer(self) -> None:
        name = random.choice(list(CONSUMERS))  # noqa: S311
        kill(self.consumers[name])
        self.consumers[name] = self.consume(name)

    def suffer(self) -> None:
        """Each misfortune once, and then again one after another until the time is over."""
        misfortunes = (
            self.kill_the_server,
            self.kill_a_writer_in_its_transaction,
            self.kill_a_consumer,
            self.kill_a_writer,
        )
        for number in count():
            if number >= len(misfortunes) and time.monotonic() > self.end:
                break
            time.sleep(PACE)
            misfortunes[number % len(misfortunes)]()

    def finish(self) -> dict[str, Any]:
        """Let everybody come to an end; return what the tables hold then."""
        for writer in self.writers:
            assert writer.wait(60) == 0, self.processes.complaints()
        result: dict[str, Any] = json.loads(self.processes.run("-m", "tests.soak.result"))
        written = self.stop.with_suffix(".new")
        written.write_text(str(result["last"]), encoding="utf-8")
        written.rename(self.stop)
        for consumer in self.consumers.values():
            assert consumer.wait(120) == 0, self.processes.complaints()
        return result


@pytest.fixture
def soak(tmp_path: Path) -> Iterator[Soak]:
    with own_database(tmp_path) as url, Processes(tmp_path, url) as processes:
        processes.run("-m", "tests.soak.prepare")
        yield Soak(processes)


def test_nothing_is_lost_and_nothing_comes_twice(soak: Soak) -> None:
    soak.suffer()
    result = soak.finish()
    tables = {(type_, id_): document for type_, id_, document in result["documents"]}
    for name in CONSUMERS:
        entries = [row for page in pages(soak.file(name)) for row in page["results"]]
        assert [row["sequence"] for row in entries] == list(range(1, result["last"] + 1)), name
        assert replay(entries) == tables, name
        assert_chained(entries)
    assert {"create", "correct", "publish", "retract"} <= {row["action"] for row in entries}
    verified = soak.processes.run(*verifying(soak))
    sys.stdout.write(f"{SECONDS:.0f} seconds, {soak.generation} writers: {verified}")


def assert_chained(entries: list[dict[str, Any]]) -> None:
    previous = chain.BEGINNING
    for entry in entries:
        assert entry["previous"] == previous
        payload = chain.canonical(entry["payload"])
        assert chain.commitment(entry["salt"], payload) == entry["commitment"]
        assert chain.entry_hash(entry) == entry["hash"]
        previous = entry["hash"]


def verifying(soak: Soak) -> tuple[str, str]:
    """The script by which anybody verifies a server's ledger."""
    return str(ROOT / "docs" / "verify_ledger.py"), soak.processes.address
