"""Measure reading at size, on PostgreSQL, all variants in one run: figures are ratios.

`make bench` fills a server of its own with 100,000 promises and 1,000,000 updates and citations
(fewer with --promises), then asks the application in this process, so that no network is measured.
It prints for each question the queries, the median time, the ratio to the raw query that is the
practical limit, and whatever the planner reads row by row although the table is large. At last it
appends to the ledger in one batch, and says how fast that went.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
LARGE = 10_000  # estimated rows that a plan may not read one by one for a page of 50
RAW = """
    SELECT json_agg(row_to_json(page)) FROM (
        SELECT id, programme_id, reform_id, number, title, statement, kind, commitment, condition,
               deadline_on, figures, status, status_since, verification, contested, changed_at
        FROM reforms_promise WHERE reform_id = 'bench1-1' AND status = 'implemented'
        ORDER BY position LIMIT 50
    ) page
"""
FIRST_PAGE = "/api/v1/promises/?limit=50"
QUESTIONS = {
    "a reform and a status": "/api/v1/promises/?reform=bench1-1&status=implemented",
    "all promises": "/api/v1/promises/",
    "with a count": "/api/v1/promises/?count=true",
    "programme": "/api/v1/promises/?programme=bench3",
    "status": "/api/v1/promises/?status=reversed",
    "status_not": "/api/v1/promises/?status_not=not_assessed",
    "verification": "/api/v1/promises/?verification=documented",
    "kind": "/api/v1/promises/?kind=study",
    "commitment": "/api/v1/promises/?commitment=process",
    "timeliness": "/api/v1/promises/?timeliness=overdue",
    "contested": "/api/v1/promises/?contested=true",
    "body": "/api/v1/promises/?body=body-7",
    "topic": "/api/v1/promises/?topic=topic-7",
    "organisation": "/api/v1/promises/?organisation=org-2",
    "source": "/api/v1/promises/?source=source-77",
    "deadline_before": "/api/v1/promises/?deadline_before=2022-02-01&ordering=deadline",
    "changed_since": "/api/v1/promises/?changed_since=2020-01-01&ordering=-changed_at",
    "not_updated_since": "/api/v1/promises/?not_updated_since=2030-01-01",
    "search, rare": "/api/v1/promises/?search=99999",
    "search, common": "/api/v1/promises/?search=senate",
    "search by relevance": "/api/v1/promises/?search=harbour&ordering=relevance",
    "newest status": "/api/v1/promises/?ordering=-status_since",
    "everything embedded": "/api/v1/promises/?expand=reform,programme,bodies,citations,updates",
    "one promise": "/api/v1/promises/bench1-1-1/",
    "its timeline": "/api/v1/promises/bench1-1-1/updates/",
    "its assessments": "/api/v1/promises/bench1-1-1/assessments/",
    "updates": "/api/v1/updates/",
    "updates of a reform": "/api/v1/updates/?reform=bench1-1",
    "updates of an organisation": "/api/v1/updates/?organisation=org-3",
    "updates by effect": "/api/v1/updates/?ordering=-effective_on",
    "updates citing a source": "/api/v1/updates/?source=source-77",
    "sources": "/api/v1/sources/?publisher=publisher-7",
    "reforms with counts": "/api/v1/reforms/?programme=bench1",
    "agreement": "/api/v1/statistics/agreement/",
    "agreement, one reform": "/api/v1/statistics/agreement/?reform=bench1-1",
    "agreement as of a day": "/api/v1/statistics/agreement/?as_of=2022-06-01",
    "counts": "/api/v1/statistics/",
    "counts by reform": "/api/v1/statistics/?group_by=reform",
    "counts by timeliness": "/api/v1/statistics/?group_by=timeliness",
    "counts by body": "/api/v1/statistics/?group_by=body",
    "counts by organisation": "/api/v1/statistics/?group_by=organisation",
    "the same, one reform": "/api/v1/statistics/?group_by=organisation&reform=bench1-1",
    "counts as of a day": "/api/v1/statistics/?group_by=reform&as_of=2022-06-01",
    "series": "/api/v1/statistics/timeseries/",
    "series, one programme": "/api/v1/statistics/timeseries/?programme=bench1",
    "as of a day": "/api/v1/promises/?as_of=2022-06-01",
    "as of a day, status": "/api/v1/promises/?as_of=2022-06-01&status=reversed",
    "as of a day, timeliness": "/api/v1/promises/?as_of=2022-06-01&timeliness=overdue",
    "as of a day, newest status": "/api/v1/promises/?as_of=2022-06-01&ordering=-status_since",
    "as of a day, reforms": "/api/v1/reforms/?as_of=2022-06-01&programme=bench1",
}


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(description="Measure reading at size.")
    parser.add_argument("--promises", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=20)
    arguments = parser.parse_args()
    with temporary_postgres() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "LOG_LEVEL": "ERROR",
            "LIMIT_ADDRESS_READ": "off",  # one address asks for everything
            "ANSWERS_MB": "0",  # every question is answered afresh
        }
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        fill(arguments.promises, "bench_data.sql")
        measure(arguments.rounds)
        append_to_ledger(arguments.promises // 5)


def fill(promises: int, *scripts: str) -> None:
    """Make the tables and the synthetic record, of which each script writes a part."""
    from django.core.management import call_command
    from django.db import connection

    started = time.perf_counter()
    call_command("migrate", verbosity=0)
    texts = [(Path(__file__).parent / name).read_text(encoding="utf-8") for name in scripts]
    with connection.cursor() as cursor:
        for statement in "".join(texts).replace("__PROMISES__", str(promises)).split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    print(f"{promises:,} promises filled in {time.perf_counter() - started:.0f} s\n", flush=True)


def measure(rounds: int) -> None:
    """Ask every question and print what it costs."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(SERVER_NAME="localhost")

    def raw() -> None:
        with connection.cursor() as cursor:
            cursor.execute(RAW)
            json.dumps(cursor.fetchone())

    limit = median(raw, rounds)
    print(f"raw query, a reform and a status: {limit:.2f} ms = 1.00")
    print(f"{'question':<28}{'queries':>8}{'ms':>9}{'raw ÷ it':>10}  reads row by row")
    deep = FIRST_PAGE
    for _ in range(100):
        deep = client.get(deep).json()["next"] or deep
    for name, question in {**QUESTIONS, "page 101": deep}.items():

        def ask(question: str = question) -> None:
            response = client.get(question)
            assert response.status_code == 200, response.content

        with CaptureQueriesContext(connection) as captured:
            ask()
        queries = [query["sql"] for query in captured]
        spent = median(ask, rounds)
        scans = sorted({scan for query in queries for scan in large_scans(query)})
        print(
            f"{name:<28}{len(queries):>8}{spent:>9.1f}{limit / spent:>10.2f}  {', '.join(scans)}",
            flush=True,
        )


