"""The form that narrows a list of promises, and what it is narrowed by."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from reforms.api.filtersets import PromiseFilters
from reforms.api.views import BodyViewSet, OrganisationViewSet, ReformViewSet, TopicViewSet
from reforms.pages.asking import Asking
from reforms.pages.page import Page
from reforms.vocabulary import Commitment, PromiseKind, Status, Term, Timeliness, Verification

MOST = 200  # choices that a field offers; others can be asked for in the address


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a field offers."""

    value: str
    label: str
    chosen: bool
    about: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the form; `kind` is how it looks: select, boxes, day or text."""

    name: str
    label: str
    kind: str
    value: str = ""
    choices: list[Choice] = field(default_factory=list)
    empty: str = "any"  # what it says while nothing is chosen


@dataclass(frozen=True, slots=True)
class Active:
    """A filter that is on: in words, and the address of the list without it."""

    label: str
    value: str
    without: str


_TERMS: dict[str, tuple[str, type[Term]]] = {
    "status": ("Status", Status),
    "verification": ("How well it is evidenced", Verification),
    "timeliness": ("Timeliness", Timeliness),
    "commitment": ("Commitment", Commitment),
    "kind": ("Kind", PromiseKind),
}
_OBJECTS: dict[str, tuple[str, type[Any], str]] = {
    "reform": ("Reform", ReformViewSet, "title"),
    "topic": ("Topic", TopicViewSet, "name"),
    "body": ("Body", BodyViewSet, "name"),
    "organisation": ("Assessed by", OrganisationViewSet, "name"),
}
_DAYS = {
    "deadline_after": "Deadline on or after",
    "deadline_before": "Deadline on or before",
    "changed_since": "Changed since",
    "not_updated_since": "Nothing published since",
}
_OTHERS = {
    "search": "Words",
    "contested": "Contested",
    "programme": "Programme",
    "source": "Citing the source",
}
LABELS = {
    **_OTHERS,
    **_DAYS,
    **{name: label for name, (label, _) in _TERMS.items()},
    **{name: label for name, (label, _, _) in _OBJECTS.items()},
}
_ORDERS = {
    "id": "as in the programme",
    "relevance": "best match first",
    "-status_since": "latest status first",
    "deadline": "earliest deadline first",
    "-changed_at": "latest change first",
}
_YES_NO = {"true": "yes", "false": "no"}


class Narrowing:
    """The filters of the list that a page shows."""

    def __init__(self, page: Page, ask: Asking) -> None:
        self.given = page.given
        self.path = page.request.path
        self.ask = ask
        # At another moment the API refuses what may have been edited since.
        self.then = page.clocks.sequence is not None

    def _offers(self, name: str) -> bool:
        return name in self.given or not self.then or name in PromiseFilters.steady

    @cached_property
    def _names(self) -> dict[str, dict[str, str]]:
        """The objects that fields offer: their names by id."""
        found = {}
        for name, (_, view, text) in _OBJECTS.items():
            if self._offers(name):
                rows = self.ask.list(view, fields=f"id,{text}", limit=MOST)["results"]
                found[name] = {row["id"]: row[text] or row["id"] for row in rows}
        return found

    @cached_property
    def first(self) -> list[Field]:
        """The fields that most need."""
        fields = [
            self._select("reform", {k: f"{n} ({k})" for k, n in self._names["reform"].items()})
        ]
        fields += [self._boxes("status")]
        return fields

    @cached_property
    def more(self) -> list[Field]:
        """All others."""
        boxes = [self._boxes(name) for name in _TERMS if name != "status" and self._offers(name)]
        selects = [
            self._select(name, self._names[name])
            for name in _OBJECTS
            if name != "reform" and self._offers(name)
        ]
        days = [self._day(name) for name in _DAYS if self._offers(name)]
        return [*boxes, self._select("contested", _YES_NO), *selects, *days]

    @property
    def opened(self) -> bool:
        """Whether one of `more` is on."""
        return any(one.value for one in self.more)

    @cached_property
    def order(self) -> Field:
        """The field for the order."""
        usual = "relevance" if "search" in self.given and not self.then else "id"
        left_out = {usual} | ({"relevance"} if usual == "id" else set())
        if self.then:
            left_out |= {"-changed_at"}
        orders = {name: label for name, label in _ORDERS.items() if name not in left_out}
        return replace(self._select("ordering", orders, "Order"), empty=_ORDERS[usual])

    @cached_property
    def hidden(self) -> dict[str, str]:
        """What the form hands on and shows as no field."""
        shown = {"search", "cursor", *(one.name for one in (*self.first, *self.more, self.order))}
        return {name: value for name, value in self.given.items() if name not in shown}

    def active(self) -> Iterator[Active]:
        """The filters that are on."""
        for name, value in self.given.items():
            base = name.removesuffix("_not")
            if base not in LABELS:
                continue
            label = LABELS[base] + (" is not" if base != name else "")
            words = " or ".join(self._in_words(base, one) for one in value.split(","))
            if base == "search":
                words = f"“{value}”"
            left = {k: v for k, v in self.given.items() if k not in (name, "cursor")}
            if name == "search" and left.get("ordering", "").endswith("relevance"):
                del left["ordering"]
            query = f"?{urlencode(left)}" if left else ""
            yield Active(label, words, self.path + query)

    def _in_words(self, name: str, value: str) -> str:
        if name in _TERMS:
            return value.replace("_", " ")
        if name == "contested":
            return _YES_NO.get(value, value)
        return self._names.get(name, {}).get(value, value)

    def _select(self, name: str, options: dict[str, str], label: str = "") -> Field:
        value = self.given.get(name, "")
        if value and value not in options:
            # An address may ask for several, or for one that is not offered.
            options = {**options, value: value.replace(",", " or ")}
        choices = [Choice(one, said, one == value) for one, said in options.items()]
        return Field(name, label or LABELS[name], "select", value, choices)

    def _boxes(self, name: str) -> Field:
        label, terms = _TERMS[name]
        value = self.given.get(name, "")
        chosen = value.split(",")
        choices = [Choice(one.value, one.label, one in chosen, one.meaning) for one in terms]
        return Field(name, label, "boxes", value, choices)

    def _day(self, name: str) -> Field:
        value = self.given.get(name, "")
        # A browser shows no moment in a field for a day.
        return Field(name, LABELS[name], "day" if len(value) in (0, 10) else "text", value)
