"""What the same answers cost at other sizes, in databases of their own."""

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command

from benchmark import inside, sets, works

WORKS = {"list": works.lists, "detail": works.details, "search": works.searches}
DATABASE = "in the database"
HUGE = 1_000_000  # promises of which rendering every answer would take hours


def of_size(promises: int, rounds: int) -> dict[str, float]:
    """What it costs at another size, which is filled for it. Answers of a huge one are texts of the
    usual length that say nothing.
    """
    with database(f"bench_{promises}"):
        sets.fill(promises, "scale_set.sql")
        (sets.pretend_rendered if promises >= HUGE else sets.render)()
        return costs(promises, rounds)


def costs(promises: int, rounds: int) -> dict[str, float]:
    """The milliseconds of a list, of a promise and of a search, in this process and without a
    server; and of these how many PostgreSQL says that it takes.
    """
    from django.test import Client

    client = Client(SERVER_NAME="localhost")
    found: dict[str, float] = {"promises": promises}
    for work, paths in WORKS.items():
        asked = paths(promises)

        def ask(asked: Iterator[str] = asked) -> None:
            client.get(next(asked))

        found[work] = inside.median(ask, rounds * 10)
        found[f"{work}, {DATABASE}"] = inside.in_database(next(asked))
    return found


@contextmanager
def database(name: str) -> Iterator[str]:
    """Another, empty database of the same server, for this process and those that it starts."""
    from django.db import connections

    connection: Any = connections["default"]
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    before, url = connection.settings_dict["NAME"], os.environ["DATABASE_URL"]
    connection.settings_dict["NAME"] = name
    os.environ["DATABASE_URL"] = url.removesuffix(before) + name
    try:
        yield os.environ["DATABASE_URL"]
    finally:
        connection.close()
        connection.settings_dict["NAME"], os.environ["DATABASE_URL"] = before, url
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def seeded(folder: Path) -> Iterator[tuple[str, str]]:
    """The curated data on PostgreSQL, and copied to SQLite: the URLs of both."""
    light = folder / "seeds.sqlite3"
    with database("bench_seeds") as url:
        call_command("migrate", verbosity=0)
        call_command("seed", stdout=io.StringIO())
        sets.render()
        sets.copy_to_sqlite(light)
        yield url, f"sqlite:///{light}"


def lists_of_seeds() -> Iterator[str]:
    """Pages of fifty of the curated data, in every order and of every status."""
    while True:
        for status in ("implemented", "not_assessed", "in_progress", "not_started"):
            yield f"/api/v1/promises/?programme=kz2022&status={status}"
        yield "/api/v1/promises/?limit=50"
