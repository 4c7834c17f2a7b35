"""Objects and lists of what readers read: every field has a name, a reader and a meaning."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reforms.submissions.complaints import Place, printable
from reforms.submissions.readers import Reader, found


@dataclass(frozen=True, slots=True)
class Field:
    """A field of what is sent. `meaning` is the sentence that documentation shows."""

    name: str
    reader: Reader
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Either:
    """A text, or an object that says more."""

    text: Reader
    described: Reader

    def read(self, value: Any, place: Place) -> Any:
        return (self.described if isinstance(value, dict) else self.text).read(value, place)

    def schema(self) -> dict[str, Any]:
        return {"oneOf": [self.text.schema(), self.described.schema()]}


@dataclass(frozen=True, slots=True)
class ListOf:
    """At most so many values of one kind; each that is wrong is None."""

    reader: Reader
    most: int

    def read(self, value: Any, place: Place) -> list[Any] | None:
        if not isinstance(value, list):
            place.complain("wrong_type", f"Expected a list, found {found(value)}.")
            return None
        if len(value) > self.most:
            place.complain("too_many", f"There are {len(value)}; at most {self.most} are allowed.")
            return None
        return [self.reader.read(one, place.at(index)) for index, one in enumerate(value)]

    def schema(self) -> dict[str, Any]:
        return {"type": "array", "items": self.reader.schema(), "maxItems": self.most}


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with these fields and no others. A field that is null is as good as left out.

    With `is_part` only what is to change is given, and null takes away what was there.
    """

    fields: Sequence[Field]
    is_part: bool = False
    names: Sequence[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "names", tuple(one.name for one in self.fields))

    def read(self, value: Any, place: Place) -> dict[str, Any] | None:
        """The fields that were given and are right; null stands for None."""
        if not isinstance(value, dict):
            place.complain("wrong_type", f"Expected an object, found {found(value)}.")
            return None
        for name in value:
            if name not in self.names:
                detail = f"There is no field “{printable(name)}” here."
                place.at(name).complain("unknown_field", detail, name, self.names)
        read: dict[str, Any] = {}
        for one in self.fields:
            given = value.get(one.name)
            if given is not None:
                if (meant := one.reader.read(given, place.at(one.name))) is not None:
                    read[one.name] = meant
            elif one.required and (one.name in value or not self.is_part):
                place.at(one.name).complain("missing", f"It is missing: {one.meaning}")
            elif one.name in value:
                read[one.name] = None
        return read

    def schema(self) -> dict[str, Any]:
        required = [one.name for one in self.fields if one.required and not self.is_part]
        return {
            "type": "object",
            "properties": {
                one.name: one.reader.schema() | {"description": one.meaning} for one in self.fields
            },
            "additionalProperties": False,
        } | ({"required": required} if required else {})
