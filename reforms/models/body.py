from django.db import models

from reforms.models.fields import IdField, TextsField, has_text, validate_slug
from reforms.models.public import PublicObject
from reforms.querysets import PublicQuerySet


class Body(PublicObject):
    """An institution that is responsible for a promise or affected by it."""

    id = IdField(primary_key=True, validators=[validate_slug])
    name = TextsField(max_length=200)
    note = TextsField(blank=True, max_length=1000)
    successor = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="predecessors",
        help_text="The body that took its place.",
    )

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        verbose_name_plural = "bodies"
        constraints = [
            has_text("name"),
            models.CheckConstraint(
                condition=models.Q(successor__isnull=True) | ~models.Q(successor=models.F("id")),
                name="reforms_body_not_its_own_successor",
            ),
        ]

    def __str__(self) -> str:
        return self.id
