from django.db import models
from django.db.models import Value
from django.db.models.functions import Coalesce

from reforms.addresses import digest
from reforms.models.fields import (
    IdField,
    PartialDateProperty,
    TextsField,
    both_or_neither,
    has_text,
    one_of,
    precision_field,
    term_field,
    validate_slug,
)
from reforms.models.public import PublicObject
from reforms.querysets import LAST_DAY, SourceQuerySet
from reforms.vocabulary import SourceKind


class Source(PublicObject):
    """A document: an address, a law, an interview, a report.

    It is private to whoever submitted it until something public first cites it (`public_since`).
    """

    id = IdField(primary_key=True, validators=[validate_slug])
    title = TextsField(max_length=500)
    kind = term_field(SourceKind)
    publisher = models.ForeignKey(
        "reforms.Publisher", on_delete=models.PROTECT, related_name="sources", db_index=False
    )
    url = models.URLField(blank=True, max_length=2000)
    archived_url = models.URLField(
        blank=True,
        max_length=2000,
        help_text="Of a copy that stays when the page goes, such as one at web.archive.org.",
    )
    address_digest = models.CharField(
        max_length=64,
        blank=True,
        editable=False,
        help_text="Of the address in its one canonical spelling; see `reforms.addresses`.",
    )
    published_on = models.DateField(null=True, blank=True, help_text="Its last day, if imprecise.")
    published_precision = precision_field()
    language = models.CharField(max_length=12, blank=True, help_text="Such as en, ru, kk.")
    edition_of = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="editions",
        help_text="The document of which this is the text in another language.",
    )
    note = TextsField(blank=True, max_length=1000)
    submitted_by = models.ForeignKey(
        "reforms.Organisation",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submitted_sources",
    )
    published = PartialDateProperty("published_on", "published_precision")

    objects = SourceQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            has_text("title"),
            one_of("kind", SourceKind),
            both_or_neither("published_on", "published_precision"),
            # A private source with the address of another one is merged when it becomes public.
            models.UniqueConstraint(
                fields=["address_digest"],
                condition=~models.Q(address_digest="")
                & models.Q(public_since__isnull=False, withdrawn_at=None),
                name="reforms_source_address_once",
            ),
            models.UniqueConstraint(
                fields=["submitted_by", "address_digest"],
                condition=~models.Q(address_digest="")
                & models.Q(public_since=None, submitted_by__isnull=False),
                name="reforms_source_address_once_of_each",
            ),
            models.UniqueConstraint(
                fields=["address_digest"],
                condition=~models.Q(address_digest="")
                & models.Q(public_since=None, submitted_by=None),
                name="reforms_source_address_once_of_curators",
            ),
            models.CheckConstraint(
                condition=models.Q(edition_of__isnull=True) | ~models.Q(edition_of=models.F("id")),
                name="reforms_source_not_its_own_edition",
            ),
        ]
        indexes = [
            models.Index(fields=["publisher", "id"], name="source_by_publisher"),
            models.Index(fields=["kind", "id"], name="source_by_kind"),
            models.Index(fields=["language", "id"], name="source_by_language"),
            models.Index(Coalesce("published_on", Value(LAST_DAY)), "id", name="source_by_date"),
            models.Index(
                fields=["id"],
                condition=models.Q(archived_url="", withdrawn_at=None) & ~models.Q(url=""),
                name="source_unarchived",
            ),
            models.Index(
                fields=["id"], condition=models.Q(public_since=None), name="source_private"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def fill_digest(self) -> None:
        """Derive what tells addresses of one document from those of others; ValueError for none."""
        self.address_digest = digest(self.url)


class Paragraph(models.Model):
    """One paragraph of a source's loaded text: what turns a locator into a quotation."""

    source = models.ForeignKey(
        Source, on_delete=models.CASCADE, related_name="paragraphs", db_index=False
    )
    ordinal = models.PositiveIntegerField(help_text="Its place among the paragraphs, from 1.")
    fingerprint = models.CharField(max_length=80)
    text = models.TextField()

    class Meta:
        ordering = ["source", "ordinal"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "ordinal"], name="reforms_paragraph_place_once"
            ),
            models.CheckConstraint(
                condition=models.Q(ordinal__gte=1), name="reforms_paragraph_from_one"
            ),
        ]
        indexes = [models.Index(fields=["source", "fingerprint"], name="paragraph_by_print")]

    def __str__(self) -> str:
        return f"{self.source_id} ¶{self.ordinal}"
