"""Promises counted by status, as answered: plain dictionaries, which the serializers describe."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms.api.fields import Word
from reforms.statistics import Counts, Grouping, Interval
from reforms.statistics.counting import shares
from reforms.vocabulary import LANGUAGES, Status

Row = dict[str, Any]

# Digits after the point of a share.
DIGITS = 6

_COUNT = {"type": "integer", "minimum": 0}
_BY_STATUS = {"type": "object", "properties": dict.fromkeys(Status.values(), _COUNT)}
_SHARE = {"type": "number", "minimum": 0, "maximum": 1}
_SHARES = {
    "type": "object",
    "nullable": True,
    "properties": dict.fromkeys(Status.values(), _SHARE),
}


class SharesSerializer(serializers.Serializer[Any]):
    """Which part of the promises has which status: by the name of the denominator."""

    of_all = serializers.SerializerMethodField(help_text="Of all of them: `total`.")
    of_checkable = serializers.SerializerMethodField(
        help_text="Of those that can be checked: `checkable`."
    )
    of_assessed = serializers.SerializerMethodField(
        help_text="Of those that somebody assessed: `assessed`."
    )

    @extend_schema_field(_SHARES)
    def get_of_all(self, row: Row) -> Any:
        return row["of_all"]

    @extend_schema_field(_SHARES)
    def get_of_checkable(self, row: Row) -> Any:
        return row["of_checkable"]

    @extend_schema_field(_SHARES)
    def get_of_assessed(self, row: Row) -> Any:
        return row["of_assessed"]


class CountsSerializer(serializers.Serializer[Any]):
    """How many promises have which status."""

    total = serializers.IntegerField(read_only=True, min_value=0, help_text="All of them.")
    checkable = serializers.IntegerField(
        read_only=True, min_value=0, help_text="Those that can be checked: specific or process."
    )
    assessed = serializers.IntegerField(
        read_only=True, min_value=0, help_text="Those that somebody assessed."
    )
    by_status = serializers.SerializerMethodField(help_text="All of them by status.")
    checkable_by_status = serializers.SerializerMethodField(
        help_text="Those that can be checked, by status."
    )
    shares = SharesSerializer(
        read_only=True,
        help_text="Each status as a part of the whole that the name says, from 0 to 1, rounded to"
        f" {DIGITS} digits; null where that whole is empty.",
    )

    @extend_schema_field(_BY_STATUS)
    def get_by_status(self, row: Row) -> Any:
        return row["by_status"]

    @extend_schema_field(_BY_STATUS)
    def get_checkable_by_status(self, row: Row) -> Any:
        return row["checkable_by_status"]


class GroupSerializer(CountsSerializer):
    """The promises of one group."""

    id = serializers.CharField(read_only=True, help_text="An object's id, or a word.")
    name = serializers.CharField(
        read_only=True, allow_null=True, help_text="Its title or name; of a word, how it is read."
    )
    language = serializers.ChoiceField(
        list(LANGUAGES), read_only=True, allow_null=True, help_text="The language of the name."
    )


class StatisticsSerializer(serializers.Serializer[Any]):
    """Promises counted by status."""

    date = serializers.DateField(
        read_only=True,
        allow_null=True,
        help_text="The day that the figures are about: that of `as_of`, or today where the"
        " programmes are (of several, the day furthest on); null without programmes.",
    )
    group_by = Word(Grouping, allow_null=True)
    overall = CountsSerializer(
        read_only=True, help_text="All promises that match, each once, by headline status."
    )
    ungrouped = serializers.IntegerField(
        read_only=True, min_value=0, help_text="How many of them belong to none of the groups."
    )
    results = GroupSerializer(
        many=True,
        read_only=True,
        help_text="The groups: words in the order of their vocabulary, all of them; objects in the"
        " order of their lists, those to which a promise belongs. Empty without `group_by`.",
    )


class PointSerializer(CountsSerializer):
    """The promises on one day."""

    date = serializers.DateField(read_only=True)
    interval = serializers.CharField(
        read_only=True, help_text="The interval that it is in: 2022-03, 2022-Q1 or 2022."
    )
    complete = serializers.BooleanField(
        read_only=True, help_text="Whether the interval is over with that day."
    )


class TimeSeriesSerializer(serializers.Serializer[Any]):
    """Promises counted by status over time."""

    interval = Word(Interval)
    results = PointSerializer(
        many=True,
        read_only=True,
        help_text="The end of each interval from the announcement on; the last point is today, or"
        " the day of `as_of`.",
    )


def counts_row(counts: Counts) -> Row:
    """The counts, and each status as a part of three wholes."""
    return {
        "total": counts.total,
        "checkable": counts.checkable,
        "assessed": counts.assessed,
        "by_status": _whole(counts.by_status),
        "checkable_by_status": _whole(counts.checkable_by_status),
        "shares": {
            "of_all": _rounded(shares(counts.by_status, counts.total)),
            "of_checkable": _rounded(shares(counts.checkable_by_status, counts.checkable)),
            "of_assessed": _rounded(shares(counts.assessed_by_status, counts.assessed)),
        },
    }


def _whole(by_status: Mapping[str, int]) -> dict[str, int]:
    return {name: by_status.get(name, 0) for name in Status.values()}


def _rounded(parts: dict[str, Fraction] | None) -> dict[str, float] | None:
    if parts is None:
        return None
    return {name: float(round(part, DIGITS)) for name, part in parts.items()}
