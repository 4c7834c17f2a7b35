"""What is measured in this process: the database's part of questions, writing, other sizes."""

import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from benchmark import bare, sets, works

STATISTICS = {
    "statistics": "/api/v1/statistics/",
    "statistics as of a day": "/api/v1/statistics/?as_of=2024-06-01",
    "statistics of a programme as of a day": (
        "/api/v1/statistics/?as_of=2024-06-01&programme=bench7"
    ),
}
SEARCHES = 200
BATCH = 10_000  # the most rows that one file may have


def postmaster() -> int:
    """The process of PostgreSQL that has started all others."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = int(cursor.fetchone()[0])
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def median(work: Callable[[], Any], rounds: int) -> float:
    """The median time of some rounds after one to warm up, in milliseconds."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def queries(question: str) -> list[str]:
    """The statements that an answer takes, with their values; not the look at the version."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from reforms.api import versions

    with CaptureQueriesContext(connection) as captured:
        response = Client(SERVER_NAME="localhost").get(question)
    if response.status_code != 200:
        raise SystemExit(f"{question}: {response.content[:300]!r}")
    return [one["sql"] for one in captured if one["sql"] != versions.NEWEST]


def in_database(question: str, rounds: int = 5) -> float:
    """How many milliseconds PostgreSQL takes for the statements of a question: the least of some
    rounds, which is what they take when nothing else is done.
    """
    return sum(min(explained(sql) for _ in range(rounds)) for sql in queries(question))


def explained(sql: str) -> float:
    """The milliseconds that PostgreSQL says it takes to execute a statement; the plan is kept."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + sql.replace("%", "%%"), [])
        found = cursor.fetchone()[0]
    told = (json.loads(found) if isinstance(found, str) else found)[0]
    return float(told["Execution Time"])


def measure(promises: int) -> dict[str, Any]:
    """What reading takes in the database."""
    found: dict[str, Any] = {"database": {name: in_database(q) for name, q in STATISTICS.items()}}
    print("; ".join(f"{name}: {ms:.1f} ms" for name, ms in found["database"].items()), flush=True)
    taken = []
    for path in islice(works.searches(promises), SEARCHES):
        [sql] = [one for one in queries(path) if "reforms_promisesearch" in one]
        taken.append(min(explained(sql) for _ in range(3)))
    taken.sort()
    found["database"]["search, median"] = statistics.median(taken)
    found["database"]["search, p95"] = taken[int(len(taken) * 0.95)]
    found["queries of 304"] = {str(seconds): of_known(seconds) for seconds in (0, 60)}
    return found


def of_known(head_seconds: int) -> int:
    """How many queries it takes to say that somebody has the answer already."""
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext

    client, path = Client(SERVER_NAME="localhost"), next(works.lists(100))
    with override_settings(ANSWERS_MB=64, HEAD_SECONDS=head_seconds):
        tag = client.get(path)["ETag"]
        with CaptureQueriesContext(connection) as captured:
            status = client.get(path, headers={"If-None-Match": tag}).status_code
    if status != 304:
        raise SystemExit(f"{path} is answered with {status} to whoever has it, and not with 304.")
    return len(captured)


def writing(promises: int) -> dict[str, Any]:
    """What it costs to write; last, since the set is no longer what it was."""
    found: dict[str, Any] = {}
    found["import"] = importing(promises, min(20_000, promises * 2))
    found["publication"] = publishing()
    for name in ("import", "publication"):
        print(f"{name}: {found[name]}", flush=True)
    return found


def importing(promises: int, rows: int) -> dict[str, float]:
    """Import new status updates from files, with and without publication: rows a second. Bare are
    the rows that the latter leaves behind.
    """
    from django.core.management import call_command

    found = {}
    settle(promises, rows)
    for trusted, flags in ((False, []), (True, ["--publish"])):
        organisation = importer(trusted).pk
        lines = new_updates(promises, rows)
        files: list[Path] = []
        while part := list(islice(lines, BATCH)):
            files.append(Path(os.environ["VAR_DIR"]) / f"{organisation}-{len(files)}.jsonl")
            files[-1].write_text("".join(part), encoding="utf-8")
        started = time.perf_counter()
        for path in files:
            call_command("import_updates", str(path), "--organisation", organisation, *flags)
        found["published" if trusted else "submitted"] = rows / (time.perf_counter() - started)
    found["bare"] = bare.of_an_import(importer(True).pk)
    return found


def importer(trusted: bool, name: str = "importer") -> Any:
    """An organisation whose status updates come in, with review or, if it is trusted, without."""
    from django.utils import timezone

    from reforms.models import Organisation

    now = timezone.now()
    return Organisation.objects.update_or_create(
        id=f"{name}-{str(trusted).lower()}",
        defaults={
            "name": {"en": "Importer"},
            "trusted": trusted,
            "licence_accepted": "CC-BY-4.0",
            "licence_accepted_at": now,
            "public_since": now,
        },
    )[0]


def settle(promises: int, rows: int) -> None:
    """Let the verdicts of the promises of `new_updates` be what follows from their updates: the set
    was filled past the rules, and whoever is first to publish would make good for it all.
    """
    from reforms import ledger, verdicts

    ids = {json.loads(line)["promise"] for line in new_updates(promises, rows)}
    with ledger.writing(), verdicts.batch():
        head = ledger.head_in_hand()
        verdicts.recompute(ids, head.sequence, head.recorded_at)
        verdicts.reindex(ids)


def new_updates(promises: int, rows: int) -> Iterator[str]:
    """As many status updates as there are rows, of one promise after the other."""
    programmes = max(1, promises // 100)
    for number, (reform, _) in enumerate(islice(sets.questions(promises), rows)):
        update = {
            "promise": f"{reform}-{1 + number // programmes % 100}",
            "status": ("in_progress", "stalled", "implemented")[number % 3],
            "effective_on": f"202{number % 5}-0{1 + number % 9}",
            "external_id": f"row {number}",
            "note": {"en": f"What we found in row {number}, and how far it goes."},
            "citations": [{"source": f"source-{1 + number % 500}", "locator": f"p. {number % 90}"}],
        }
        yield json.dumps(update) + "\n"


@contextmanager
def counted() -> Iterator[list[float]]:
    """Add up the milliseconds that the database was waited for inside."""
    from django.db import connection

    waited = [0.0]

    def time_it(execute: Callable[..., Any], *arguments: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(*arguments)
        finally:
            waited[0] += (time.perf_counter() - started) * 1000

    with connection.execute_wrapper(time_it):
        yield waited


def publishing(times: int = 60) -> dict[str, float]:
    """Publish waiting updates one by one, and write the same rows bare: median milliseconds.

    Bare are the rows that each of these publications leaves behind, in one transaction by one
    statement for each table: the update, its citation, the entry and its payload, the promise's
    verdict, its spans and its place in the search index; with the work of all indexes, constraints
    and triggers.
    """
    from reforms import workflow
    from reforms.models import StatusUpdate

    took, waited = [], []
    waiting = StatusUpdate.objects.filter(review_state="submitted").order_by("pk")
    # One of a promise: another would end the spans that the first began.
    updates = list({one.promise_id: one for one in waiting[: 4 * times]}.values())[:times]
    for update in updates:
        with counted() as asked:
            started = time.perf_counter()
            workflow.publish(update)
            took.append((time.perf_counter() - started) * 1000)
        waited.append(asked[0])
    taken = [bare.of_a_publication(update.pk) for update in updates]
    return {
        "published": statistics.median(took),
        "in the database": statistics.median(waited),
        "bare": statistics.median(taken),
    }
