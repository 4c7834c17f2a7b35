import unicodedata

from django.db import models

from reforms.models.fields import (
    IdField,
    TextsField,
    has_text,
    one_of,
    term_field,
    validate_country,
    validate_slug,
)
from reforms.models.public import PublicObject
from reforms.models.shapes import validate_names
from reforms.querysets import PublisherQuerySet
from reforms.vocabulary import OFFICIAL, PublisherType


def name_key(name: str) -> str:
    """One key for names that differ in case, blanks or composition alone."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


class Publisher(PublicObject):
    """Who publishes. Two names of one agency are one publisher: the others are its aliases.

    One that an organisation named is private to it until something public rests on it.
    """

    id = IdField(primary_key=True, validators=[validate_slug])
    name = TextsField(max_length=200)
    aliases = models.JSONField(
        default=list, blank=True, validators=[validate_names], help_text="Other names, as a list."
    )
    type = term_field(PublisherType)
    country = models.CharField(
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text="ISO 3166 code of two letters; empty if none.",
    )
    submitted_by = models.ForeignKey(
        "reforms.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submitted_publishers",
    )

    objects = PublisherQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [has_text("name"), one_of("type", PublisherType)]
        indexes = [
            models.Index(fields=["type", "id"], name="publisher_by_type"),
            models.Index(fields=["country", "id"], name="publisher_by_country"),
        ]

    def __str__(self) -> str:
        return self.id

    def names(self) -> set[str]:
        """The keys of all that it is called: its id, its name in every language, its aliases."""
        return {name_key(name) for name in (self.pk, *self.name.values(), *self.aliases)}

    def is_official_in(self, jurisdiction: str) -> bool:
        """Whether it speaks for the jurisdiction's own state, its media or a party there."""
        return self.type in OFFICIAL and self.country in ("", jurisdiction)
