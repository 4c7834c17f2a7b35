"""Processes that end with the test, however it ends, and a database that goes with them."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

import psycopg
from django.conf import settings

ROOT = Path(__file__).resolve().parents[2]
_PR_SET_PDEATHSIG = 1


def _end_with_parent() -> None:
    """On Linux a process is told to end when the one that started it is killed."""
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class Processes:
    """Python processes of the project, each with a session of its own, which is killed whole."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.running: list[subprocess.Popen[str]] = []
        self.environment = os.environ | {
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": database_url,
            "DATABASE_URL_FILE": "",
            "VAR_DIR": str(folder),
            "LOG_LEVEL": "WARNING",
            "HOST": "127.0.0.1",
            "PORT": str(free_port()),
            "WEB_WORKERS": "1",
            "WEB_THREADS": "2",
            "WEBHOOK_WORKERS": "0",  # but for those tests that are about them
            "LIMIT_ADDRESS_READ": "off",
            "LIMIT_KEY_READ": "off",
            "LIMIT_KEY_WRITE": "off",
        }

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for process in self.running:
            kill(process)

    @property
    def address(self) -> str:
        """Where the server answers."""
        return f"http://127.0.0.1:{self.environment['PORT']}"

    def start(
        self, *arguments: str, read: bool = False, write: bool = False
    ) -> subprocess.Popen[str]:
        """Start a process; what it says goes to a file, but for what is to be read."""
        with (self.folder / "complaints.txt").open("a", encoding="utf-8") as complaints:
            process: subprocess.Popen[str] = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.PIPE if write else subprocess.DEVNULL,
                stdout=subprocess.PIPE if read else complaints,
                stderr=complaints,
                text=True,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )
        self.running.append(process)
        return process

    def run(self, *arguments: str) -> str:
        """Run a process to its end; return what it prints."""
        process = self.start(*arguments, read=True)
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0, self.complaints()
        return out

    def serve(self) -> subprocess.Popen[str]:
        """Start the server, and wait until it answers."""
        server = self.start("scripts/serve.py")
        end = time.monotonic() + 60
        while True:
            assert server.poll() is None, self.complaints()
            assert time.monotonic() < end, self.complaints()
            with (
                suppress(OSError),
                urllib.request.urlopen(f"{self.address}/readyz", timeout=5),  # noqa: S310
            ):
                return server
            time.sleep(0.05)

    def complaints(self) -> str:
        return (self.folder / "complaints.txt").read_text(encoding="utf-8")


def kill(process: subprocess.Popen[str]) -> None:
    """Kill it and all that it has started: nothing has a chance to tidy up."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(30)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def own_database(folder: Path) -> Iterator[str]:
    """The URL of a new database on the engine of the settings."""
    database = settings.DATABASES["default"]
    if database["ENGINE"].endswith("sqlite3"):
        yield f"sqlite:///{folder}/soak.sqlite3"
        return
    name = f"reforms_soak_{uuid.uuid4().hex[:12]}"
    url = os.environ["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]
