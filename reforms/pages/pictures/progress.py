"""How far promises are: a bar in parts by status."""

from collections.abc import Mapping

from django.utils.safestring import SafeString

from reforms.pages.looks import LOOKS
from reforms.pages.pictures.drawing import Drawing, shape, share

HEIGHT = 26
# A part has its shape in it where it is this wide, as a share: on a phone, 24 pixels.
_ROOM = 0.085


def progress(counts: Mapping[str, int], total: int) -> SafeString:
    """A bar of `total` promises, of which each status has so many as `counts` says."""
    drawing = Drawing("progress", dict(counts), total)
    bars, shapes, at = [], [], 0
    for status in LOOKS:
        number = counts.get(status, 0)
        if number:
            bars.append(
                drawing.filled(status, share(at, total), 1, share(number, total), HEIGHT - 2)
            )
            if number >= _ROOM * total:
                shapes.append(shape(status, share(at + number / 2, total), 5))
            at += number
    return drawing.whole("Promises by status", in_words(counts, total), HEIGHT, [*bars, *shapes])


def in_words(counts: Mapping[str, int], total: int) -> str:
    """The same as a sentence."""
    said = [f"{counts[one]} {one.label.lower()}" for one in LOOKS if counts.get(one)]
    promises = "promise" if total == 1 else "promises"
    return f"Of {total} {promises}: {', '.join(said)}." if said else "No promises."
