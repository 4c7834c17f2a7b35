from django.db import migrations

from reforms.ledger import guard


def make_anew(apps, schema_editor):
    """What an earlier version created gives way to what this one does."""
    guard.lift(schema_editor.connection)
    guard.protect(schema_editor.connection)
    guard.protect_spans(schema_editor.connection)


def undo(apps, schema_editor):
    guard.lift_spans(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [('reforms', '0008_admin_lists')]

    operations = [migrations.RunPython(make_anew, undo)]
