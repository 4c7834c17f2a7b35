"""Indexes that migrations build while others write."""

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader

from reforms.indexing import AddIndexBeside, RemoveIndexBeside

TABLE = "reforms_topic"


def indexes() -> set[str]:
    with connection.cursor() as cursor:
        return set(connection.introspection.get_constraints(cursor, TABLE))


@pytest.mark.django_db(transaction=True)
def test_an_index_is_built_and_removed_on_either_engine() -> None:
    before = MigrationLoader(connection).project_state()
    added = AddIndexBeside("topic", models.Index(fields=["name"], name="topic_trial"))
    removed = RemoveIndexBeside("topic", "topic_trial")
    after = before.clone()
    added.state_forwards("reforms", after)
    with connection.schema_editor(atomic=False) as editor:
        added.database_forwards("reforms", editor, before, after)
        assert "topic_trial" in indexes()
        removed.database_forwards("reforms", editor, after, before)
        assert "topic_trial" not in indexes()
        removed.database_backwards("reforms", editor, before, after)
        assert "topic_trial" in indexes()
        added.database_backwards("reforms", editor, after, before)
        assert "topic_trial" not in indexes()
