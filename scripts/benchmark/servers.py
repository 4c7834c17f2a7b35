"""Starting the contenders on one core, and looking at what they take."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from benchmark.load import ask
from benchmark.sets import ROOT

SERVED, ASKING = 0, 1  # the core of contenders and databases, and that of whoever asks
_TICK = os.sysconf("SC_CLK_TCK")
Command = list[str]


def pin(core: int, pid: int = 0) -> None:
    """Keep a process, and those that it starts, on one core; all where there are not two."""
    if (os.cpu_count() or 1) > 1:
        with suppress(ProcessLookupError):
            os.sched_setaffinity(pid, {core})


def unpin(pid: int = 0) -> None:
    """Let a process run on every core."""
    with suppress(ProcessLookupError):
        os.sched_setaffinity(pid, range(os.cpu_count() or 1))


def free_port() -> int:
    """A port that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A server and its processes."""

    def __init__(self, name: str, command: Command, environment: dict[str, str]) -> None:
        self.name, self.port = name, free_port()
        command = [one.replace("{port}", str(self.port)) for one in command]
        told = os.environ | environment | {"PORT": str(self.port)}
        self._log = tempfile.TemporaryFile()  # noqa: SIM115 - it ends with the process
        self.process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=told,
            stdout=self._log,
            stderr=self._log,
            start_new_session=True,
            preexec_fn=lambda: pin(SERVED),
        )

    def wait(self, path: str) -> float:
        """Wait until it answers; return how many seconds that took."""
        began = time.perf_counter()
        while time.perf_counter() - began < 90:
            with suppress(OSError, ValueError, IndexError):
                status, _ = ask(self.port, path)
                if status < 500:
                    return time.perf_counter() - began
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self._log.seek(0)
        raise SystemExit(f"{self.name} does not answer:\n{self._log.read().decode()[-3000:]}")

    def pids(self) -> list[int]:
        """Its processes, the one that was started first."""
        return family(self.process.pid)

    def worker(self) -> int:
        """The process that answers: the largest of them."""
        return max(self.pids(), key=memory)

    def stop(self) -> None:
        """End it."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@contextmanager
def running() -> Iterator[Callable[[Server], Server]]:
    """What is handed to the function that this gives is stopped at the end, whatever happens."""
    started: list[Server] = []

    def start(server: Server) -> Server:
        started.append(server)
        return server

    try:
        yield start
    finally:
        for one in started:
            one.stop()


def ours(url: str, folder: Path, **settings: str) -> Server:
    """The project's own server, with one worker of one thread."""
    told = {"WEB_WORKERS": "1", "WEB_THREADS": "1", "WEBHOOK_WORKERS": "0", "HOST": "127.0.0.1"}
    told |= {"DATABASE_URL": url, "VAR_DIR": str(folder)} | settings
    return Server("ours", [sys.executable, "scripts/serve.py"], told)


def peer(target: str, **settings: str) -> Server:
    """A peer under the same server program, with one worker of one thread."""
    command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--workers", "1"]
    command += ["--blocking-threads", "1", "--port", "{port}", "--no-ws", target]
    settings |= {"PYTHONPATH": f"{ROOT}:{ROOT / 'scripts'}"}
    return Server(target, command, settings)


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        with suppress(FileNotFoundError):
            children = Path(f"/proc/{one}/task/{one}/children").read_text()
            waiting += [int(child) for child in children.split()]
    return found


def cpu(pids: list[int]) -> float:
    """Seconds of the processor that processes have taken, those of their ended children too."""
    total = 0
    for pid in pids:
        with suppress(FileNotFoundError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(int(one) for one in fields[11:15])
    return total / _TICK


def memory(pid: int, name: str = "VmRSS", file: str = "status") -> float:
    """The resident memory of a process in MB; with VmHWM the most that it was."""
    with suppress(FileNotFoundError):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1]) / 1000
    return 0.0


def memories(*pids: int) -> dict[str, float]:
    """What processes have in memory, in MB: all of it, and their share of what several have."""
    return {
        "resident": sum(memory(pid) for pid in pids),
        "share": sum(memory(pid, "Pss", "smaps_rollup") for pid in pids),
    }


def forget_most(pid: int) -> None:
    """Let VmHWM begin anew."""
    Path(f"/proc/{pid}/clear_refs").write_text("5")
