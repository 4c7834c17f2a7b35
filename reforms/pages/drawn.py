"""The base of pages that are one picture: badges for other people's texts, cards for previews."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from reforms.api.errors import PROBLEMS, refusal_of
from reforms.limits import Full
from reforms.pages.page import Page
from reforms.pages.refusals import refused


class Drawn(Page):
    """A picture at an address of its own; subclasses draw it in `answer`, as `drawn`.

    `styles` is what its Content-Security-Policy allows as style.
    """

    template = "pages/embed/drawn.html"
    media_type: ClassVar[str]
    styles: ClassVar[str] = "'none'"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        response["Content-Security-Policy"] = f"default-src 'none'; style-src {self.styles}"
        # A picture for pages of others, also for those that take nothing from elsewhere by default.
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        response = super().get(request, **kwargs)
        if response.status_code == 200:
            response.content = self.finished(response.content.decode())
            response["Content-Type"] = self.media_type
        return response

    def finished(self, drawn: str) -> str | bytes:
        """The picture as it is sent."""
        return drawn

    def refuse(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """What was wrong, as a picture: whoever asks shows nothing else."""
        response = refused(request, exception, self)
        response.content = self.finished(self.refusal(_said(exception, self)))
        response["Content-Type"] = self.media_type
        return response

    def refusal(self, detail: str) -> str:
        """The picture that says what was wrong."""
        raise NotImplementedError


def _said(exception: Exception, view: Page) -> str:
    if isinstance(exception, Full):
        return PROBLEMS["too-many-requests"][1]
    refusal = refusal_of(exception, {"view": view})
    assert refusal is not None
    return refusal.errors[0].detail if refusal.errors else str(refusal.detail)
