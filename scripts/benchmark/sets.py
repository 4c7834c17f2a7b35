"""The scale set: the same rows on PostgreSQL and on SQLite, in every run."""

import datetime
import itertools
import json
import os
import sqlite3
import subprocess
import sys
import time
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
FILES = ROOT / "scripts"
UPDATES = 10  # of each promise


def settings(url: str, **more: str) -> dict[str, str]:
    """The environment of whatever reads this database: no limits, nothing kept, few words."""
    return {
        "DATABASE_URL": url,
        "DJANGO_SETTINGS_MODULE": "tracker.settings",
        "LOG_LEVEL": "ERROR",
        "LIMIT_ADDRESS_READ": "off",  # one address asks for everything
        "LIMIT_EXPORTS": "off",
        "ANSWERS_MB": "0",  # every question is answered afresh
        **more,
    }


def fill(promises: int, *scripts: str) -> None:
    """Make the tables and the synthetic record, of which each script writes a part.

    Statements over whole tables are what PostgreSQL does fastest, faster than COPY of rows that
    were made elsewhere. The tables are vacuumed and analysed.
    """
    from django.core.management import call_command
    from django.db import connection

    started = time.perf_counter()
    call_command("migrate", verbosity=0)
    texts = [(FILES / name).read_text(encoding="utf-8") for name in scripts]
    with connection.cursor() as cursor:
        for statement in "".join(texts).replace("__PROMISES__", str(promises)).split(";\n"):
            if statement.strip():
                cursor.execute(statement)
        cursor.execute("VACUUM ANALYZE")
    print(f"{promises:,} promises filled in {time.perf_counter() - started:.0f} s", flush=True)


def render(processes: int = 2) -> None:
    """Render what answers are made of, on every core."""
    started = time.perf_counter()
    command = [sys.executable, "manage.py", "render_answers", "--verbosity=0"]
    running = [subprocess.Popen(command, cwd=ROOT, env=os.environ) for _ in range(processes)]
    codes = [one.wait() for one in running]
    if any(codes):
        raise SystemExit("render_answers failed.")
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    print(f"rendered in {time.perf_counter() - started:.0f} s", flush=True)


def pretend_rendered() -> None:
    """Let it look as if everything were rendered: for what depends on the number of rows alone."""
    from django.db import connection

    from reforms.api.renditions.texts import EVERYBODY, SPOKEN, form

    with connection.cursor() as cursor:
        for table in ("reforms_promiserendition", "reforms_updaterendition"):
            cursor.execute(
                f"UPDATE {table} SET readers = %s, form = %s,"  # noqa: S608
                " body = %s || '{\"said\": \"' || repeat('x', 800) || '\"}'",
                [EVERYBODY, form(), f"en{SPOKEN}"],
            )
        cursor.execute("VACUUM FULL reforms_updaterendition")
        # Which also says what index-only scans need not look up; FULL does not.
        cursor.execute("VACUUM ANALYZE")


def append_to_ledger(entries: int) -> float:
    """Append documents of about 1 kB in one batch, as a bulk import does; entries a second."""
    from reforms import ledger
    from reforms.vocabulary import EntryAction

    text = {language: f"Twelve words in {language} about one thing " * 4 for language in "abc"}
    document = {"schema": 1, "object_type": "topic", "id": "bench", "name": text, "note": text}
    started = time.perf_counter()
    with ledger.writing(batched=True):
        key, moment = "bench1-1-1", ledger.moment
        ledger.append(EntryAction.CREATE, "promise", key, {"id": key}, at=moment())
        for number in range(entries):
            made = {**document, "number": number}
            about = f"bench-{number}"
            ledger.append(EntryAction.EDIT, "topic", about, made, at=moment())
    return entries / (time.perf_counter() - started)


def copy_to_sqlite(path: Path) -> None:
    """Copy all rows of PostgreSQL to a new file of SQLite, in one transaction, and analyse it."""
    from django.apps import apps
    from django.db import connection

    started = time.perf_counter()
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{path}"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment, check=True)
    file = sqlite3.connect(path, isolation_level=None)
    file.executescript("PRAGMA synchronous=OFF; PRAGMA foreign_keys=OFF; PRAGMA cache_size=-400000")
    triggers = file.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    file.execute("BEGIN")
    for name, _ in triggers:
        file.execute(f'DROP TRIGGER "{name}"')
    for model in apps.get_app_config("reforms").get_models(include_auto_created=True):
        columns = [str(column.column) for column in model._meta.local_concrete_fields]
        names, places = ", ".join(f'"{one}"' for one in columns), ", ".join("?" * len(columns))
        table = model._meta.db_table
        into = f'INSERT INTO "{table}" ({names}) VALUES ({places})'  # noqa: S608
        types = list(_types(table, columns))  # asked before the connection is busy
        with (
            connection.cursor() as cursor,
            cursor.copy(
                f'COPY (SELECT {names} FROM "{table}") TO STDOUT (FORMAT binary)'  # noqa: S608
            ) as copy,
        ):
            copy.set_types(types)
            file.executemany(into, map(_adapted, copy.rows()))
    _index(file)
    for _, sql in triggers:
        file.execute(sql)
    file.execute("COMMIT")
    file.executescript("ANALYZE; PRAGMA journal_mode=WAL")
    file.close()
    print(f"copied to SQLite in {time.perf_counter() - started:.0f} s", flush=True)


def _types(table: str, columns: list[str]) -> Iterator[str]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s",
            [table],
        )
        found = dict(cursor.fetchall())
    yield from (found[one] for one in columns)


def _adapted(row: Iterable[Any]) -> tuple[Any, ...]:
    return tuple(_ADAPT.get(type(value), _same)(value) for value in row)


def _same(value: Any) -> Any:
    return value


def _moment(value: datetime.datetime) -> str:
    return value.astimezone(datetime.UTC).replace(tzinfo=None).isoformat(" ")


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


_ADAPT: dict[type[Any], Any] = {
    dict: _json,
    list: _json,
    uuid.UUID: lambda value: value.hex,
    datetime.datetime: _moment,
    datetime.date: lambda value: value.isoformat(),
    bool: int,
}


def _index(file: sqlite3.Connection) -> None:
    """Fill the search index as `reforms.search` does."""
    from reforms import search

    rows = file.execute("SELECT id, title, statement FROM reforms_promise").fetchall()
    file.executemany(
        "INSERT INTO reforms_promisesearch (promise_id, key, title, statement, bodies, notes)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (key, search._key(key), *search._columns(_searched(title, statement)))
            for key, title, statement in rows
        ),
    )


def _searched(title: str, statement: str) -> dict[str, Iterable[str]]:
    said = {"title": json.loads(title).values(), "statement": json.loads(statement).values()}
    return said | {"bodies": [], "notes": []}


def questions(promises: int) -> Iterator[tuple[str, str]]:
    """Programmes whose one reform has as many promises of a status as a page, in a fixed order."""
    programmes = max(1, promises // 100)
    step = next(one for one in (617, 613, 607, 1) if programmes % one)
    for number in itertools.count():
        programme = 1 + number * step % programmes
        yield f"bench{programme}-1", "implemented"
