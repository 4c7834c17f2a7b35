"""The first page: how far it all is."""

from typing import Any

from reforms.pages.asking import Asking
from reforms.pages.page import Page


class Home(Page):
    """All reforms of all programmes, and what changed last."""

    template = "pages/home.html"

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            "title": "What became of what was promised",
            "description": "Every announced reform, what became of it, who says so and on what"
            " evidence.",
        }
