"""What every write shares: who may, once only, on trial, and in its turn at the ledger."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from django.http import HttpResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from reforms import ledger
from reforms.api import idempotency
from reforms.api.authentication import ANYBODY
from reforms.api.bodies import JSON, Body
from reforms.api.question import Askable

DRY_RUN = "dry_run"

_NOBODY = (
    "Writing needs a key, as “Authorization: Bearer rt_…”, or somebody who is signed in. Curators"
    " issue keys."
)


@dataclass(frozen=True, slots=True)
class Write:
    """An action that writes, as documentation shows it.

    `bodies` are JSON schemas by media type. `changes` is true where what it writes to exists, so
    that `If-Match` is needed; `answer` is a serializer, where it is not the view's own.
    """

    bodies: Mapping[str, dict[str, Any]]
    example: Any = None
    statuses: tuple[int, ...] = (200,)
    changes: bool = False
    needs_body: bool = True
    answer: Any = None


@dataclass(slots=True)
class Answer:
    """What a write answers with: `body` is plain values, `headers` may name its address.

    `once` takes the place of fields of the body in this answer, and in no repetition of it: secrets
    are kept nowhere.
    """

    status: int
    body: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)
    once: dict[str, str] = field(default_factory=dict)


class _OnTrial(Exception):
    """Takes the answer of a dry run out of the transaction, which is rolled back."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def perform(
    request: Request,
    body: Body,
    act: Callable[[], Answer],
    *,
    dry_run: bool = False,
    turn: Callable[[], AbstractContextManager[None]] = ledger.writing,
) -> HttpResponse:
    """Run `act` while the ledger is held, and answer with what it returns.

    Whatever `act` raises undoes it. A dry run is undone as well, and says so in its body. A request
    with an `Idempotency-Key` that came before is answered as then, and `act` is not run. `turn`
    is how the ledger is held.
    """
    repeatable = None if dry_run else idempotency.read(request, body)
    try:
        with turn():
            if repeatable is not None and (kept := repeatable.kept()) is not None:
                return kept
            answer = act()
            if dry_run:
                raise _OnTrial(answer)
            text = JSONRenderer().render(answer.body)
            if repeatable is not None:
                repeatable.keep(answer.status, text, answer.headers)
            if answer.once:
                text = JSONRenderer().render(answer.body | answer.once)
    except _OnTrial as trial:
        answer = trial.answer
        answer.headers = {}
        text = JSONRenderer().render({DRY_RUN: True, **answer.body})
    return HttpResponse(text, JSON, answer.status, headers=answer.headers)


class WriteMixin(APIView):
    """A viewset with actions that write: `writes` has them by name. A key or a session says who."""

    writes: ClassVar[Mapping[str, Write]] = {}
    authentication_classes = ANYBODY

    action: Any
    question: Any

    def check_throttles(self, request: Request) -> None:
        """Nobody writes without saying who; what they may write is asked when it is known.

        Here rather than among the permissions, which are asked before the limits: who knocks
        without a key is counted too.
        """
        super().check_throttles(request)
        if self.action in self.writes and not request.user.is_authenticated:
            raise exceptions.NotAuthenticated(_NOBODY)

    def askable(self) -> Askable:
        """What may be asked; every write may be asked for on trial."""
        askable: Askable = super().askable()  # type: ignore[misc]
        if self.action not in self.writes:
            return askable
        return replace(askable, flags=(*askable.flags, DRY_RUN), clocks=())

    def perform(self, body: Body, act: Callable[[], Answer], **how: Any) -> HttpResponse:
        """Run `act` as `perform` does, on trial where that was asked for."""
        dry_run = DRY_RUN in self.question.flags
        return perform(self.request, body, act, dry_run=dry_run, **how)
