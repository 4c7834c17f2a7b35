"""Passages of loaded sources: what a locator quotes, and the fingerprints that it needs."""

from collections.abc import Iterable, Mapping
from typing import Any

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
