"""What only those see of a status update who submitted it, or who review."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms import roles
from reforms.api.serializers.evidence import StatusUpdateSerializer
from reforms.submissions.shapes import Shape
from reforms.vocabulary import Action

REVISE = "revise"


def address_of(action: Action) -> str:
    """The last part of the address below an update at which the action is taken."""
    return action.value.replace("_", "-")


ACTIONS = (REVISE, *(address_of(action) for action in Action))


def sent(shape: Shape) -> dict[str, Any]:
    """The schema of what an organisation sends; whoever speaks for several says for which."""
    schema = shape.schema()
    about = "The id of the organisation that sends it; only where you speak for several."
    organisation = {"type": "string", "description": about}
    return schema | {"properties": {**schema["properties"], "organisation": organisation}}


class SubmissionSerializer(serializers.Serializer[Any]):
    """How a status update came in, and what becomes of it. Never public."""

    external_id = serializers.CharField(
        read_only=True, help_text="The organisation's own id for it; empty if it gave none."
    )
    submitted_at = serializers.DateTimeField(read_only=True)
    review_note = serializers.CharField(
        read_only=True, help_text="What the reviewer said who sent it back or rejected it."
    )
    version = serializers.IntegerField(
        read_only=True, help_text="Counts its changes; the ETag begins with it."
    )
    replaces = serializers.CharField(
        source="replaces_id",
        read_only=True,
        allow_null=True,
        help_text="The published update that it supersedes as soon as it is published itself.",
    )
    replaces_reason = serializers.CharField(read_only=True, help_text="Why; public from then on.")
    actions = serializers.SerializerMethodField(
        help_text="What you may do now: `revise` it with PATCH, or the last part of an address."
    )

    @extend_schema_field({"type": "array", "items": {"type": "string", "enum": list(ACTIONS)}})
    def get_actions(self, update: Any) -> list[str]:
        who = self.context["request"].user
        actions = [address_of(action) for action in roles.actions_for(who, update)]
        return [REVISE, *actions] if roles.may_edit(who, update) else actions


class SubmittedUpdateSerializer(StatusUpdateSerializer):
    """One organisation's dated assessment of one promise, with its evidence."""

    submission = serializers.SerializerMethodField(
        help_text="Only for its organisation and for reviewers, and only now: not with known_at."
    )

    @extend_schema_field(SubmissionSerializer)
    def get_submission(self, update: Any) -> dict[str, Any] | None:
        if not self._sees_inside(update):
            return None
        return dict(SubmissionSerializer(update, context=self.context).data)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        row = super().to_representation(instance)
        if not self._sees_inside(instance):
            row.pop("submission", None)
        return row

    def _sees_inside(self, update: Any) -> bool:
        """Whether the reader may, and asks about now."""
        who, clocks = self.context["request"].user, self.context["question"].clocks
        if clocks.asked or not roles.may_see_inside(who, update):
            return False
        return roles.is_within(who, update.promise.programme_id)
