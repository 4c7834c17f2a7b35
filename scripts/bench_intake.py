"""Measure how status updates come in, on PostgreSQL: imported, sent as a batch, published.

`python scripts/bench_intake.py` fills a server of its own with 10,000 promises and 100,000 status
updates, then imports 20,000 new ones by an organisation that publishes without review, and by one
that does not; sends some through the API; and publishes waiting ones, one by one. Rows a second are
counted by the processor's time of this process and of the database's together: a busy machine makes
everything else longer. By part is how this process spends its time, by samples of where it is.
"""

import argparse
import collections
import gc
import json
import os
import resource
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from benchmark import inside, sets
from postgres import temporary_postgres

SAMPLE = 0.002  # seconds of the processor's time between two samples
# The innermost of these modules that is on the stack is the part that takes the time.
PARTS = {
    "submissions/tables": "reading the file",
    "submissions/fields": "reading fields",
    "submissions/shapes": "reading fields",
    "submissions/readers": "reading fields",
    "submissions/references": "looking up references",
    "submissions/repeating": "looking up what was sent",
    "submissions/drafting": "drafting",
    "workflow/checking": "checking",
    "workflow/storing": "writing rows",
    "ledger/": "ledger",
    "records/": "documents",
    "verdicts/indexing": "search index",
    "search": "search index",
    "assessment": "verdicts",
    "verdicts/": "verdicts",
    "workflow/": "workflow",
    "submissions/": "submissions",
    "api/": "API",
}


@dataclass
class Taken:
    """What a work took: seconds of the processor, here and in the database, and by part here."""

    ours: float = 0.0
    database: float = 0.0
    clock: float = 0.0
    parts: collections.Counter[str] = field(default_factory=collections.Counter)

    def told(self, rows: int) -> dict[str, Any]:
        """Rows a second, microseconds a row."""
        samples = sum(self.parts.values()) or 1
        return {
            "rows a second": rows / (self.ours + self.database),
            "by the clock": rows / self.clock,
            "µs of ours": self.ours / rows * 1e6,
            "µs in the database": self.database / rows * 1e6,
            "MB at most": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000,
            "µs by part": {
                part: round(self.ours * count / samples / rows * 1e6)
                for part, count in self.parts.most_common()
            },
        }


@contextmanager
def taken() -> Iterator[Taken]:
    """What is done inside: how long it takes, and where."""
    found, root = Taken(), str(sets.ROOT / "reforms") + "/"

    def look(_signal: int, frame: Any) -> None:
        while frame is not None:
            path = frame.f_code.co_filename
            if path.startswith(root):
                module = path.removeprefix(root)
                for start, part in PARTS.items():
                    if module.startswith(start):
                        found.parts[part] += 1
                        return
            frame = frame.f_back
        found.parts["the rest"] += 1

    before = signal.signal(signal.SIGPROF, look)
    database, clock, ours = _database_seconds(), time.perf_counter(), time.process_time()
    signal.setitimer(signal.ITIMER_PROF, SAMPLE, SAMPLE)
    try:
        yield found
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
    found.ours = time.process_time() - ours
    found.clock = time.perf_counter() - clock
    found.database = _database_seconds() - database


def _database_seconds() -> float:
    """The processor's time of the server process behind our connection."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def importing(promises: int, rows: int, publish: bool) -> dict[str, Any]:
    """Import a file of new status updates through the command."""
    from django.core.management import call_command
    from django.test import override_settings

    organisation = inside.importer(publish)
    path = Path(os.environ["VAR_DIR"]) / f"{organisation.pk}.jsonl"
    path.write_text("".join(islice(inside.new_updates(promises, rows), rows)), encoding="utf-8")
    flags = ["--publish"] if publish else []
    inside.settle(promises, rows)
    with override_settings(MAX_BATCH_ROWS=rows), taken() as found:
        call_command("import_updates", str(path), "--organisation", organisation.pk, *flags)
    return found.told(rows)


def sending(promises: int, rows: int) -> dict[str, Any]:
    """Send status updates as one batch through the API, with a key that publishes."""
    from django.test import Client, override_settings

    from reforms import keys
    from reforms.scopes import Scope

    organisation = inside.importer(True, "sender")
    _, secret = keys.issue(
        organisation, "benchmark", scopes=[Scope.SUBMIT.value, Scope.PUBLISH.value]
    )
    body = "".join(islice(inside.new_updates(promises, rows), rows))
    inside.settle(promises, rows)
    with override_settings(MAX_BATCH_ROWS=rows), taken() as found:
        response = Client(SERVER_NAME="localhost").post(
            "/api/v1/updates/batch/",
            body,
            content_type="application/jsonl",
            headers={"Authorization": f"Bearer {secret}"},
        )
    if response.status_code != 200 or response.json()["published"] != rows:
        raise SystemExit(f"{response.status_code}: {response.content[:300]!r}")
    return found.told(rows)


def main() -> None:
    """Fill, then measure one after the other."""
    works = ("submitted", "published", "sent", "publication")
    parser = argparse.ArgumentParser(description="Measure intake at size.")
    parser.add_argument("--promises", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--only", choices=works, action="append")
    parser.add_argument("--database", help="one that is filled already")
    asked = parser.parse_args()
    sys.path.insert(0, str(sets.ROOT))
    if asked.database:
        return measure(asked.database, asked, asked.only or works)
    with temporary_postgres() as url:
        measure(url, asked, asked.only or works)
    return None


def measure(url: str, asked: Any, works: Any) -> None:
    """What each work takes, a line for each."""
    os.environ |= sets.settings(url, LIMIT_KEY_ROWS="off")
    os.environ.setdefault("VAR_DIR", "var")
    import django

    django.setup()
    if not asked.database:
        sets.fill(asked.promises, "scale_set.sql")
        sets.append_to_ledger(1_000)
    gc.freeze()  # as the web workers do
    gc.set_threshold(50_000, 20, 20)
    for work in works:
        match work:
            case "submitted" | "published":
                found = importing(asked.promises, asked.rows, work == "published")
            case "sent":
                found = sending(asked.promises, min(asked.rows, 10_000))
            case _:
                found = inside.publishing()
        print(work, json.dumps(found, ensure_ascii=False, default=float, indent=1), flush=True)


if __name__ == "__main__":
    main()
