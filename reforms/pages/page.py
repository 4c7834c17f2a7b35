"""The base of all public pages: what may be asked, from whom, and how it is answered and kept."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, ClassVar
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views import View

from reforms import ledger, limits
from reforms.api import clocks as two_clocks
from reforms.api import languages, versions
from reforms.api.clocks import CLOCKS, Clocks
from reforms.api.errors import BadParameter, QuestionRefused, Refusal
from reforms.api.freshness import SEQUENCE
from reforms.api.values import read_day
from reforms.dates import now
from reforms.errors import nearest, suggestion
from reforms.limits import address_of, windows
from reforms.pages import headers
from reforms.pages.asking import Asking
from reforms.pages.refusals import refused
from reforms.vocabulary import LANGUAGES

# Besides the clocks: the day of the form “as it was on”, which becomes an entry of the ledger.
SAID_ON = "said_on"


class Page(View):
    """A page that anybody may read; subclasses say in `answer` what it shows.

    `parameters` may be asked besides the clocks and the language; `dated` is False where a page is
    not about the record at a moment; `kept` is False where no cache may keep it; `framed` is True
    where other sites may show it in a frame.
    """

    template: ClassVar[str]
    parameters: ClassVar[tuple[str, ...]] = ()
    dated: ClassVar[bool] = True
    kept: ClassVar[bool] = True
    framed: ClassVar[bool] = False
    http_method_names = ["get", "head"]

    head: ledger.Head
    clocks: Clocks
    given: Mapping[str, str]  # the parameters of the address, none of them empty
    carried: Mapping[str, str]  # those that every link hands on: the clocks and the language

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        """What the template is told. Refusals are raised as the API raises them.

        Every page says its `title` and `description`; it may say `programme` (the id whose today
        counts), `crumbs` (pairs of address and name) and `feeds` (pairs of address and title).
        """
        raise NotImplementedError

    def depends(self) -> Iterable[str]:
        """What the page is made of besides the record and the code: texts that change with it."""
        return ()

    def http_method_not_allowed(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        allowed = {"Allow": ", ".join(self.http_method_names).upper()}
        detail = f"{request.method} is nothing that can be done with this page: it is for reading."
        raise Refusal("method-not-allowed", detail, headers=allowed)

    @classmethod
    def as_view(cls, **kwargs: Any) -> Any:
        """The view; where nothing can be sent, that is said before anybody asks for a token."""
        view: Any = super().as_view(**kwargs)
        view.csrf_exempt = "post" not in cls.http_method_names
        return view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        try:
            limits.take(windows("address-read", address_of(request)), 1)
            response = super().dispatch(request, *args, **kwargs)
        except Exception as exception:
            response = self.refuse(request, exception)
        headers.protect(response, framed=self.framed)
        return response

    def refuse(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        """What is answered instead; raises the exception again where the fault is ours."""
        return refused(request, exception, self)

    def get(self, request: HttpRequest, **kwargs: str) -> HttpResponse:
        """The page, or that the reader has it already."""
        if (elsewhere := self._elsewhere(request)) is not None:
            return redirect(elsewhere)
        moment = now()
        self.head = ledger.head()
        self.given = self._given(request)
        spoken = languages.preferred(
            request.headers.get("Accept-Language", ""), self.given.get("lang", "")
        )
        address = request.build_absolute_uri()
        # In any case of the database that the page is made from, which may be behind another.
        version = versions.newest(at_once=True)
        etag = version.tag(moment, address, *spoken, *self.depends())
        if self.kept:
            response = get_conditional_response(request, etag=etag)
            if response is not None:
                headers.keep(response, etag)
                response[SEQUENCE] = str(version.sequence)
                return response
        response = HttpResponse(self.render(request, moment, kwargs))
        response[SEQUENCE] = str(version.sequence)
        if self.kept:
            headers.keep(response, etag)
        else:
            response["Cache-Control"] = "no-store"
        return response

    def render(self, request: HttpRequest, moment: datetime, kwargs: Mapping[str, str]) -> str:
        """The HTML of the page."""
        asked = {name: self.given[name] for name in CLOCKS if name in self.given}
        self.clocks, bad = two_clocks.read(asked, moment, self.programmes(**kwargs))
        if bad:
            raise QuestionRefused(bad)
        lang = {"lang": self.given["lang"]} if "lang" in self.given else {}
        self.carried = carried = asked | lang
        told = self.answer(Asking(request, carried), **kwargs)
        path = request.path
        now_at = {"known_at": str(self.head.sequence), **carried}
        common = {
            "page": self,
            "clocks": self.clocks,
            "head": self.head,
            "carried": carried,
            "canonical": request.build_absolute_uri(path),
            # What it says here it says there for ever.
            "permanent": request.build_absolute_uri(_with(path, self._filters() | now_at)),
            "present": _with(path, self._filters()),
            "path": request.get_full_path(),
            "address": path,
            "kept_fields": self._filters(),
            "origin": self.origin,
            "latest": max(Clocks(moment).days().values(), default=moment.date()),
        }
        return render_to_string(self.template, {**common, **told})

    def programmes(self, **kwargs: str) -> list[str]:
        """The programmes whose today the page is about; none means all."""
        return [one.partition("-")[0] for name, one in kwargs.items() if name == "pk"][:1]

    def _filters(self) -> dict[str, str]:
        """What was asked besides the clocks; a place in a list belongs to their moment."""
        moments = (*CLOCKS, "cursor")
        return {name: value for name, value in self.given.items() if name not in moments}

    @property
    def origin(self) -> str:
        """Where this tracker is, without a slash at its end."""
        return self.request.build_absolute_uri("/").rstrip("/")

    def to(self, name: str, *args: str, **parameters: str) -> str:
        """The address of another page, under the same clocks and in the same language."""
        path = reverse(f"pages:{name}", args=args)
        return _with(path, {**self.carried, **{k: v for k, v in parameters.items() if v}})

    def _allowed(self) -> list[str]:
        return [*self.parameters, *(CLOCKS if self.dated else ()), "lang"]

    def _given(self, request: HttpRequest) -> dict[str, str]:
        allowed = self._allowed()
        given = {str(name): ",".join(request.GET.getlist(name)) for name in request.GET}
        bad = [_unknown(name, allowed) for name in given if name not in allowed]
        if "lang" in given and given["lang"] not in LANGUAGES:
            detail = f"“{given['lang']}” is no language here."
            bad.append(BadParameter("lang", "unknown_value", detail, tuple(LANGUAGES)))
        if bad:
            raise QuestionRefused(bad)
        return given

    def _elsewhere(self, request: HttpRequest) -> str | None:
        """Where what a form sent has its address: fields left empty are no part of it."""
        # A browser sends a field for every choice.
        whole = {name: ",".join(filter(None, request.GET.getlist(name))) for name in request.GET}
        given = {name: value.strip() for name, value in whole.items() if value.strip()}
        if SAID_ON in given and self.dated:
            given["known_at"] = str(_last_entry_of(given.pop(SAID_ON)))
        elif len(given) == len(request.GET):
            return None
        return _with(request.path, given)


def _with(path: str, parameters: Mapping[str, str]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path


def _unknown(name: str, allowed: Iterable[str]) -> BadParameter:
    found = nearest(name, list(allowed))
    detail = f"“{name[:80]}” is no parameter of this page." + suggestion(found)
    return BadParameter(name, "unknown_parameter", detail, tuple(allowed), found)


def _last_entry_of(text: str) -> int:
    """The sequence of the last entry by the end of a day (UTC), or of the last one there is."""
    try:
        day: date = read_day(text)
    except ValueError:
        detail = f"“{text[:80]}” is no day: write it as 2026-11-05."
        raise QuestionRefused([BadParameter(SAID_ON, "bad_date", detail)]) from None
    moment = datetime.combine(day, time(), UTC) + timedelta(days=1)
    found = ledger.head_at(moment) if moment < now() else ledger.head()
    if not found.sequence:
        detail = f"The record said nothing yet on {day}: it begins later."
        raise QuestionRefused([BadParameter(SAID_ON, "too_early", detail)])
    return found.sequence
