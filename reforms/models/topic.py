from reforms.models.fields import IdField, TextsField, has_text, validate_slug
from reforms.models.public import PublicObject
from reforms.querysets import PublicQuerySet


class Topic(PublicObject):
    """A subject that promises of several reforms share."""

    id = IdField(primary_key=True, validators=[validate_slug])
    name = TextsField(max_length=200)

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [has_text("name")]

    def __str__(self) -> str:
        return self.id
