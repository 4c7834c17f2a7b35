from django.conf import settings
from django.db import models

from reforms.models.fields import (
    IdField,
    TextsField,
    has_text,
    validate_plain_text,
    validate_slug,
)
from reforms.models.public import PublicObject
from reforms.querysets import PublicQuerySet


class Organisation(PublicObject):
    """Who assesses. The tracker's editors are one organisation among the others."""

    id = IdField(primary_key=True, validators=[validate_slug])
    name = TextsField(max_length=200)
    affiliation = TextsField(blank=True, max_length=1000, help_text="Whose it is and who pays.")
    url = models.URLField(blank=True, max_length=500)
    pseudonymous = models.BooleanField(
        default=False, help_text="Its public name is a pseudonym, registered with the curators."
    )
    legal_name = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_plain_text],
        help_text="Who it is. Never public; better left empty where that could endanger somebody.",
    )
    licence_accepted = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="SPDX identifier of the licence under which it gives its data.",
    )
    licence_accepted_at = models.DateTimeField(null=True, blank=True, editable=False)
    trusted = models.BooleanField(
        default=False,
        help_text="May publish its own status updates without review. Never public.",
    )
    members = models.ManyToManyField(
        settings.AUTH_USER_MODEL,
        blank=True,
        related_name="organisations",
        help_text="Persons who submit for it. Never public.",
    )

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            has_text("name"),
            models.CheckConstraint(
                condition=models.Q(licence_accepted="", licence_accepted_at=None)
                | (~models.Q(licence_accepted="") & models.Q(licence_accepted_at__isnull=False)),
                name="reforms_organisation_accepted_when",
            ),
        ]

    def __str__(self) -> str:
        return self.id
