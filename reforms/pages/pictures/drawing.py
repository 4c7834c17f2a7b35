"""What all pictures share: patterns and shapes of statuses, words for whoever does not see them.

Nothing is scaled: positions along the width are shares of it, everything else is in pixels. So a
picture fills any width, and its words keep their size on a phone.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from reforms.pages.looks import LOOKS
from reforms.vocabulary import Status

TILE = 8  # side of the tile that a pattern repeats, in pixels
SHAPE = 16  # side of the square that a shape is drawn in

Part = SafeString


def joined(parts: Iterable[Part]) -> SafeString:
    """Parts of a picture, one after another."""
    return format_html_join("", "{}", ((part,) for part in parts))


def share(part: float, of: float = 1) -> str:
    """A position or length as a share of the width."""
    return f"{100 * part / of:.3f}".rstrip("0").rstrip(".") + "%" if of else "0%"


def shape(status: Status, x: str, y: float, size: float = SHAPE) -> Part:
    """The shape of a status with its middle at `x`, a share of the width, and its top at `y`."""
    half = size / 2
    return format_html(
        '<svg x="{}" y="{}" width="{}" height="{}" overflow="visible">'
        '<g transform="translate(-{} 0) scale({})">'
        '<circle class="ground" cx="8" cy="8" r="9"/>'
        '<path class="status-{}" fill="currentColor" fill-rule="evenodd" d="{}"/></g></svg>',
        x,
        y,
        size,
        size,
        half,
        size / SHAPE,
        status.value,
        LOOKS[status].path,
    )


class Drawing:
    """A picture in the making: its patterns have names that no other picture of a page has."""

    def __init__(self, *said: Any) -> None:
        # Of what it shows, so that the same picture is the same text.
        self.name = hashlib.sha256(repr(said).encode()).hexdigest()[:8]
        self.used: dict[Status, None] = {}

    def filled(
        self, status: Status, x: str, y: float, width: str, height: float, edged: bool = True
    ) -> Part:
        """A rectangle filled with the pattern of a status, and `edged` in its colour."""
        self.used[status] = None
        return format_html(
            '<rect class="status-{}" x="{}" y="{}" width="{}" height="{}" fill="url(#{}-{})"{}/>',
            status.value,
            x,
            y,
            width,
            height,
            self.name,
            status.value,
            mark_safe(' stroke="currentColor"') if edged else "",
        )

    def whole(
        self, title: str, description: str, height: float, parts: Iterable[Part]
    ) -> SafeString:
        """The picture, as wide as there is room and `height` pixels high."""
        return format_html(
            '<svg class="picture" xmlns="http://www.w3.org/2000/svg" role="img" width="100%"'
            ' height="{}" aria-label="{}"><title>{}</title><desc>{}</desc>{}{}</svg>',
            height,
            description,
            title,
            description,
            self._patterns(),
            joined(parts),
        )

    def _patterns(self) -> SafeString:
        return format_html("<defs>{}</defs>", joined(self._pattern(one) for one in self.used))

    def _pattern(self, status: Status) -> Part:
        return format_html(
            '<pattern id="{}-{}" class="status-{}" width="{}" height="{}"'
            ' patternUnits="userSpaceOnUse">'
            '<rect class="ground" width="{}" height="{}"/>'
            '<rect width="{}" height="{}" fill="currentColor" opacity="0.16"/>'
            '<path fill="currentColor" fill-rule="evenodd" d="{}"/></pattern>',
            self.name,
            status.value,
            status.value,
            *(TILE,) * 6,
            LOOKS[status].pattern,
        )


def swatch(status: Status) -> SafeString:
    """The pattern and the shape of a status, for the line of a table that has its word."""
    drawing = Drawing("swatch", status)
    parts = [drawing.filled(status, "0.5", 0.5, "23", 15), shape(status, "34", 0)]
    return format_html(
        '<svg class="picture swatch" width="42" height="16" aria-hidden="true" focusable="false">'
        "{}{}</svg>",
        drawing._patterns(),
        joined(parts),
    )
