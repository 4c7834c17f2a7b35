"""The tables of a package, with their schemas (Table Schema, version 1)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from reforms.exports import TABLES, Table
from reforms.exports.columns import Column, Kind, plain, word
from reforms.releases.asking import Row, rows
from reforms.vocabulary import Basis, Stance

# What depends on this machine and not on the record: under which name it is served, and which
# texts are loaded.
LOCAL = ("api_url", "text_loaded")

_TYPES: Mapping[Kind, dict[str, str]] = {
    Kind.TEXT: {"type": "string"},
    Kind.WORD: {"type": "string"},
    Kind.DATE: {"type": "string"},
    Kind.DAY: {"type": "date"},
    Kind.MOMENT: {"type": "datetime", "format": "any"},
    Kind.INTEGER: {"type": "integer"},
    Kind.NUMBER: {"type": "number"},
    Kind.BOOLEAN: {"type": "boolean"},
    Kind.LIST: {"type": "string"},
    Kind.PARTS: {"type": "array"},
    Kind.JSON: {"type": "object"},
}
_PARTIAL = r"\d{4}(-\d{2}(-\d{2})?)?"


@dataclass(frozen=True, slots=True)
class Resource:
    """A table of a package: its `key`, and which columns name rows of which other tables."""

    table: Table
    key: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)
    required: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return self.table.name

    def schema(self, references: Mapping[str, str]) -> dict[str, Any]:
        """The Table Schema, with those of the `references` that hold in the data."""
        schema: dict[str, Any] = {
            "fields": [self._field(column) for column in self.table.columns],
            "missingValues": [""],
            "primaryKey": list(self.key),
        }
        if references:
            schema["foreignKeys"] = [
                {"fields": [column], "reference": {"resource": other, "fields": ["id"]}}
                for column, other in references.items()
            ]
        return schema

    def _field(self, column: Column) -> dict[str, Any]:
        constraints: dict[str, Any] = {}
        if column.name in (*self.key, *self.required):
            constraints["required"] = True
        if self.key == (column.name,):
            constraints["unique"] = True
        if column.words:
            constraints["enum"] = list(column.words)
        if column.kind == Kind.DATE:
            constraints["pattern"] = _PARTIAL
        said = {"name": column.name, **_TYPES[column.kind], "description": column.meaning}
        return said | ({"constraints": constraints} if constraints else {})


def _without_local(name: str, *left_out: str) -> Table:
    table = TABLES[name]
    columns = [one for one in table.columns if one.name not in (*LOCAL, *left_out)]
    return replace(table, columns=tuple(columns))


CITATIONS = Table(
    "citations",
    "One citation a row, of a promise itself or of a status update about it.",
    (
        plain("id", Kind.TEXT, "What it belongs to, and its place there: kz2022-1-1/1."),
        plain("promise", Kind.TEXT, "The id of the promise."),
        plain("update", Kind.TEXT, "The id of the update that it supports; empty for the promise."),
        plain("source", Kind.TEXT, "The id of the source."),
        word("stance", Stance, "Whether it supports, disputes or is context."),
        word("basis", Basis, "What the assertion rests on."),
        plain("origin", Kind.TEXT, "The id of the publisher whose assertion it is."),
        plain("locator", Kind.TEXT, "Where in the source, such as art. 28(5)."),
        plain("note", Kind.TEXT, "What is added to it."),
    ),
)

ORGANISATIONS = Resource(_without_local("organisations"), ("id",))
REFORMS = Resource(_without_local("reforms"), ("id",), {}, ("programme", "number"))
PROMISES = Resource(
    _without_local("promises"), ("id",), {"reform": "reforms"}, ("reform", "status", "kind")
)
UPDATES = Resource(
    _without_local("updates", "citations"),
    ("id",),
    {"promise": "promises", "organisation": "organisations"},
    ("promise", "organisation", "status", "effective_on", "review_state"),
)
SOURCES = Resource(_without_local("sources"), ("id",), {}, ("kind", "publisher"))
CITED = Resource(
    CITATIONS,
    ("id",),
    {"promise": "promises", "source": "sources"},
    ("promise", "source", "stance", "basis"),
)
RESOURCES = (ORGANISATIONS, REFORMS, PROMISES, UPDATES, SOURCES, CITED)


def rows_of(resource: Resource, known_at: str, programme: str | None) -> Iterator[Row]:
    """The rows of a table of the package, in a stable order."""
    asked = {"known_at": known_at, "lang": "en"}
    about = asked | ({"programme": programme} if programme else {})
    match resource.name:
        case "citations":
            yield from _citations(about)
        case "updates":
            # Oldest first: a later package goes on where this one ends.
            yield from rows("updates", ordering="published_at", **about)
        case "promises" | "reforms":
            yield from rows(resource.name, **about)
        case _:
            yield from rows(resource.name, **asked)


def _citations(about: dict[str, str]) -> Iterator[Row]:
    for promise in rows("promises", fields="id,citations", **about):
        yield from _numbered(promise["id"], None, promise["citations"])
    for update in rows("updates", ordering="published_at", fields="id,promise,citations", **about):
        yield from _numbered(update["promise"], update["id"], update["citations"])


def _numbered(promise: str, update: str | None, citations: list[Row]) -> Iterator[Row]:
    for position, one in enumerate(citations, start=1):
        yield {
            **{name: one[name] for name in ("stance", "basis", "locator", "note")},
            "promise": promise,
            "update": update,
            "id": f"{update or promise}/{position}",
            "source": one["source"]["id"],
            "origin": one["origin"]["id"],
        }
