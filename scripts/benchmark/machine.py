"""What it was measured on, and how the database reads at that size."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("django", "djangorestframework", "granian", "psycopg", "datasette")


def described() -> str:
    """The processor, the memory, the language."""
    model = "an unknown processor"
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    return f"{os.cpu_count()} cores of {model}, {memory() / 1e9:.0f} GB"


def memory() -> int:
    """All memory of the machine, in bytes."""
    return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")


def versions() -> dict[str, str]:
    """Of everything that a figure depends on."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        [postgres] = cursor.fetchone()
    found = {"Python": platform.python_version(), "PostgreSQL": str(postgres)}
    return found | {"SQLite": sqlite3.sqlite_version} | {one: version(one) for one in PACKAGES}


def plans() -> dict[str, list[str]]:
    """What `make plans` names, at this size: the questions that read a large table whole."""
    import check_plans

    found = check_plans.all_whole_reads()
    print(f"plans: {sum(map(bool, found.values()))} of {len(found)} questions read a table whole")
    return {question: scans for question, scans in found.items() if scans}
