"""Cards: the pictures that messengers and networks show with a link (Open Graph), as PNG."""

from functools import cache
from importlib.resources import files
from typing import Any

from reforms.pages.asking import Asking
from reforms.pages.drawn import Drawn
from reforms.pages.pictures.card import FONT, HEIGHT, WIDTH, card, notice
from reforms.pages.subjects import on, subject


class Card(Drawn):
    """The card of a promise, a reform or a programme, which the address names."""

    media_type = "image/png"

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        told = subject(ask, kwargs["kind"], kwargs["pk"])
        since = told.promise["status_since"] if told.promise else None
        return {
            "drawn": card(
                told.title,
                told.says,
                told.status,
                counts=told.counts,
                since=since or "",
                moment=on(self.clocks),
            )
        }

    def finished(self, drawn: str) -> bytes:
        import resvg_py  # it takes memory that only a server which draws has to have

        return resvg_py.svg_to_bytes(
            svg_string=drawn,
            width=WIDTH,
            height=HEIGHT,
            skip_system_fonts=True,
            font_files=_fonts(),
            font_family=FONT,
            sans_serif_family=FONT,
        )

    def refusal(self, detail: str) -> str:
        return notice(detail)


@cache
def _fonts() -> list[str]:
    """Files of a package: so a card looks the same wherever it is drawn."""
    folder = files("fontpkg_pt_sans") / "files"
    return [str(folder / f"PT_Sans-Web-{weight}.ttf") for weight in ("Regular", "Bold")]
