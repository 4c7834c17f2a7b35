"""How the service speaks to its database."""

import pytest
from django.db import connection


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL waits for its log by itself")
@pytest.mark.django_db
def test_what_was_committed_survives_a_power_failure() -> None:
    """An entry that a witness has seen is never taken back: 2 is FULL."""
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA synchronous").fetchone() == (2,)
