"""The picture of how far each goal is passed: SVG without scripts and styles."""

import math
from dataclasses import dataclass
from xml.sax.saxutils import escape

ROW, TOP, BOTTOM = 26, 32, 30
LEFT, WIDTH, RIGHT = 310, 420, 100
LEAST, MOST = -2.0, 4.0  # powers of two between which bars end
REACHED, SHORT = "#1b7f4d", "#b3541e"


@dataclass(frozen=True)
class Bar:
    """A goal: its name, by how many times it is passed, whether it is, and the figure itself."""

    name: str
    passed: float
    reached: bool
    label: str


def drawn(bars: list[Bar]) -> str:
    """The picture, on a scale on which every step is twice as far."""
    height, whole = TOP + ROW * len(bars) + BOTTOM, LEFT + WIDTH + RIGHT
    many = sum(bar.reached for bar in bars)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {height}" role="img"'
        ' aria-labelledby="t d" font-family="sans-serif" font-size="13">',
        '<title id="t">Measured against the goals</title>',
        f'<desc id="d">{many} of {len(bars)} goals are reached. For each there is a bar, green and'
        " with a check mark where it ends at the line of the goal or beyond, else brown; the table"
        " beside the picture has the figures.</desc>",
        f'<rect width="{whole}" height="{height}" fill="#fff"/>',
        *_scale(height),
        *(part for number, bar in enumerate(bars) for part in _row(bar, TOP + number * ROW)),
    ]
    return "\n".join([*parts, "</svg>\n"])


def _place(power: float) -> float:
    """Where a power of two stands on the scale."""
    return LEFT + (power - LEAST) * WIDTH / (MOST - LEAST)


def _scale(height: int) -> list[str]:
    parts = [f'<text x="{_place(0):.0f}" y="16" text-anchor="middle" fill="#222">the goal</text>']
    for power in range(int(LEAST), int(MOST) + 1):
        x, stroke = f"{_place(power):.0f}", "#222" if power == 0 else "#ddd"
        parts += [
            f'<line x1="{x}" x2="{x}" y1="24" y2="{height - BOTTOM + 2}" stroke="{stroke}"/>',
            f'<text x="{x}" y="{height - 10}" text-anchor="middle" fill="#555">'
            f"{2.0**power:g}×</text>",
        ]
    return parts


def _row(bar: Bar, y: int) -> list[str]:
    power = math.log2(bar.passed) if bar.passed > 0 else LEAST
    end = _place(max(LEAST, min(MOST, power)))
    said = f"{bar.label} {'✓' if bar.reached else ''}".strip()
    return [
        f'<text x="{LEFT - 8}" y="{y + 13}" text-anchor="end" fill="#222">'
        f"{escape(bar.name)}</text>",
        f'<rect x="{LEFT}" y="{y}" height="18" width="{max(2.0, end - LEFT):.0f}"'
        f' fill="{REACHED if bar.reached else SHORT}"/>',
        # The white edge keeps it readable where it stands over a line of the scale.
        f'<text x="{max(end, LEFT + 2) + 6:.0f}" y="{y + 13}" fill="#222" stroke="#fff"'
        f' stroke-width="4" paint-order="stroke">{escape(said)}</text>',
    ]
