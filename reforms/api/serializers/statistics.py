"""Figures over the record, as answered: plain dictionaries, which the serializers describe."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from rest_framework import serializers

from reforms.agreement import Measure
from reforms.api.fields import Word
from reforms.statistics import Agreement
from reforms.vocabulary import PROGRESS, Status, Undefined

Row = dict[str, Any]

# Digits after the point of a measure.
DIGITS = 6

METHOD: Row = {
    "measure": "Krippendorff's alpha",
    "units": "promises that at least two organisations currently assess",
    "values": "each organisation's current assessment: its standing status update with the latest"
    " effective date, ties going to the later publication",
    "formula": "alpha = 1 - observed disagreement / disagreement expected by chance",
    "raw_agreement": "share of the pairs of assessments of a promise that are equal, every"
    " assessment weighing the same",
    "nominal": {
        "difference": "0 where two statuses are the same, otherwise 1",
        "statuses": [one.value for one in Status if one != Status.NOT_ASSESSED],
    },
    "ordinal": {
        "difference": "the square of how many assessments lie between two statuses on the scale,"
        " counting half of those on either",
        "statuses": [one.value for one in PROGRESS],
    },
    "sources": [
        {
            "authors": "Klaus Krippendorff",
            "title": "Content Analysis: An Introduction to Its Methodology",
            "publisher": "Sage, 4th edition, chapter 12",
            "year": 2019,
            "url": "https://doi.org/10.4135/9781071878781",
        },
        {
            "authors": "Klaus Krippendorff",
            "title": "Computing Krippendorff's Alpha-Reliability",
            "publisher": "University of Pennsylvania",
            "year": 2011,
            "url": "https://repository.upenn.edu/asc_papers/43",
        },
        {
            "authors": "Andrew F. Hayes and Klaus Krippendorff",
            "title": "Answering the Call for a Standard Reliability Measure for Coding Data",
            "publisher": "Communication Methods and Measures 1, 77-89",
            "year": 2007,
            "url": "https://doi.org/10.1080/19312450709336664",
        },
    ],
}


class CoefficientSerializer(serializers.Serializer[Any]):
    """Krippendorff's alpha, and what it rests on."""

    alpha = serializers.FloatField(
        read_only=True,
        allow_null=True,
        help_text="1: all agree; 0: as by chance; below 0, never below -1: they disagree"
        f" systematically. Rounded to {DIGITS} digits.",
    )
    undefined = Word(Undefined, allow_null=True, help_text="Why alpha is null; otherwise null.")
    promises = serializers.IntegerField(
        read_only=True, help_text="Promises with two assessments or more that count here."
    )
    assessments = serializers.IntegerField(
        read_only=True, help_text="Assessments of them that count here."
    )


class AgreementSerializer(serializers.Serializer[Any]):
    """How far organisations agree on the promises that they assess in common."""

    organisations = serializers.ListField(
        child=serializers.CharField(), read_only=True, help_text="Their ids, in order."
    )
    promises = serializers.IntegerField(
        read_only=True, help_text="How many promises at least two of them currently assess."
    )
    raw_agreement = serializers.FloatField(
        read_only=True,
        allow_null=True,
        help_text="The share on which they agree, from 0 to 1; chance is not considered. Null"
        " where there is nothing to compare.",
    )
    nominal = CoefficientSerializer(
        read_only=True, help_text="Over all statuses: two are the same or they are not."
    )
    ordinal = CoefficientSerializer(
        read_only=True,
        help_text="Over those statuses that lie on the scale of progress: how far apart they are.",
    )


class ReferenceWorkSerializer(serializers.Serializer[Any]):
    """Where the measure is defined."""

    authors = serializers.CharField(read_only=True)
    title = serializers.CharField(read_only=True)
    publisher = serializers.CharField(read_only=True)
    year = serializers.IntegerField(read_only=True)
    url = serializers.URLField(read_only=True)


class LevelSerializer(serializers.Serializer[Any]):
    """What counts at a level of measurement, and how unlike two statuses are there."""

    difference = serializers.CharField(read_only=True)
    statuses = serializers.ListField(
        child=Word(Status), read_only=True, help_text="Those that count; on a scale, least first."
    )


class MethodSerializer(serializers.Serializer[Any]):
    """What was measured, and how; docs/methodology.md says how to read it."""

    measure = serializers.CharField(read_only=True)
    units = serializers.CharField(read_only=True)
    values = serializers.CharField(read_only=True)
    formula = serializers.CharField(read_only=True)
    raw_agreement = serializers.CharField(read_only=True)
    nominal = LevelSerializer(read_only=True)
    ordinal = LevelSerializer(read_only=True)
    sources = ReferenceWorkSerializer(many=True, read_only=True)


class AgreementStatisticsSerializer(serializers.Serializer[Any]):
    """How far organisations agree with one another."""

    overall = AgreementSerializer(
        read_only=True, help_text="All organisations together, on the promises that are compared."
    )
    results = AgreementSerializer(
        many=True,
        read_only=True,
        help_text="Each pair of organisations with promises in common, in the order of their ids.",
    )
    method = MethodSerializer(read_only=True)


def statistics_row(overall: Agreement, pairs: Iterable[Agreement]) -> Row:
    """The whole answer but for its clocks."""
    return {
        "overall": agreement_row(overall),
        "results": [agreement_row(pair) for pair in pairs],
        "method": METHOD,
    }


def agreement_row(agreement: Agreement) -> Row:
    """How far some organisations agree."""
    return {
        "organisations": list(agreement.organisations),
        "promises": agreement.raw.units,
        "raw_agreement": _rounded(agreement.raw.value),
        "nominal": _coefficient(agreement.nominal),
        "ordinal": _coefficient(agreement.ordinal),
    }


def _coefficient(measure: Measure) -> Row:
    return {
        "alpha": _rounded(measure.value),
        "undefined": measure.undefined and measure.undefined.value,
        "promises": measure.units,
        "assessments": measure.values,
    }


def _rounded(value: Fraction | None) -> float | None:
    return None if value is None else float(round(value, DIGITS))
