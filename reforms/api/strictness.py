"""What all filter sets share: they refuse what they do not know and what makes no sense."""

import copy
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar

import django_filters
from django.core.exceptions import ValidationError

from reforms.api.clocks import Clocks
from reforms.api.errors import BadParameter
from reforms.api.filters import Ids
from reforms.models import PublicObject


@dataclass(slots=True)
class Given:
    """The values of filters, by name, read; of those that cannot be read, what is wrong."""

    cleaned_data: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[ValidationError]] = field(default_factory=dict)


class StrictFilterSet(django_filters.FilterSet):
    """Filters that refuse what they do not know. `clocks` say which moment is asked about.

    `steady` names the filters that can be asked with `known_at`: what they look at is never edited,
    or kept for every state of the record. `refused` are filters of others that make no sense here,
    with the reason.
    """

    steady: ClassVar[tuple[str, ...]] = ()
    refused: ClassVar[Mapping[str, str]] = {}

    def __init__(self, data: dict[str, str], clocks: Clocks) -> None:
        # Past the base class, which copies every filter with its field, and makes a class of forms,
        # for each question: that would take longer than the answer.
        self.is_bound, self.data, self.clocks = True, data, clocks
        base = type(self).base_filters
        self.filters = {name: one.of(self) for name, one in base.items() if name in data}
        if clocks.recorded_at is not None:
            for name, one in self.filters.items():
                if isinstance(one, Ids) and name.removesuffix("_not") in self.steady:
                    one.among(_by_then(one.extra["queryset"], clocks.recorded_at))

    @cached_property
    def form(self) -> Given:
        """What was given for the filters, and what is wrong with it."""
        given = Given()
        for name, one in self.filters.items():
            try:
                given.cleaned_data[name] = one.field.clean(self.data[name])
            except ValidationError as error:
                given.errors[name] = error.error_list
        return given

    def opened(self) -> tuple[Hashable, dict[str, Any], dict[str, Any]] | None:
        """The question as a statement that is kept has it: what tells it apart, what its filters
        are given, and the values of its slots; None where one of the filters cannot be kept.
        """
        shape: list[Hashable] = []
        given: dict[str, Any] = {}
        slots: dict[str, Any] = {}
        for name, value in self.form.cleaned_data.items():
            one = self.filters[name].opened(name, value)
            if one is None:
                return None
            shape.append((name, one.shape))
            given[name] = one.value
            slots.update(one.slots)
        return tuple(shape), given, slots

    def asking(self, given: dict[str, Any]) -> "StrictFilterSet":
        """The same filters with other values."""
        twin = copy.copy(self)
        twin.form = Given(given)
        return twin

    def nonsense(self, asked: dict[str, Any]) -> Iterator[BadParameter]:
        """Filters that are right alone and senseless together."""
        for name, values in asked.items():
            refused = asked.get(f"{name}_not")
            if isinstance(values, list) and isinstance(refused, list):
                for value in sorted(set(values) & set(refused)):
                    yield BadParameter(
                        f"{name}_not",
                        "contradiction",
                        f"“{value}” is asked for by {name} and excluded by {name}_not.",
                    )
            if name.endswith("_after"):
                before = name.removesuffix("after") + "before"
                if before in asked and values > asked[before]:
                    yield BadParameter(
                        name, "contradiction", f"{values} is later than {before}, {asked[before]}."
                    )


def _by_then(queryset: Callable[[], Any], moment: datetime) -> Callable[[], Any]:
    """What could be named at a moment of the record: an id that came later was unknown then."""

    def known() -> Any:
        rows = queryset()
        public = issubclass(rows.model, PublicObject)
        return rows.filter(public_since__lte=moment) if public else rows

    return known


def strays(asked: dict[str, Any], name: str, within: str) -> Iterator[BadParameter]:
    """Parts of other wholes than those asked for: the id of a part begins with its whole's."""
    wholes = tuple(f"{whole}-" for whole in asked.get(within, []))
    for part in asked.get(name, []) if wholes else []:
        if not part.startswith(wholes):
            yield BadParameter(
                name, "contradiction", f"“{part}” is no {name} of the {within}s asked for."
            )


class NoFilters(StrictFilterSet):
    """A list that is only ever read whole."""
