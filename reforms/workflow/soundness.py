"""Whether the columns of a row are sound. `full_clean` decides, and finds the words for what is
wrong; but it asks each field anew what it takes. What each field surely takes as it is, is compiled
here once for each model, from the fields' own choices, lengths and validators.
"""

from collections.abc import Callable, Container, Iterator
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.db import models

from reforms.models.fields import TextsField

_Plain = Callable[[Any], bool]


def is_sound(thing: models.Model, pending: Container[models.Model]) -> bool:
    """Whether `full_clean` has nothing to say of its columns; no query is made for the objects at
    hand that the row points to: read from the database already, or pending.
    """
    if is_plainly_sound(thing, pending):
        return True
    try:
        thing.full_clean(
            exclude=_at_hand(thing, pending), validate_unique=False, validate_constraints=False
        )
    except ValidationError:
        return False
    return True


def is_plainly_sound(thing: models.Model, pending: Container[models.Model]) -> bool:
    """Whether `full_clean` would surely say nothing of its columns, and leave them as they are."""
    columns, references = _compiled(type(thing))
    values = thing.__dict__
    at_hand = thing._state.fields_cache
    for name, attname, may_lack in references:
        if values[attname] is None:
            if not may_lack:
                return False
        elif not is_at_hand(at_hand.get(name), pending):
            return False
    for attname, plain, usual in columns:
        value = values.get(attname)
        if value is not usual and not plain(value):
            return False
    return True


def is_at_hand(target: Any, pending: Container[models.Model]) -> bool:
    """Whether this is an object that is stored, or will be before what points to it."""
    return target is not None and (not target._state.adding or target in pending)


def references(model: type[models.Model]) -> list[Any]:
    """The columns of a model that point to other objects."""
    return [one for one in model._meta.concrete_fields if isinstance(one, models.ForeignKey)]


def _at_hand(thing: models.Model, pending: Container[models.Model]) -> set[str]:
    return {
        column.name
        for column in references(type(thing))
        if is_at_hand(column.get_cached_value(thing, default=None), pending)
    }


@lru_cache(maxsize=100)
def _compiled(
    model: type[models.Model],
) -> tuple[list[tuple[str, _Plain, Any]], list[tuple[str, str, bool]]]:
    """What the columns of a model plainly take, with what usually stands in each, and those that
    point to other objects.
    """
    pointing = references(model)
    columns = []
    for column in model._meta.concrete_fields:
        if column not in pointing:
            plain = _plain(column)
            columns.append((column.attname, plain, _usual(column, plain)))
    if model.clean is not models.Model.clean:
        columns = [(columns[0][0], lambda _value: False, _NOTHING)]  # a rule of its own
    return columns, [(one.name, one.attname, _may_lack(one)) for one in pointing]


# What stands nowhere.
_NOTHING = object()


def _usual(column: Any, plain: _Plain) -> Any:
    """What stands in a column if nothing is given, where that is sound: it is judged here once."""
    default = column.get_default()
    made_anew = column.has_default() and callable(column.default)
    return default if not made_anew and plain(default) else _NOTHING


def _plain(column: Any) -> _Plain:
    """Whether a value is surely one that the field takes as it is."""
    if isinstance(column, TextsField):
        return _beside_nothing(column, dict, list(column.validators))
    if type(column).clean is not models.Field.clean or type(column) is models.JSONField:
        return _beside_nothing(column, None)
    if isinstance(column, models.CharField | models.TextField):
        return _plain_text(column)
    if isinstance(column, models.DateTimeField):
        return _beside_nothing(column, datetime, [_demand_zone])
    for kind, of_values in (
        (models.DateField, date),
        (models.UUIDField, UUID),
        (models.BooleanField, bool),
        (models.IntegerField, int),
    ):
        if isinstance(column, kind):
            return _beside_nothing(column, of_values, list(column.validators))
    return _beside_nothing(column, None)


def _beside_nothing(
    column: Any, kind: type | None, validators: list[Callable[[Any], object]] | None = None
) -> _Plain:
    """Takes what is empty where the field may be blank, and values of this kind alone."""
    blank, lacking, empty = column.blank, _may_lack(column), column.empty_values

    def plain(value: Any) -> bool:
        if value is None:
            return lacking
        if type(value) is not kind:
            return blank and value in empty
        return _passes(value, validators or ()) if value or value not in empty else blank

    return plain


def _may_lack(column: Any) -> bool:
    """Whether nothing is said of None. Of what nobody edits it is not asked for."""
    return column.blank or not (column.editable or isinstance(column, models.BooleanField))


def _plain_text(column: Any) -> _Plain:
    blank = _may_lack(column)
    if column.choices is not None:
        words = frozenset(word for word, _ in column.flatchoices)
        return lambda value: type(value) is str and (value in words if value else blank)
    most = min(_lengths(column), default=None)
    others = [one for one in column.validators if not isinstance(one, MaxLengthValidator)]

    def plain(value: Any) -> bool:
        if value == "":
            return blank
        return (
            type(value) is str and (most is None or len(value) <= most) and _passes(value, others)
        )

    return plain


def _lengths(column: Any) -> Iterator[int]:
    for one in column.validators:
        if isinstance(one, MaxLengthValidator):
            yield one.limit_value() if callable(one.limit_value) else one.limit_value


def _passes(value: Any, validators: Any) -> bool:
    try:
        for one in validators:
            one(value)
    except ValidationError:
        return False
    return True


def _demand_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValidationError("")
