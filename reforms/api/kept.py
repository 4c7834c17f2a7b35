"""Answers that are kept as long as the record stands as it does, and 304 for whoever has them.

An answer is kept by its question, with the version of the record that it is of; nothing is thrown
away because something changed: of another version it is made anew. Whoever sends a key or a session
is answered afresh.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache, wraps
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.urls import get_script_prefix, reverse

from reforms import limits, replicas
from reforms.api import languages, versions
from reforms.api.freshness import DEMAND, SEQUENCE, is_anybody, reads
from reforms.api.preconditions import is_known
from reforms.dates import now
from reforms.limits import address_of, windows
from reforms.replicas import PRIMARY, REPLICA

View = Callable[..., HttpResponse]

LONGEST_QUERY = 2_000  # characters; what is longer is answered, and not kept


class Answer(NamedTuple):
    """An answer that is kept; `version` is the tag of the version and the question it is of."""

    version: str
    response: HttpResponse


class Shelf:
    """Answers by question, shared by all threads; those not asked for for longest go first."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, Answer] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, question: str) -> Answer | None:
        """The last answer to a question, if it is still here."""
        with self._lock:
            answer = self._answers.get(question)
            if answer is not None:
                self._answers.move_to_end(question)
            return answer

    def put(self, question: str, answer: Answer) -> None:
        """Keep an answer, unless it alone would fill a tenth of `settings.ANSWERS_MB`."""
        most = settings.ANSWERS_MB * 1_000_000
        size = len(answer.response.content)
        if size * 10 > most:
            return
        with self._lock:
            before = self._answers.pop(question, None)
            self._bytes += size - (len(before.response.content) if before else 0)
            self._answers[question] = answer
            while self._bytes > most:
                _, oldest = self._answers.popitem(last=False)
                self._bytes -= len(oldest.response.content)

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
            self._bytes = 0


SHELF = Shelf()


class KeptAnswers:
    """Middleware: what is kept is answered before anything else is done for a request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not (request.path.startswith(_api(get_script_prefix())) and _for_everybody(request)):
            return self.get_response(request)
        asked = _asked(request)
        question = "\n".join(asked)
        kept = SHELF.get(question)
        if kept is not None and DEMAND not in request.headers and _holds(kept, asked, request):
            return _sent(request, _copy(kept.response))
        response = self.get_response(request)
        version: str | None = getattr(response, "version", None)
        if version is None:
            return response
        if not response.cookies:
            SHELF.put(question, Answer(version, _copy(response)))
        return _sent(request, response)


@lru_cache(maxsize=4)
def _api(_prefix: str) -> str:
    return reverse("api-root")


def _holds(kept: Answer, asked: list[str], request: HttpRequest) -> bool:
    """Whether an answer is of the version that stands, and whoever asks has an answer left."""
    try:
        with replicas.reading(REPLICA if replicas.is_near() else PRIMARY):
            version = versions.newest()
        if version.tag(now(), *asked) != kept.version:
            return False
        # A view counts who asks; what is kept is counted here.
        limits.take(windows("address-read", address_of(request)), 1)
    except (OperationalError, InterfaceError, limits.Full):
        return False  # whoever answers instead says why
    return True


class Kept:
    """Mixin of a view whose answers depend on nothing but the record, the day and the question."""

    kept = True

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:
        """The view, whose answers are kept."""
        view: View = super().as_view(*args, **kwargs)  # type: ignore[misc]
        return naming(view) if cls.kept else view


def naming(view: View) -> View:
    """Let the answers of a view say which version of the record they are of."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _for_everybody(request):
            return view(request, *args, **kwargs)
        # Before the answer is made: what is written meanwhile makes it newer than its name says,
        # and nobody asks for that name any more. What was remembered may be older than that.
        version = versions.newest(at_once=True)
        response = view(request, *args, **kwargs)
        if response.status_code != 200:
            return response
        return _plain(response, version.tag(now(), *_asked(request)), version)

    return answer


def _for_everybody(request: HttpRequest) -> bool:
    """Whether the answer depends on nobody who asks."""
    return (
        reads(request)
        and is_anybody(request)
        and len(request.META.get("QUERY_STRING", "")) <= LONGEST_QUERY
    )


def _asked(request: HttpRequest) -> list[str]:
    """What an answer depends on besides the record: answers hold whole addresses."""
    known: list[str] | None = getattr(request, "asked", None)
    if known is None:
        header = request.headers.get
        spoken = languages.preferred(header("Accept-Language", ""))
        known = [request.build_absolute_uri(), header("Accept", ""), *spoken]
        request.asked = known  # type: ignore[attr-defined]
    return known


def _plain(response: Any, name: str, version: versions.Version) -> HttpResponse:
    """An answer as bytes and headers, without the view that it came from."""
    if hasattr(response, "render"):
        response.render()
    plain = HttpResponse(response.content, headers=dict(response.items()))
    plain.headers.setdefault("ETag", name)
    plain.headers[SEQUENCE] = str(version.sequence)
    plain.version = name  # type: ignore[attr-defined]
    return plain


def _sent(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The answer, or that the reader has it already."""
    if not is_known(request, response["ETag"]):
        return response
    about_content = ("Content-Type", "Content-Length")
    headers = {name: text for name, text in response.items() if name not in about_content}
    return HttpResponseNotModified(headers=headers)


def _copy(response: HttpResponse) -> HttpResponse:
    """One of its own: middleware adds to it."""
    return HttpResponse(response.content, headers=dict(response.items()))
