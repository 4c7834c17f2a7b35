"""Paragraphs of a locator as people write them: numbers or ranges, and what completes them."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError

from reforms.models import Paragraph
from reforms.models.shapes import FINGERPRINT
from reforms.submissions.complaints import Place, printable

_PARAGRAPH = re.compile(
    rf"¶?\s*(\d{{1,7}})(?:\s*[-–]\s*(\d{{1,7}}))?(?:\s+({FINGERPRINT}))?", re.ASCII
)
_LONGEST_RANGE = 200


def read_paragraphs(text: str) -> list[dict[str, Any]]:
    """Read `138`, `139-142` or `138 fp1:…`; a fingerprint that is not given is missing."""
    match = _PARAGRAPH.fullmatch(text)
    if match is None:
        raise ValidationError(
            f"“{printable(text)}” is no paragraph: write its number, a range (139-142), or its"
            " number and fingerprint (138 fp1: and 64 digits)."
        )
    first, last = int(match[1]), int(match[2] or match[1])
    if match[3]:
        if match[2]:
            raise ValidationError(
                f"“{printable(text)}” gives a range one fingerprint; give each its own."
            )
        return [{"ordinal": first, "fingerprint": match[3]}]
    if not first <= last < first + _LONGEST_RANGE:
        raise ValidationError(f"“{text}” is no range of at most {_LONGEST_RANGE} paragraphs.")
    return [{"ordinal": ordinal} for ordinal in range(first, last + 1)]


def with_fingerprints(source: str, paragraphs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The paragraphs, with missing fingerprints from the source's loaded text.

    Raises ValidationError naming what the text does not have.
    """
    missing = [one["ordinal"] for one in paragraphs if "fingerprint" not in one]
    if not missing:
        return paragraphs
    loaded = dict(
        Paragraph.objects.filter(source=source, ordinal__in=missing).values_list(
            "ordinal", "fingerprint"
        )
    )
    unknown = [f"¶{ordinal}" for ordinal in missing if ordinal not in loaded]
    if unknown:
        raise ValidationError(
            f"{', '.join(unknown)}: no such paragraph in the loaded text of {source}. Load the"
            " document first, or give the fingerprint as well (138 fp1:…)."
        )
    return [
        {"ordinal": one["ordinal"], "fingerprint": one.get("fingerprint") or loaded[one["ordinal"]]}
        for one in paragraphs
    ]


def as_line(paragraph: Mapping[str, Any]) -> str:
    """A paragraph of a locator as one line: 138 fp1:…"""
    return f"{paragraph.get('ordinal', '')} {paragraph.get('fingerprint', '')}".strip()


class Paragraphs:
    """The paragraphs of a locator, separated by semicolons."""

    def read(self, value: Any, place: Place) -> list[dict[str, Any]] | None:
        try:
            parts = [part.strip() for part in re.split(r"[;,\n]", value)]
            return [one for part in parts if part for one in read_paragraphs(part)]
        except ValidationError as error:
            place.complain("bad_form", error.messages[0])
            return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}
