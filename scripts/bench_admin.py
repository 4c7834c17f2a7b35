"""Measure the admin at size, on PostgreSQL: every list, filter, search, autocomplete and form.

`make bench-admin` fills a server of its own with 100,000 promises, 1,000,000 updates and citations
and all else that curators meet (fewer with --promises), then opens each page as a curator, a
reviewer and a contributor. It prints for each page the queries, the median time, the slowest query
with the rows that its plan reads, and every count that has no bound.
"""

import argparse
import json
import os
import re
import statistics
import sys
from dataclasses import dataclass, field
from typing import Any

from bench_admin_pages import ROLES, Page, pages_for
from benchmark.inside import median
from benchmark.sets import ROOT, append_to_ledger, fill
from postgres import temporary_postgres

# A count is bounded by a limit below it.
COUNT = re.compile(r"COUNT\(", re.IGNORECASE)
LIMITED = re.compile(
    r"SELECT COUNT\([^)]*\) (?:AS \"\w+\" )?FROM \(SELECT .* LIMIT \d+\)", re.I | re.S
)


@dataclass(slots=True)
class Measured:
    """What opening a page cost."""

    page: Page
    queries: int
    spent: float
    slowest: float = 0.0
    rows: int = 0
    plan: str = ""
    unbounded: list[str] = field(default_factory=list)


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description="Measure the admin at size.")
    parser.add_argument("--promises", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--filled", metavar="URL", help="a database that was filled before")
    arguments = parser.parse_args()
    if arguments.filled:
        prepare(arguments.filled)
        measure(arguments.rounds)
        return
    with temporary_postgres() as url:
        prepare(url)
        fill(arguments.promises, "scale_set.sql", "bench_queue.sql")
        append_to_ledger(arguments.promises // 5)
        record_a_reform()
        measure(arguments.rounds)


def prepare(url: str) -> None:
    """Start the application on the database."""
    os.environ |= {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "LOG_LEVEL": "CRITICAL",
    }
    sys.path.insert(0, str(ROOT))
    import django
    from django.test import override_settings

    django.setup()
    # What pages link to is not collected for them.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    override_settings(STORAGES={"staticfiles": plain}).enable()


def record_a_reform() -> None:
    """Append three entries for each promise of a reform and each of its updates, as edits would."""
    from reforms import ledger, records
    from reforms.models import Promise, StatusUpdate
    from reforms.vocabulary import EntryAction

    promises = Promise.objects.filter(reform="bench1-1")[:200]
    updates = StatusUpdate.objects.public().filter(promise__in=list(promises))
    with ledger.writing(batched=True):
        for thing in [*promises, *updates]:
            kind, made = records.type_of(thing), records.document(thing)
            for number in range(3):
                edited = {**made, "note": {"en": f"Edit {number}"}}
                ledger.append(EntryAction.EDIT, kind, str(thing.pk), edited, at=ledger.moment())


def measure(rounds: int) -> None:
    """Open every page as each role and print what it costs, then a line for each kind of page."""
    everything: list[Measured] = []
    for role in ROLES:
        client, pages = pages_for(role)
        print(f"\n{role}\n{'page':<62}{'queries':>8}{'ms':>8}{'slowest':>9}{'rows read':>11}  plan")
        for page in pages:
            one = opened(client, page, rounds)
            everything.append(one)
            warning = "".join(f" UNBOUNDED {sql}" for sql in one.unbounded)
            print(
                f"{page.name:<62}{one.queries:>8}{one.spent:>8.0f}{one.slowest:>9.1f}"
                f"{one.rows:>11,}  {one.plan}{warning}",
                flush=True,
            )
    print(f"\n| {'kind':<14} | pages | most queries | median ms | slowest ms | slowest query, ms |")
    print("|---|---|---|---|---|---|")
    for kind in dict.fromkeys(one.page.kind for one in everything):
        of_kind = [one for one in everything if one.page.kind == kind]
        print(
            f"| {kind} | {len(of_kind)} | {max(one.queries for one in of_kind)}"
            f" | {statistics.median(one.spent for one in of_kind):.0f}"
            f" | {max(one.spent for one in of_kind):.0f}"
            f" | {max(one.slowest for one in of_kind):.0f} |"
        )
    unbounded = sum(bool(one.unbounded) for one in everything)
    print(f"\n{len(everything)} pages, {unbounded} of them with a count that has no bound")


def opened(client: Any, page: Page, rounds: int) -> Measured:
    """Open a page some times, and once more to see what it asks."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def ask() -> None:
        response = client.post(page.address, page.data) if page.data else client.get(page.address)
        assert response.status_code == 200, (
            page.name,
            response.status_code,
            response.content[:500],
        )

    spent = median(ask, rounds)
    with CaptureQueriesContext(connection) as captured:
        ask()
    asked = [one for one in captured.captured_queries if one["sql"].startswith("SELECT")]
    measured = Measured(page, len(captured), spent)
    slowest = max(asked, key=lambda one: float(one["time"]))
    measured.slowest = float(slowest["time"]) * 1000
    measured.rows, measured.plan = read_by(slowest["sql"])
    measured.unbounded = [one["sql"][:200] for one in asked if is_unbounded(one["sql"])]
    return measured


def is_unbounded(sql: str) -> bool:
    """Whether it counts rows to their end; what is grouped counts for the rows of a page."""
    return bool(COUNT.search(sql)) and not LIMITED.search(sql) and " GROUP BY " not in sql


def read_by(sql: str) -> tuple[int, str]:
    """How many rows the plan of a query reads from tables, and how it reads most of them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + sql.replace("%", "%%"), [])
        plan: dict[str, Any] = json.loads(json.dumps(cursor.fetchone()[0]))[0]["Plan"]
    most, total, waiting = (0, ""), 0, [plan]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        if "Relation Name" in node:
            removed = node.get("Rows Removed by Filter", 0)
            rows = int((node["Actual Rows"] + removed) * node["Actual Loops"])
            total += rows
            table = node["Relation Name"].removeprefix("reforms_")
            most = max(most, (rows, f"{node['Node Type']} {node.get('Index Name', '')} {table}"))
    return total, " ".join(most[1].split())


if __name__ == "__main__":
    main()
