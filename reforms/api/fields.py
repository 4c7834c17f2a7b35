"""Kinds of field in an answer."""

from collections.abc import Callable, Mapping
from operator import attrgetter
from typing import Any, cast

from django.urls import reverse
from django.utils.module_loading import import_string
from drf_spectacular.extensions import OpenApiSerializerFieldExtension
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from reforms.vocabulary import Term

Schema = dict[str, Any]
Read = Callable[[Any], Any]


@extend_schema_field({"type": "string", "nullable": True})
class Texts(serializers.Field[Any, Any, Any, Any]):
    """A text in the language in which its object answers; null where there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: dict[str, str]) -> str | None:
        parent: Any = self.parent
        return value.get(parent.served)

    def reading(self) -> Read:
        """The text of an object, in the language that its serializer has found."""
        name, parent = self.source or "", cast(Any, self.parent)
        return lambda instance: getattr(instance, name).get(parent.served)


@extend_schema_field({"type": "string", "nullable": True, "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$"})
class PartialDay(serializers.Field[Any, Any, Any, Any]):
    """A day, a month or a year, as precise as it is known: 2022-11-05, 2022-11, 2022."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(read_only=True, **kwargs)

    def to_representation(self, value: Any) -> str:
        return str(value)

    def reading(self) -> Read:
        """The date of an object as it is written."""
        name = self.source or ""

        def read(instance: Any) -> str | None:
            found = getattr(instance, name)
            return None if found is None else str(found)

        return read


class Word(serializers.ChoiceField):
    """A word of a closed vocabulary."""

    def __init__(self, vocabulary: type[Term], **kwargs: Any) -> None:
        kwargs.setdefault("help_text", (vocabulary.__doc__ or "").strip().split("\n")[0])
        super().__init__(choices=vocabulary.meanings(), read_only=True, **kwargs)


@extend_schema_field({"type": "string", "format": "uri"})
class Address(serializers.Field[Any, Any, Any, Any]):
    """The object's own address in this API."""

    def __init__(self, view_name: str) -> None:
        self.view_name = view_name
        super().__init__(read_only=True, source="pk")

    def to_representation(self, value: Any) -> str:
        path = reverse(self.view_name, args=[value])
        return self.context["request"].build_absolute_uri(path)

    def reading(self) -> Read:
        """The address of an object: all of them begin and end alike."""
        around: list[str] = []

        def read(instance: Any) -> str:
            key = str(instance.pk)
            if not around:
                first = self.to_representation(instance.pk)
                around.extend(first.rsplit(key, 1))
            return f"{around[0]}{key}{around[1]}"

        return read


class Reference(serializers.Field[Any, Any, Any, Any]):
    """The id of another object, or that object itself where `expand` asks for it.

    What was withdrawn, or not there at the moment asked for, is answered by its id all the same.
    """

    def __init__(
        self, to: type[serializers.Serializer[Any]] | str, expands: str = "", help_text: str = ""
    ) -> None:
        self._to = to
        self.expands = expands
        super().__init__(read_only=True, source="*", help_text=help_text or None)

    @property
    def to(self) -> type[serializers.Serializer[Any]]:
        """The serializer of the other object; named by its path where imports would run in a
        circle.
        """
        return import_string(self._to) if isinstance(self._to, str) else self._to

    def bind(self, field_name: str, parent: Any) -> None:
        super().bind(field_name, parent)
        self.expands = self.expands or field_name

    def to_representation(self, instance: Any) -> Any:
        return self.reading()(instance)

    def reading(self) -> Read:
        """The id that an object refers to, or what stands behind it."""
        name = self.field_name or ""
        key = attrgetter(f"{name}_id")
        if not _expanded(self.expands, self.context):
            return lambda instance: _plain(key(instance))
        embedded = self.to(context=_embedded(self.context))

        def read(instance: Any) -> Any:
            other = getattr(instance, name)
            if other is None or _is_absent(other):
                return _plain(key(instance))
            return embedded.to_representation(other)

        return read


class References(serializers.Field[Any, Any, Any, Any]):
    """Ids of other objects, or those objects themselves where `expand` asks for them."""

    def __init__(self, to: type[serializers.Serializer[Any]]) -> None:
        self.to = to
        super().__init__(read_only=True)

    def to_representation(self, value: Any) -> list[Any]:
        return self._write()(value)

    def reading(self) -> Read:
        """The ids that an object refers to, in their order, or what stands behind them."""
        name, write = self.source or "", self._write()
        return lambda instance: write(getattr(instance, name))

    def _write(self) -> Callable[[Any], list[Any]]:
        if not _expanded(self.field_name, self.context):
            return lambda found: sorted(str(one.pk) for one in found.all())
        embedded = self.to(context=_embedded(self.context))

        def write(found: Any) -> list[Any]:
            others = sorted(found.all(), key=lambda one: one.pk)
            return [embedded.to_representation(one) for one in others]

        return write


def _expanded(name: str | None, context: Mapping[str, Any]) -> bool:
    return name in context["question"].expand and not context.get("embedded")


def _is_absent(other: Any) -> bool:
    withdrawn = getattr(other, "withdrawn_at", None) is not None
    return withdrawn or getattr(other, "is_concealed", False)


def _embedded(context: Mapping[str, Any]) -> Schema:
    """What is embedded refers to others by id: `expand` goes one step deep."""
    return {**context, "embedded": True}


def _plain(key: Any) -> str | None:
    return None if key is None else str(key)


class ReferenceSchema(OpenApiSerializerFieldExtension):
    """An id, or the object itself."""

    target_class = Reference
    match_subclasses = True

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        component = auto_schema.resolve_serializer(self.target.to, direction)
        return {"oneOf": [{"type": "string"}, component.ref], "nullable": True}


class ReferencesSchema(OpenApiSerializerFieldExtension):
    """Ids, or the objects themselves."""

    target_class = References

    def map_serializer_field(self, auto_schema: Any, direction: Any) -> Schema:
        component = auto_schema.resolve_serializer(self.target.to, direction)
        return {"type": "array", "items": {"oneOf": [{"type": "string"}, component.ref]}}
