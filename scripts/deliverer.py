"""The worker that delivers webhooks, beside the server: started, watched, and ended with it."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A worker that ends by itself is started again after so many seconds, and not at once: what ended
# it may be there for a while.
PAUSE = 5.0
# How long it may take to finish what is under way.
PATIENCE = 25.0


class Deliverer:
    """The worker as a process with a session of its own, so that Ctrl-C is ours to pass on."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.ending = threading.Event()

    def start(self) -> None:
        """Start it, and a thread that starts it again whenever it ends."""
        self._start()
        threading.Thread(target=self._watch, name="deliverer", daemon=True).start()

    def _start(self) -> None:
        command = [sys.executable, str(ROOT / "manage.py"), "deliver_webhooks", "--with-parent"]
        self.process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)

    def _watch(self) -> None:
        while self.process is not None and not self.ending.is_set():
            self.process.wait()
            self._sweep(self.process)
            if self.ending.wait(PAUSE):
                return
            print("The worker for webhooks ended; it is started again.", flush=True)
            self._start()

    def stop(self) -> None:
        """Let it finish what is under way, and kill what is left then."""
        self.ending.set()
        process = self.process
        if process is None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        end = time.monotonic() + PATIENCE
        while process.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        self._sweep(process)

    def _sweep(self, process: subprocess.Popen[bytes]) -> None:
        """Leave none of its processes behind."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
