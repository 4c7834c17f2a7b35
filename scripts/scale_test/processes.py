"""The programs of the trial: found, started, killed, and ended whatever happens."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

# Each program with the package of Debian that has it.
PACKAGES = {"pgbouncer": "pgbouncer", "redis-server": "redis-server", "nginx": "nginx-light"}
# Where root's programs are, which the PATH of others leaves out.
SYSTEM = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin"])
UNPRIVILEGED = "nobody"


class Missing(SystemExit):
    """The trial cannot be made here."""


def find() -> dict[str, str]:
    """Return where each program is; install what is missing, where that is possible."""
    found = {name: shutil.which(name, path=SYSTEM) for name in PACKAGES}
    missing = [PACKAGES[name] for name, path in found.items() if path is None]
    if missing:
        _install(missing)
        found = {name: shutil.which(name, path=SYSTEM) for name in PACKAGES}
    still = [PACKAGES[name] for name, path in found.items() if path is None]
    if still:
        raise Missing(
            f"NOTHING WAS TRIED: {', '.join(still)} is not installed."
            f" On Debian and Ubuntu: apt install {' '.join(still)}"
        )
    return {name: path for name, path in found.items() if path is not None}


def _install(packages: Sequence[str]) -> None:
    """Install packages of Debian without starting what they would start."""
    apt = shutil.which("apt-get")
    if os.geteuid() != 0 or apt is None:
        return
    print(f"Installing {', '.join(packages)} …", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        subprocess.run(
            [apt, "-qq", *command],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=600,
        )


def unprivileged() -> dict[str, Any]:
    """For root: as whom those run that refuse root."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam(UNPRIVILEGED)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}


class Processes:
    """What the trial has started, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str] | None = None,
        run_as: Mapping[str, Any] | None = None,
        folder: Path | None = None,
    ) -> None:
        """Start a program under a name; what it prints is in the file of that name."""
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                [str(part) for part in command],
                cwd=folder or "/",
                env=dict(environment) if environment is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # In a session of its own: Ctrl-C ends the trial first, and it ends these.
                start_new_session=True,
                **(run_as or {}),
            )

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM, wait: float = 20) -> None:
        """Ask a program to end, and wait for it; kill it if that takes too long."""
        process = self.running.pop(name)
        process.send_signal(how)
        try:
            process.wait(wait)
        except subprocess.TimeoutExpired:
            self._kill(process)

    def kill(self, name: str) -> None:
        """End a program, and all that it has started, as a power failure does."""
        self._kill(self.running.pop(name))

    def _kill(self, process: subprocess.Popen[bytes]) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """End all that is still there, the last first."""
        for name in reversed([*self.running]):
            self.kill(name)

    def log(self, name: str, lines: int = 20) -> str:
        """The end of what a program has printed."""
        text = (self.folder / f"{name}.log").read_text("utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    def wait_for(self, name: str, port: int, seconds: float = 60) -> None:
        """Wait until a program takes connections."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.running[name].poll() is None:
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                return
            time.sleep(0.05)
        raise Missing(f"{name} did not start:\n{self.log(name)}")


@contextmanager
def processes() -> Iterator[Processes]:
    """A folder for all of it, and nothing left behind."""
    # A socket's path must stay below about 100 characters, so not under TMPDIR or the project.
    folder = Path(tempfile.mkdtemp(prefix="reforms-scale-", dir="/tmp"))
    folder.chmod(0o755)
    made = Processes(folder)
    try:
        yield made
    finally:
        made.end()
        shutil.rmtree(folder, ignore_errors=True)
