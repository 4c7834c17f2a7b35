from django.db import migrations, models

from reforms.indexing import AddIndexBeside, RemoveIndexBeside


class Migration(migrations.Migration):
    atomic = False

    dependencies = [('reforms', '0014_renditions_begin_with_languages')]

    operations = [
        AddIndexBeside(
            model_name='statusupdate',
            index=models.Index(fields=['published_at', 'id', 'review_state'], name='update_by_published_at'),
        ),
        # After that, so that lists always have one of them.
        RemoveIndexBeside(model_name='statusupdate', name='update_by_publication'),
    ]
