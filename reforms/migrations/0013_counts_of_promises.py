from django.db import migrations, models

from reforms.indexing import AddIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [('reforms', '0012_renditions')]

    operations = [
        AddIndexBeside(
            model_name='promise',
            index=models.Index(condition=models.Q(('withdrawn_at__isnull', True)), fields=['reform', 'status', 'commitment'], name='promise_counted'),
        ),
    ]
