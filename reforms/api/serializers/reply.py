"""Replies of the promisor."""

from rest_framework import serializers

from reforms.api.fields import Address, Texts
from reforms.api.serializers.base import SpokenSerializer


class ReplySerializer(SpokenSerializer):
    """What the promisor says of a promise, in its own words. It decides about nothing."""

    id = serializers.CharField(read_only=True)
    api_url = Address("reply-detail")
    promise = serializers.CharField(source="promise_id", read_only=True, help_text="Its id.")
    signed_by = Texts(help_text="The office that replies, as it signs.")
    dated_on = serializers.DateField(read_only=True, help_text="The day that the reply bears.")
    text = Texts(help_text="Plain text, word for word.")
    url = serializers.CharField(
        read_only=True, help_text="Where the promisor published it; empty where it did not."
    )
    public_since = serializers.DateTimeField(
        read_only=True, help_text="When the record first said so."
    )
