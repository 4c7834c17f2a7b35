"""Citations, and the status updates that rest on them."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms.api.fields import Address, PartialDay, Reference, Texts, Word
from reforms.api.serializers.base import SpokenSerializer
from reforms.api.serializers.context import OrganisationSerializer
from reforms.models import Citation, Paragraph
from reforms.vocabulary import (
    Basis,
    PublisherType,
    ReviewState,
    SourceKind,
    Stance,
    Status,
)

Quotations = Mapping[tuple[str, str], list[Paragraph]]


class CitedPublisherSerializer(SpokenSerializer):
    """As much of a publisher as a citation needs."""

    id = serializers.CharField(read_only=True)
    name = Texts()
    type = Word(PublisherType)


class CitedSourceSerializer(SpokenSerializer):
    """As much of a source as a citation needs."""

    id = serializers.CharField(read_only=True)
    api_url = Address("source-detail")
    title = Texts()
    kind = Word(SourceKind)
    url = serializers.CharField(read_only=True)
    archived_url = serializers.CharField(
        read_only=True, help_text="Of an archived copy; empty where none is known."
    )
    published_on = PartialDay(source="published")
    publisher = CitedPublisherSerializer(read_only=True)


class CitedParagraphSerializer(serializers.Serializer[Any]):
    """A paragraph that a citation rests on; its words where the source's text is loaded."""

    ordinal = serializers.IntegerField(read_only=True, help_text="Its place when it was cited.")
    fingerprint = serializers.CharField(read_only=True)
    quotation = serializers.CharField(read_only=True, allow_null=True)
    found_at = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="Its place in the text that is loaded."
    )


class CitationSerializer(SpokenSerializer):
    """The tie to a passage of a source."""

    source = CitedSourceSerializer(read_only=True)  # type: ignore[assignment]
    stance = Word(Stance)
    basis = Word(Basis)
    origin = CitedPublisherSerializer(
        read_only=True, help_text="The publisher whose assertion it is."
    )
    locator = serializers.CharField(read_only=True, help_text="Such as: art. 28(5).")
    paragraphs = serializers.SerializerMethodField()
    note = Texts()

    @extend_schema_field(CitedParagraphSerializer(many=True))
    def get_paragraphs(self, citation: Citation) -> list[dict[str, Any]]:
        quotations: Quotations = self.context.get("quotations", {})
        return [
            cited_paragraph(one, quotations.get((citation.source_id, one["fingerprint"]), []))
            for one in citation.paragraphs
        ]


def cited_paragraph(cited: Mapping[str, Any], found: list[Paragraph]) -> dict[str, Any]:
    """The paragraph that a locator means; of several alike, the one nearest to its hint."""
    best = min(found, key=lambda one: abs(one.ordinal - cited["ordinal"]), default=None)
    return {
        "ordinal": cited["ordinal"],
        "fingerprint": cited["fingerprint"],
        "quotation": best.text if best else None,
        "found_at": best.ordinal if best else None,
    }


class StatusUpdateSerializer(SpokenSerializer):
    """One organisation's dated assessment of one promise, with its evidence."""

    id = serializers.CharField(source="pk", read_only=True)
    api_url = Address("update-detail")
    promise = Reference(
        "reforms.api.serializers.promise.PromiseSerializer",
        help_text="Its id; with `expand` the promise itself, unless it was withdrawn from the"
        " record or had not been made yet on the day asked for.",
    )
    organisation = Reference(OrganisationSerializer)
    status = Word(Status)
    effective_on = PartialDay(source="effective", help_text="When it became true.")
    assessed_on = PartialDay(
        source="assessed", help_text="The day up to which the assessor looked."
    )
    note = Texts()
    review_state = Word(ReviewState)
    stands = serializers.SerializerMethodField(
        help_text="Whether it counts: published, and neither superseded, retracted nor removed."
    )
    published_at = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When the record first said so; null before."
    )
    ended_at = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="When it was superseded, retracted or removed.",
    )
    ended_reason = serializers.CharField(read_only=True, help_text="Why; empty while it stands.")
    successor = serializers.CharField(
        source="successor_id", read_only=True, allow_null=True, help_text="What replaced it."
    )
    citations = CitationSerializer(many=True, read_only=True)

    def get_stands(self, update: Any) -> bool:
        return bool(update.review_state == ReviewState.PUBLISHED)
