"""Answers that are kept as long as the record stands as it does, and 304 for whoever has them.

The name of an answer is the version of the record and the question, so that nothing is ever thrown
away because something changed: what is of an older version is not asked for again. Whoever sends a
key or a session is answered afresh.
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import wraps
from threading import Lock
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from reforms import limits
from reforms.api import languages, versions
from reforms.api.errors import problem_handler
from reforms.api.freshness import DEMAND, SEQUENCE, is_anybody, reads
from reforms.api.preconditions import is_known
from reforms.api.throttling import TooMany
from reforms.dates import now
from reforms.limits import address_of, windows

View = Callable[..., HttpResponse]

LONGEST_QUERY = 2_000  # characters; what is longer is answered, and not kept


class Shelf:
    """Answers by name, the least recently asked for of which go first; shared by all threads."""

    def __init__(self) -> None:
        self._answers: OrderedDict[str, HttpResponse] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()

    def get(self, name: str) -> HttpResponse | None:
        """The answer of this name, if it is still here."""
        with self._lock:
            answer = self._answers.get(name)
            if answer is not None:
                self._answers.move_to_end(name)
            return answer

    def put(self, name: str, answer: HttpResponse) -> None:
        """Keep an answer, unless it alone would fill a tenth of `settings.ANSWERS_MB`."""
        most = settings.ANSWERS_MB * 1_000_000
        size = len(answer.content)
        if size * 10 > most:
            return
        with self._lock:
            if name not in self._answers:
                self._bytes += size
            self._answers[name] = answer
            while self._bytes > most:
                _, oldest = self._answers.popitem(last=False)
                self._bytes -= len(oldest.content)

    def clear(self) -> None:
        """Forget all answers."""
        with self._lock:
            self._answers.clear()
            self._bytes = 0


SHELF = Shelf()


class Kept:
    """Mixin of a view whose answers depend on nothing but the record, the day and the question."""

    kept = True

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:
        """The view, answering from what is kept where it can."""
        view: View = super().as_view(*args, **kwargs)  # type: ignore[misc]
        return keeping(view) if cls.kept else view


def keeping(view: View) -> View:
    """Answer a question that was answered of the same version of the record as it was then."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not _for_everybody(request):
            return view(request, *args, **kwargs)
        # Before the answer is made: what is written meanwhile makes it newer than its name says,
        # and nobody asks for that name any more.
        version = versions.newest(at_once=DEMAND in request.headers)
        name = version.tag(now(), *_asked(request))
        response = SHELF.get(name)
        if response is None:
            if settings.HEAD_SECONDS:
                # What was remembered may be older than what the answer is made from now.
                version = versions.newest(at_once=True)
                name = version.tag(now(), *_asked(request))
            response = view(request, *args, **kwargs)
            if response.status_code != 200:
                return response
            response = _plain(response, name, version)
            SHELF.put(name, response)
        elif (refusal := _too_many(request)) is not None:
            return refusal
        return _known(response) if is_known(request, response["ETag"]) else _copy(response)

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
    header = request.headers.get
    spoken = languages.preferred(header("Accept-Language", ""))
    return [request.build_absolute_uri(), header("Accept", ""), *spoken]


def _plain(response: Any, name: str, version: versions.Version) -> HttpResponse:
    """An answer as bytes and headers, without the view that it came from."""
    if hasattr(response, "render"):
        response.render()
    plain = HttpResponse(response.content, headers=dict(response.items()))
    plain.headers.setdefault("ETag", name)
    plain.headers[SEQUENCE] = str(version.sequence)
    return plain


def _known(response: HttpResponse) -> HttpResponse:
    """The reader has it already."""
    said = ("ETag", "Cache-Control", "Vary", "Content-Language", SEQUENCE)
    headers = {name: response[name] for name in said if name in response}
    return HttpResponse(status=304, headers=headers)


def _copy(response: HttpResponse) -> HttpResponse:
    """One for this request: middleware adds to it."""
    return HttpResponse(response.content, headers=dict(response.items()))


def _too_many(request: HttpRequest) -> HttpResponse | None:
    """A view counts who asks; what is kept is counted here."""
    try:
        limits.take(windows("address-read", address_of(request)), 1)
    except limits.Full as full:
        return problem_handler(TooMany(full.windows[-1], 1), {})
    return None
