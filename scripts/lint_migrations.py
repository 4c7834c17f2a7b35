"""Hold migrations safe on a large table: squawk reads the SQL that each of them executes.

It is what PostgreSQL is really told, that of Python code included: a server that this script starts
is migrated step by step. docs/scaling.md says how to write what is refused here.
"""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from postgres import temporary_postgres

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# Nothing was released before these, so that no table that they change has ever held anything.
UNREAD = "0009_a_stricter_guard"
# What squawk says of style, and of what Django does by itself: a transaction for each migration, a
# record of those that were applied, types of columns. The time to wait for a lock is set from
# outside (PGOPTIONS), for all of them.
PASSED_OVER = (
    "prefer-robust-stmts",
    "prefer-text-field",
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
    "prefer-identity",
    "prefer-timestamp-tz",
    "require-timeout-settings",
)
# Rules that a migration breaks on purpose, by its name, each with the reason in a comment.
ALLOWED: dict[str, tuple[str, ...]] = {
    # Renditions are rendered anew, and nothing was released before that would read them as before.
    "0014_renditions_begin_with_languages": ("ban-drop-function", "ban-drop-table"),
}
# What is no change of a table.
_ASIDE = re.compile(r"\s*(SELECT|SET CONSTRAINTS|INSERT INTO \"?django_|SAVEPOINT|RELEASE)", re.I)


@contextmanager
def heard(said: list[str]) -> Iterator[None]:
    """Write down what the database is told inside."""
    from django.db import connection

    def hear(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        if not _ASIDE.match(sql):
            said.append(sql.rstrip().rstrip(";") + ";")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(hear):
        yield


def migrations() -> Iterator[tuple[str, bool, str]]:
    """Apply ours one by one; give each name, whether it is one transaction, and its SQL."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    for migration, _ in plan:
        said: list[str] = []
        with heard(said):
            executor = MigrationExecutor(connection)
            executor.migrate([(migration.app_label, migration.name)])
        if migration.app_label == "reforms":
            yield migration.name, migration.atomic, "\n".join(said)


def lint(folder: Path) -> int:
    """Have squawk read every migration after UNREAD; return its exit code, the worst one."""
    found = 0
    squawk = Path(sys.executable).with_name("squawk")
    if not squawk.exists():
        raise SystemExit("squawk-cli is not installed: install requirements-dev.lock.")
    for name, atomic, sql in migrations():
        if name <= UNREAD or not sql:
            continue
        file = folder / f"{name}.sql"
        file.write_text(sql, encoding="utf-8")
        passed_over = ",".join([*PASSED_OVER, *ALLOWED.get(name, ())])
        command = [str(squawk), "--pg-version=14", f"--exclude={passed_over}"]
        command += ["--assume-in-transaction"] if atomic else []
        print(f"{name}:", flush=True)
        found = max(found, subprocess.run([*command, str(file)]).returncode)
    return found


def main() -> int:
    """Start a PostgreSQL, migrate it, and say what would keep readers or writers waiting."""
    import django

    with temporary_postgres() as url, tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DATABASE_URL": url, "REPLICA_URL": "", "VAR_DIR": folder}
        os.environ["DJANGO_SETTINGS_MODULE"] = "tracker.settings"
        django.setup()
        code = lint(Path(folder))
        from django.db import connection

        connection.close()
    print("Migrations after", UNREAD, "are", "NOT safe on a large table" if code else "safe")
    return code


if __name__ == "__main__":
    sys.exit(main())
