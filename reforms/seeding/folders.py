"""Folders of seed files: which files there are, and the objects that they describe."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path as FilePath
from typing import Any

from reforms.seeding.complaints import Complaint, Path, listed, nearest
from reforms.seeding.reading import SeedFile, read
from reforms.seeding.schema import VALIDATORS, top_key
from reforms.seeding.shapes import check_shape

_REFORM_FILE = re.compile(r"reform-([0-9]{2,3})\.yaml", re.ASCII)
_LISTS = {
    "organisations": "organisation",
    "publishers": "publisher",
    "sources": "source",
    "bodies": "body",
    "topics": "topic",
    "replies": "reply",
    "set-aside": "set_aside",
}
# What is described, in the order in which it can be loaded.
TYPES = (
    "organisation",
    "publisher",
    "source",
    "body",
    "topic",
    "programme",
    "reform",
    "promise",
    "update",
    "reply",
)


@dataclass(slots=True)
class Entry:
    """One object as a file describes it. `data` holds only values of the right shape.

    `id` is empty where the file gives none that could be one.
    """

    type: str
    id: str
    data: dict[str, Any]
    file: SeedFile
    path: Path
    folder: "Folder"
    parent: "Entry | None" = None

    def complain(self, path: Path, text: str) -> None:
        """Note a mistake at a value inside the entry."""
        self.file.complain((*self.path, *path), text)

    def where(self, path: Path = ()) -> str:
        """File and line of the entry, or of a value inside it."""
        return self.file.where((*self.path, *path))

    def __str__(self) -> str:
        return f"{self.type} {self.id}"


@dataclass(slots=True)
class Folder:
    """The files of one programme."""

    name: str
    files: list[SeedFile] = field(default_factory=list)
    entries: list[Entry] = field(default_factory=list)
    complaints: list[Complaint] = field(default_factory=list)
    # Types of which some may be missing, because a file could not be read.
    unread: set[str] = field(default_factory=set)
    programme: Entry | None = None

    @property
    def programme_id(self) -> str:
        return self.programme.id if self.programme else ""

    def of(self, *types: str) -> Iterator[Entry]:
        """The entries of these types, in the order of the files."""
        return (entry for entry in self.entries if entry.type in types)


def read_folder(path: FilePath, name: str) -> Folder:
    """Read and check all files of a folder, each for itself. Mistakes are noted, never raised."""
    folder = Folder(name)
    if not path.is_dir():
        folder.complaints.append(Complaint(name, 1, "", _no_folder(path)))
        return folder
    kinds: dict[str, list[tuple[SeedFile, Any]]] = {kind: [] for kind in VALIDATORS}
    for file_path in sorted(path.iterdir()):
        if file_path.name.startswith(".") or file_path.suffix not in (".yaml", ".yml"):
            continue
        file_name = f"{name}/{file_path.name}"
        kind = _kind(file_path.name)
        if kind is None:
            folder.complaints.append(Complaint(file_name, 1, "", _unknown_file(file_path.name)))
            continue
        file = read(file_path, file_name)
        folder.files.append(file)
        data = (check_shape(file, VALIDATORS[kind]) if file.readable else None) or {}
        if kind != "reform" and data.get(top_key(kind)) is None:
            folder.unread.add(_LISTS.get(kind, kind))
        if kind == "reform" and data.get("promises") is None:
            folder.unread |= {"promise", "update"}
        kinds[kind].append((file, data))
    if not kinds["programme"]:
        folder.complaints.append(Complaint(f"{name}/programme.yaml", 1, "", _no_programme(path)))
    _collect(folder, kinds)
    return folder


def _kind(file_name: str) -> str | None:
    if _REFORM_FILE.fullmatch(file_name):
        return "reform"
    stem = file_name.removesuffix(".yaml")
    return stem if stem != "reform" and stem in VALIDATORS else None


def _no_folder(path: FilePath) -> str:
    if path.exists():
        return "is a file: name the folder that holds it"
    around = path.parent
    names = [one.name for one in around.iterdir() if one.is_dir()] if around.is_dir() else []
    return f"there is no such folder{nearest(path.name, names)}"


def _no_programme(path: FilePath) -> str:
    inside = sorted(one.parent.name for one in path.glob("*/programme.yaml"))
    hint = f"; name one of the folders in it: {listed(inside)}" if inside else ""
    return f"there is no such file: it says which programme the folder is about{hint}"


def _unknown_file(file_name: str) -> str:
    stem, _, suffix = file_name.rpartition(".")
    allowed = [kind for kind in VALIDATORS if kind != "reform"]
    hint = nearest(stem, [*allowed, "reform-01"]) or "; files end in .yaml" * (suffix == "yml")
    names = listed(f"{kind}.yaml" for kind in allowed)
    return f"unknown file; allowed: {names}, and reform-01.yaml and so on{hint}"


def _collect(folder: Folder, kinds: dict[str, list[tuple[SeedFile, Any]]]) -> None:
    for file, data in kinds["programme"]:
        entry = Entry("programme", "", data.get("programme") or {}, file, ("programme",), folder)
        entry.id = entry.data.get("id") or ""
        folder.programme = entry
        folder.entries.append(entry)
    for kind, type_ in _LISTS.items():
        for file, data in kinds[kind]:
            key = top_key(kind)
            for index, item in _items(data.get(key)):
                entry = Entry(type_, item.get("id") or "", item, file, (key, index), folder)
                folder.entries.append(entry)
    for file, data in kinds["reform"]:
        folder.entries += _reform_entries(folder, file, data)


def _items(values: Iterable[Any] | None) -> Iterator[tuple[int, Any]]:
    """Position and value of each item that had the right shape."""
    return ((index, item) for index, item in enumerate(values or ()) if item is not None)


def _reform_entries(folder: Folder, file: SeedFile, data: Any) -> Iterator[Entry]:
    given = data.get("reform") or {}
    number, programme = given.get("number"), folder.programme_id
    reform_id = f"{programme}-{number}" if programme and number is not None else ""
    reform = Entry("reform", reform_id, given, file, ("reform",), folder, folder.programme)
    yield reform
    for index, item in _items(data.get("promises")):
        promise = Entry(
            "promise", item.get("id") or "", item, file, ("promises", index), folder, reform
        )
        yield promise
        for place, update in _items(item.get("updates")):
            named = promise.id and update.get("key")
            yield Entry(
                "update",
                f"{promise.id}/{update['key']}" if named else "",
                update,
                file,
                (*promise.path, "updates", place),
                folder,
                promise,
            )


def number_in_name(file: SeedFile) -> int:
    """The number that the name of a reform's file gives: 4 for reform-04.yaml."""
    match = _REFORM_FILE.fullmatch(file.name.rpartition("/")[2])
    assert match is not None
    return int(match.group(1))
