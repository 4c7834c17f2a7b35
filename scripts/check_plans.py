"""Ask every documented filter, order and search of the lists at a tenth of the benchmark's size, on
PostgreSQL, and fail where a plan reads a large table from its beginning to its end.

The tables are analysed and the planner's switches untouched. Both plans of a statement are looked
at: the one for its values, and the one for any values, which a prepared statement may come to use.
A filter without a value here fails too, so that a new one has to be given its place. Exports are
left out: they read whole tables.
"""

import argparse
import itertools
import json
import os
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmark import sets
from postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
LARGE = 5_000  # rows from which on a table is large
# Tables whose rows are so narrow that, while they have so few pages, to read them all is cheaper
# than to look some up. At full size they have more.
NARROW = {"verdictspan": 400, "ledgerentry": 400}
PLANNING = 25  # what PostgreSQL takes planning to cost, in its own unit, and a little more

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
    "object": "bench-7",
    "action": "correct",
    "recorded_since": "2020-01-01",
}
# The order of what is not public, which needs a key.
PRIVATE = "ordering=submitted_at", "ordering=-submitted_at"
# An object of each kind that lists stand below.
BELOW = {"promise": "bench1-1-1", "webhook": "", "pk": ""}
# What is often asked together, and at other moments.
TOGETHER = (
    "/promises/?reform=bench1-1&status=implemented",
    "/promises/?programme=bench3&status=stalled&ordering=-changed_at",
    "/promises/?search=harbour&status=implemented",
    "/promises/?search=senate+1&ordering=relevance",
    "/promises/?status=stalled&timeliness=overdue&ordering=deadline",
    "/promises/?topic=topic-7&status=implemented&count=true",
    "/promises/?as_of=2024-06-01",
    "/promises/?as_of=2024-06-01&status=stalled",
    "/promises/?as_of=2024-06-01&timeliness=overdue",
    "/promises/?as_of=2024-06-01&programme=bench3&ordering=-status_since",
    "/promises/?known_at=50&status=stalled",
    "/promises/?expand=reform,programme,bodies,topics,citations,updates,replies",
    "/reforms/?as_of=2024-06-01&programme=bench3",
    "/updates/?programme=bench3&status=stalled",
    "/updates/?reform=bench1-1&ordering=-effective_on",
    "/updates/?as_of=2024-06-01&status=stalled",
    "/updates/?expand=promise,organisation",
    "/statistics/?programme=bench3",
    "/statistics/?programme=bench3&group_by=organisation",
    "/statistics/?as_of=2024-06-01&programme=bench3",
    "/statistics/timeseries/?programme=bench3",
    "/statistics/agreement/?programme=bench3",
)


def main() -> int:
    """Fill, ask, and name what was read whole; the exit code."""
    parser = argparse.ArgumentParser(prog="make plans", description="Look at the plans.")
    parser.add_argument("--promises", type=int, default=10_000)
    promises = parser.parse_args().promises
    with temporary_postgres() as url:
        os.environ |= sets.settings(url)
        sys.path.insert(0, str(ROOT))
        import django

        django.setup()
        sets.fill(promises, "scale_set.sql")
        sets.append_to_ledger(2 * LARGE)
        sets.pretend_rendered()
        return tell_whole_reads()


def tell_whole_reads() -> int:
    """Print what is read whole; whether anything is."""
    started = time.perf_counter()
    read = all_whole_reads()
    found = [f"{page} reads all of {scan}" for page, scans in read.items() for scan in scans]
    print(*found, sep="\n", end="\n" if found else "")
    spent = time.perf_counter() - started
    print(f"{len(read)} questions in {spent:.0f} s; {len(found)} times a table is read whole")
    return bool(found)


def all_whole_reads() -> dict[str, list[str]]:
    """The large tables that each question reads from end to end, and so does its second page,
    which begins at a row by a condition of its own.
    """
    found = {}
    for question in (*questions(), *TOGETHER):
        found[question], following = whole_reads(question)
        if following:
            found[following], _ = whole_reads(following)
    return found


def questions() -> Iterator[str]:
    """Each list by itself, by each filter and its opposite, and in each order."""
    from reforms.api import urls

    for pattern in urls.urlpatterns:
        callback: Any = pattern.callback
        if (getattr(callback, "actions", None) or {}).get("get") != "list":
            continue
        view = callback.cls(**callback.initkwargs)
        name, path = str(pattern.name), str(pattern.pattern).removesuffix(r"\Z").lstrip("^")
        if name.startswith(("webhook", "export")):
            continue  # webhooks need a key
        keys = re.findall(r"\(\?P<(\w+)>[^)]*\)", path)
        view.action, view.kwargs = "list", {key: BELOW[key] for key in keys}
        path = re.sub(r"\(\?P<(\w+)>[^)]*\)", lambda key: BELOW[key[1]], path)
        asked = view.askable()
        filters = list(asked.filterset_class.base_filters) if asked.filterset_class else []
        bare = f"/{path}"
        yield bare
        yield from (f"{bare}?{one}={value_of(one, name)}" for one in filters)
        if "search" in filters:
            yield f"{bare}?search=99999&ordering=relevance"
        if "ordering" in asked.paging and asked.filterset_class is not None:
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


def whole_reads(question: str) -> tuple[list[str], str]:
    """The large tables that the plans of a question read from end to end; the next page of it."""
    from django.db import connection
    from django.test import Client

    if question.endswith(PRIVATE):
        return [], ""
    said: list[tuple[str, Any]] = []

    def hear(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("SELECT"):
            said.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        response = Client(SERVER_NAME="localhost").get(f"/api/v1{question}")
    if response.status_code != 200:
        raise SystemExit(f"{question}: {response.content.decode()}")
    found = {scan for sql, params in said for scan in scanned(sql, params)}
    following = re.search(rb'"next":"http://localhost/api/v1([^"]+)"', response.content)
    return sorted(found), following[1].decode() if following else ""


def scanned(sql: str, params: Any) -> Iterator[str]:
    """The large tables of which a plan of a statement is a sequential scan: the plan for these
    values, or the one for any.
    """
    from django.db import connection

    numbers = itertools.count(1)
    anything = re.sub("%s", lambda _: f"${next(numbers)}", sql).replace("%%", "%")
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
        plans = [cursor.fetchone()[0]]
        if params:
            # Past psycopg, which would look for the values.
            told = connection.connection.pgconn.exec_(
                f"EXPLAIN (GENERIC_PLAN, FORMAT JSON) {anything}".encode()
            )
            if told.error_message:
                raise SystemExit(f"{told.error_message.decode()}: {anything}")
            plans.append(told.get_value(0, 0))
        of_these, *of_any = (
            (json.loads(one) if isinstance(one, str | bytes) else one)[0]["Plan"] for one in plans
        )
        # PostgreSQL takes a plan for any values where it looks no dearer than those for values.
        dearest = of_these["Total Cost"] + PLANNING
        waiting = [of_these, *(one for one in of_any if one["Total Cost"] <= dearest)]
        while waiting:
            node = waiting.pop()
            waiting += node.get("Plans", [])
            if node["Node Type"] == "Seq Scan":
                table = node["Relation Name"].removeprefix("reforms_")
                cursor.execute(
                    "SELECT reltuples, relpages FROM pg_class WHERE relname = %s",
                    [node["Relation Name"]],
                )
                rows, pages = cursor.fetchone()
                if rows >= LARGE and pages > NARROW.get(table, 0):
                    yield table


if __name__ == "__main__":
    sys.exit(main())
