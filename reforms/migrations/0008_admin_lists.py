"""Indexes for the lists of the admin: what waits or has ended, all updates by submission, private
sources, the rarer citations; and two for Django's own log, which has none for what it is asked.
"""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("reforms", "0007_imports"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(model_name="statusupdate", name="update_by_queue"),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(
                fields=["review_state", "submitted_at", "id"],
                name="update_by_review",
            ),
        ),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(fields=["submitted_at", "id"], name="update_by_submission"),
        ),
        migrations.AddIndex(
            model_name="statusupdate",
            index=models.Index(
                fields=["organisation", "-submitted_at", "id"], name="update_by_sender"
            ),
        ),
        migrations.AddIndex(
            model_name="source",
            index=models.Index(fields=["id"], condition=Q(public_since=None), name="source_private"),
        ),
        migrations.AddIndex(
            model_name="citation",
            index=models.Index(
                fields=["stance", "id"],
                condition=~Q(stance="supports"),
                name="citation_by_stance",
            ),
        ),
        migrations.AddIndex(
            model_name="citation",
            index=models.Index(
                fields=["basis", "id"],
                condition=~Q(basis="own_finding"),
                name="citation_by_basis",
            ),
        ),
        migrations.RunSQL(
            "CREATE INDEX reforms_log_by_object ON django_admin_log (content_type_id, object_id)",
            "DROP INDEX reforms_log_by_object",
        ),
        migrations.RunSQL(
            "CREATE INDEX reforms_log_by_user ON django_admin_log (user_id, action_time)",
            "DROP INDEX reforms_log_by_user",
        ),
    ]
