from collections.abc import Iterator
from unittest import mock

import pytest
from django.conf import settings
from django.db import connection, connections
from django.test import TransactionTestCase, override_settings

from reforms.api import values
from reforms.ledger import guard

pytest_plugins = ["tests.fixtures"]

# The database is the one that DATABASE_URL names: `make test` runs the suite once for each engine.


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What touches no database is the same on every engine: it runs on SQLite, and not again."""
    free = [item for item in items if item.get_closest_marker("without_database")]
    for item in free:
        touching = {"db", "transactional_db"} & {*item.fixturenames}  # type: ignore[attr-defined]
        assert not touching, f"{item.nodeid} is said to touch no database"
    if connection.vendor != "sqlite":
        config.hook.pytest_deselected(items=free)
        items[:] = [item for item in items if not item.get_closest_marker("without_database")]


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    """What one test has stored is gone in the next, unlike anything public."""
    values.SEEN.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    tmp_path_factory: pytest.TempPathFactory,
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """Keep SQLite's test database in a file: one in memory has no WAL and one connection only."""
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        database["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "tracker.sqlite3")


@pytest.fixture(scope="session", autouse=True)
def emptied_tables() -> Iterator[None]:
    """Let the tables be emptied after a test that commits: the ledger refuses it otherwise."""
    teardown = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def without_guard(self: TransactionTestCase) -> None:
        guard.lift(connection)
        guard.lift_spans(connection)
        try:
            teardown(self)
        finally:
            guard.protect(connection)
            guard.protect_spans(connection)

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", without_guard):
        yield


@pytest.fixture(scope="session", autouse=True)
def fast_settings() -> Iterator[None]:
    """Need no collected static files, spend no time on hashing passwords, know no limits.

    What is cached stays in this process; tests of limits and of kept answers set their own.
    """
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        LIMITS=dict.fromkeys(settings.LIMITS, ()),
        ANSWERS_MB=0,
    ):
        yield
