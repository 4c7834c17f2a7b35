from django.db import models

from reforms.models.fields import IdField, TextsField, has_text, validate_slug


class Topic(models.Model):
    """A subject that promises of several reforms share."""

    id = IdField(primary_key=True, validators=[validate_slug])
    name = TextsField(max_length=200)

    class Meta:
        ordering = ["id"]
        constraints = [has_text("name")]

    def __str__(self) -> str:
        return self.id
