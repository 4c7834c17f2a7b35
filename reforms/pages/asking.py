"""How a page asks the API: in process, the same questions as anybody, with the same answers."""

import copy
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict

from reforms.api import urls
from reforms.releases import urls as of_releases

Answer = dict[str, Any]


class _InProcess:
    """Mixin of a view that is asked by a page: who asks was looked at already, and what it refuses
    is raised.
    """

    kept = False  # the page is, as a whole
    rendered = False  # it looks at the data
    authentication_classes = ()
    throttle_classes = ()

    def handle_exception(self, exception: Exception) -> Any:
        raise exception


@cache
def _in_process(view: type[Any]) -> type[Any]:
    return type(view.__name__, (_InProcess, view), {})


class Asking:
    """Asks views of the API on behalf of a page, each time with the `given` parameters.

    `given` are those that a page hands on: the two clocks and the language. A view that does not
    know one of them is the same on every day, or speaks no language, and is asked without.
    """

    def __init__(self, request: HttpRequest, given: Mapping[str, str]) -> None:
        self.request = request
        self.given = dict(given)

    def one(self, view: type[Any], _action: str = "retrieve", **kwargs: str) -> Answer:
        """What the API answers about one object, all of it.

        Raises what the API would refuse it with: Http404, Gone, QuestionRefused.
        """
        return self.ask(view, _action, {}, **kwargs)

    def list(self, view: type[Any], /, **parameters: Any) -> Answer:
        """A page of a list; `parameters` as in the address. Raises like `one`."""
        return self.ask(view, "list", parameters)

    def ask(
        self, view: type[Any], action: str, parameters: Mapping[str, Any], **kwargs: str
    ) -> Answer:
        """The answer of a view to `parameters` besides those that are given."""
        asked = copy.copy(self.request)
        asked.method = "GET"
        asked.META = {**self.request.META, "HTTP_ACCEPT": "*/*"}
        # It is computed from META once.
        asked.__dict__.pop("headers", None)
        known: Any = view
        basename = _basename(known)
        takes = parameters_of(known, action, basename, kwargs)
        given = {name: value for name, value in self.given.items() if name in takes}
        whole = given | {name: value for name, value in parameters.items() if value != ""}
        asked.GET = QueryDict(urlencode(whole))
        answering = _in_process(known).as_view({"get": action}, basename=basename)
        answer: Answer = answering(asked, **kwargs).data
        return answer


def parameters_of(view: Any, action: str, basename: str, kwargs: Mapping[str, str]) -> list[str]:
    """The names of what may be asked of a view."""
    known = view(basename=basename, action=action, kwargs=kwargs)
    names: list[str] = known.askable().parameters()
    return names


@cache
def _basename(view: type[Any]) -> str:
    """Under which name the API has it: its cursors carry that name, so that pages take them."""
    if own := getattr(view, "basename", None):
        return str(own)  # a view of ours alone, which has no address
    for pattern in (*urls.urlpatterns, *of_releases.urlpatterns):
        callback: Any = pattern.callback
        if getattr(callback, "cls", None) is view:
            return str(callback.initkwargs["basename"])
    raise LookupError(f"{view.__name__} has no address in the API.")
