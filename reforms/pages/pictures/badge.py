"""Badges: small pictures that stand alone, in other people's pages and texts."""

import base64
import hashlib

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from reforms.pages.looks import LOOKS
from reforms.pages.pictures.drawing import SHAPE
from reforms.pages.pictures.letters import width
from reforms.vocabulary import Status

HEIGHT = 24
_SIZE = 12  # of letters, in pixels
_PAD = 8
NAME = "Reform tracker"


def _style() -> str:
    """Colours by whoever looks, light or dark; alone a picture has no stylesheet but its own."""
    light = "".join(f".status-{one.value}{{color:{look.colour}}}" for one, look in LOOKS.items())
    dark = "".join(f".status-{one.value}{{color:{look.dark}}}" for one, look in LOOKS.items())
    return (
        ".ground{fill:#fff}.edge{fill:none;stroke:#4a525c}.name{fill:#4a525c}.on{fill:#fff}"
        f".ink{{fill:#16191d}}text{{font:{_SIZE}px Verdana,'DejaVu Sans',sans-serif}}{light}"
        "@media (prefers-color-scheme:dark){.ground{fill:#14171a}.edge{stroke:#aab2bb}"
        f".name{{fill:#3a4149}}.on{{fill:#fff}}.ink{{fill:#e8eaed}}{dark}}}"
    )


STYLE = _style()
# How a Content-Security-Policy allows this style, and no other.
STYLE_HASH = "sha256-" + base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()


def badge(says: str, about: str, status: Status | None = None) -> SafeString:
    """What is said of something, with the shape of a status: an SVG document as wide as its words.

    `about` is for those who do not see it.
    """
    name, text = width(NAME, _SIZE), width(says, _SIZE)
    left = name + 2 * _PAD
    icon = SHAPE + 4 if status is not None else 0
    whole = left + 2 * _PAD + icon + text
    drawn: SafeString | str = ""
    if status is not None:
        drawn = format_html(
            '<g class="status-{}" transform="translate({} 4)"><path fill="currentColor"'
            ' fill-rule="evenodd" d="{}"/></g>',
            status.value,
            left + _PAD,
            LOOKS[status].path,
        )
    return format_html(
        '<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{0}" height="{1}"'
        ' viewBox="0 0 {0} {1}"><title>{2}</title><desc>{3}</desc><style>{4}</style>'
        '<rect class="ground" width="{0}" height="{1}" rx="4"/>'
        '<path class="name" d="M4 0h{5}v{1}h-{5}a4 4 0 0 1-4-4v-{6}a4 4 0 0 1 4-4z"/>'
        '<text class="on" x="{7}" y="16" textLength="{8}">{9}</text>{10}'
        '<text class="ink" x="{11}" y="16" textLength="{12}">{2}</text>'
        '<rect class="edge" x="0.5" y="0.5" width="{13}" height="{14}" rx="3.5"/></svg>',
        whole,
        HEIGHT,
        says,
        about,
        mark_safe(STYLE),  # noqa: S308 - ours, and hashed as it stands
        left - 4,
        HEIGHT - 8,
        _PAD,
        name,
        NAME,
        drawn,
        left + _PAD + icon,
        text,
        whole - 1,
        HEIGHT - 1,
    )
