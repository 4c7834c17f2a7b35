"""Badges: the status of a promise, or how far a reform or a programme is, in one line."""

from typing import Any

from reforms.pages import pictures
from reforms.pages.asking import Asking
from reforms.pages.drawn import Drawn
from reforms.pages.pictures.badge import STYLE_HASH
from reforms.pages.subjects import on, subject

_LONGEST = 120  # letters of a refusal


class Badge(Drawn):
    """The badge of a promise, a reform or a programme, which the address names."""

    media_type = "image/svg+xml; charset=utf-8"
    styles = f"'{STYLE_HASH}'"

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        told = subject(ask, kwargs["kind"], kwargs["pk"])
        says = " ".join(filter(None, (told.says, on(self.clocks))))
        return {"drawn": pictures.badge(says, told.about, told.status)}

    def refusal(self, detail: str) -> str:
        short = detail if len(detail) <= _LONGEST else f"{detail[: _LONGEST - 1]}…"
        return pictures.badge(short, detail)
