"""What readers can send to the curators: an error that they found, and the promisor's reply."""

import math
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import Resolver404, resolve

from reforms import ledger, letters, limits
from reforms.api.errors import BadParameter, QuestionRefused
from reforms.api.views import PromiseViewSet
from reforms.dates import now
from reforms.errors import RuleBroken
from reforms.limits import Full, address_of, windows
from reforms.models import ErrorReport, LetterState, ProposedReply
from reforms.pages.asking import Asking
from reforms.pages.forms import LetterForm, ReplyForm, ReportForm, opened_now, still_open
from reforms.pages.page import Page
from reforms.records import TYPES

# The limits of one address, and of all together: the queue is read by people.
ADDRESS, EVERYBODY = "report", "reports"
LONGEST_ADDRESS = 2000


class LetterPage(Page):
    """A page with a form that is sent to the curators.

    No cache keeps it: what keeps other sites from sending it in somebody's name is a cookie, which
    no other public page sets.
    """

    http_method_names = ["get", "head", "post"]
    dated = False
    kept = False
    beside_the_record = True

    form: LetterForm
    request: HttpRequest

    def new_form(self, data: Any = None) -> LetterForm:
        """The form, empty or as it was sent."""
        raise NotImplementedError

    def letter(self, said: Mapping[str, Any]) -> Any:
        """What a form in order says, as a letter that is yet to be received."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        """Receive what was sent, or show it again with all that is wrong."""
        moment = now()
        self.head = ledger.head()
        self.given = self._given(request)
        self.form = self.new_form(request.POST)
        headers: dict[str, str] = {}
        status = 400
        if self.form.is_valid():
            try:
                with _room(request):
                    sent = letters.receive(self.letter(self.form.cleaned_data))
                return redirect("pages:receipt", sent.receipt)
            except RuleBroken as refusal:
                _complain(self.form, refusal)
            except Full as full:
                wait = full.windows[-1].reset
                self.form.add_error(None, _too_many(full, wait))
                headers, status = {"Retry-After": str(wait)}, 429
        page = self.render(request, moment, kwargs)
        response = HttpResponse(page, status=status, headers=headers)
        response["Cache-Control"] = "no-store"
        return response

    def render(self, request: HttpRequest, moment: datetime, kwargs: Mapping[str, str]) -> str:
        self.request = request
        if request.method != "POST":
            self.form = self.new_form()
        return super().render(request, moment, kwargs)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        sent = self.request.POST
        return {
            "form": self.form,
            "csrf_token": get_token(self.request),
            "opened": still_open(sent.get("opened", "")) if sent else opened_now(),
            "robots": "noindex",
        }


class ReportPage(LetterPage):
    """Where anybody reports an error, of whatever page."""

    template = "pages/letters/report.html"
    parameters = ("about",)

    def new_form(self, data: Any = None) -> LetterForm:
        return ReportForm(
            data,
            initial={"page": self.given.get("about", "")[:LONGEST_ADDRESS]},
            host=self.request.get_host(),
            days=settings.PRIVATE_DATA_DAYS,
        )

    def letter(self, said: Mapping[str, Any]) -> ErrorReport:
        written = {name: said[name] for name in ErrorReport.WRITTEN}
        type_, id_ = concerned(said["page"])
        return ErrorReport(object_type=type_, object_id=id_, sequence=self.head.sequence, **written)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        return {
            "title": "Report an error",
            "description": "Tell the curators what is wrong on a page of this record.",
            **super().answer(ask, **kwargs),
        }


class ReplyPage(LetterPage):
    """Where whoever speaks for the promisor replies to what the record says of a promise."""

    template = "pages/letters/reply.html"
    parameters = ("promise",)

    def new_form(self, data: Any = None) -> LetterForm:
        return ReplyForm(data, days=settings.PRIVATE_DATA_DAYS)

    def letter(self, said: Mapping[str, Any]) -> ProposedReply:
        written = {name: said[name] for name in ProposedReply.WRITTEN if name != "promise_id"}
        return ProposedReply(promise_id=self.given.get("promise", ""), **written)

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        promise = self.given.get("promise", "")
        if not promise:
            told = "Say to which promise: /reply/?promise=kz2022-4-1."
            raise QuestionRefused([BadParameter("promise", "missing", told)])
        found = ask.one(PromiseViewSet, pk=promise)
        return {
            "title": "Reply as the promisor",
            "description": "For those who made the promise, and speak for them.",
            "promise": found,
            **super().answer(ask, **kwargs),
        }


class ReceiptPage(Page):
    """What became of what somebody sent. Nothing else is told, to nobody without the receipt."""

    template = "pages/letters/receipt.html"
    dated = False
    kept = False
    beside_the_record = True

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        letter = letters.by_receipt(kwargs["receipt"])
        if letter is None:
            raise Http404("No report has this receipt.")
        return {
            "title": "What became of it",
            "description": "",
            "state": LetterState(letter.state),
            "answered": letter.answer,
            "sent_at": letter.sent_at,
            "decided_at": letter.decided_at,
            "robots": "noindex",
        }


def concerned(address: str) -> tuple[str, str]:
    """The type and the id of the object that a page of ours, or an answer of the API, is about."""
    try:
        found = resolve(urlsplit(address).path)
    except Resolver404:
        return "", ""
    type_ = (found.url_name or "").removesuffix("-detail")
    id_ = str(found.kwargs.get("pk", ""))
    return (type_, id_[:200]) if type_ in TYPES and id_ else ("", "")


@contextmanager
def _room(request: HttpRequest) -> Iterator[None]:
    """Take a place among what may be sent, and give it back where nothing was received."""
    taken = limits.take([*windows(ADDRESS, address_of(request)), *windows(EVERYBODY, "everybody")])
    try:
        yield
    except RuleBroken:
        limits.give_back(taken)
        raise


def _too_many(full: Full, wait: int) -> str:
    minutes = math.ceil(wait / 60)
    later = f"Send it again in {minutes} minutes" if minutes > 1 else "Send it again in a minute"
    if full.windows[-1].limit == EVERYBODY:
        return (
            f"The curators were sent more today than they can read. {later}: copy what you wrote."
        )
    return f"Too much was sent from your address. {later}."


def _complain(form: LetterForm, refusal: RuleBroken) -> None:
    for name, complaints in refusal.fields.items():
        for complaint in complaints:
            form.add_error(name if name in form.fields else None, complaint)
