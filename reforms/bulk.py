"""Many rows in one statement, with values that were checked before: what the ORM would do row by
row, it takes the longer the more columns there are.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from operator import attrgetter
from typing import Any

import orjson
from django.db import connection, models
from django.db.models.base import ModelState

# Seconds after which a thread that computes lets one that waits for its turn go on.
_TURN = 0.0002

_PLAIN = (
    *(models.CharField, models.TextField, models.UUIDField, models.BooleanField),
    *(models.DateField, models.IntegerField),
)


def new(model: type[models.Model], **given: Any) -> Any:
    """A new instance with these values, which are what its columns take; nothing is looked at.

    The model's own constructor asks every column anew what stands there if nothing is given.
    """
    constant, made, _ = _defaults(model)
    thing = model.__new__(model)
    thing._state = ModelState()
    values = thing.__dict__
    values.update(constant)
    for attname, default in made:
        if attname not in given:
            values[attname] = default()
    tell(thing, **given)
    return thing


def stored(model: type[models.Model], **known: Any) -> Any:
    """An instance that is stored, of which these values are known; any other is read when somebody
    asks for it.
    """
    thing = model.__new__(model)
    thing._state = ModelState()
    thing._state.adding, thing._state.db = False, connection.alias
    tell(thing, **known)
    return thing


def tell(thing: models.Model, **values: Any) -> None:
    """Set these values, which are what the columns take; nothing is looked at."""
    _, _, pointing = _defaults(type(thing))
    for name, value in values.items():
        if name in pointing:
            thing.__dict__[pointing[name]] = value.pk
            thing._state.fields_cache[name] = value
        else:
            thing.__dict__[name] = value


@lru_cache(maxsize=100)
def _defaults(
    model: type[models.Model],
) -> tuple[dict[str, Any], list[tuple[str, Callable[[], Any]]], dict[str, str]]:
    """What stands in the columns if nothing is given, and where what they point to stands."""
    columns = model._meta.concrete_fields
    made = [
        (one.attname, one.default) for one in columns if one.has_default() and callable(one.default)
    ]
    others = {one.attname for one in columns} - {attname for attname, _ in made}
    constant = {one.attname: one.get_default() for one in columns if one.attname in others}
    pointing = {one.name: one.attname for one in columns if isinstance(one, models.ForeignKey)}
    return constant, made, pointing


def insert(
    model: type[models.Model], rows: Iterable[Sequence[Any]], names: Sequence[str] = ()
) -> None:
    """Insert rows in the order given: several by COPY, where the engine has it. Their values are
    those of the columns `names`, of all if none are named, as the model's own fields have them.
    """
    _write(_Insertion(model, rows, tuple(names)))


def create(model: type[models.Model], things: Sequence[models.Model]) -> None:
    """Insert new instances. A number that the database counts is not told to them."""
    _write(_of_instances(model, things))
    _mark_created(things)


@contextmanager
def creating(*kinds: tuple[type[models.Model], Sequence[models.Model]]) -> Iterator[None]:
    """Insert new instances, one kind after the other, as `create` does, while what is inside is
    done: PostgreSQL writes them on one processor, and we go on with something else on another.

    What goes wrong is raised at the end at the latest, in place of what went wrong inside since.
    A statement that is executed inside waits until they are written. (COPY is none of them: whoever
    inserts many rows inside begins a savepoint first.) On SQLite, where we write ourselves, they
    are written before.
    """
    insertions = [_of_instances(model, things) for model, things in kinds if things]
    if connection.vendor == "postgresql" and insertions:
        with _writing(insertions):
            yield
    else:
        for insertion in insertions:
            _write(insertion)
        yield
    for _, things in kinds:
        _mark_created(things)


@contextmanager
def _writing(insertions: Sequence["_Insertion"]) -> Iterator[None]:
    """Let a thread write, and wait for it."""
    with connection.cursor() as wrapped, ThreadPoolExecutor(1) as thread:
        # The driver's own cursor: Django's connection is this thread's alone.
        written = thread.submit(_copy_all, wrapped.cursor, insertions)

        def wait() -> None:
            with connection.wrap_database_errors:
                written.result()

        def after_it(execute: Callable[..., Any], *arguments: Any) -> Any:
            wait()
            return execute(*arguments)

        # It hardly computes, but waits for its turn. (The process's: the ledger lets one write.)
        interval = sys.getswitchinterval()
        sys.setswitchinterval(_TURN)
        try:
            with connection.execute_wrapper(after_it):
                yield
        except Exception:
            wait()
            raise
        finally:
            sys.setswitchinterval(interval)
        wait()


def _copy_all(cursor: Any, insertions: Iterable["_Insertion"]) -> None:
    for insertion in insertions:
        insertion.copy(cursor)
    # What rows point to would be looked for when the transaction ends: while everybody waits.
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")


class _Insertion:
    """Rows that are to be inserted, with values that are fit for the driver."""

    def __init__(
        self, model: type[models.Model], rows: Iterable[Sequence[Any]], names: tuple[str, ...]
    ) -> None:
        vendor = connection.vendor
        self.copying, self.inserting = _insertion(model, names, vendor)
        self.rows = list(map(_preparing(model, names, vendor), rows))

    def copy(self, cursor: Any) -> None:
        """Insert them by COPY."""
        with cursor.copy(self.copying) as copy:
            for row in self.rows:
                copy.write_row(row)

    def insert(self, cursor: Any) -> None:
        """Insert them one by one."""
        _for_each(cursor, self.inserting, self.rows)


def _of_instances(model: type[models.Model], things: Iterable[models.Model]) -> _Insertion:
    columns = _columns(model, ())
    if columns[0].primary_key and isinstance(columns[0], models.AutoField):
        columns = columns[1:]
    values = attrgetter(*(column.attname for column in columns))
    return _Insertion(model, map(values, things), tuple(column.name for column in columns))


def _write(insertion: _Insertion) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql" and len(insertion.rows) > 1:
            with connection.wrap_database_errors:
                insertion.copy(cursor)
        else:
            insertion.insert(cursor)


def _mark_created(things: Iterable[models.Model]) -> None:
    alias = connection.alias
    for thing in things:
        state = thing._state
        state.adding, state.db = False, alias


def change(model: type[models.Model], names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Write the columns `names` of rows: each has its primary key first, then their values."""
    if not rows:
        return
    key = model._meta.pk
    assert key is not None
    names, vendor = (key.name, *names), connection.vendor
    together, one_by_one = _updating(model, names, vendor)
    prepared = list(map(_preparing(model, names, vendor), rows))
    with connection.cursor() as cursor:
        if vendor == "postgresql" and len(prepared) > 1:
            # One statement, so that what watches statements looks once.
            cursor.execute(together, [list(values) for values in zip(*prepared, strict=True)])
            return
        _for_each(cursor, one_by_one, [(*values, pk) for pk, *values in prepared])


