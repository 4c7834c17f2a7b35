"""Passages of loaded sources: what a locator quotes, and the fingerprints that it needs."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import ValidationError

from reforms.models import Citation, Paragraph

# A citation's passage: each paragraph of its locator with its loaded text, or None.
Passage = list[tuple[Mapping[str, Any], Paragraph | None]]


def passages(citations: Iterable[Citation]) -> dict[int, Passage]:
    """The passage of each citation by the citation's key, in one query for all of them."""
    citations = list(citations)
    wanted = {
        (one.source_id, paragraph["fingerprint"])
        for one in citations
        for paragraph in one.paragraphs
    }
    found: dict[tuple[str, str], list[Paragraph]] = {}
    if wanted:
        for loaded in Paragraph.objects.filter(
            source__in={source for source, _ in wanted},
            fingerprint__in={fingerprint for _, fingerprint in wanted},
        ):
            found.setdefault((loaded.source_id, loaded.fingerprint), []).append(loaded)
    return {
        one.pk: [
            (cited, nearest(found.get((one.source_id, cited["fingerprint"]), []), cited["ordinal"]))
            for cited in one.paragraphs
        ]
        for one in citations
    }


def nearest(alike: Iterable[Paragraph], ordinal: int) -> Paragraph | None:
    """Of paragraphs with the same text, the one nearest to the locator's hint; of two the first."""
    return min(alike, key=lambda one: (abs(one.ordinal - ordinal), one.ordinal), default=None)


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
