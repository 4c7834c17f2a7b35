"""Pictures, drawn here as SVG. They take their colours from the stylesheet of the page."""

from collections.abc import Mapping

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from reforms.pages.looks import LOOKS

_WIDTH = 1000
_GAP = 3  # between two parts, so that they are told apart without colours


def progress(counts: Mapping[str, int], total: int) -> SafeString:
    """A bar of `total` promises, in parts by status; the figures have to stand beside it."""
    parts, at = [], 0.0
    for status in LOOKS:
        width = _WIDTH * counts.get(status, 0) / total if total else 0.0
        if width:
            parts.append((status.value, f"{at:.1f}", f"{max(width - _GAP, 1):.1f}"))
            at += width
    return format_html(
        '<svg class="progress" role="img" aria-label="{}" viewBox="0 0 {} 20"'
        ' preserveAspectRatio="none">{}</svg>',
        _in_words(counts, total),
        _WIDTH,
        format_html_join(
            "", '<rect class="status-{}" x="{}" y="0" width="{}" height="20"></rect>', parts
        ),
    )


def _in_words(counts: Mapping[str, int], total: int) -> str:
    said = [f"{counts[one]} {one.label.lower()}" for one in LOOKS if counts.get(one)]
    return f"Of {total} promises: {', '.join(said)}." if said else "No promises."
