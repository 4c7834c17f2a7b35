from django.db import models
from django.db.models import Q

from reforms.models.fields import TextsField, one_of, term_field, validate_plain_text
from reforms.models.shapes import validate_paragraphs
from reforms.querysets import CitationQuerySet
from reforms.vocabulary import Basis, Stance


class Citation(models.Model):
    """The tie from a promise or a status update to a passage of a source.

    `origin` is the publisher whose assertion it is; left empty it becomes the source's own.
    `paragraphs` lists ordinal and fingerprint of each paragraph that it rests on.
    """

    promise = models.ForeignKey(
        "reforms.Promise",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="citations",
        db_index=False,
    )
    update = models.ForeignKey(
        "reforms.StatusUpdate",
        null=True,
        blank=True,
        on_delete=models.CASCADE,
        related_name="citations",
        db_index=False,
    )
    position = models.PositiveSmallIntegerField(default=1, help_text="Its place in the list.")
    source = models.ForeignKey(
        "reforms.Source", on_delete=models.PROTECT, related_name="citations", db_index=False
    )
    stance = term_field(Stance, default=Stance.SUPPORTS.value)
    basis = term_field(Basis, default=Basis.OWN_FINDING.value)
    origin = models.ForeignKey(
        "reforms.Publisher",
        on_delete=models.PROTECT,
        related_name="assertions",
        blank=True,
        db_index=False,
    )
    locator = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_plain_text],
        help_text="Such as: art. 28(5).",
    )
    paragraphs = models.JSONField(default=list, blank=True, validators=[validate_paragraphs])
    note = TextsField(blank=True, max_length=1000)

    objects = CitationQuerySet.as_manager()

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            one_of("stance", Stance),
            one_of("basis", Basis),
            models.CheckConstraint(
                condition=Q(promise__isnull=False, update__isnull=True)
                | Q(promise__isnull=True, update__isnull=False),
                name="reforms_citation_of_promise_or_update",
            ),
        ]
        indexes = [
            models.Index(fields=["promise", "position"], name="citation_by_promise"),
            models.Index(fields=["update", "position"], name="citation_by_update"),
            # One each: Django's own would be two, the second of which is for patterns where text is
            # sorted by a language.
            models.Index(fields=["source"], name="citation_by_source"),
            models.Index(fields=["origin"], name="citation_by_origin"),
            # Of what is rarer than the rest: looking for it would read all there are.
            models.Index(
                fields=["stance", "id"],
                condition=~Q(stance=Stance.SUPPORTS.value),
                name="citation_by_stance",
            ),
            models.Index(
                fields=["basis", "id"],
                condition=~Q(basis=Basis.OWN_FINDING.value),
                name="citation_by_basis",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id or self.update_id} cites {self.source_id}"
