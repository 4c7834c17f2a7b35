"""What other sites may show in a frame: one object, small, with its picture and its figures."""

from typing import Any
from urllib.parse import urlencode

from reforms.api.views import AssessmentViewSet
from reforms.pages import illustrations
from reforms.pages.asking import Asking
from reforms.pages.page import Page
from reforms.pages.subjects import query_of, subject


class Embedded(Page):
    """A promise, a reform or a programme for a frame; the address names it."""

    template = "pages/embed/object.html"
    framed = True

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        told = subject(ask, kwargs["kind"], kwargs["pk"])
        query = query_of(ask.given)
        found: dict[str, Any] = {
            "title": told.title,
            "subject": told,
            "home": f"{told.page}?{urlencode(query)}" if query else told.page,
        }
        if told.promise is None:
            series = illustrations.over_time(ask, told.kind, told.key)
            return found | series | {"counts": told.counts}
        views = ask.ask(AssessmentViewSet, "list", {}, promise=told.key)["results"]
        picture = illustrations.timeline(self.clocks, told.promise, views, told.promise["updates"])
        return found | {"promise": told.promise, "views": views, "picture": picture}
