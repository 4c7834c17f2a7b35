"""The context of promises: programmes, sources, publishers, bodies, topics, organisations."""

from typing import Any

from rest_framework import serializers

from reforms.api.fields import Address, PartialDay, Reference, References, Texts, Word
from reforms.api.serializers.base import SpokenSerializer
from reforms.vocabulary import PublisherType, SourceKind


class OrganisationSerializer(SpokenSerializer):
    """Who assesses."""

    id = serializers.CharField(read_only=True)
    api_url = Address("organisation-detail")
    name = Texts()
    pseudonym = serializers.BooleanField(
        source="pseudonymous",
        read_only=True,
        help_text="Whether its name is a pseudonym; who it is, is no part of the record.",
    )
    affiliation = Texts(help_text="Whose it is and who pays.")
    url = serializers.CharField(read_only=True, help_text="Its own site; empty where unknown.")


class PublisherSerializer(SpokenSerializer):
    """Who publishes sources."""

    id = serializers.CharField(read_only=True)
    api_url = Address("publisher-detail")
    name = Texts()
    aliases = serializers.ListField(child=serializers.CharField(), read_only=True)
    type = Word(PublisherType)
    country = serializers.CharField(
        read_only=True, help_text="ISO 3166 code of two letters; empty where there is none."
    )


class SourceSerializer(SpokenSerializer):
    """A document that something public cites."""

    id = serializers.CharField(read_only=True)
    api_url = Address("source-detail")
    title = Texts()
    kind = Word(SourceKind)
    publisher = Reference(PublisherSerializer)
    url = serializers.CharField(read_only=True, help_text="Its address; empty where unknown.")
    archived_url = serializers.CharField(
        read_only=True, help_text="Of an archived copy; empty where none is known."
    )
    published_on = PartialDay(source="published", help_text="When it appeared, where known.")
    original_language = serializers.CharField(
        source="language", read_only=True, help_text="The language that it is written in."
    )
    edition_of = serializers.CharField(
        source="edition_of_id",
        read_only=True,
        allow_null=True,
        help_text="The source of which it is the text in another language.",
    )
    note = Texts()
    text_loaded = serializers.SerializerMethodField(
        help_text="Whether its text is loaded, so that citations of it show their quotation."
    )
    public_since = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="Null for one's own that nothing cites yet."
    )

    def get_text_loaded(self, source: Any) -> bool:
        return bool(source.has_text)


class BodySerializer(SpokenSerializer):
    """An institution that is responsible for promises or affected by them."""

    id = serializers.CharField(read_only=True)
    api_url = Address("body-detail")
    name = Texts()
    note = Texts()
    successor = serializers.CharField(
        source="successor_id", read_only=True, allow_null=True, help_text="What took its place."
    )


class TopicSerializer(SpokenSerializer):
    """A subject that promises share."""

    id = serializers.CharField(read_only=True)
    api_url = Address("topic-detail")
    name = Texts()


class ProgrammeSerializer(SpokenSerializer):
    """A set of reforms announced together."""

    id = serializers.CharField(read_only=True)
    api_url = Address("programme-detail")
    title = Texts()
    summary = Texts()
    jurisdiction = serializers.CharField(read_only=True, help_text="ISO 3166 code.")
    promisor = Texts(help_text="Who promised.")
    announced_on = PartialDay(source="announced")
    time_zone = serializers.CharField(read_only=True, help_text="Whose days its dates are.")
    lead_organisation = Reference(OrganisationSerializer)
    announced_by = References(SourceSerializer)
    licence = serializers.CharField(read_only=True, help_text="SPDX identifier of the data's.")
    directions = serializers.IntegerField(
        read_only=True, help_text="How many numbered reforms it has; reform 0 is none of them."
    )
