"""Ask every documented filter, order and search of the lists at a tenth of the benchmark's size, on
PostgreSQL, and fail where a plan reads a large table from its beginning to its end.

The tables are analysed and the planner's switches untouched. A filter without a value here fails
too, so that a new one has to be given its place.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
PROMISES = 10_000
LARGE = 5_000  # rows from which on a table is large

VALUES = {
    "programme": "bench3",
    "reform": "bench1-1",
    "promise": "bench1-1-1",
    "source": "source-77",
    "status": "reversed",
    "verification": "documented",
    "kind": {"source": "news", "promise": "study"},
    "commitment": "process",
    "timeliness": "overdue",
    "contested": "true",
    "body": "body-7",
    "topic": "topic-7",
    "organisation": "org-2",
    "deadline_before": "2022-02-01",
    "deadline_after": "2028-02-01",
    "changed_since": "2020-01-01",
    "not_updated_since": "2020-01-01",
    "search": "harbour",
    "review_state": "published",
    "effective_before": "2020-03-01",
    "effective_after": "2025-03-01",
    "published_since": "2020-01-01",
    "publisher": "publisher-7",
    "language": "en",
    "edition_of": "source-77",
    "published_before": "2020-03-01",
    "published_after": "2025-03-01",
    "numbered": "true",
    "successor": "body-7",
    "after": "100",
    "type": {"publisher": "ngo", "": "promise"},
    "object": "bench",
    "action": "correct",
    "recorded_since": "2020-01-01",
}
# The order of what is not public, which needs a key.
PRIVATE = "ordering=submitted_at", "ordering=-submitted_at"


def main() -> int:
    """Fill, ask, and name what was read whole; the exit code."""
    with temporary_postgres() as url:
        os.environ |= {
            "DATABASE_URL": url,
            "DJANGO_SETTINGS_MODULE": "tracker.settings",
            "LOG_LEVEL": "ERROR",
            "LIMIT_ADDRESS_READ": "off",
            "ANSWERS_MB": "0",
        }
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        import bench
        from django.db import connection

        bench.fill(PROMISES, "bench_data.sql")
        bench.append_to_ledger(2 * LARGE)
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        started = time.perf_counter()
        asked, found = 0, []
        for question in questions():
            asked += 1
            found += [(question, scan) for scan in whole_reads(question)]
    for question, scan in found:
        print(f"{question} reads all of {scan}")
    spent = time.perf_counter() - started
    print(f"{asked} questions in {spent:.0f} s; {len(found)} times a table is read whole")
    return bool(found)


def questions() -> Iterator[str]:
    """Each list by itself, by each filter and its opposite, and in each order."""
    from reforms.api import urls

    for pattern in urls.urlpatterns:
        callback: Any = pattern.callback
        if (getattr(callback, "actions", None) or {}).get("get") != "list":
            continue
        view = callback.cls(**callback.initkwargs)
        view.action, view.kwargs = "list", {}
        name, path = str(pattern.name), str(pattern.pattern).removesuffix(r"\Z").lstrip("^")
        if "<" in path or name.startswith("webhook"):
            continue  # below an object there is little; webhooks need a key
        asked = view.askable()
        filters = list(asked.filterset_class.base_filters) if asked.filterset_class else []
        bare = f"/{path}"
        yield bare
        yield from (f"{bare}?{one}={value_of(one, name)}" for one in filters)
        if "search" in filters:
            yield f"{bare}?search=99999&ordering=relevance"
        if "ordering" in asked.paging:
            for one in asked.orderings:
                yield from (
                    f"{bare}?ordering={sign}{one}" for sign in ("", "-") if one != "relevance"
                )


def value_of(name: str, view: str) -> str:
    """What a filter is asked for; a KeyError names the one that has no value here."""
    value: Any = VALUES[name.removesuffix("_not")]
    if isinstance(value, dict):
        kind = view.partition("-")[0]
        return str(value.get(kind) or value[""])
    return str(value)


def whole_reads(question: str) -> list[str]:
    """The large tables that the plans of a question read from end to end."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    if question.endswith(PRIVATE):
        return []
    with CaptureQueriesContext(connection) as captured:
        response = Client(SERVER_NAME="localhost").get(f"/api/v1{question}")
    assert response.status_code == 200, (question, response.content)
    found = set()
    for query in captured.captured_queries:
        if query["sql"].startswith("SELECT"):
            found |= set(scanned(query["sql"]))
    return sorted(found)


def scanned(sql: str) -> Iterator[str]:
    """The large tables of which the plan of a query is a sequential scan."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql.replace("%", "%%"), [])
        waiting = [json.loads(json.dumps(cursor.fetchone()[0]))[0]["Plan"]]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            if node["Node Type"] == "Seq Scan":
                cursor.execute(
                    "SELECT reltuples FROM pg_class WHERE relname = %s", [node["Relation Name"]]
                )
                if cursor.fetchone()[0] >= LARGE:
                    yield node["Relation Name"].removeprefix("reforms_")


if __name__ == "__main__":
    sys.exit(main())
