"""Every error is `application/problem+json` (RFC 9457), with one entry for each thing wrong."""

import json
import logging
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.views import defaults
from rest_framework import exceptions

from reforms.api.authentication import REALM
from reforms.errors import RuleBroken, TransitionRefused, let_go
from reforms.submissions.complaints import Complaint, Place, SubmissionRefused
from reforms.submissions.drafting import complain_of

logger = logging.getLogger(__name__)

CONTENT_TYPE = "application/problem+json"

# The name of each kind of problem, its HTTP status and its title. docs/api.md explains them.
PROBLEMS: dict[str, tuple[int, str]] = {
    "bad-question": (400, "The question cannot be answered as it is asked"),
    "bad-request-body": (400, "What you sent cannot be read"),
    "unauthenticated": (401, "We do not know who asks"),
    "forbidden": (403, "This is not for you"),
    "not-found": (404, "There is nothing here"),
    "method-not-allowed": (405, "This cannot be done here"),
    "not-acceptable": (406, "This is not spoken here"),
    "conflict": (409, "What it is now does not allow this"),
    "gone": (410, "This is no longer part of the record"),
    "precondition-failed": (412, "It has changed since you saw it"),
    "not-yet": (412, "The record has not come that far"),
    "too-large": (413, "This is too much at once"),
    "unsupported-media-type": (415, "This is not read here"),
    "refused": (422, "What you sent breaks a rule of the record"),
    "idempotency-key-reused": (422, "This Idempotency-Key stands for another request"),
    "precondition-required": (428, "Say which version you have seen"),
    "too-many-requests": (429, "Too much in too short a time"),
    "server-error": (500, "Something broke on our side"),
    "busy": (503, "Somebody else is writing"),
    "unavailable": (503, "Not ready"),
}

RETRY_AFTER = 5  # seconds after which whoever found the record busy may try again
# Of the states that PostgreSQL names: no lock in time; a deadlock.
_BUSY = ("55P03", "40P01")
_SECRET = re.compile(r"(rt_[a-z0-9]{1,12})_[A-Za-z0-9_-]{20,}")


@dataclass(frozen=True, slots=True)
class BadParameter:
    """One thing wrong with a question: where, what, and what would be right."""

    parameter: str
    code: str
    detail: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None


