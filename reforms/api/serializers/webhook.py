"""Webhooks and what came of them, as they are answered to whom they belong."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms.api.fields import Word
from reforms.api.webhook_shapes import FILTERS
from reforms.links.posting import DeliveryOutcome
from reforms.models import DisabledBy, Webhook, WebhookAttempt, WebhookState

_PROPERTIES = {
    name: {key: value for key, value in one.items() if key != "minItems"}
    for name, one in FILTERS.schema()["properties"].items()
}


class WebhookSerializer(serializers.Serializer[Any]):
    """An address to which changes of the record are sent."""

    id = serializers.CharField()
    organisation = serializers.CharField(
        source="organisation_id", help_text="The id of the organisation that it belongs to."
    )
    name = serializers.CharField(help_text="What it is for.")
    url = serializers.CharField(help_text="Where events are sent.")
    filters = serializers.SerializerMethodField(help_text="Which entries are sent; {} for all.")
    state = Word(WebhookState)
    disabled_by = serializers.SerializerMethodField(help_text="Why it is disabled; else null.")
    disabled_at = serializers.DateTimeField(allow_null=True)
    position = serializers.IntegerField(
        help_text="The last entry of the ledger that was dealt with: sent, or not wanted."
    )
    head = serializers.IntegerField(help_text="The last entry that there is.")
    failures = serializers.IntegerField(help_text="How often the event at hand was not taken.")
    failing_since = serializers.DateTimeField(allow_null=True)
    next_attempt_at = serializers.DateTimeField(
        allow_null=True, help_text="When that is tried again."
    )
    previous_secret_until = serializers.DateTimeField(
        source="previous_until",
        allow_null=True,
        help_text="Until when the secret from before the last rotation signs as well.",
    )
    created_at = serializers.DateTimeField()
    api_url = serializers.CharField(help_text="Its own address in this API.")
    secret = serializers.SerializerMethodField(
        help_text="whsec_…, with which you verify; only in the answer that made it, else null."
    )

    @extend_schema_field({"type": "object", "properties": _PROPERTIES})
    def get_filters(self, webhook: Webhook) -> Any:
        return webhook.filters

    @extend_schema_field({"type": "string", "enum": DisabledBy.values(), "nullable": True})
    def get_disabled_by(self, webhook: Webhook) -> str | None:
        return webhook.disabled_by or None

    @extend_schema_field({"type": "string", "nullable": True})
    def get_secret(self, _: Webhook) -> None:
        """Whoever made it adds it: what is stored is shown to nobody."""


class AskedSerializer(serializers.Serializer[Any]):
    """What was asked for will be sent."""

    message = serializers.CharField(
        allow_null=True, help_text="Its webhook-id, where it is one message."
    )
    position = serializers.IntegerField(help_text="From behind which entry on events are sent.")


class DeliverySerializer(serializers.Serializer[Any]):
    """One attempt to hand over a message."""

    id = serializers.IntegerField()
    message = serializers.CharField(help_text="The header webhook-id.")
    type = serializers.CharField(help_text="Of the event, such as update.publish; or ping.")
    sequence = serializers.IntegerField(
        allow_null=True, help_text="Of the ledger's entry; null for a ping."
    )
    number = serializers.IntegerField(help_text="From 1: of this event since it was due.")
    at = serializers.DateTimeField()
    milliseconds = serializers.IntegerField(help_text="How long it took.")
    outcome = Word(DeliveryOutcome)
    status = serializers.IntegerField(
        allow_null=True, help_text="Of HTTP; null where nobody answered."
    )
    detail = serializers.CharField(help_text="What went wrong, in a sentence; else empty.")
    answer = serializers.CharField(help_text="How the answer began: 500 bytes at most.")


def delivery_row(attempt: WebhookAttempt) -> dict[str, Any]:
    """An attempt as it is answered."""
    return dict(DeliverySerializer(attempt).data)