def append_to_ledger(entries: int) -> None:
    """Append documents of about 1 kB in one batch, as a bulk import does."""
    from reforms import ledger
    from reforms.vocabulary import EntryAction

    text = {language: f"Twelve words in {language} about one thing " * 4 for language in "abc"}
    document = {"schema": 1, "object_type": "topic", "id": "bench", "name": text, "note": text}
    started = time.perf_counter()
    with ledger.writing(batched=True):
        for number in range(entries):
            made = {**document, "number": number}
            ledger.append(EntryAction.EDIT, "topic", "bench", made, at=ledger.moment())
    spent = time.perf_counter() - started
    print(f"\nledger: {entries:,} entries appended, {entries / spent:,.0f} a second", flush=True)


def median(work: Callable[[], None], rounds: int) -> float:
    """The median time of some rounds after one to warm up, in milliseconds."""
    work()
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        work()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def large_scans(sql: str) -> list[str]:
    """Tables of which the plan of a query reads very many rows without an index."""
    from django.db import connection

    if not sql.startswith("SELECT"):
        return []
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) " + sql.replace("%", "%%"), [])
        plan: dict[str, Any] = json.loads(json.dumps(cursor.fetchone()[0]))[0]["Plan"]
    found: list[str] = []
    waiting = [plan]
    while waiting:
        node = waiting.pop()
        waiting += node.get("Plans", [])
        rows = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
        if rows * node["Actual Loops"] > LARGE and "Relation Name" in node:
            kind = node["Node Type"]
            found.append(f"{kind} {node['Relation Name'].removeprefix('reforms_')} {rows:,.0f}")
    return found


if __name__ == "__main__":
    main()
