"""Progress over time: a column for each point, in parts by status."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reforms.pages.looks import LOOKS
from reforms.pages.pictures.drawing import Drawing, Part, share
from reforms.pages.pictures.progress import in_words

_PLOT = 180  # pixels
_TOP = 22
_HEIGHT = _TOP + _PLOT + 22
_MOST_LABELS = 6  # at 320 pixels there is room for so many years


def over_time(points: Sequence[Mapping[str, Any]]) -> SafeString:
    """The points of a series as `/statistics/timeseries/` answers them, oldest first."""
    drawing = Drawing("over time", [(one["date"], one["by_status"]) for one in points])
    most = max((one["total"] for one in points), default=0)
    height = f"{most} promise" if most == 1 else f"{most} promises"
    parts = [_line(_TOP), _line(_TOP + _PLOT), _text("0", _TOP - 7, height)]
    for place, point in enumerate(points):
        parts += _column(drawing, point, most, place, len(points))
    parts += _years(points)
    return drawing.whole("Promises by status over time", _in_words(points), _HEIGHT, parts)


def _column(
    drawing: Drawing, point: Mapping[str, Any], most: int, place: int, of: int
) -> Iterator[Part]:
    bottom = float(_TOP + _PLOT)
    for status in LOOKS:
        number = point["by_status"].get(status, 0)
        if number:
            height = _PLOT * number / most
            bottom -= height
            # Edges between the columns would make a grid of the patterns.
            yield drawing.filled(
                status,
                share(place, of),
                round(bottom, 2),
                share(1, of),
                round(height, 2),
                edged=False,
            )


def _years(points: Sequence[Mapping[str, Any]]) -> Iterator[Part]:
    """A label below the first point of a year, as many as there is room for."""
    firsts: dict[str, int] = {}
    for place, point in enumerate(points):
        firsts.setdefault(point["date"][:4], place)
    step = max(-(-len(firsts) // _MOST_LABELS), 1)
    # One that ends where the next begins, at the right edge, has no room of its own.
    room = len(points) * 0.9
    for year, place in list(firsts.items())[::step]:
        if place <= room or place == 0:
            yield _text(share(place, len(points)), _TOP + _PLOT + 16, year)


def _line(y: float) -> Part:
    return format_html('<line class="rule" x1="0" x2="100%" y1="{}" y2="{}"/>', y, y)


def _text(x: str, y: float, text: str) -> Part:
    return format_html('<text x="{}" y="{}">{}</text>', x, y, text)


def _in_words(points: Sequence[Mapping[str, Any]]) -> str:
    if not points:
        return "Nothing was promised yet."
    first, last = points[0], points[-1]
    return " ".join(
        f"On {one['date']}: {in_words(one['by_status'], one['total'])}"
        for one in ([first, last] if first["date"] != last["date"] else [first])
    )
