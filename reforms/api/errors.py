"""Every error is `application/problem+json` (RFC 9457), with one entry for each bad parameter."""

import difflib
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.views import set_rollback

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

# The name of each kind of problem, its HTTP status and its title. docs/api.md explains them.
PROBLEMS: dict[str, tuple[int, str]] = {
    "bad-question": (400, "The question cannot be answered as it is asked"),
    "forbidden": (403, "This is not for you"),
    "not-found": (404, "There is nothing here"),
    "gone": (410, "This is no longer part of the record"),
    "method-not-allowed": (405, "This cannot be done here"),
    "not-acceptable": (406, "This is not spoken here"),
    "server-error": (500, "Something broke on our side"),
    "unavailable": (503, "Not ready"),
}


@dataclass(frozen=True, slots=True)
class BadParameter:
    """One thing wrong with a question: where, what, and what would be right."""

    parameter: str
    code: str
    detail: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None

    def as_json(self) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "parameter": self.parameter,
            "code": self.code,
            "detail": self.detail,
        }
        if self.allowed:
            entry["allowed"] = list(self.allowed)
        if self.nearest:
            entry["nearest"] = self.nearest
        return entry


class QuestionRefused(exceptions.APIException):
    """A question with one or more bad parameters; all of them are answered at once."""

    status_code = 400
    default_code = "bad-question"

    def __init__(self, bad: Sequence[BadParameter]) -> None:
        self.bad = list(bad)
        super().__init__("; ".join(one.detail for one in bad))


class Gone(exceptions.APIException):
    """What was withdrawn from the record; `more` says where it can still be read."""

    status_code = 410
    default_code = "gone"

    def __init__(self, detail: str, more: dict[str, Any]) -> None:
        self.more = more
        super().__init__(detail)


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that `word` most resembles, if any resembles it."""
    found = difflib.get_close_matches(word.lower(), list(allowed), n=1, cutoff=0.65)
    return found[0] if found else None


def suggestion(found: str | None) -> str:
    """A sentence to append to a complaint, or nothing."""
    return f" Did you mean “{found}”?" if found else ""


def problem(
    name: str, detail: str, errors: Sequence[BadParameter] = ()
) -> tuple[int, dict[str, Any]]:
    """The status and the body of a problem."""
    status, title = PROBLEMS[name]
    body: dict[str, Any] = {
        "type": f"urn:reform-tracker:problem:{name}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = [one.as_json() for one in errors]
    return status, body


def problem_handler(exception: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Turn an exception of a view into a problem; None lets an unknown one become a 500."""
    errors: Sequence[BadParameter] = ()
    headers: dict[str, str] = {}
    more: dict[str, Any] = {}
    match exception:
        case QuestionRefused():
            name, errors = "bad-question", exception.bad
            detail = errors[0].detail
            if len(errors) > 1:
                detail += f" And {len(errors) - 1} more to mend: see errors."
        case Http404():
            name, detail = "not-found", str(exception) or "Nothing has this address."
        case Gone():
            name, detail, more = "gone", str(exception.detail), exception.more
        case exceptions.MethodNotAllowed():
            name, detail = "method-not-allowed", str(exception.detail)
            headers["Allow"] = ", ".join(context["view"].allowed_methods)
        case exceptions.NotAcceptable():
            name, detail = "not-acceptable", "Answers are application/json; accept that or */*."
        case PermissionDenied() | exceptions.PermissionDenied():
            name, detail = "forbidden", "You may not do this."
        case exceptions.APIException() if exception.status_code < 500:
            name, detail = "bad-question", str(exception.detail)
        case _:
            return None
    set_rollback()
    status, body = problem(name, detail, errors)
    return _answer(status, body | more, headers)


def problem_response(name: str, detail: str) -> HttpResponse:
    """A problem answered outside the views of the API."""
    return _answer(*problem(name, detail))


def _answer(
    status: int, body: dict[str, Any], headers: dict[str, str] | None = None
) -> HttpResponse:
    # Not by the view's renderer: a problem is JSON also where the answer would have been YAML.
    return JsonResponse(
        body,
        status=status,
        headers=headers,
        content_type=CONTENT_TYPE,
        json_dumps_params={"ensure_ascii": False},
    )


def _of_the_api(request: HttpRequest) -> bool:
    return request.path.startswith("/api/")


def handler400(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that cannot be read."""
    if _of_the_api(request):
        return problem_response("bad-question", "The request cannot be read.")
    return defaults.bad_request(request, exception)


def handler403(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A refusal outside the views."""
    if _of_the_api(request):
        return problem_response("forbidden", "You may not do this.")
    return defaults.permission_denied(request, exception)


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """No such address."""
    if _of_the_api(request):
        return problem_response("not-found", f"Nothing is at {request.path}; see /api/docs/.")
    return defaults.page_not_found(request, exception)


def handler500(request: HttpRequest) -> HttpResponse:
    """A fault of ours; it is in the log."""
    if _of_the_api(request):
        return problem_response("server-error", "It has been logged; please try again later.")
    return defaults.server_error(request)
