"""What badges, embedded pictures and cards are about: a promise, a reform or a programme."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from reforms.api.statistics import StatisticsViewSet
from reforms.api.views import ProgrammeViewSet, PromiseViewSet, ReformViewSet
from reforms.pages.asking import Asking
from reforms.pages.pictures.progress import in_words
from reforms.vocabulary import Status

Answer = dict[str, Any]

# By how many hyphens its id has.
KINDS = ("programme", "reform", "promise")


@dataclass(frozen=True, slots=True)
class Subject:
    """What the API answers about an object, and what can be said of it in a line.

    `counts` are of the promises of a reform or a programme; `promise` is what the API answers about
    a promise. Of the two one is there.
    """

    kind: str
    key: str
    title: str
    language: str
    says: str
    about: str
    status: Status
    counts: Answer | None = None
    promise: Answer | None = None

    @property
    def page(self) -> str:
        """The address of its own page."""
        return page_of(self.kind, self.key)


def page_of(kind: str, key: str) -> str:
    """The address of the page of an object."""
    return reverse(f"pages:{kind}", args=[key])


def subject(ask: Asking, kind: str, key: str) -> Subject:
    """Ask for an object. Raises what the API refuses it with."""
    if kind == "promise":
        return _promise(ask, key)
    if kind == "reform":
        thing = ask.ask(ReformViewSet, "retrieve", {"fields": "title,language"}, pk=key)
    else:
        # A programme was announced on one day, and is the same on all others.
        always = {name: value for name, value in ask.given.items() if name != "as_of"}
        thing = Asking(ask.request, always).one(ProgrammeViewSet, pk=key)
    counts = ask.ask(StatisticsViewSet, "retrieve", counted(ask, kind, key))["overall"]
    title = thing["title"] or key
    done = counts["by_status"][Status.IMPLEMENTED]
    return Subject(
        kind,
        key,
        title,
        thing["language"] or "en",
        f"Implemented: {done} of {counts['total']} promise{'' if counts['total'] == 1 else 's'}",
        f"{title}. {in_words(counts['by_status'], counts['total'])}",
        Status.IMPLEMENTED,
        counts=counts,
    )


def counted(ask: Asking, kind: str, key: str) -> dict[str, str]:
    """The parameters that choose the promises of a reform, or of a programme's numbered directions:
    what was promised outside of them is never added to them.
    """
    if kind == "reform":
        return {"reform": key}
    apart = ask.list(ReformViewSet, programme=key, numbered="false", fields="id")["results"]
    return {"programme": key, "reform_not": ",".join(one["id"] for one in apart)}


def _promise(ask: Asking, key: str) -> Subject:
    promise = ask.ask(PromiseViewSet, "retrieve", {"expand": "programme,reform"}, pk=key)
    status = Status(promise["status"])
    title = promise["title"] or key
    contested = ", contested" if promise["contested"] else ""
    since = f" since {promise['status_since']}" if promise["status_since"] else ""
    return Subject(
        "promise",
        key,
        title,
        promise["language"] or "en",
        f"{status.label}{contested}",
        f"{title}. {status.label}{since}{contested}: {status.meaning}.",
        status,
        promise=promise,
    )


def on(clocks: Any) -> str:
    """Of which moment something is said, where it is not now."""
    said = []
    if clocks.as_of is not None:
        said.append(f"on {clocks.as_of}")
    if clocks.sequence is not None:
        said.append(f"as recorded by {clocks.recorded_at:%Y-%m-%d}")
    return " ".join(said)


def query_of(carried: Mapping[str, str]) -> dict[str, str]:
    """The parameters that choose the moment and the language, in a steady order."""
    return {name: carried[name] for name in ("as_of", "known_at", "lang") if name in carried}
