"""Promises, and each organisation's view of one."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms.api.embedded_replies import SHOWN
from reforms.api.fields import Address, PartialDay, Reference, References, Texts, Word
from reforms.api.serializers.base import RecordSerializer, SpokenSerializer
from reforms.api.serializers.context import (
    BodySerializer,
    OrganisationSerializer,
    ProgrammeSerializer,
    TopicSerializer,
)
from reforms.api.serializers.evidence import CitationSerializer, StatusUpdateSerializer
from reforms.api.serializers.reading import ReadingSerializer
from reforms.api.serializers.reform import ReformSerializer
from reforms.api.serializers.reply import ReplySerializer
from reforms.models import Promise
from reforms.vocabulary import (
    BodyRole,
    Commitment,
    PromiseKind,
    RelationKind,
    Status,
    Timeliness,
    Verification,
)

_NUMBER = {"type": "number"}
_TEXT = {"type": "string", "nullable": True}
_FIGURE_TEXTS = ("what", "unit")


class BodyTieSerializer(ReadingSerializer):
    """A body and its part in the promise."""

    body = Reference(BodySerializer, expands="bodies")
    role = Word(BodyRole)


class RelationSerializer(ReadingSerializer):
    """A tie to another promise."""

    kind = Word(RelationKind)
    promise = serializers.CharField(source="to_id", read_only=True)


class PromiseSerializer(SpokenSerializer):
    """One concrete proposal, and what the record says became of it."""

    on_request = ("citations", "updates", "replies")

    id = serializers.CharField(read_only=True)
    api_url = Address("promise-detail")
    programme = Reference(ProgrammeSerializer)
    reform = Reference(ReformSerializer)
    number = serializers.IntegerField(read_only=True)
    title = Texts()
    statement = Texts(help_text="What was promised, in our words, with every figure.")
    kind = Word(PromiseKind)
    commitment = Word(Commitment)
    condition = Texts(help_text="What the promise was made to depend on.")
    deadline = PartialDay(help_text="Its last day is the last that is in time.")
    deadline_wording = Texts(help_text="How the text puts it, paraphrased.")
    figures = serializers.SerializerMethodField()
    bodies = BodyTieSerializer(source="body_ties", many=True, read_only=True)
    topics = References(TopicSerializer)
    relations = RelationSerializer(many=True, read_only=True)
    status = Word(Status, help_text="The headline: what became of it.")
    status_since = PartialDay(source="since", help_text="Where the unbroken run of it began.")
    verification = Word(Verification)
    contested = serializers.BooleanField(
        read_only=True, help_text="Whether somebody's assessment or evidence dissents."
    )
    timeliness = serializers.SerializerMethodField(
        help_text="How it stands to its deadline today, or on the day asked for."
    )
    last_published_at = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="When a standing update of it was last published.",
    )
    changed_at = serializers.DateTimeField(
        read_only=True, help_text="When anything public about it last changed."
    )
    citations = CitationSerializer(many=True, read_only=True)
    updates = StatusUpdateSerializer(source="timeline", many=True, read_only=True)
    replies = ReplySerializer(
        source="shown_replies",
        many=True,
        read_only=True,
        help_text=f"What the promisor says of it: the latest {SHOWN}. They decide about nothing.",
    )

    @extend_schema_field(
        {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["what"],
                "properties": {
                    "what": _TEXT,
                    "from": _NUMBER,
                    "to": _NUMBER,
                    "value": _NUMBER,
                    "unit": _TEXT,
                },
            },
            "description": "The figures of the text: either from and to, or a value.",
        }
    )
    def get_figures(self, promise: Promise) -> Any:
        return [
            figure
            | {name: by_language.get(self.served or "") for name, by_language in _texts_of(figure)}
            for figure in promise.figures
        ]

    def texts(self, instance: Any) -> list[dict[str, str]]:
        figures = [text for figure in instance.figures for _, text in _texts_of(figure)]
        return [*super().texts(instance), *figures]

    @extend_schema_field({"type": "string", "enum": Timeliness.values()})
    def get_timeliness(self, promise: Promise) -> str:
        today = self.context["question"].clocks.today(promise.programme)
        return promise.timeliness(today).value


def _texts_of(figure: dict[str, Any]) -> Iterator[tuple[str, dict[str, str]]]:
    """The texts of a figure by language; one that stands alone is English."""
    for name in _FIGURE_TEXTS:
        if name in figure:
            text = figure[name]
            yield name, {"en": text} if isinstance(text, str) else text


class AssessmentSerializer(RecordSerializer):
    """One organisation's current view of a promise."""

    organisation = OrganisationSerializer(read_only=True)
    leads = serializers.BooleanField(read_only=True, help_text="Whether it leads the programme.")
    headline = serializers.BooleanField(
        read_only=True,
        help_text="Whether the headline follows this view: the lead's, and without one the latest.",
    )
    agrees = serializers.BooleanField(
        read_only=True, help_text="Whether it gives the promise the headline status."
    )
    dissents = serializers.BooleanField(
        read_only=True,
        help_text="Whether it makes the promise contested: it gives another status, and was"
        " assessed on the day since which the headline holds, or later.",
    )
    update = StatusUpdateSerializer(read_only=True)  # type: ignore[assignment]
