"""Replies of the promisor, which are part of the record; and what anybody may send to the curators,
which is not.
"""

import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import reforms.models.fields
import reforms.models.letter
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('reforms', '0009_a_stricter_guard'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Reply',
            fields=[
                ('public_since', models.DateTimeField(blank=True, editable=False, null=True)),
                ('withdrawn_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('id', reforms.models.fields.IdField(editable=False, max_length=100, primary_key=True, serialize=False, validators=[django.core.validators.RegexValidator('^[a-z0-9]+(?:-[a-z0-9]+)*\\Z', '“%(value)s” is no id: use lower-case letters a-z, digits and single hyphens.')])),
                ('signed_by', reforms.models.fields.TextsField(default=dict, help_text='The office that replies, as it signs. No person.', max_length=300)),
                ('dated_on', models.DateField(help_text='The day that the reply bears.')),
                ('text', reforms.models.fields.TextsField(default=dict, help_text='Word for word; translations as such are added later.', max_length=5000)),
                ('url', models.URLField(blank=True, help_text='Where the promisor published it, if anywhere.', max_length=2000)),
                ('verified_how', models.TextField(blank=True, help_text='How it was made sure that the promisor wrote it. Never public.', max_length=2000, validators=[reforms.models.fields.validate_plain_text])),
                ('promise', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='replies', to='reforms.promise')),
            ],
            options={
                'verbose_name_plural': 'replies',
                'ordering': ['-dated_on', '-public_since', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ProposedReply',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('receipt', models.CharField(default=reforms.models.letter.new_receipt, editable=False, max_length=40, unique=True)),
                ('contact', models.CharField(blank=True, help_text='Where to ask back. Forgotten after a time; never public.', max_length=200, validators=[reforms.models.fields.validate_plain_text])),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('sent_at', models.DateTimeField(editable=False)),
                ('state', models.CharField(choices=[('new', 'New'), ('accepted', 'Accepted'), ('answered', 'Answered'), ('declined', 'Declined')], default='new', editable=False, max_length=20)),
                ('answer', models.TextField(blank=True, editable=False, help_text='What is told to whoever holds the receipt.', max_length=2000, validators=[reforms.models.fields.validate_plain_text])),
                ('note', models.TextField(blank=True, help_text='For the curators alone.', max_length=2000, validators=[reforms.models.fields.validate_plain_text])),
                ('decided_at', models.DateTimeField(editable=False, null=True)),
                ('language', models.CharField(choices=[('en', 'English'), ('ru', 'Russian'), ('kk', 'Kazakh')], max_length=2)),
                ('text', models.TextField(help_text='The reply, word for word.', max_length=5000, validators=[reforms.models.fields.validate_plain_text])),
                ('signed_by', models.CharField(help_text='The office that replies.', max_length=300, validators=[reforms.models.fields.validate_plain_text])),
                ('dated_on', models.DateField(help_text='The day that the reply bears.')),
                ('url', models.URLField(blank=True, help_text='Where it was published.', max_length=2000)),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('promise', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposed_replies', to='reforms.promise')),
                ('reply', models.ForeignKey(editable=False, help_text='What it became in the record.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='proposals', to='reforms.reply')),
            ],
            options={
                'verbose_name_plural': 'proposed replies',
                'ordering': ['-sent_at', '-id'],
                'abstract': False,
                'default_permissions': ('view', 'change', 'delete'),
            },
        ),
        migrations.CreateModel(
            name='ErrorReport',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('receipt', models.CharField(default=reforms.models.letter.new_receipt, editable=False, max_length=40, unique=True)),
                ('contact', models.CharField(blank=True, help_text='Where to ask back. Forgotten after a time; never public.', max_length=200, validators=[reforms.models.fields.validate_plain_text])),
                ('digest', models.CharField(editable=False, max_length=64)),
                ('sent_at', models.DateTimeField(editable=False)),
                ('state', models.CharField(choices=[('new', 'New'), ('accepted', 'Accepted'), ('answered', 'Answered'), ('declined', 'Declined')], default='new', editable=False, max_length=20)),
                ('answer', models.TextField(blank=True, editable=False, help_text='What is told to whoever holds the receipt.', max_length=2000, validators=[reforms.models.fields.validate_plain_text])),
                ('note', models.TextField(blank=True, help_text='For the curators alone.', max_length=2000, validators=[reforms.models.fields.validate_plain_text])),
                ('decided_at', models.DateTimeField(editable=False, null=True)),
                ('page', models.CharField(help_text='The address within this site, with the moment that it was about.', max_length=2000, validators=[reforms.models.fields.validate_plain_text])),
                ('object_type', models.CharField(blank=True, editable=False, max_length=20)),
                ('object_id', models.CharField(blank=True, editable=False, max_length=200)),
                ('sequence', models.PositiveBigIntegerField(default=0, editable=False, help_text='How many entries the ledger had when it was sent.')),
                ('wrong', models.TextField(help_text='What is wrong.', max_length=3000, validators=[reforms.models.fields.validate_plain_text])),
                ('right', models.TextField(blank=True, help_text='What would be right.', max_length=3000, validators=[reforms.models.fields.validate_plain_text])),
                ('evidence', models.URLField(blank=True, help_text='The address of something that shows it.', max_length=2000)),
                ('decided_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'ordering': ['-sent_at', '-id'],
                'abstract': False,
                'default_permissions': ('view', 'change', 'delete'),
                'indexes': [models.Index(fields=['state', '-sent_at'], name='report_by_state')],
                'constraints': [models.CheckConstraint(condition=models.Q(('state__in', ['new', 'accepted', 'answered', 'declined'])), name='reforms_errorreport_state_known'), models.UniqueConstraint(condition=models.Q(('state', 'new')), fields=('digest',), name='reforms_errorreport_waits_once'), models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'new')), models.Q(models.Q(('state', 'new'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='reforms_errorreport_decided_when')],
            },
        ),
        migrations.AddIndex(
            model_name='reply',
            index=models.Index(fields=['promise', '-dated_on'], name='reply_by_promise'),
        ),
        migrations.AddIndex(
            model_name='reply',
            index=models.Index(fields=['public_since', 'id'], name='reply_by_publication'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('signed_by', {}), _negated=True), name='reforms_reply_has_signed_by'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('text', {}), _negated=True), name='reforms_reply_has_text'),
        ),
        migrations.AddConstraint(
            model_name='reply',
            constraint=models.CheckConstraint(condition=models.Q(('id__startswith', django.db.models.functions.text.Concat(models.F('promise'), models.Value('-')))), name='reforms_reply_id_speaks'),
        ),
        migrations.AddIndex(
            model_name='proposedreply',
            index=models.Index(fields=['state', '-sent_at'], name='proposal_by_state'),
        ),
        migrations.AddConstraint(
            model_name='proposedreply',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['new', 'accepted', 'answered', 'declined'])), name='reforms_proposedreply_state_known'),
        ),
        migrations.AddConstraint(
            model_name='proposedreply',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'new')), fields=('digest',), name='reforms_proposedreply_waits_once'),
        ),
        migrations.AddConstraint(
            model_name='proposedreply',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at', None), ('state', 'new')), models.Q(models.Q(('state', 'new'), _negated=True), ('decided_at__isnull', False)), _connector='OR'), name='reforms_proposedreply_decided_when'),
        ),
    ]
