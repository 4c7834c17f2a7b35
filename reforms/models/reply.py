from django.db import models
from django.db.models import F, Value
from django.db.models.functions import Concat

from reforms.models.fields import (
    IdField,
    TextsField,
    has_text,
    validate_plain_text,
    validate_slug,
)
from reforms.models.public import PublicObject
from reforms.querysets import PublicQuerySet


class Reply(PublicObject):
    """What the promisor says of a promise, in its own words: shown beside the status, and never a
    part of what decides about it.

    Its id begins with its promise's; the rest is random, so that gaps tell nothing.
    """

    LONGEST_TEXT = 5000
    LONGEST_NAME = 300

    id = IdField(primary_key=True, validators=[validate_slug], editable=False)
    promise = models.ForeignKey(
        "reforms.Promise", on_delete=models.PROTECT, related_name="replies", db_index=False
    )
    signed_by = TextsField(
        max_length=LONGEST_NAME, help_text="The office that replies, as it signs. No person."
    )
    dated_on = models.DateField(help_text="The day that the reply bears.")
    text = TextsField(
        max_length=LONGEST_TEXT, help_text="Word for word; translations as such are added later."
    )
    url = models.URLField(
        blank=True, max_length=2000, help_text="Where the promisor published it, if anywhere."
    )
    verified_how = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_plain_text],
        help_text="How it was made sure that the promisor wrote it. Never public.",
    )

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["-dated_on", "-public_since", "id"]
        verbose_name_plural = "replies"
        constraints = [
            has_text("signed_by"),
            has_text("text"),
            models.CheckConstraint(
                condition=models.Q(id__startswith=Concat(F("promise"), Value("-"))),
                name="reforms_reply_id_speaks",
            ),
        ]
        indexes = [
            models.Index(fields=["promise", "-dated_on"], name="reply_by_promise"),
            models.Index(fields=["public_since", "id"], name="reply_by_publication"),
        ]

    def __str__(self) -> str:
        return self.id
