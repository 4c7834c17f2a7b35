"""Columns of tables: each knows how it is written from an object, read, and put into one."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError

from reforms.models.fields import SLUG
from reforms.models.shapes import validate_figures
from reforms.submissions.complaints import Place, printable
from reforms.submissions.readers import Day, Reader, Text
from reforms.vocabulary import LANGUAGES, RelationKind

SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `meaning` is the sentence that documentation shows.

    `write` gives the cell of an object, empty for nothing; `put` stores in the object what `reader`
    has read, None for an empty cell.
    """

    name: str
    meaning: str
    reader: Reader
    write: Callable[[Any], str]
    put: Callable[[Any, Any], None]


def plain(name: str, reader: Reader, meaning: str) -> Column:
    """A column of the model that holds a text or a word."""

    def put(thing: Any, value: Any) -> None:
        setattr(thing, name, value or "")

    return Column(name, meaning, reader, lambda thing: getattr(thing, name), put)


def reference(name: str, reader: Reader, meaning: str) -> Column:
    """The id of another object."""

    def put(thing: Any, value: Any) -> None:
        setattr(thing, f"{name}_id", value)

    return Column(name, meaning, reader, lambda thing: getattr(thing, f"{name}_id") or "", put)


def dated(name: str, attribute: str, meaning: str) -> Column:
    """A date known to the day, the month or the year."""

    def put(thing: Any, value: Any) -> None:
        setattr(thing, attribute, value)

    return Column(name, meaning, Day(), lambda thing: str(getattr(thing, attribute) or ""), put)


def texts(model: Any, name: str, meaning: str) -> Iterator[Column]:
    """A text, with a column for each language."""
    most = int(model._meta.get_field(name).max_length)
    for language, called in LANGUAGES.items():
        yield _text(name, language, Text(most), f"{meaning} In {called}.")


def _text(name: str, language: str, reader: Reader, meaning: str) -> Column:
    def write(thing: Any) -> str:
        return str(getattr(thing, name).get(language, ""))

    def put(thing: Any, value: Any) -> None:
        kept = {one: text for one, text in getattr(thing, name).items() if one != language}
        setattr(thing, name, kept | ({language: value} if value is not None else {}))

    return Column(f"{name}_{language}", meaning, reader, write, put)


def figures() -> Column:
    """The figures of a promise, as JSON."""

    def write(thing: Any) -> str:
        return json.dumps(thing.figures, ensure_ascii=False) if thing.figures else ""

    def put(thing: Any, value: Any) -> None:
        thing.figures = value or []

    meaning = "Its figures, as JSON: a list of `what`, either `from` and `to` or `value`, `unit`."
    return Column("figures", meaning, Figures(), write, put)


# Readers --------------------------------------------------------------------------------------


class Known:
    """Ids of objects that may be referred to; what is not to be seen is not there."""

    def __init__(self, things: Any, what: str) -> None:
        self.what = what
        self._things = things
        self._met: dict[str, Any] = {}

    def learn(self, ids: Iterable[str]) -> None:
        """Look up all of these in one query."""
        new = {one for one in ids if one not in self._met}
        self._met |= dict.fromkeys(new)
        self._met |= self._things.in_bulk([one for one in new if re.match(SLUG, one)])

    def get(self, id_: str) -> Any:
        """The object with this id, or None."""
        self.learn([id_])
        return self._met[id_]

    def read(self, value: Any, place: Place) -> str | None:
        """The id, if something has it."""
        if self.get(value) is None:
            place.complain("not_found", f"There is no {self.what} “{printable(value)}”.")
            return None
        return str(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Ids:
    """Several ids, separated by semicolons; each once."""

    known: Known

    def read(self, value: Any, place: Place) -> list[str] | None:
        before = len(place.complaints)
        ids = split(value)
        for one in ids:
            self.known.read(one, place)
        refuse_twins(ids, place)
        return ids if len(place.complaints) == before else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


@dataclass(frozen=True, slots=True)
class Relations:
    """Ties to other promises, separated by semicolons: `restates kz2022-1-2`."""

    promises: Known

    def read(self, value: Any, place: Place) -> list[tuple[str, str]] | None:
        before = len(place.complaints)
        found = []
        for one in split(value):
            kind, _, to = (part.strip() for part in one.partition(" "))
            if kind not in RelationKind.values():
                detail = f"“{printable(kind)}” is no relation; write such as restates kz2022-1-2."
                place.complain("unknown_value", detail, kind, RelationKind.values())
            elif self.promises.read(to, place) is not None:
                found.append((kind, to))
        refuse_twins([" ".join(one) for one in found], place)
        return found if len(place.complaints) == before else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


class Figures:
    """Figures as JSON, checked by the model's own validator."""

    def read(self, value: Any, place: Place) -> list[Any] | None:
        try:
            found = json.loads(value)
            validate_figures(found)
        except json.JSONDecodeError as error:
            detail = f"It is no JSON at character {error.pos + 1}: {error.msg}. {_EXAMPLE}"
            place.complain("bad_json", detail)
        except (ValueError, RecursionError):
            place.complain("bad_json", f"It is no JSON that can be read. {_EXAMPLE}")
        except ValidationError as error:
            place.complain("bad_form", f"{error.messages[0]} {_EXAMPLE}")
        else:
            return list(found)
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string"}


_EXAMPLE = 'Write such as [{"what": "deputies", "from": 107, "to": 98}].'


def split(cell: str) -> list[str]:
    """The parts of a cell that semicolons, commas or line breaks separate."""
    return [part.strip() for part in re.split(r"[;,\n]", cell) if part.strip()]


def refuse_twins(listed: list[str], place: Place) -> None:
    """Complain of what is listed more than once."""
    for one in dict.fromkeys(one for one in listed if listed.count(one) > 1):
        place.complain("twice", f"“{printable(one)}” is listed twice.")
