"""What a later version needs and this one does not know: a column that may be left out."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.RunSQL(
            "ALTER TABLE reforms_promise ADD COLUMN weight integer DEFAULT 1",
            "ALTER TABLE reforms_promise DROP COLUMN weight",
        )
    ]
