"""Built beside the others' work, and therefore in no transaction."""

from django.db import migrations


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("growth", "0001_a_column")]
    operations = [
        migrations.RunSQL(
            "CREATE INDEX CONCURRENTLY promise_weight ON reforms_promise (weight)",
            "DROP INDEX CONCURRENTLY promise_weight",
        )
    ]
