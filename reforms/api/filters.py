"""Kinds of filter. Each describes itself to OpenAPI; what it refuses is said in `values`."""

import copy
from collections.abc import Callable, Hashable, Mapping
from typing import Any, NamedTuple

import django_filters
from django.db import models
from django.db.models import Q

from reforms import search
from reforms.api.values import (
    DayField,
    IdsField,
    MomentField,
    SearchField,
    TermField,
    TermsField,
    ValuesField,
    YesNoField,
)
from reforms.statements import Slot
from reforms.vocabulary import Term

Schema = dict[str, Any]


class Opened(NamedTuple):
    """A filter in a statement that is kept: what tells the statement apart, what the filter is
    given instead of its value, and the values by the names of their slots.
    """

    shape: Hashable
    value: Any
    slots: Mapping[str, Any]


class StrictFilter(django_filters.Filter):
    """A filter with a sentence of explanation and a schema; `about` is that sentence."""

    def __init__(self, field_name: str | None = None, *, about: str, **kwargs: Any) -> None:
        self.about = about
        super().__init__(field_name, label="", **kwargs)  # no form shows one

    def __init_subclass__(cls) -> None:
        """Of a class that filters in its own way a statement is kept only if it says how."""
        if "filter" in vars(cls) and "opened" not in vars(cls):
            cls.opened = StrictFilter.opened  # type: ignore[method-assign]
        super().__init_subclass__()

    def of(self, filterset: Any) -> "StrictFilter":
        """The filter for one question. What reads its value is shared by all questions."""
        self.field  # noqa: B018 - made once, before it is copied
        twin = copy.copy(self)
        twin.parent = filterset
        if twin.method is not None:
            twin.method = twin.method  # which binds it to the twin
        return twin

    def opened(self, name: str, value: Any) -> Opened | None:
        """How a statement that is kept has the value; None where it cannot be kept."""
        return None

    def schema(self) -> Schema:
        return {"type": "string"}


class ListFilter(StrictFilter):
    """Several values at once; with `exclude` none of them."""

    def negated(self) -> "ListFilter":
        """The filter that excludes what this one selects."""
        twin = copy.copy(self)
        twin.exclude = True
        twin.about = f"None of these: {self.about[0].lower()}{self.about[1:]}"
        return twin

    def filter(self, qs: Any, value: Any) -> Any:
        if not value:
            return qs
        condition = Q(**{f"{self.field_name}__in": value})
        return qs.exclude(condition) if self.exclude else qs.filter(condition)


