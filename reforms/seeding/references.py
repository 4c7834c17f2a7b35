"""What the entries of seed files refer to: unknown names, circles, and what nothing refers to."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db import DatabaseError, models

from reforms.querysets import SubmittedQuerySet
from reforms.records import TYPES
from reforms.seeding.complaints import Path, nearest, unless_many
from reforms.seeding.folders import Entry, Folder

# Files call the kinds of objects as documents do.
MODELS: Mapping[str, type[models.Model]] = TYPES
# A reference of an entry to another of its own type, which has to be loaded first.
LINKS = {"source": "edition_of", "body": "successor"}

Reference = tuple[Path, str, str]  # where it stands, the type and the id that it names


def references(entry: Entry) -> Iterator[Reference]:
    """Everything that an entry refers to."""
    data = entry.data
    match entry.type:
        case "source":
            yield from _named(data, "publisher", "publisher")
            yield from _named(data, "edition_of", "source")
        case "body":
            yield from _named(data, "successor", "body")
        case "programme":
            yield from _named(data, "lead_organisation", "organisation")
            yield from _all_of(data, "announced_by", "source")
        case "reform":
            yield from _named(data.get("bounds") or {}, "source", "source", ("bounds",))
        case "promise":
            yield from _all_of(data, "bodies", "body")
            yield from _all_of(data, "affects", "body")
            yield from _all_of(data, "topics", "topic")
            for path, relation in parts(data, "relations"):
                yield from _named(relation, "promise", "promise", path)
            yield from _cited(data, "passages")
        case "update":
            yield from _named(data, "organisation", "organisation")
            yield from _cited(data, "citations")
        case "reply":
            yield from _named(data, "promise", "promise")


def parts(data: Mapping[str, Any], key: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Path and value of each well-formed item in a list of mappings."""
    for index, item in enumerate(data.get(key) or ()):
        if item is not None:
            yield (key, index), item


def _named(data: Mapping[str, Any], key: str, type_: str, path: Path = ()) -> Iterator[Reference]:
    if data.get(key):
        yield (*path, key), type_, data[key]


def _all_of(data: Mapping[str, Any], key: str, type_: str) -> Iterator[Reference]:
    for index, name in enumerate(data.get(key) or ()):
        if name is not None:
            yield (key, index), type_, name


def _cited(data: Mapping[str, Any], key: str) -> Iterator[Reference]:
    for path, cited in parts(data, key):
        yield from _named(cited, "source", "source", path)
        yield from _named(cited, "origin", "publisher", path)


class Known:
    """The ids that references may name: those of the files, then those of the database."""

    def __init__(self, folders: Iterable[Folder]) -> None:
        self._given: dict[str, dict[str, Entry]] = {}
        self.unread: set[str] = set()
        self._stored: dict[str, set[str]] = {}
        for folder in folders:
            self.unread |= folder.unread
            for entry in folder.entries:
                self._given.setdefault(entry.type, {}).setdefault(entry.id, entry)

    def given(self, type_: str, id_: str) -> Entry | None:
        """The entry that describes it, if one does."""
        return self._given.get(type_, {}).get(id_)

    def has(self, type_: str, id_: str) -> bool:
        """Whether it is in the files or in the database, which is asked only if it must be."""
        return self.given(type_, id_) is not None or id_ in self.stored(type_)

    def stored(self, type_: str) -> set[str]:
        """All ids of a type in the database, but for what is private to an organisation; none if
        there is no database yet.
        """
        if type_ not in self._stored:
            try:
                things = MODELS[type_]._default_manager.all()
                if isinstance(things, SubmittedQuerySet):
                    things = things.open_to(None)
                self._stored[type_] = set(things.values_list("pk", flat=True))
            except DatabaseError:
                self._stored[type_] = set()
        return self._stored[type_]

    def all(self, type_: str) -> set[str]:
        return {id_ for id_ in self._given.get(type_, {}) if id_} | self.stored(type_)


def check_references(folders: Iterable[Folder], known: Known) -> None:
    """Complain of unknown names, of circles, and of sources that nothing cites."""
    folders = list(folders)
    for folder in folders:
        for entry in folder.entries:
            for path, type_, name in references(entry):
                # In a file that could not be read there may be just this one.
                if type_ not in known.unread and not known.has(type_, name):
                    entry.complain(path, _unknown(type_, name, known.all(type_)))
        for type_, link in LINKS.items():
            _check_circles(list(folder.of(type_)), link, known)
    if not known.unread & {"promise", "update", "programme"}:
        _check_used(folders)


def _unknown(type_: str, name: str, all_: set[str]) -> str:
    hint = nearest(name, all_) or unless_many("known", all_)
    return f"there is no {type_} “{name}”{hint}"


def _check_circles(entries: list[Entry], link: str, known: Known) -> None:
    """Complain once of each circle, at the entry that stands first."""
    seen: set[str] = set()
    for entry in entries:
        trail: list[str] = []
        at: Entry | None = entry
        while at is not None and at.id and at.id not in seen:
            seen.add(at.id)
            trail.append(at.id)
            at = known.given(at.type, at.data.get(link) or "")
        if at is not None and at.id in trail:
            circle = [*trail[trail.index(at.id) :], at.id]
            entry.complain((link,), f"goes in a circle: {' → '.join(circle)}")


def _check_used(folders: Iterable[Folder]) -> None:
    entries = [entry for folder in folders for entry in folder.entries]
    cited = {
        name
        for entry in entries
        if entry.type != "source"
        for _, type_, name in references(entry)
        if type_ == "source"
    }
    sources = [entry for entry in entries if entry.type == "source" and entry.id]
    originals = {entry.id: entry.data.get("edition_of") for entry in sources}
    # An edition is cited with its original, and an original with its edition.
    for id_, original in originals.items():
        if original in cited or id_ in cited:
            cited |= {id_, original or id_}
    for entry in sources:
        if entry.id not in cited:
            entry.complain((), f"nothing cites the source “{entry.id}”: cite it or take it out")


def in_order(entries: Iterable[Entry], link: str) -> list[Entry]:
    """The entries so that what `link` names stands before what names it; there are no circles."""
    by_id = {entry.id: entry for entry in entries}
    ordered: dict[str, Entry] = {}
    for entry in by_id.values():
        trail = []
        at: Entry | None = entry
        while at is not None and at.id not in ordered:
            trail.append(at)
            at = by_id.get(at.data.get(link) or "")
        ordered |= {one.id: one for one in reversed(trail)}
    return list(ordered.values())