class Refusal(exceptions.APIException):
    """A request refused with the problem `name`. `more` joins the body, `headers` the answer."""

    def __init__(
        self,
        name: str,
        detail: str,
        errors: Sequence[BadParameter | Complaint] = (),
        *,
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        self.name = name
        self.status_code = PROBLEMS[name][0]
        self.errors = list(errors)
        self.headers = dict(headers or {})
        self.more = dict(more or {})
        super().__init__(detail)


class QuestionRefused(Refusal):
    """A question with one or more bad parameters; all of them are answered at once."""

    def __init__(self, bad: Sequence[BadParameter]) -> None:
        super().__init__("bad-question", summary(bad), bad)


class Gone(Refusal):
    """What was withdrawn from the record; `more` says where it can still be read."""

    def __init__(self, detail: str, more: Mapping[str, Any]) -> None:
        super().__init__("gone", detail, more=more)


def summary(errors: Sequence[BadParameter | Complaint]) -> str:
    """What is wrong first, and how much more there is."""
    more = f" And {len(errors) - 1} more to mend: see errors." if len(errors) > 1 else ""
    return errors[0].detail + more


def problem(
    name: str, detail: str, errors: Sequence[BadParameter | Complaint] = ()
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
        body["errors"] = [entry(one) for one in errors]
    return status, body


def entry(one: BadParameter | Complaint, **place: Any) -> dict[str, Any]:
    """One thing wrong, as an answer lists it; `place` says more about where it is."""
    if isinstance(one, BadParameter):
        place |= {"parameter": one.parameter}
    else:
        place |= {"pointer": one.pointer}
    said = {**place, "code": one.code, "detail": one.detail}
    if one.allowed:
        said["allowed"] = list(one.allowed)
    if one.nearest:
        said["nearest"] = one.nearest
    return said


def problem_handler(exception: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Turn an exception of a view into a problem; None lets an unknown one become a 500."""
    refusal = refusal_of(exception, context)
    if refusal is None:
        return None
    status, body = problem(refusal.name, str(refusal.detail), refusal.errors)
    return _answer(status, body | refusal.more, refusal.headers)


def refusal_of(exception: Exception, context: dict[str, Any]) -> Refusal | None:
    """The refusal that an exception comes to, with the view as `context`; None if it is a fault."""
    return _of_ours(exception) or _of_the_framework(exception, context)


def _of_ours(exception: Exception) -> Refusal | None:
    """The refusal that a rule of the record, or a busy database, comes to."""
    match exception:
        case Refusal():
            return exception
        case SubmissionRefused():
            return Refusal("refused", summary(exception.complaints), exception.complaints)
        case RuleBroken():
            return Refusal("refused", summary(broken(exception)), broken(exception))
        case TransitionRefused():
            return Refusal("conflict", str(exception))
        case OperationalError() if is_busy(exception):
            let_go(exception)
            detail = f"The record is being written; try again in {RETRY_AFTER} seconds."
            return Refusal("busy", detail, headers={"Retry-After": str(RETRY_AFTER)})
    return None


def _of_the_framework(exception: Exception, context: dict[str, Any]) -> Refusal | None:
    """The refusal that the framework raises by itself."""
    match exception:
        case Http404():
            return Refusal("not-found", str(exception) or "Nothing has this address.")
        case PermissionDenied():
            return Refusal("forbidden", "You may not do this.")
        case exceptions.NotAuthenticated():
            return _unauthenticated(exception, REALM)
        case exceptions.AuthenticationFailed():
            return _unauthenticated(exception, f'{REALM}, error="invalid_token"')
        case exceptions.PermissionDenied():
            return Refusal("forbidden", str(exception.detail))
        case exceptions.MethodNotAllowed():
            allowed = {"Allow": ", ".join(context["view"].allowed_methods)}
            return Refusal("method-not-allowed", str(exception.detail), headers=allowed)
        case exceptions.NotAcceptable():
            detail = "Answers are application/json; accept that or */*."
            return Refusal("not-acceptable", detail)
        case exceptions.Throttled():
            wait = {"Retry-After": str(math.ceil(getattr(exception, "wait", None) or RETRY_AFTER))}
            return Refusal("too-many-requests", str(exception.detail), headers=wait)
        case exceptions.APIException() if exception.status_code < 500:
            return Refusal("bad-question", str(exception.detail))
    return None


def _unauthenticated(exception: exceptions.APIException, challenge: str) -> Refusal:
    headers = {"WWW-Authenticate": challenge}
    return Refusal("unauthenticated", str(exception.detail), headers=headers)


def broken(exception: RuleBroken) -> list[Complaint]:
    """The rules that were broken, each by the field that breaks it."""
    place = Place()
    complain_of(exception, place)
    return place.complaints


def is_busy(error: OperationalError) -> bool:
    """Whether somebody else held the database for too long, rather than that it is broken."""
    state = getattr(error.__cause__, "sqlstate", None)
    return state in _BUSY or "is locked" in str(error)


def problem_response(name: str, detail: str) -> HttpResponse:
    """A problem answered outside the views of the API."""
    return _answer(*problem(name, detail))


def _answer(
    status: int, body: dict[str, Any], headers: Mapping[str, str] | None = None
) -> HttpResponse:
    # Not by the view's renderer: a problem is JSON also where the answer would have been YAML.
    text = _SECRET.sub(r"\1_…", json.dumps(body, ensure_ascii=False))
    return HttpResponse(
        # What was sent may hold halves of characters, and is quoted.
        text.encode("utf-8", "backslashreplace"),
        status=status,
        headers=headers,
        content_type=CONTENT_TYPE,
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
