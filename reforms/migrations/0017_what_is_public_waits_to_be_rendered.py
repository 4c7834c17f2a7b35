from django.db import migrations

from reforms import staleness


def mark(apps, schema_editor):
    staleness.mark_all(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [('reforms', '0016_fewer_indexes_of_citations')]

    operations = [migrations.RunPython(mark, migrations.RunPython.noop)]
