"""Statements that are made once: to say one takes the ORM longer than the database to answer it.

What is asked again and again with other values is kept as SQL. The querysets say what is asked, as
everywhere; where a value will stand they are given a `Slot`.
"""

from collections import namedtuple
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, cast
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, QuerySet, UUIDField
from django.db.models.query import (
    ModelIterable,
    NamedValuesListIterable,
    ValuesListIterable,
    get_related_populators,
)
from django.db.transaction import TransactionManagementError

from reforms import replicas

_UUIDS = UUIDField()
_SLOT = "\x00slot "  # which no text of the record holds
MOST = 500  # statements that are kept at a time


class Slot(Expression):
    """Stands in a queryset for a value that is known when the statement is executed.

    A relation takes its text for the key of an object, so that these can only be texts.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def __str__(self) -> str:
        return f"{_SLOT}{self.name}"

    def as_sql(self, _compiler: Any, _connection: Any) -> tuple[str, tuple[str, ...]]:
        """A place in the statement, and for now the name of what will stand there."""
        return "%s", (str(self),)


class Statement:
    """The SQL of a queryset, and how its rows are read."""

    def __init__(self, queryset: QuerySet[Any]) -> None:
        """`queryset` has slots where values will stand. It has `values_list` of names, or gives
        instances with what they join, and then neither annotates nor prefetches anything.

        Raises ValueError for one of another kind, or one that makes something else of a slot.
        """
        asked: Any = queryset
        compiler = asked.query.get_compiler(asked.db)
        try:
            self._sql, self._params = compiler.as_sql()
        except EmptyResultSet:  # whatever the values are
            self._sql, self._params = "", ()
            return
        self._make = _making(asked, compiler)
        if compiler.has_extra_select or any(_is_spoilt(one) for one in self._params):
            raise ValueError(f"of this no statement can be kept: {self._sql}")
        self._locks = asked.query.select_for_update
        self._slots = [
            (place, one.removeprefix(_SLOT))
            for place, one in enumerate(self._params)
            if isinstance(one, str) and one.startswith(_SLOT)
        ]
        columns = [column for column, _, _ in compiler.select]
        self._converters = [
            (place, convert, column)
            for place, (converters, column) in compiler.get_converters(columns).items()
            for convert in converters
        ]

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """The rows, with each value in its slots, from the database that is read here; those that
        are locked from the primary.

        Raises KeyError where a slot has no value, and TransactionManagementError where rows are to
        be locked outside a transaction.
        """
        if not self._sql:
            return []
        connection = connections[DEFAULT_DB_ALIAS] if self._locks else replicas.connection()
        if self._locks and not connection.in_atomic_block:
            raise TransactionManagementError("rows are locked inside a transaction")
        params = list(self._params)
        for place, name in self._slots:
            params[place] = _fit(values[name], connection)
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params)
            rows = cursor.fetchall()
        if self._converters:
            rows = [list(row) for row in rows]
            for place, convert, column in self._converters:
                for row in rows:
                    row[place] = convert(row[place], column, connection)
        return list(map(self._make, rows))


def _is_spoilt(param: Any) -> bool:
    """Whether a lookup has made something else of a slot, as of a part of a pattern."""
    return isinstance(param, str) and _SLOT in param and not param.startswith(_SLOT)


def _making(queryset: Any, compiler: Any) -> Callable[[Any], Any]:
    """What makes of a row what the queryset would."""
    if queryset._iterable_class is NamedValuesListIterable:
        row: Any = namedtuple("Row", queryset._fields)  # type: ignore[misc]
        return cast(Callable[[Any], Any], row._make)
    if queryset._iterable_class is ValuesListIterable:
        return tuple
    more = compiler.annotation_col_map or queryset._prefetch_related_lookups
    if queryset._iterable_class is not ModelIterable or more:
        raise ValueError(f"of this no statement can be kept: {queryset.query}")
    # As ModelIterable does it.
    told = compiler.klass_info
    first, last = told["select_fields"][0], told["select_fields"][-1] + 1
    names = [column.target.attname for column, _, _ in compiler.select[first:last]]
    joined: Any = get_related_populators(told, compiler.select, queryset.db)  # type: ignore[call-arg]

    def make(row: Any) -> Any:
        thing = told["model"].from_db(queryset.db, names, row[first:last])
        for one in joined:
            one.populate(row, thing)
        return thing

    return make


class ByIds:
    """A statement about rows that are named by their ids.

    One is kept for each power of two: what is missing to that the last id fills once more.
    """

    def __init__(self, make: Callable[[Any], QuerySet[Any]]) -> None:
        """`make` makes the queryset for slots of so many ids."""
        self._make = make
        self._kept = Statements()

    def rows(self, ids: Sequence[Any], **values: Any) -> list[Any]:
        """The rows about these ids; `values` are those of other slots."""
        if not ids:
            return []
        number = 1 << (len(ids) - 1).bit_length()
        filled = [*ids, *[ids[-1]] * (number - len(ids))]
        given = {f"id {place}": one for place, one in enumerate(filled)}
        statement = self._kept.get(number, lambda: self._make([Slot(name) for name in given]))
        return statement.rows(given | values)


def _fit(value: Any, connection: Any) -> Any:
    """A value as the driver of the engine takes it."""
    match value:
        case datetime():
            return connection.ops.adapt_datetimefield_value(value)
        case date():
            return connection.ops.adapt_datefield_value(value)
        case UUID():
            return _UUIDS.get_db_prep_value(value, connection)
    return value


class Statements:
    """Statements by what tells them apart; each is made when it is asked for first."""

    def __init__(self) -> None:
        self._statements: dict[Hashable, Statement] = {}

    def get(self, name: Hashable, make: Callable[[], QuerySet[Any]]) -> Statement:
        """The statement of that name, made of the queryset if there is none yet."""
        statement = self._statements.get(name)
        if statement is None:
            if len(self._statements) >= MOST:
                self._statements.clear()
            statement = self._statements[name] = Statement(make())
        return statement
