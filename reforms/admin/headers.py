"""What every answer of the admin forbids the browser, errors and redirections included."""

from collections.abc import Callable
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.urls import get_script_prefix, reverse

# Scripts, styles and forms are our own, and no other page may show ours in a frame.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "frame-ancestors 'none'",
        "form-action 'self'",
        "base-uri 'none'",
        "object-src 'none'",
    )
)
_UNUSED = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": ", ".join(f"{one}=()" for one in _UNUSED),
    # An address may name what is not public; no other site is told where a reader came from.
    "Referrer-Policy": "same-origin",
}


class StrictAdmin:
    """Middleware for all that is below the admin's address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(_path("admin:index", get_script_prefix())):
            return response
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path != _path("admin:jsi18n", get_script_prefix()):
            # Django leaves some pages to be kept, and another may sit at the machine tomorrow.
            response.headers["Cache-Control"] = "no-store, private"
        return response


@lru_cache(maxsize=16)
def _path(name: str, _prefix: str) -> str:
    """The path of a view, below the prefix that addresses have; every request asks for one."""
    return reverse(name)
