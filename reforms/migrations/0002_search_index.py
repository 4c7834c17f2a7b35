from django.db import migrations

from reforms import search


def create(apps, schema_editor):
    search.create_table(schema_editor.connection)


def drop(apps, schema_editor):
    search.drop_table(schema_editor.connection)


class Migration(migrations.Migration):
    """The full-text index: a stored vector on PostgreSQL, an FTS5 table on SQLite."""

    dependencies = [("reforms", "0001_the_domain")]

    operations = [migrations.RunPython(create, drop)]
