"""Columns of exported tables: each is taken from one field of the API's object, and has a type."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from operator import itemgetter
from typing import Any

from reforms.dates import PartialDate
from reforms.vocabulary import Precision, Term

Row = Mapping[str, Any]


class Kind(Term):
    """What a column holds. Any cell may be empty: then there is nothing, which is null."""

    TEXT = "text", "a text"
    WORD = "word", "a word of a closed vocabulary"
    DATE = "date", "a day, month or year, as precise as it is known: 2022-11-05, 2022-11, 2022"
    DAY = "day", "a day: 2022-11-05"
    MOMENT = "moment", "a moment in UTC, in RFC 3339, as exact as it is known"
    INTEGER = "integer", "a whole number"
    NUMBER = "number", "a number"
    BOOLEAN = "boolean", "true or false"
    LIST = "list", "several texts; in CSV and XLSX separated by a semicolon and a blank"
    PARTS = "parts", "several objects with named parts; in CSV and XLSX a list in JSON"
    JSON = "json", "an object in JSON, as a text"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. `source` is the field of the API's object that it is taken from; `take` gives its
    value, in the API's own terms, None for nothing.

    `words` are the values that a word may have; `parts` the names and kinds of the parts of each
    object that a cell holds.
    """

    name: str
    source: str
    kind: Kind
    meaning: str
    take: Callable[[Row], Any]
    words: tuple[str, ...] = ()
    parts: Mapping[str, Kind] = field(default_factory=dict)


def plain(name: str, kind: Kind, meaning: str) -> Column:
    """A field as it stands."""
    return Column(name, name, kind, meaning, itemgetter(name))


def text(name: str, meaning: str) -> Column:
    """A text, or an id."""
    return plain(name, Kind.TEXT, meaning)


def word(name: str, vocabulary: type[Term], meaning: str) -> Column:
    """A word of a vocabulary."""
    words = tuple(vocabulary.values())
    return Column(name, name, Kind.WORD, meaning, itemgetter(name), words)


def dated(name: str, meaning: str) -> Iterator[Column]:
    """A date known to the day, the month or the year: as it is, its last day, how precise it is."""
    yield plain(name, Kind.DATE, meaning)

    def last_day(row: Row) -> str | None:
        found = row[name]
        return _read(found)[0] if found else None

    def precision(row: Row) -> str | None:
        found = row[name]
        return _read(found)[1] if found else None

    yield Column(
        f"{name}_last_day",
        name,
        Kind.DAY,
        f"The last day that `{name}` may mean: what it is compared and sorted by.",
        last_day,
    )
    yield Column(
        f"{name}_precision",
        name,
        Kind.WORD,
        f"How precisely `{name}` is known.",
        precision,
        tuple(Precision.values()),
    )


@lru_cache(maxsize=4096)
def _read(date: str) -> tuple[str, str]:
    found = PartialDate.parse(date)
    return found.last.isoformat(), Precision(found.precision).value


def derived(
    name: str, source: str, kind: Kind, meaning: str, take: Callable[[Any], Any], **more: Any
) -> Column:
    """A column that `take` makes of the field `source`; of a field that is null comes null."""

    def taken(row: Row) -> Any:
        found = row[source]
        return None if found is None else take(found)

    return Column(name, source, kind, meaning, taken, **more)


def answered() -> Iterator[Column]:
    """In which language the object answers."""
    yield text("language", "The language of its texts here; another than asked for if missing.")
    yield plain("languages", Kind.LIST, "The languages in which all of its texts exist.")


def identified() -> Iterator[Column]:
    """What every object begins with."""
    yield text("id", "Its id; never used again for something else.")
    yield text("api_url", "Its own address in the API.")
