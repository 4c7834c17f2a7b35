"""Reforms with their counts by status."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms.api.fields import Address, Reference, Texts
from reforms.api.serializers.base import SpokenSerializer
from reforms.api.serializers.context import ProgrammeSerializer
from reforms.vocabulary import Status

_COUNT = {"type": "integer", "minimum": 0}
_BY_STATUS = {"type": "object", "properties": dict.fromkeys(Status.values(), _COUNT)}
_PARAGRAPH = {
    "type": "object",
    "properties": {"ordinal": {"type": "integer"}, "fingerprint": {"type": "string"}},
}


class ReformSerializer(SpokenSerializer):
    """One direction of a programme; number 0 holds commitments made outside of them."""

    id = serializers.CharField(read_only=True)
    api_url = Address("reform-detail")
    programme = Reference(ProgrammeSerializer)
    number = serializers.IntegerField(read_only=True)
    numbered = serializers.BooleanField(read_only=True)
    title = Texts()
    summary = Texts()
    note = Texts(help_text="What a reader must know about the text itself.")
    bounds = serializers.SerializerMethodField(
        help_text="The first and the last paragraph of it in its source."
    )

    @extend_schema_field(
        {
            "type": "object",
            "nullable": True,
            "properties": {
                "source": {"type": "string"},
                "first": _PARAGRAPH,
                "last": _PARAGRAPH,
            },
        }
    )
    def get_bounds(self, reform: Any) -> Any:
        return reform.bounds


class CountedReformSerializer(ReformSerializer):
    """A reform with the number of its promises by headline status."""

    promises = serializers.SerializerMethodField(
        help_text="How many promises it has: all, checkable (specific or process), assessed,"
        " and by headline status; those that are checkable also by headline status."
    )

    @extend_schema_field(
        {
            "type": "object",
            "properties": {
                "total": _COUNT,
                "checkable": _COUNT,
                "assessed": _COUNT,
                "by_status": _BY_STATUS,
                "checkable_by_status": _BY_STATUS,
            },
        }
    )
    def get_promises(self, reform: Any) -> dict[str, Any]:
        return reform.counts
