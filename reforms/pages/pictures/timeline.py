"""The timeline of one promise: what each organisation said of it, since when."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.html import format_html
from django.utils.safestring import SafeString

from reforms.dates import PartialDate
from reforms.pages.pictures.drawing import Drawing, Part, shape, share
from reforms.vocabulary import Status

_LANE = 26  # pixels
_NAME = 20
_AXIS = 24
_ROOM = 0.085
_MOST_LABELS = 6


@dataclass(frozen=True, slots=True)
class Lane:
    """What one organisation said, in the order of the days: the day from which it is drawn, the
    status, and the date that was given for it, which may be a month or a year.
    """

    organisation: str
    said: Sequence[tuple[date, Status, PartialDate]]


def timeline(
    lanes: Sequence[Lane], first: date, last: date, deadline: PartialDate | None = None
) -> SafeString:
    """A lane for each organisation, from the day `first` to the day `last`.

    Before somebody said something of a promise nobody had assessed it. The deadline is a line.
    """
    drawing = Drawing("timeline", lanes, first, last, deadline)
    end = max(last, deadline.last) if deadline is not None else last
    days = max((end - first).days, 1)

    def at(day: date) -> float:
        return min(max((day - first).days, 0), days) / days

    parts: list[Part] = []
    y = 0
    for lane in lanes:
        parts.append(_text("0", y + 14, lane.organisation))
        parts += _segments(drawing, lane, at, at(last), y + _NAME)
        y += _NAME + _LANE
    if deadline is not None:
        parts.append(_upright("deadline", at(deadline.last), _NAME - 4, y))
    parts += _years(first, end, at, y + 16)
    if deadline is not None:
        y += 16
        parts.append(_deadline(at(deadline.last), y + 18, deadline))
    return drawing.whole("Timeline", _in_words(lanes, first, last, deadline), y + _AXIS, parts)


def _segments(
    drawing: Drawing, lane: Lane, at: Callable[[date], float], last: float, y: float
) -> Iterator[Part]:
    begun = [(0.0, Status.NOT_ASSESSED), *((at(day), status) for day, status, _ in lane.said)]
    shapes = []
    for place, (start, status) in enumerate(begun):
        end = begun[place + 1][0] if place + 1 < len(begun) else last
        if end > start:
            yield drawing.filled(status, share(start), y + 1, share(end - start), _LANE - 6)
            if end - start >= _ROOM:
                shapes.append(shape(status, share((start + end) / 2), y + 3))
    yield from shapes


def _years(first: date, end: date, at: Callable[[date], float], y: float) -> Iterator[Part]:
    years = range(first.year, end.year + 1)
    for year in years[:: -(-len(years) // _MOST_LABELS)]:
        place = at(date(year, 1, 1)) if year > first.year else 0.0
        if place < 0.9:
            yield _upright("rule", place, y - 16, y - 12)
            yield _text(share(place), y, str(year))


def _upright(name: str, place: float, top: float, bottom: float) -> Part:
    return format_html(
        '<line class="{0}" x1="{1}" x2="{1}" y1="{2}" y2="{3}"/>', name, share(place), top, bottom
    )


def _deadline(place: float, y: float, date_: PartialDate) -> Part:
    anchor = "start" if place < 0.5 else "end"
    return format_html(
        '<text x="{}" y="{}" text-anchor="{}">Deadline {}</text>', share(place), y, anchor, date_
    )


def _text(x: str, y: float, text: str) -> Part:
    return format_html('<text x="{}" y="{}">{}</text>', x, y, text)


def _in_words(lanes: Sequence[Lane], first: date, last: date, deadline: PartialDate | None) -> str:
    said = [f"From {first} to {last}."]
    for lane in lanes:
        words = ", ".join(f"{status.label.lower()} since {since}" for _, status, since in lane.said)
        said.append(f"{lane.organisation}: {words}.")
    if not lanes:
        said.append("Nobody has assessed it.")
    if deadline is not None:
        said.append(f"Deadline: {deadline}.")
    return " ".join(said)
