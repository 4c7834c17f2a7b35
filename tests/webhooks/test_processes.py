"""A consumer misses nothing and keeps the order, whenever the worker is killed.

Real processes: writers, the worker with its queue, and the consumer of `examples/`, which verifies
with the library of the Standard Webhooks specification.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.soak.processes import Processes, free_port, kill, own_database

SECRET_NOTE = "Nobody may read this yet."
# The worker is killed while these events, counted from 1, are being delivered.
KILLED_AT = [int(one) for one in (os.environ.get("WEBHOOK_KILLS") or "3,40").split(",")]


class Scene:
    """Everybody who takes part."""

    def __init__(self, processes: Processes) -> None:
        self.processes = processes
        self.inbox = processes.folder / "events.jsonl"
        processes.environment |= {"WEBHOOKS_INSECURE": "true", "WEBHOOK_WORKERS": "2"}
        self.port = free_port()
        secret = self.tell("begin", f"http://127.0.0.1:{self.port}/hooks")
        processes.environment["WEBHOOK_SECRETS"] = secret

    def tell(self, *words: str) -> str:
        return self.processes.run("-m", "tests.webhooks.scene", *words)

    def receive(self) -> Any:
        numbers = ",".join(map(str, KILLED_AT))
        arguments = ("-m", "tests.webhooks.consumer", str(self.port), str(self.inbox), numbers)
        return self.processes.start(*arguments)

    def work(self) -> Any:
        return self.processes.start("-m", "tests.webhooks.worker")

    def write(self, number: int, seconds: float) -> Any:
        return self.processes.start("-m", "tests.soak.writer", str(number), "1", str(seconds))

    @property
    def events(self) -> list[dict[str, Any]]:
        """What the consumer has written down, in its order."""
        if not self.inbox.exists():
            return []
        text = self.inbox.read_text(encoding="utf-8")
        return [json.loads(line) for line in text.splitlines()]

    def wait(self, until: Callable[[], bool], seconds: float = 90) -> None:
        end = time.monotonic() + seconds
        while not until():
            assert time.monotonic() < end, self.processes.complaints()
            time.sleep(0.05)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with own_database(tmp_path) as url, Processes(tmp_path, url) as processes:
        yield Scene(processes)


def test_every_event_arrives_in_order_though_the_worker_is_killed(scene: Scene) -> None:
    scene.receive()
    worker = scene.work()
    writer = scene.write(0, 1.5 * len(KILLED_AT))
    for number in KILLED_AT:
        held = Path(f"{scene.inbox}.held-{number}")
        scene.wait(held.exists)
        kill(worker)  # with all its processes: nothing has a chance to tidy up
        worker = scene.work()
    assert writer.wait(60) == 0, scene.processes.complaints()
    entries = json.loads(scene.tell("end", SECRET_NOTE))
    scene.wait(lambda: len(scene.events) >= len(entries))
    got = [[one["id"], one["data"]["sequence"]] for one in scene.events]
    assert got == entries, "each event once, in the order of the ledger"
    assert {"promise.create", "update.publish", "update.retract"} <= {
        one["type"] for one in scene.events
    }
    assert SECRET_NOTE not in scene.inbox.read_text(encoding="utf-8")
    complaints = scene.processes.complaints()
    assert complaints.count("again") >= len(KILLED_AT), "what was under way came twice"
    # The worker also renders what answers are made of, killed in the middle or not.
    scene.wait(lambda: scene.tell("unrendered") == "[0, []]")
