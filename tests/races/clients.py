"""A server with several workers, and several clients that ask it at the same moment."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.soak.processes import Processes

CLIENTS = 4
UNLIMITED = {
    "LIMIT_KEY_READ": "1000000/min",
    "LIMIT_KEY_WRITE": "1000000/min",
    "LIMIT_KEY_ROWS": "1000000/min",
}


@dataclass(frozen=True)
class Request:
    """A request to the API by the holder of a key."""

    holder: str
    method: str
    path: str
    content: Any = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """What came back; names of headers are in lower case."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def content(self) -> Any:
        return json.loads(self.text)


class Tracker:
    """The server and its clients, processes all of them."""

    def __init__(self, processes: Processes, promises: int) -> None:
        self.processes = processes
        self.keys: dict[str, str] = json.loads(
            processes.run("-m", "tests.races.prepare", str(promises))
        )
        processes.serve()
        self.clients = [
            processes.start("-m", "tests.races.client", processes.address, read=True, write=True)
            for _ in range(CLIENTS)
        ]

    def ask(self, *request: Any, **headers: str) -> Answer:
        """One request, and nobody else's beside it: holder, method, path, content."""
        [answer] = self.at_once(Request(*request, headers=headers))
        return answer

    def at_once(self, *requests: Request) -> list[Answer]:
        """The answers to requests that are all sent in the same moment, each by another client."""
        taken = self.clients[: len(requests)]
        assert len(taken) == len(requests)
        for client, request in zip(taken, requests, strict=True):
            _write(client, self._as_json(request))
        for client in taken:
            assert _read(client) == "ready", self.processes.complaints()
        for client in taken:
            _write(client, "go")
        return [Answer(**json.loads(_read(client))) for client in taken]

    def _as_json(self, request: Request) -> str:
        headers = {"Authorization": f"Bearer {self.keys[request.holder]}"} | request.headers
        body = ""
        if request.content is not None:
            body = json.dumps(request.content)
            headers["Content-Type"] = "application/json"
        return json.dumps(
            {
                "method": request.method,
                "path": f"/api/v1{request.path}",
                "body": body,
                "headers": headers,
            }
        )


@contextmanager
def running(folder: Path, database_url: str, promises: int) -> Iterator[Tracker]:
    """A tracker with two workers and these promises; afterwards its record has to be sound."""
    with Processes(folder, database_url) as processes:
        processes.environment |= {"WEB_WORKERS": "2", "WEB_THREADS": "4"} | UNLIMITED
        yield Tracker(processes, promises)
        processes.run("manage.py", "verify_ledger")
        processes.run("manage.py", "check_integrity")


def _write(client: "subprocess.Popen[str]", line: str) -> None:
    assert client.stdin is not None
    client.stdin.write(f"{line}\n")
    client.stdin.flush()


def _read(client: "subprocess.Popen[str]") -> str:
    assert client.stdout is not None
    return client.stdout.readline().rstrip("\n")
