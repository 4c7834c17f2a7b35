import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [('reforms', '0011_webhooks')]

    operations = [
        migrations.CreateModel(
            name='PromiseRendition',
            fields=[
                ('readers', models.CharField(blank=True, max_length=6)),
                ('spoken', models.CharField(blank=True, max_length=20)),
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
                ('spoken', models.CharField(blank=True, max_length=20)),
                ('form', models.CharField(blank=True, max_length=16)),
                ('body', models.TextField(blank=True)),
                ('pk', models.CompositePrimaryKey('update', 'readers', blank=True, editable=False, primary_key=True, serialize=False)),
                ('update', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='renditions', to='reforms.statusupdate')),
            ],
            options={
                'abstract': False,
                'default_permissions': (),
                'indexes': [models.Index(fields=['update'], condition=models.Q(('form', '')), name='update_unrendered')],
            },
        ),
    ]