class Terms(ListFilter):
    """Words of a closed vocabulary."""

    field_class = TermsField

    def __init__(
        self,
        field_name: str,
        vocabulary: type[Term],
        *,
        whole: type[Term] | None = None,
        **kwargs: Any,
    ) -> None:
        """`whole` has all words that the column can hold, where more than may be asked for."""
        self.vocabulary = vocabulary
        self.whole = whole or vocabulary
        super().__init__(field_name, vocabulary=vocabulary, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        """To exclude words is to ask for all others: so an index tells where they are."""
        if not (self.exclude and value):
            return super().filter(qs, value)
        others = [word for word in self.whole.values() if word not in value]
        return qs.filter(**{f"{self.field_name}__in": others})

    def opened(self, name: str, value: Any) -> Opened | None:
        return Opened(tuple(value), value, {})  # there are few words

    def schema(self) -> Schema:
        items = {"type": "string", "enum": self.vocabulary.values()}
        return {"type": "array", "items": items, "minItems": 1}


class Ids(ListFilter):
    """Ids of other objects; `through` turns them into a condition where a join would not do."""

    field_class = IdsField

    def __init__(
        self,
        field_name: str,
        queryset: Callable[[], models.QuerySet[Any]],
        *,
        through: Callable[[Any, list[str]], Any] | None = None,
        **kwargs: Any,
    ) -> None:
        self.through = through
        super().__init__(field_name, queryset=queryset, **kwargs)

    def among(self, queryset: Callable[[], models.QuerySet[Any]]) -> None:
        """Let this one filter look for its ids there."""
        self.extra: dict[str, Any] = {**self.extra, "queryset": queryset, "remembers": False}
        del self._field

    def filter(self, qs: Any, value: Any) -> Any:
        if self.through is None or not value:
            return super().filter(qs, value)
        found = self.through(qs.model._default_manager.all(), value)
        if self.exclude:
            return qs.exclude(pk__in=found.values("pk"))
        return self.through(qs, value)

    def opened(self, name: str, value: Any) -> Opened | None:
        slots = {f"{name} {place}": one for place, one in enumerate(value)}
        return Opened(len(slots), list(map(Slot, slots)), slots)

    def schema(self) -> Schema:
        return {"type": "array", "items": {"type": "string"}, "minItems": 1}


class Values(ListFilter):
    """Values of a column without a closed vocabulary: those that occur are allowed."""

    field_class = ValuesField

    def __init__(
        self, field_name: str, queryset: Callable[[], models.QuerySet[Any]], **kwargs: Any
    ) -> None:
        super().__init__(field_name, queryset=queryset, column=field_name, **kwargs)

    def filter(self, qs: Any, value: Any) -> Any:
        """To exclude a value is to ask for what lies below and above it, which an index tells."""
        if not (self.exclude and value):
            return super().filter(qs, value)
        below, above = f"{self.field_name}__lt", f"{self.field_name}__gt"
        # Each by itself: in which order the database has them is not known here.
        return qs.filter(*(Q((below, one)) | Q((above, one)) for one in value))

    def schema(self) -> Schema:
        return {"type": "array", "items": {"type": "string"}, "minItems": 1}


class YesNo(StrictFilter):
    """true or false."""

    field_class = YesNoField

    def opened(self, name: str, value: Any) -> Opened | None:
        return Opened(value, value, {})

    def schema(self) -> Schema:
        return {"type": "boolean"}


class Day(StrictFilter):
    """A day, which the comparison includes."""

    field_class = DayField

    def opened(self, name: str, value: Any) -> Opened | None:
        return _single(name, value)

    def schema(self) -> Schema:
        return {"type": "string", "format": "date"}


class Moment(StrictFilter):
    """A moment, which the comparison includes."""

    field_class = MomentField

    def opened(self, name: str, value: Any) -> Opened | None:
        return _single(name, value)

    def schema(self) -> Schema:
        return {"type": "string"}


class _OpenQuery(search.Query):
    """A search in a statement that is kept: in its slots will stand what the engine is asked."""

    def expression(self, fields: int) -> str:
        return str(Slot(f"search {fields}"))


class Search(StrictFilter):
    """A full-text search."""

    field_class = SearchField

    def filter(self, qs: Any, value: Any) -> Any:
        return qs.search(value) if value else qs

    def opened(self, name: str, value: Any) -> Opened | None:
        if not value:
            return Opened(False, None, {})
        asked = range(1, len(search.FIELDS) + 1)
        slots = {f"search {fields}": value.expression(fields) for fields in asked}
        return Opened(True, _OpenQuery((), ()), slots)

    def schema(self) -> Schema:
        return {"type": "string", "maxLength": search.MAX_QUERY_LENGTH}


def _single(name: str, value: Any) -> Opened:
    given = value is not None
    return Opened(given, Slot(name) if given else None, {name: value})


class Choice(StrictFilter):
    """A word that says how to answer: it leaves the rows as they are."""

    field_class = TermField

    def __init__(self, vocabulary: type[Term], *, default: Term | None = None, about: str) -> None:
        self.vocabulary = vocabulary
        self.default = default
        super().__init__(about=about, vocabulary=vocabulary)

    def filter(self, qs: Any, value: Any) -> Any:
        return qs

    def schema(self) -> Schema:
        default = {"default": self.default.value} if self.default else {}
        return {"type": "string", "enum": self.vocabulary.values(), **default}


def with_exclusions(cls: type[django_filters.FilterSet]) -> type[django_filters.FilterSet]:
    """Give each list filter of a filter set its twin `…_not`, which excludes."""
    for name, one in list(cls.base_filters.items()):
        if isinstance(one, ListFilter):
            cls.base_filters[f"{name}_not"] = one.negated()
    return cls
