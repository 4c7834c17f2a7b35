"""How the words of the record look: a shape of its own for each status, never a colour alone.

The shapes are drawn in a square of 16 by 16, in the colour of the text around them; stylesheets
and pictures give them theirs by the class `status-<word>`.
"""

from dataclasses import dataclass

from reforms.vocabulary import Status

_RING = (
    "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13zm0 1.6a4.9 4.9 0 1 1 0 9.8a4.9 4.9 0 1 1 0-9.8z"
)
_DISC = "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 1 0 0-13z"


@dataclass(frozen=True, slots=True)
class Look:
    """The look of a status: `path` is what an SVG path draws (by the even-odd rule).

    `colour` and `dark` are its colours on light and on dark ground; either has a contrast of at
    least 3 to 1 with its ground (WCAG 2.2, 1.4.11). `pattern` fills areas: a path in a tile of 8 by
    8, so that areas are told apart where colours are not.
    """

    path: str
    colour: str
    dark: str
    pattern: str


# In the order in which pictures stack them: from done to not known.
LOOKS: dict[Status, Look] = {
    Status.IMPLEMENTED: Look(
        _DISC + "M4.2 8.3l1.2-1.2l1.9 1.9l3.6-3.8l1.2 1.2l-4.8 5z",
        "#1a7f4b",
        "#4cc38a",
        "M0 0h8v8h-8z",
    ),
    Status.PARTIALLY_IMPLEMENTED: Look(
        _RING + "M8 4.2a3.8 3.8 0 1 1-3.8 3.8h3.8z",
        "#3f7d20",
        "#8fce63",
        "M0 3L3 0H8L0 8zM8 3V8H3z",
    ),
    Status.IN_PROGRESS: Look(
        _RING + "M8 4.2a3.8 3.8 0 0 1 0 7.6z", "#1f6fb2", "#6cb6f0", "M0 6L6 0H8L0 8zM8 6V8H6z"
    ),
    Status.STALLED: Look(
        _RING + "M5.6 5.2h1.7v5.6h-1.7zM8.7 5.2h1.7v5.6h-1.7z",
        "#9a6700",
        "#e3b341",
        "M1 0h2v8h-2zM5 0h2v8h-2z",
    ),
    Status.NOT_STARTED: Look(_RING, "#6b5b95", "#b3a1e0", "M3 3h2v2h-2z"),
    Status.ABANDONED: Look(
        _DISC + "M5.6 4.5l2.4 2.4l2.4-2.4l1.1 1.1l-2.4 2.4l2.4 2.4l-1.1 1.1l-2.4-2.4l-2.4 2.4"
        "l-1.1-1.1l2.4-2.4l-2.4-2.4z",
        "#b3261e",
        "#ff8a80",
        "M0 0h8v2h-6v6h-2z",
    ),
    Status.REVERSED: Look(
        _DISC + "M7.2 4l-3.4 2.9l3.4 2.9v-1.9h1.6a1.4 1.4 0 0 1 0 2.8h-2.2v1.4h2.2a2.8 2.8 0 0 0"
        " 0-5.6h-1.6z",
        "#a13670",
        "#f08fc0",
        "M8 4L4 0H0L8 8zM0 4V8H4z",
    ),
    Status.NOT_ASSESSED: Look(
        "M3 7.2h2.2v1.6h-2.2zM6.9 7.2h2.2v1.6h-2.2zM10.8 7.2h2.2v1.6h-2.2z",
        "#6e7781",
        "#9aa4ae",
        "M0 6h8v1h-8z",
    ),
}
