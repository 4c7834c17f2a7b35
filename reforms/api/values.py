"""Values of parameters: read strictly, refused with what is allowed and what is nearest."""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db import models

from reforms import search
from reforms.errors import nearest, suggestion
from reforms.vocabulary import Term

MOST_VALUES = 50
LISTED_IDS = 50
# Of longer lists an answer names the nearest id only, and not for every value: comparing is slow.
COMPARED_IDS = 500
COMPARED_VALUES = 3
# Ids that were found before, with where they were looked for.
MOST_SEEN = 20_000
SEEN: set[tuple[Callable[[], models.QuerySet[Any]], str]] = set()


def refusal(code: str, message: str, value: str = "", allowed: Iterable[str] = ()) -> Exception:
    """A complaint that carries the allowed values and the nearest of them."""
    allowed = tuple(allowed)
    found = nearest(value, allowed)
    return ValidationError(
        message + suggestion(found),
        code=code,
        params={"allowed": allowed if len(allowed) <= LISTED_IDS else (), "nearest": found},
    )


class ListField(forms.Field):
    """Values separated by commas; each given once, none empty."""

    def clean(self, value: Any) -> list[str]:
        if value in (None, ""):
            return []
        values = str(value).split(",")
        if "" in values:
            raise refusal("empty_value", "There is an empty value between commas.")
        if len(values) > MOST_VALUES:
            raise refusal("too_many_values", f"At most {MOST_VALUES} values are allowed.")
        self.check(values)
        return list(dict.fromkeys(values))

    def check(self, values: list[str]) -> None:
        """Refuse values that are unknown."""


class TermsField(ListField):
    """Words of a closed vocabulary."""

    def __init__(self, *, vocabulary: type[Term], **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(**kwargs)

    def check(self, values: list[str]) -> None:
        allowed = self.vocabulary.values()
        errors = [
            refusal("unknown_value", f"“{value}” is no value of this filter.", value, allowed)
            for value in values
            if value not in allowed
        ]
        if errors:
            raise ValidationError(errors)


class TermField(forms.Field):
    """One word of a closed vocabulary."""

    def __init__(self, *, vocabulary: type[Term], **kwargs: Any) -> None:
        self.vocabulary = vocabulary
        super().__init__(**kwargs)

    def clean(self, value: Any) -> Term | None:
        if value in (None, ""):
            return None
        allowed = self.vocabulary.values()
        if value not in allowed:
            message = f"“{value}” is none of the words that are allowed here; give one of them."
            raise refusal("unknown_value", message, value, allowed)
        return self.vocabulary(value)


class IdsField(ListField):
    """Ids of objects that exist and may be seen.

    What was there once is not looked for again: nothing public is ever deleted. Where it may cease
    to be among those that may be named, `remembers` is false.
    """

    def __init__(
        self,
        *,
        queryset: Callable[[], models.QuerySet[Any]],
        remembers: bool = True,
        **kwargs: Any,
    ) -> None:
        self.queryset = queryset
        self.remembers = remembers
        super().__init__(**kwargs)

    def check(self, values: list[str]) -> None:
        if not self.remembers:
            self._look_for(values)
        elif new := [one for one in values if (self.queryset, one) not in SEEN]:
            self._look_for(new)
            if len(SEEN) > MOST_SEEN:
                SEEN.clear()
            SEEN.update((self.queryset, one) for one in new)

    def _look_for(self, values: list[str]) -> None:
        queryset = self.queryset()
        known = set(queryset.filter(pk__in=values).values_list("pk", flat=True))
        unknown = [value for value in values if value not in known]
        if unknown:
            ids = queryset.order_by("pk").values_list("pk", flat=True)
            allowed = list(ids[:COMPARED_IDS])
            raise ValidationError(
                [
                    refusal(
                        "unknown_value",
                        f"There is no {queryset.model._meta.verbose_name} “{value}”.",
                        value,
                        allowed if len(allowed) <= LISTED_IDS or place < COMPARED_VALUES else (),
                    )
                    for place, value in enumerate(unknown)
                ]
            )


class ValuesField(ListField):
    """Values that occur in a column."""

    def __init__(
        self, *, queryset: Callable[[], models.QuerySet[Any]], column: str, **kwargs: Any
    ) -> None:
        self.queryset = queryset
        self.column = column
        super().__init__(**kwargs)

    def check(self, values: list[str]) -> None:
        rows = self.queryset()
        # Each by itself, by the index; only where one is wrong is it told what there is.
        first = rows.order_by(self.column, "pk").values_list("pk", flat=True)
        unknown = [one for one in values if not first.filter(**{self.column: one})[:1]]
        if unknown:
            found = rows.order_by(self.column).values_list(self.column, flat=True)
            allowed = [value for value in found.distinct() if value]
            raise ValidationError(
                [
                    refusal("unknown_value", f"“{value}” occurs nowhere.", value, allowed)
                    for value in unknown
                ]
            )


class YesNoField(forms.Field):
    """true or false."""

    def clean(self, value: Any) -> bool | None:
        if value in (None, ""):
            return None
        if value not in ("true", "false"):
            raise refusal("unknown_value", f"“{value}” is no answer.", value, ("true", "false"))
        return bool(value == "true")


def read_day(text: str) -> date:
    """Read 2022-11-05; raise ValueError for the other ways in which ISO 8601 writes a day."""
    day = date.fromisoformat(text)
    if day.isoformat() != text:
        raise ValueError(text)
    return day


class DayField(forms.Field):
    """A day of the calendar."""

    def clean(self, value: Any) -> date | None:
        if value in (None, ""):
            return None
        try:
            return read_day(value)
        except ValueError:
            raise refusal("bad_date", f"“{value}” is no day: write it as 2022-11-05.") from None


class MomentField(forms.Field):
    """A moment with its offset, or a day, which begins at midnight UTC."""

    def clean(self, value: Any) -> datetime | None:
        if value in (None, ""):
            return None
        try:
            if len(value) == len("2022-11-05"):
                return datetime.combine(read_day(value), time(), UTC)
            # An unescaped + in a query arrives as a blank.
            moment = datetime.fromisoformat(value.replace(" ", "+"))
            if moment.tzinfo is None:
                raise ValueError
            return moment.astimezone(UTC)
        except (ValueError, OverflowError):
            raise refusal(
                "bad_moment",
                f"“{value}” is no moment: write 2022-11-05T12:00:00Z with an offset, or a day,"
                " 2022-11-05, which begins at midnight UTC.",
            ) from None


class SearchField(forms.Field):
    """A search; see `reforms.search`."""

    def clean(self, value: Any) -> search.Query | None:
        if value in (None, ""):
            return None
        try:
            return search.parse(value)
        except ValueError as error:
            raise refusal("bad_search", f"This cannot be searched for: {error}.") from None
