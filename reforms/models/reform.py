from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat

from reforms.models.fields import IdField, TextsField, has_text
from reforms.models.public import PublicObject
from reforms.models.shapes import validate_bounds
from reforms.querysets import PublicQuerySet


def is_parent_and_number(parent: str) -> Q:
    """The id is the parent's id, a hyphen and the number: kz2022-2, kz2022-2-1."""
    number = Cast("number", models.CharField())
    return Q(id=Concat(F(parent), Value("-"), number, output_field=models.CharField()))


class Reform(PublicObject):
    """One direction of a programme. Reform 0 holds checkable commitments made outside them."""

    id = IdField(primary_key=True, max_length=40)
    programme = models.ForeignKey(
        "reforms.Programme", on_delete=models.PROTECT, related_name="reforms", db_index=False
    )
    number = models.PositiveSmallIntegerField()
    numbered = models.BooleanField(default=True, help_text="Whether it is one of the directions.")
    position = IdField(editable=False, unique=True, help_text="Its place in every order.")
    title = TextsField(max_length=300)
    summary = TextsField(blank=True)
    note = TextsField(blank=True, help_text="What a reader must know about the text itself.")
    bounds = models.JSONField(
        null=True,
        blank=True,
        validators=[validate_bounds],
        help_text="Where it begins and ends: source, first and last paragraph.",
    )

    objects = PublicQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            has_text("title"),
            models.UniqueConstraint(
                fields=["programme", "number"], name="reforms_reform_number_once"
            ),
            models.CheckConstraint(
                condition=is_parent_and_number("programme"), name="reforms_reform_id_speaks"
            ),
            models.CheckConstraint(
                condition=Q(number=0, numbered=False) | Q(number__gt=0, numbered=True),
                name="reforms_reform_zero_is_unnumbered",
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def place(self) -> str:
        """The sort key that puts reform 2 before reform 10."""
        return f"{self.programme_id}-{self.number:03d}"
