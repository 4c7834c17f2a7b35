from django.conf import settings
from django.db import models

from reforms.models.fields import IdField, TextsField, has_text, validate_slug
from reforms.models.public import PublicObject
from reforms.querysets import PublicQuerySet


class Organisation(PublicObject):
    """Who assesses. The tracker's editors are one organisation among the others."""

    id = IdField(primary_key=True, validators=[validate_slug])
    name = TextsField(max_length=200)
    affiliation = TextsField(blank=True, max_length=1000, help_text="Whose it is and who pays.")
    url = models.URLField(blank=True, max_length=500)
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="organisations",
        help_text="Persons who submit for it. Never public.",
    )

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [has_text("name")]

    def __str__(self) -> str:
        return self.id
