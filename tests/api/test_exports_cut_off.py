"""A download that breaks off is told from a whole one, by the real server and a plain client."""

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.soak.processes import ROOT, free_port

pytestmark = pytest.mark.without_database

SIZE = 64_000_000  # as in large_export.py


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Granian with one worker, in a session of its own, and its port."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    command += ["--port", str(port), "tests.api.large_export:application"]
    environment = os.environ | {"VAR_DIR": str(tmp_path), "DATABASE_URL": "", "LOG_LEVEL": "ERROR"}
    process = subprocess.Popen(command, cwd=ROOT, env=environment, start_new_session=True)
    try:
        for _ in range(300):
            with suppress(OSError):
                ask(port, "/nowhere").read()
                break
            time.sleep(0.1)
        yield process, port
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def ask(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    return connection.getresponse()


def test_a_file_that_breaks_off(
    server: tuple[subprocess.Popen[bytes], int], tmp_path: Path
) -> None:
    process, port = server
    whole = ask(port, "/api/large")
    assert whole.headers["Content-Length"] == str(SIZE)
    assert len(whole.read()) == SIZE
    # What fails while it is written is no file at all.
    failed = ask(port, "/api/failing")
    assert failed.status == 500
    assert failed.headers["Content-Type"] == "application/problem+json"
    # Whoever goes away in the middle leaves nothing behind, and frees the place.
    for _ in range(4):
        gone = ask(port, "/api/large")
        assert gone.status == 200
        gone.read(1000)
        gone.close()
        time.sleep(0.5)
    broken = ask(port, "/api/large")
    assert broken.status == 200
    broken.read(1000)
    os.killpg(process.pid, signal.SIGKILL)
    with pytest.raises((http.client.IncompleteRead, ConnectionResetError)):
        broken.read()
    assert list((tmp_path / "exports").iterdir()) == []
