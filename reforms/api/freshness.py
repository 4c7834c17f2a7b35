"""From which database a request is answered, and how new the answer has to be.

Whoever asks without a key and without a session may be answered from a replica. Whoever has seen an
entry of the ledger may name it: the answer then knows that entry, or says that there is none yet.
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import Error, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from reforms import ledger, replicas
from reforms.api.errors import problem_response
from reforms.replicas import PRIMARY, REPLICA

# What a request may demand, and what an answer says: the sequence of an entry of the ledger.
DEMAND = "Ledger-Sequence-At-Least"
SEQUENCE = "Ledger-Sequence"
# Refusals of what a replica may not have heard of yet: an id, an entry, a value.
_UNHEARD_OF = (400, 404)
_PROBES = ("healthz", "readyz")


def reads(request: HttpRequest) -> bool:
    """Whether a request only reads."""
    return request.method in ("GET", "HEAD")


def is_anybody(request: HttpRequest) -> bool:
    """Whether a request shows neither a key nor a session."""
    return (
        "HTTP_AUTHORIZATION" not in request.META
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )


class Freshness:
    """Middleware: let a replica answer where it may, and the primary wherever that is not enough.

    Returning nothing from `process_view` leaves the request to the primary, as without replicas.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if reads(request) and _is_public(request):
            # Caches keep an answer for those only who demand as much.
            patch_vary_headers(response, [DEMAND])
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """The answer of a replica, a refusal of what is demanded, or nothing."""
        if not (reads(request) and _is_public(request)):
            return None
        said = request.headers.get(DEMAND, "0")
        if not (said.isascii() and said.isdigit() and len(said) <= 18):
            detail = f"“{said[:80]}” is no sequence of a ledger entry: write {DEMAND}: 812."
            return problem_response("bad-question", detail)
        least = int(said)
        if is_anybody(request) and not _beside_the_record(view) and replicas.is_near():
            response = _from_replica(least, view, request, args, kwargs)
            if response is not None:
                return response
        if least and least > (last := ledger.head().sequence):
            detail = f"The last entry of the ledger is {last}; there is no entry {least} yet."
            return problem_response("not-yet", detail)
        return None


def _from_replica(
    least: int,
    view: Callable[..., HttpResponse],
    request: HttpRequest,
    args: Any,
    kwargs: Any,
) -> HttpResponse | None:
    """The answer of a replica, unless it has failed or does not know enough."""
    with replicas.reading(REPLICA):
        try:
            if least and least > ledger.head().sequence:
                return None
            response: Any = view(request, *args, **kwargs)
            if response.status_code in _UNHEARD_OF and _primary_knows_more():
                return None
        except (OperationalError, InterfaceError) as error:
            if replicas.source() != REPLICA:
                raise
            # Reading changes nothing, so that it can be done once more.
            replicas.give_up(error)
            return None
        if response.streaming:
            chunks = replicas.streamed(replicas.source(), response.streaming_content)
            response.streaming_content = chunks
        answer: HttpResponse = response
        return answer


def _beside_the_record(view: Any) -> bool:
    """Whether a view shows what no entry of the ledger is about: whoever has just written it could
    not say how new it is.
    """
    return bool(getattr(getattr(view, "view_class", None), "beside_the_record", False))


def _primary_knows_more() -> bool:
    """Whether the primary has entries that are not here; not if nobody can tell."""
    here = ledger.head().sequence
    try:
        with replicas.reading(PRIMARY):
            return ledger.head().sequence > here
    except Error:
        return False


def _is_public(request: HttpRequest) -> bool:
    """Whether this is the public record: neither the admin nor a probe, nor no address at all."""
    match = request.resolver_match
    return match is not None and "admin" not in match.namespaces and match.url_name not in _PROBES