@lru_cache(maxsize=100)
def _insertion(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> tuple[str, str]:
    """The statements that insert rows, by COPY and by INSERT."""
    columns = _columns(model, names)
    into = f"{_quoted(model._meta.db_table)} ({', '.join(_quoted(one.column) for one in columns)})"
    places = ", ".join(["%s"] * len(columns))
    return f"COPY {into} FROM STDIN", f"INSERT INTO {into} VALUES ({places})"  # noqa: S608


@lru_cache(maxsize=100)
def _updating(model: type[models.Model], names: tuple[str, ...], _vendor: str) -> tuple[str, str]:
    """The statements that write columns of rows: of many that are given as arrays, and of one."""
    columns = _columns(model, names)
    table = _quoted(model._meta.db_table)
    own, *others = (_quoted(column.column) for column in columns)
    given = ", ".join(f"%s::{_type(column)}[]" for column in columns)
    said = ", ".join(f"{one} = given.{one}" for one in others)
    together = (
        f"UPDATE {table} SET {said} FROM unnest({given})"  # noqa: S608
        f" AS given ({', '.join((own, *others))}) WHERE {table}.{own} = given.{own}"
    )
    said = ", ".join(f"{one} = %s" for one in others)
    return together, f"UPDATE {table} SET {said} WHERE {own} = %s"  # noqa: S608


def _type(column: Any) -> str:
    """A type that takes the values as they are: as `varchar(9)` they would be cut to nine."""
    return "text" if isinstance(column, models.CharField) else str(column.db_type(connection))


def _for_each(cursor: Any, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    if len(rows) == 1:
        cursor.execute(sql, rows[0])
    else:
        cursor.executemany(sql, rows)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)


@lru_cache(maxsize=100)
def _columns(model: type[models.Model], names: tuple[str, ...]) -> list[Any]:
    fields = model._meta.concrete_fields
    return [model._meta.get_field(name) for name in names] if names else list(fields)


@lru_cache(maxsize=100)
def _preparing(
    model: type[models.Model], names: tuple[str, ...], vendor: str
) -> Callable[[Sequence[Any]], Sequence[Any]]:
    """What makes a row's values fit for the driver; those that are so as they are, it leaves."""
    found = [(at, _prepared(column, vendor)) for at, column in enumerate(_columns(model, names))]
    others = [(at, how) for at, how in found if how is not None]
    if not others:
        return lambda row: row

    def prepare(row: Sequence[Any]) -> Sequence[Any]:
        values = list(row)
        for at, how in others:
            values[at] = how(values[at])
        return values

    return prepare


def _prepared(column: Any, vendor: str) -> Callable[[Any], Any] | None:
    while isinstance(column, models.ForeignKey):
        column = column.target_field
    if vendor == "postgresql":
        if isinstance(column, _PLAIN):
            return None
        if isinstance(column, models.JSONField):
            return _as_json
    return lambda value: column.get_db_prep_save(value, connection)


def _as_json(value: Any) -> str | None:
    """JSON as text, in which COPY and casts take it."""
    if value is None:
        return None
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # a whole number that is too large for it
        return json.dumps(value)
