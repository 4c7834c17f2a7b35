import django.core.validators
import django.db.models.deletion
import reforms.models.fields
from django.conf import settings
from django.db import migrations, models

from reforms.ledger import guard


def protect(apps, schema_editor):
    guard.protect(schema_editor.connection)


def lift(apps, schema_editor):
    guard.lift(schema_editor.connection)


class Migration(migrations.Migration):
    """Entries and payloads, which the database refuses to rewrite; public objects are withdrawn."""

    dependencies = [
        ('reforms', '0002_search_index'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LedgerEntry',
            fields=[
                ('sequence', models.BigIntegerField(help_text='1, 2, 3 … without gaps, in the order of the transactions.', primary_key=True, serialize=False, validators=[django.core.validators.MinValueValidator(1)])),
                ('recorded_at', models.DateTimeField(help_text='When the record said so; later than the entry before.', unique=True)),
                ('action', models.CharField(choices=[('create', 'Create'), ('edit', 'Edit'), ('translate', 'Translate'), ('correct', 'Correct'), ('publish', 'Publish'), ('supersede', 'Supersede'), ('retract', 'Retract'), ('remove', 'Remove'), ('withdraw', 'Withdraw'), ('redact', 'Redact')], max_length=20)),
                ('object_type', models.CharField(max_length=20)),
                ('object_id', reforms.models.fields.IdField(max_length=100)),
                ('actor', models.CharField(help_text='An organisation or a role, no person.', max_length=120)),
                ('commitment', models.CharField(max_length=64)),
                ('previous', models.CharField(max_length=64)),
                ('hash', models.CharField(max_length=64)),
            ],
            options={
                'verbose_name_plural': 'ledger entries',
                'ordering': ['sequence'],
                'default_permissions': ('view',),
            },
        ),
        migrations.RemoveConstraint(
            model_name='source',
            name='reforms_source_url_once',
        ),
        migrations.RemoveConstraint(
            model_name='statusupdate',
            name='reforms_statusupdate_external_id_once',
        ),
        migrations.AddField(
            model_name='body',
            name='public_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='body',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='public_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='organisation',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='programme',
            name='public_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='programme',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='promise',
            name='public_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='promise',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='publisher',
            name='public_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='publisher',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='reform',
            name='public_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='reform',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='source',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='topic',
            name='public_since',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='topic',
            name='withdrawn_at',
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name='source',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('url', ''), _negated=True), ('withdrawn_at', None)), fields=('url',), name='reforms_source_url_once'),
        ),
        migrations.AddConstraint(
            model_name='statusupdate',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('external_id', ''), _negated=True), ('successor', None)), fields=('organisation', 'external_id'), name='reforms_statusupdate_external_id_once'),
        ),
        migrations.CreateModel(
            name='LedgerPayload',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='payload', serialize=False, to='reforms.ledgerentry')),
                ('salt', models.CharField(blank=True, max_length=64)),
                ('body', models.TextField()),
            ],
            options={
                'default_permissions': ('view',),
            },
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['object_type', 'object_id', 'sequence'], name='entry_by_object'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['action', 'sequence'], name='entry_by_action'),
        ),
        migrations.AddIndex(
            model_name='ledgerentry',
            index=models.Index(fields=['object_type', 'sequence'], name='entry_by_type'),
        ),
        migrations.AddConstraint(
            model_name='ledgerentry',
            constraint=models.CheckConstraint(condition=models.Q(('sequence__gte', 1)), name='reforms_ledgerentry_from_one'),
        ),
        migrations.RunPython(protect, lift),
    ]
