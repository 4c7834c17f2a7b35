"""What a page says instead of what was asked for: what was wrong, and what would be right."""

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse

from reforms.api.errors import PROBLEMS, BadParameter, Refusal, refusal_of
from reforms.limits import Full


def refused(request: HttpRequest, exception: Exception, view: Any) -> HttpResponse:
    """The page for an exception; raises it again where the fault is ours."""
    if isinstance(exception, Full):
        wait = exception.windows[-1].reset
        detail = f"Too much was asked from your address. Try again in {wait:,} seconds."
        refusal: Refusal | None = Refusal(
            "too-many-requests", detail, headers={"Retry-After": str(wait)}
        )
    else:
        refusal = refusal_of(exception, {"view": view})
    if refusal is None:
        raise exception
    status, title = PROBLEMS[refusal.name]
    told = {
        "title": title,
        "detail": refusal.errors[0].detail if refusal.errors else str(refusal.detail),
        "more": refusal.errors[1:],
        "allowed": refusal.errors[0].allowed if refusal.errors else (),
        # What a form sent can be asked again without what was wrong with it.
        "anew": request.path if refusal.errors and request.GET else "",
        "rest": _rest(request, refusal),
        "withdrawn_at": refusal.more.get("withdrawn_at"),
        "reason": refusal.more.get("reason", ""),
        "history": _on_a_page(refusal.more.get("history", "")),
        "last_known": _here(request, refusal.more.get("last_known", "")),
        "path": request.get_full_path(),
        "robots": "noindex",
    }
    page = render_to_string("pages/refusal.html", told)
    response = HttpResponse(page, status=status, headers=refusal.headers)
    response["Cache-Control"] = "no-store"
    return response


def _rest(request: HttpRequest, refusal: Refusal) -> str:
    """This page with what was right in the question; empty where nothing was."""
    # A place in a list belongs to the question that it was reached by.
    wrong = {one.parameter for one in refusal.errors if isinstance(one, BadParameter)} | {"cursor"}
    right = {name: all_ for name, all_ in request.GET.lists() if any(all_) and name not in wrong}
    return f"{request.path}?{urlencode(right, doseq=True)}" if refusal.errors and right else ""


def _on_a_page(history: str) -> str:
    """The entries that the API would list, as the page of the ledger lists them."""
    return history.replace(reverse("change-list"), reverse("pages:changes"), 1)


def _here(request: HttpRequest, address: str) -> str:
    """This page as of the last entry that knew it, where the API names one."""
    known_at = parse_qs(urlsplit(address).query).get("known_at")
    return f"{request.path}?{urlencode({'known_at': known_at[0]})}" if known_at else ""
