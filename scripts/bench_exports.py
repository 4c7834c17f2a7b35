"""Measure exports at size, on PostgreSQL: rows a second, seconds to the first byte, memory.

`python scripts/bench_exports.py` fills a server of its own with 10,000 promises and 100,000 status
updates and citations (more with --promises), then asks for each file in a process of its own, which
says how much memory it took at most. "s of ours" is the processor's time in that process, and
rows a second are counted by it: a busy machine makes everything else longer.
"""

import argparse
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
FILES = [
    "organisations.jsonl",
    "promises.jsonl",
    "updates.jsonl",
    "updates.csv",
    "updates.parquet",
    "updates.xlsx",
]


def main() -> None:
    """Fill, then ask for each file in a process of its own."""
    parser = argparse.ArgumentParser(description="Measure exports at size.")
    parser.add_argument("--promises", type=int, default=10_000)
    parser.add_argument("--ask", default="", help="one file, in this process")
    arguments = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    if arguments.ask:
        return ask(arguments.ask)
    with temporary_postgres() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "LOG_LEVEL": "ERROR",
            "LIMIT_ADDRESS_READ": "off",
            "LIMIT_EXPORTS": "off",
        }
        import django

        django.setup()
        from benchmark.sets import fill

        fill(arguments.promises, "scale_set.sql")
        print(
            f"{'file':<22}{'rows':>9}{'MB':>7}{'s':>7}{'s of ours':>11}{'rows/s':>8}{'memory':>8}"
        )
        for one in FILES:
            command = [sys.executable, __file__, "--ask", one]
            subprocess.run(command, check=True)
    return None


def ask(path: str) -> None:
    """Ask for one file; the organisations alone show what the process takes by itself."""
    import django

    django.setup()
    from django.test import Client

    started, worked = time.perf_counter(), time.process_time()
    response: Any = Client(SERVER_NAME="localhost").get(f"/api/v1/export/{path}")
    size = sum(len(part) for part in response.streaming_content)
    spent, worked = time.perf_counter() - started, time.process_time() - worked
    rows = int(response.headers["Export-Rows"])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{path:<22}{rows:>9,}{size / 1e6:>7.1f}{spent:>7.1f}{worked:>11.1f}"
        f"{rows / worked:>8,.0f}{memory:>8.0f}",
        flush=True,
    )


if __name__ == "__main__":
    main()
