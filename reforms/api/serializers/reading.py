"""Serializers that read many objects quickly: what each field does is settled once, not per object.

The framework's own `to_representation` finds out anew for every value where it comes from and how
it is written. Here each kind of field that we use becomes one small function of the object, when
the first object is answered; any other kind of field is asked as the framework would.
"""

from collections.abc import Callable, Iterator
from operator import attrgetter
from typing import Any

from rest_framework import serializers
from rest_framework.fields import SkipField

from reforms.api.fields import Word

Read = Callable[[Any], Any]


class ReadingSerializer(serializers.Serializer[Any]):
    """A serializer that only reads, by functions that were made once for all its objects."""

    _reads: list[tuple[str, Read]] | None = None

    def to_representation(self, instance: Any) -> dict[str, Any]:
        if self._reads is None:
            self._reads = [(name, reading(field)) for name, field in self._read_fields()]
        return {name: read(instance) for name, read in self._reads}

    def _read_fields(self) -> Iterator[tuple[str, Any]]:
        for name, field in self.fields.items():
            if not field.write_only:
                yield name, field


def reading(field: Any) -> Read:
    """How the value of a field is read from an object: as the framework would, in one step."""
    read = getattr(field, "reading", None)
    if read is not None:
        own: Read = read()
        return own
    if isinstance(field, serializers.SerializerMethodField):
        method: Read = getattr(field.parent, field.method_name or "")
        return method
    if isinstance(field, serializers.ListSerializer) and isinstance(field.child, ReadingSerializer):
        return _all_of(_value_of(field), field.child.to_representation)
    written = _WRITTEN.get(type(field))
    if written is not None:
        return _written(_value_of(field), written)
    return _as_the_framework(field)


def _value_of(field: Any) -> Read:
    read: Read = attrgetter(field.source)
    return read


def _as_it_is(value: Any) -> Any:
    return value


# What these kinds make of a value that is there. Moments are in UTC, as all of the record's are.
_WRITTEN: dict[type[Any], Read] = {
    serializers.CharField: str,
    serializers.IntegerField: int,
    serializers.BooleanField: bool,
    serializers.DateTimeField: lambda moment: moment.isoformat().replace("+00:00", "Z"),
    Word: _as_it_is,
}


def _written(value: Read, write: Read) -> Read:
    def read(instance: Any) -> Any:
        found = value(instance)
        return None if found is None else write(found)

    return read


def _all_of(value: Read, write: Read) -> Read:
    def read(instance: Any) -> list[Any]:
        found = value(instance)
        return [write(one) for one in (found.all() if hasattr(found, "all") else found)]

    return read


def _as_the_framework(field: Any) -> Read:
    def read(instance: Any) -> Any:
        try:
            found = field.get_attribute(instance)
        except SkipField:
            return None
        return None if found is None else field.to_representation(found)

    return read
