import django.db.models.deletion
from django.db import migrations, models

from reforms.indexing import AddIndexBeside

# The indexes that Django makes of itself; on SQLite each column has the first of them alone.
INDEXES = (
    ('reforms_citation_source_id_aa41c996', '"source_id"'),
    ('reforms_citation_source_id_aa41c996_like', '"source_id" varchar_pattern_ops'),
    ('reforms_citation_origin_id_84e987e4', '"origin_id"'),
    ('reforms_citation_origin_id_84e987e4_like', '"origin_id" varchar_pattern_ops'),
)


def drop(apps, schema_editor):
    beside = 'CONCURRENTLY' if schema_editor.connection.vendor == 'postgresql' else ''
    for name, _ in INDEXES:
        schema_editor.execute(f'DROP INDEX {beside} IF EXISTS "{name}"')


def make_again(apps, schema_editor):
    on_postgresql = schema_editor.connection.vendor == 'postgresql'
    beside = 'CONCURRENTLY' if on_postgresql else ''
    for name, column in INDEXES:
        if on_postgresql or 'varchar' not in column:
            schema_editor.execute(
                f'CREATE INDEX {beside} IF NOT EXISTS "{name}" ON "reforms_citation" ({column})'
            )


class Migration(migrations.Migration):
    """Two indexes in place of four, which every citation had to be entered in. To let Django alter
    the columns would check all foreign keys anew while nobody can write.
    """

    atomic = False

    dependencies = [('reforms', '0015_publication_with_state')]

    operations = [
        AddIndexBeside(
            model_name='citation',
            index=models.Index(fields=['source'], name='citation_by_source'),
        ),
        AddIndexBeside(
            model_name='citation',
            index=models.Index(fields=['origin'], name='citation_by_origin'),
        ),
        # After that, so that there always is one of them.
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(drop, make_again)],
            state_operations=[
                migrations.AlterField(
                    model_name='citation',
                    name='source',
                    field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='citations', to='reforms.source'),
                ),
                migrations.AlterField(
                    model_name='citation',
                    name='origin',
                    field=models.ForeignKey(blank=True, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='assertions', to='reforms.publisher'),
                ),
            ],
        ),
    ]
