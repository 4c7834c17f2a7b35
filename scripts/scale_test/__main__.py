"""Build the tracker on two machines, all on loopback, and check what docs/scaling.md promises.

Nothing is left behind. SCALE_TEST_PORT (8120) is the first of eight ports in a row. Names of checks
or parts of them choose some; they run in their order, and the last one leaves one machine.
"""

import json
import os
import signal
import socket
import sys
import time
from types import FrameType

from scale_test.checks import CHECKS, Failed, Trial
from scale_test.databases import Databases
from scale_test.load import Load, ask
from scale_test.processes import Missing, Processes, find, processes
from scale_test.site import CommandFailed, Site

PORTS = 8


def main(chosen: list[str]) -> int:
    """Run the checks; return 0 if all of them hold."""
    # However the trial is ended, what it started is ended as well.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _end)
    checks = [one for one in CHECKS if not chosen or any(part in one.__name__ for part in chosen)]
    if not checks:
        raise SystemExit(f"There are these checks: {', '.join(one.__name__ for one in CHECKS)}.")
    programs = find()
    first = int(os.environ.get("SCALE_TEST_PORT", "8120"))
    _check_ports(first)
    began = time.monotonic()
    failed = 0
    with processes() as running:
        trial = _built(running, programs, first)
        print(f"Built in {time.monotonic() - began:.0f} s.\n", flush=True)
        for check in checks:
            name = check.__name__.replace("_", " ")
            try:
                said, held = check(trial), True
            except (Failed, CommandFailed) as failure:
                said, held = str(failure), False
            failed += not held
            print(f"{'PASS' if held else 'FAIL'}  {name}\n      {said}", flush=True)
            if not held:
                for log in ("web-one", "web-two"):
                    print(f"--- {log}\n{running.log(log)}", flush=True)
    print(f"\n{len(checks) - failed} of {len(checks)} hold, in {time.monotonic() - began:.0f} s.")
    return int(failed > 0)


def _built(running: Processes, programs: dict[str, str], first: int) -> Trial:
    """Two PostgreSQL servers with their pools, two web workers, Redis, nginx, and the data."""
    print(
        "Building: PostgreSQL, its replica, their pools, Redis, two web workers, nginx …",
        flush=True,
    )
    # The pools beside their servers, and those behind the ports of the site.
    databases = Databases(
        running, programs["pgbouncer"], (first + 4, first + 5, first + 6, first + 7)
    )
    databases.make()
    site = Site(running, programs, databases, first)
    key = site.prepare()
    site.start()
    answer = ask(first, "/api/v1/promises/?fields=id&limit=200")
    promises = [one["id"] for one in json.loads(answer.text)["results"]]
    return Trial(running, databases, site, Load(first, key, promises))


def _check_ports(first: int) -> None:
    for port in range(first, first + PORTS):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Missing(
                    f"NOTHING WAS TRIED: port {port} is taken. Choose another row of {PORTS}:"
                    " make scale-test SCALE_TEST_PORT=9100"
                ) from None


def _end(number: int, _frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
