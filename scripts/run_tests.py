"""Run the test suite on SQLite, then on PostgreSQL; arguments go on to pytest.

PostgreSQL is a server that this script starts, or the one that TEST_DATABASE_URL names.
"""

import os
import signal
import subprocess
import sys
import tempfile
from contextlib import nullcontext
from pathlib import Path
from types import FrameType

from postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
# The whole suite runs in parallel; for a part of it, starting the processes would take longer.
WHOLE_SUITE = ["-n", "logical", "--maxprocesses", "4"]


def end(number: int, _frame: FrameType | None) -> None:
    """Turn a signal into an exception, so that the server is stopped on the way out."""
    raise SystemExit(128 + number)


def run_pytest(engine: str, database_url: str, arguments: list[str]) -> int:
    """Run the suite on one engine and return pytest's exit code."""
    print(f"\n=== Tests on {engine} ===", flush=True)
    with tempfile.TemporaryDirectory(prefix="reforms-tests-") as folder:
        # Settings of this shell must not change what is tested.
        environment = os.environ | {
            "DATABASE_URL": database_url or f"sqlite:///{folder}/tracker.sqlite3",
            "DATABASE_URL_FILE": "",
            "REPLICA_URL": "",
            "VAR_DIR": folder,
            "DEBUG": "false",
            "HTTPS": "false",
        }
        command = [sys.executable, "-m", "pytest", *(arguments or WHOLE_SUITE)]
        return subprocess.run(command, cwd=ROOT, env=environment).returncode


def main() -> int:
    """Run both engines even if the first fails, and say how each ended."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, end)
    # Ctrl-C reaches pytest too, which stops by itself and says how far it came: wait for that.
    interrupts: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _frame: interrupts.append(number))

    arguments = sys.argv[1:]
    named = os.environ.get("TEST_DATABASE_URL")
    codes = {"SQLite": run_pytest("SQLite", "", arguments)}
    if not interrupts:
        with nullcontext(named) if named else temporary_postgres() as url:
            codes["PostgreSQL"] = run_pytest("PostgreSQL", url, arguments)
    for engine, code in codes.items():
        print(f"{engine}: {'passed' if code == 0 else f'FAILED (pytest exit code {code})'}")
    return 130 if interrupts else max(codes.values())


if __name__ == "__main__":
    sys.exit(main())
