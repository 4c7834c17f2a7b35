"""Cards of 1200 by 630 pixels: a title, and how far it is."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reforms.pages.looks import LOOKS
from reforms.pages.pictures.badge import NAME
from reforms.pages.pictures.drawing import Part, joined
from reforms.pages.pictures.letters import lines, width
from reforms.pages.pictures.progress import progress
from reforms.vocabulary import Status

WIDTH, HEIGHT = 1200, 630
FONT = "PT Sans"
_EDGE = 72
_ROOM = WIDTH - 2 * _EDGE
_STYLE = (
    f".ground{{fill:#fff}}text{{font-family:'{FONT}'}}.ink{{fill:#16191d}}.quiet{{fill:#4a525c}}"
    + "".join(f".status-{one.value}{{color:{look.colour}}}" for one, look in LOOKS.items())
)
_TITLE = 64
_WORDS = 30


def card(
    title: str,
    says: str,
    status: Status,
    *,
    counts: Mapping[str, Any] | None = None,
    since: str = "",
    moment: str = "",
) -> SafeString:
    """The card of a promise by its status or, with `counts`, of what has promises."""
    parts = [_text(_EDGE, 104, 34, NAME, "quiet"), *_title(title, 3)]
    if counts is None:
        parts += _status(status, says, since)
    else:
        parts += _progress(counts)
    if moment:
        parts.append(_text(_EDGE, HEIGHT - 40, 26, f"The record {moment}", "quiet"))
    return _whole(parts)


def notice(detail: str) -> SafeString:
    """A card that says why there is none."""
    return _whole([_text(_EDGE, 104, 34, NAME, "quiet"), *_title(detail, 5)])


def _title(title: str, most: int) -> list[Part]:
    return [
        _text(_EDGE, 196 + place * 76, _TITLE, line, "ink", bold=True)
        for place, line in enumerate(lines(title, _TITLE, _ROOM, most))
    ]


def _status(status: Status, says: str, since: str) -> list[Part]:
    drawn = format_html(
        '<g class="status-{}" transform="translate({} 436) scale(6)">'
        '<path fill="currentColor" fill-rule="evenodd" d="{}"/></g>',
        status.value,
        _EDGE,
        LOOKS[status].path,
    )
    left = _EDGE + 120
    parts = [drawn, _text(left, 496 if since else 510, 52, says, "ink", bold=True)]
    return [*parts, _text(left, 538, _WORDS, f"since {since}", "quiet")] if since else parts


def _progress(counts: Mapping[str, Any]) -> list[Part]:
    by_status, total = counts["by_status"], counts["total"]
    bar = format_html(
        '<svg x="{0}" y="420" width="{1}" height="52" viewBox="0 0 {2} 26">{3}</svg>',
        _EDGE,
        _ROOM,
        _ROOM / 2,
        progress(by_status, total),
    )
    return [bar, *_legend(by_status, total)]


def _legend(by_status: Mapping[str, int], total: int) -> list[Part]:
    """Each status with its shape, its word and its number, in two lines at most."""
    parts, x, y = [], float(_EDGE), 520
    for status in LOOKS:
        number = by_status.get(status, 0)
        if not number:
            continue
        words = f"{number} {status.label.lower()}"
        wide = 40 + width(words, _WORDS) + 28
        if x + wide > WIDTH - _EDGE and x > _EDGE:
            x, y = float(_EDGE), y + 44
        parts.append(
            format_html(
                '<g class="status-{}" transform="translate({} {}) scale(2)">'
                '<path fill="currentColor" fill-rule="evenodd" d="{}"/></g>',
                status.value,
                x,
                y - 26,
                LOOKS[status].path,
            )
        )
        parts.append(_text(x + 40, y, _WORDS, words, "ink"))
        x += wide
    return parts


def _text(x: float, y: float, size: int, text: str, colour: str, bold: bool = False) -> Part:
    return format_html(
        '<text class="{}" x="{}" y="{}" font-size="{}" font-weight="{}">{}</text>',
        colour,
        x,
        y,
        size,
        700 if bold else 400,
        text,
    )


def _whole(parts: list[Part]) -> SafeString:
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="{1}" viewBox="0 0 {0} {1}">'
        '<style>{2}</style><rect class="ground" width="{0}" height="{1}"/>'
        '<rect width="{0}" height="14" fill="#0b57a4"/>{3}</svg>',
        WIDTH,
        HEIGHT,
        mark_safe(_STYLE),  # noqa: S308 - ours alone
        joined(parts),
    )
