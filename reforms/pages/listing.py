"""Lists of the API as pages: their filters as a form, one page after the other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from reforms.api.clocks import CLOCKS
from reforms.pages import paging
from reforms.pages.asking import Answer, Asking
from reforms.pages.page import Page
from reforms.vocabulary import Term

CURSOR = "cursor"


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of a form of filters; without `options` it takes a day."""

    name: str
    label: str
    value: str = ""
    options: tuple[tuple[str, str], ...] = ()


def filters_of(view: type[Any]) -> tuple[str, ...]:
    """The names of all filters of a list of the API."""
    return tuple(view.filterset_class.base_filters)


def undated(ask: Asking) -> Asking:
    """Asks without `as_of`, what is the same on every day."""
    given = {name: value for name, value in ask.given.items() if name != "as_of"}
    return Asking(ask.request, given)


def timeless(ask: Asking) -> Asking:
    """Asks without clocks and language: entries of the ledger are of every moment."""
    return Asking(ask.request, {})


class Context(Page):
    """A page about what belongs to no programme."""

    def programmes(self, **kwargs: str) -> list[str]:
        return []

    def turned(self, answer: Answer) -> dict[str, str]:
        """The addresses of the pages before and after this one of a list, as far as there are."""
        return paging.links(self, answer)

    @property
    def here(self) -> str:
        """The whole address of this page, without parameters."""
        return self.request.build_absolute_uri(self.request.path)

    @property
    def known_at(self) -> str:
        """The moment of the record that is asked for, if any: few filters can be asked with it."""
        return self.given.get("known_at", "")


class Listing(Context):
    """A list of the API; subclasses name its `view` and the `parameters` that are its filters."""

    view: ClassVar[type[Any]]
    limit: ClassVar[int] = 50
    # What is embedded in each row.
    expand: ClassVar[str] = ""
    # Vocabularies among the filters, each with its label; and days.
    terms: ClassVar[Mapping[str, tuple[str, type[Term]]]] = {}
    days: ClassVar[Mapping[str, str]] = {}

    def rows(self, ask: Asking, **more: Any) -> dict[str, Any]:
        """A page of the list, its form, and the ways on."""
        asked = {name: self.given[name] for name in self.parameters if name in self.given}
        answer = ask.list(self.view, limit=self.limit, expand=self.expand, **asked, **more)
        return {
            "rows": answer["results"],
            "turned": self.turned(answer),
            "choices": list(self.choices()),
            "narrowed": self.narrowed(),
            "hidden": self.hidden(),
        }

    def choices(self) -> Iterable[Choice]:
        """The fields of the form."""
        for name, (label, vocabulary) in self.terms.items():
            options = [(term.value, term.label) for term in vocabulary]
            yield choice(name, label, self.given.get(name, ""), options)
        for name, label in self.days.items():
            yield Choice(name, label, self.given.get(name, ""))

    def narrowed(self) -> dict[str, str]:
        """The filters that are set."""
        return {
            name: self.given[name]
            for name in self.parameters
            if name in self.given and name not in (CURSOR, "ordering")
        }

    def hidden(self) -> dict[str, str]:
        """What the form hands on unseen."""
        seen = {*self.terms, *self.days, CURSOR, *(one.name for one in self.choices())}
        return {name: value for name, value in self.given.items() if name not in seen}

    def without(self, name: str) -> str:
        """This list without one of its filters."""
        left = {key: value for key, value in self.given.items() if key not in (name, CURSOR)}
        return f"{self.request.path}?{urlencode(left)}" if left else self.request.path


def choice(name: str, label: str, value: str, options: Iterable[tuple[str, str]]) -> Choice:
    """A field with its options; several values at once, as an address may have them, are one."""
    known = [("", "any"), *options]
    if value not in dict(known):
        known.append((value, value.replace("_", " ").replace(",", " or ")))
    return Choice(name, label, value, tuple(known))


def moment_of(given: Mapping[str, str]) -> dict[str, str]:
    """The clocks among what is given."""
    return {name: given[name] for name in CLOCKS if name in given}
