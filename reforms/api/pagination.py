"""Keyset pages: page 1,800 costs what page 1 costs, and every row comes once."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import F, Q
from django.db.models.expressions import Combinable
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param

from reforms.api.cursor import Cursor
from reforms.api.errors import BadParameter, QuestionRefused
from reforms.api.question import PRESENTATION, Question
from reforms.search import FIELDS

Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Key:
    """What a list can be ordered by. Never null; `read` takes a value back out of a cursor.

    `about` is a sentence for the documentation. `then` names columns that cut ties before the
    unique one does; an index covers them all.
    """

    expression: Combinable | str
    about: str
    read: Read = str
    then: tuple[tuple[str, Read], ...] = ()

    def annotation(self) -> Combinable:
        return F(self.expression) if isinstance(self.expression, str) else self.expression


def read_day(value: str) -> date:
    """Read a day out of a cursor."""
    return date.fromisoformat(value)


def read_moment(value: str) -> datetime:
    """Read a moment out of a cursor."""
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


def read_relevance(value: str) -> int:
    """Read out of a cursor how many fields are needed for a match; what is beyond all places stays
    beyond them, as a number that every engine has.
    """
    return max(0, min(int(value), len(FIELDS) + 1))


class KeysetPagination(BasePagination):
    """Pages of `limit` rows after (or before) the row that a cursor names."""

    count: int | None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any]:
        self.begin(queryset.model, request, view)
        if "count" in self.question.flags:
            self.count = self.counted(queryset)
        return self.take(view.taken(self.page(queryset, self.place), self.columns))

    def begin(self, model: Any, request: Request, view: Any) -> None:
        """Read which page is asked for, of rows of this model."""
        question: Question = view.question
        key: Key = view.order_key(question.ordering.lstrip("-"))
        tie = model._meta.get_field(view.tie)
        self.question, self.view, self.request, self.key = question, view, request, key
        self.count = None
        self.columns = [("keyset", key.read), *key.then, (view.tie, tie.to_python)]
        self.unique = key.expression in (view.tie, "pk")  # then there are no ties to cut
        self.place = self._place(question.cursor)
        self.backwards = question.cursor is not None and question.cursor.backwards

    def page(self, queryset: Any, place: Sequence[Any]) -> Any:
        """The rows of the page, and one more, in their order or against it; it begins beyond the
        place, if there is one.
        """
        # The tie-breaker runs the same way as the key, so that one index serves both directions.
        descending = self.question.ordering.startswith("-") != self.backwards
        sign = "-" if descending else ""
        queryset = queryset.annotate(keyset=self.key.annotation())
        if place:
            queryset = queryset.filter(self._beyond(place, descending))
        order = [f"{sign}{column}" for column, _ in self.columns]
        order = order[:1] if self.unique else order
        return queryset.order_by(*order)[: self.question.limit + 1]

    def take(self, rows: list[Any]) -> list[Any]:
        """What `page` has found, as the page shows it."""
        more = len(rows) > self.question.limit
        rows = rows[: self.question.limit]
        if self.backwards:
            rows.reverse()
        self.has_next = bool(rows) and (self.backwards or more)
        self.has_previous = bool(rows) and (more if self.backwards else bool(self.place))
        self.rows = rows
        return rows

    def counted(self, queryset: Any) -> int:
        """How many rows match in all."""
        return int(queryset.count())

    def _place(self, cursor: Cursor | None) -> list[Any]:
        """The values of the columns in the row that the cursor names; none without a cursor."""
        if cursor is None:
            return []
        try:
            return [
                read(value) for (_, read), value in zip(self.columns, cursor.place, strict=True)
            ]
        except (ValueError, TypeError, OverflowError, ValidationError):
            raise QuestionRefused(
                [BadParameter("cursor", "bad_cursor", "This cursor has been altered.")]
            ) from None

    def _beyond(self, place: Sequence[Any], descending: bool) -> Q:
        than = "lt" if descending else "gt"
        if self.unique:
            return Q(**{f"keyset__{than}": place[0]})
        beyond, level = Q(), Q()
        for (column, _), value in zip(self.columns, place, strict=True):
            beyond |= level & Q(**{f"{column}__{than}": value})
            level &= Q(**{column: value})
        # The first condition lets an index find the place; the second cuts the ties.
        return Q(**{f"keyset__{than}e": place[0]}) & beyond

    def get_paginated_response(self, data: Any) -> Response:
        return Response({**self.addresses(), "results": data})

    def addresses(self) -> dict[str, Any]:
        """Where the pages around this one are, and how many rows there are if that was asked."""
        body: dict[str, Any] = {
            "next": self._address(self.rows[-1], False) if self.has_next else None,
            "previous": self._address(self.rows[0], True) if self.has_previous else None,
        }
        if self.count is not None:
            body["count"] = self.count
        return body

    def _address(self, row: Any, backwards: bool) -> str:
        cursor = Cursor(
            self.view.askable().name,
            [_written(getattr(row, column)) for column, _ in self.columns],
            backwards,
            self.question.filters,
        )
        url = self.request.build_absolute_uri()
        for name in self.request.query_params:
            if name not in PRESENTATION and name not in self.question.filters:
                url = remove_query_param(url, name)
        return replace_query_param(url, "cursor", str(cursor))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {
                "clocks": {"$ref": "#/components/schemas/Clocks"},
                "next": {**link, "description": "The address of the next page, or null."},
                "previous": {**link, "description": "The address of the page before, or null."},
                "count": {
                    "type": "integer",
                    "description": "How many rows match in all; only with count=true.",
                },
                "results": schema,
            },
        }


class WholePage(BasePagination):
    """An answer that is always whole: it has results and no other page."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results"],
            "properties": {"clocks": {"$ref": "#/components/schemas/Clocks"}, "results": schema},
        }


def _written(value: Any) -> str | int:
    """A value as a cursor holds it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, int) else str(value)
