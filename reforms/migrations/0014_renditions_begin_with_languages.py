import django.db.models.deletion
from django.db import migrations, models

from reforms import staleness


def cease(apps, schema_editor):
    staleness.cease(schema_editor.connection)


def watch(apps, schema_editor):
    staleness.watch(schema_editor.connection)


class Migration(migrations.Migration):
    """What renditions hold is rendered anew, so that their tables are made anew, and with them what
    watches over them: it writes their columns. Code from before cannot read them: nothing was
    released that would. What is public is marked by a later migration, which keeps no reader waiting.
    """

    dependencies = [('reforms', '0013_counts_of_promises')]

    operations = [
        migrations.RunPython(cease, migrations.RunPython.noop),
        migrations.DeleteModel(name='PromiseRendition'),
        migrations.DeleteModel(name='UpdateRendition'),
        migrations.CreateModel(
            name='PromiseRendition',
            fields=[
                ('readers', models.CharField(blank=True, max_length=6)),
                ('form', models.CharField(blank=True, max_length=16)),
                ('body', models.TextField(blank=True)),
                ('pk', models.CompositePrimaryKey('promise', 'part', 'readers', blank=True, editable=False, primary_key=True, serialize=False)),
                ('part', models.CharField(choices=[('promise', 'Itself'), ('citations', 'Citations'), ('replies', 'Replies')], max_length=9)),
                ('promise', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='reforms.promise')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [models.Index(fields=['promise'], condition=models.Q(('form', '')), name='promise_unrendered')],
            },
        ),
        migrations.CreateModel(
            name='UpdateRendition',
            fields=[
                ('readers', models.CharField(blank=True, max_length=6)),
                ('form', models.CharField(blank=True, max_length=16)),
                ('body', models.TextField(blank=True)),
                ('pk', models.CompositePrimaryKey('update', 'readers', blank=True, editable=False, primary_key=True, serialize=False)),
                ('published_at', models.DateTimeField()),
                ('update', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='reforms.statusupdate')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [models.Index(fields=['published_at', 'update', 'form', 'readers'], name='update_rendered'), models.Index(fields=['published_at', 'update'], condition=models.Q(('form', '')), name='update_unrendered')],
            },
        ),
        migrations.RunPython(watch, cease),
    ]
