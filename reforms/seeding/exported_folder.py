"""Exported seed files on disk: written all or not at all, and compared with what is there."""

import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from reforms.errors import SeedsRefused
from reforms.models import Source
from reforms.seeding.checking import check, refuse_if, shown
from reforms.seeding.complaints import listed
from reforms.seeding.content import Content, completed, content_of
from reforms.seeding.exporting import Export
from reforms.seeding.folders import TYPES, Entry, Folder, read_folder
from reforms.seeding.reading import read

# What an export writes. Other files of the folder are kept: the record does not know them.
_WRITTEN = re.compile(
    r"(programme|organisations|publishers|sources|bodies|topics|reform-[0-9]{2,3})\.yaml", re.ASCII
)


def write(export: Export, folder: Path, force: bool = False) -> list[str]:
    """Write the files into a folder of their own; return what would keep it from being loaded.

    Raises FileExistsError where the folder holds anything already, unless `force` says that its
    files may be replaced.
    """
    folder = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise FileExistsError(f"{shown(folder)} is a file: name a folder")
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise FileExistsError(f"{shown(folder)} is not empty: name another folder, or use --force")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".export-", dir=folder.parent) as temporary:
        new = Path(temporary) / "new"
        if folder.is_dir():
            shutil.copytree(folder, new, ignore=_written_anew)
        _fill(new, export)
        complaints = [*_misread(new, export), *_mistakes(new, folder)]
        _swap(new, folder, Path(temporary) / "old")
    return complaints


def _written_anew(_folder: str, names: list[str]) -> set[str]:
    return set(filter(_WRITTEN.fullmatch, names))


def _fill(folder: Path, export: Export) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in export.texts().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _misread(folder: Path, export: Export) -> Iterator[str]:
    """The files that say something else when they are read again."""
    for name, data in export.files.items():
        file = read(folder / name, name)
        if file.readable and file.data != data:
            yield f"{name}: is not read back as it was written"


def _mistakes(new: Path, folder: Path) -> list[str]:
    """What the check says of the new files: the admin allows what people may not write in files."""
    try:
        check([new])
    except SeedsRefused as error:
        return [one.replace(shown(new), shown(folder)) for one in error.complaints]
    return []


def _swap(new: Path, folder: Path, old: Path) -> None:
    """Put the new folder in the place of the old one."""
    if folder.exists():
        folder.rename(old)
    try:
        new.rename(folder)
    except OSError:
        if old.exists():
            old.rename(folder)
        raise


def differences(export: Export, folder: Path) -> list[str]:
    """Where the files of a folder say something else than the record; order and comments do not
    count. Raises SeedsRefused for files with mistakes.
    """
    with _temporarily(export) as exported:
        [ours] = check([folder])
        theirs = read_folder(exported, "the record")
        refuse_if([theirs])
        return list(_compared(_contents(ours), _contents(theirs)))


@contextmanager
def _temporarily(export: Export) -> Iterator[Path]:
    with TemporaryDirectory() as temporary:
        folder = Path(temporary) / "record"
        _fill(folder, export)
        yield folder


def _contents(folder: Folder) -> dict[str, Content]:
    """What a folder says of each object."""
    publishers = dict(Source.objects.values_list("pk", "publisher_id"))
    publishers |= {entry.id: entry.data["publisher"] for entry in folder.of("source")}
    return {str(entry): _content(entry, publishers) for entry in folder.of(*TYPES)}


def _content(entry: Entry, publishers: Mapping[str, str]) -> Content:
    content = content_of(entry, publishers.__getitem__)
    if entry.type != "update":
        return content
    assert entry.folder.programme is not None
    lead: Any = entry.folder.programme.data["lead_organisation"]
    organisation = entry.data.get("organisation", lead)
    return {"organisation": organisation, **completed(content, publishers.__getitem__)}


def _compared(files: Mapping[str, Content], record: Mapping[str, Content]) -> Iterator[str]:
    for thing, content in record.items():
        if thing not in files:
            yield f"only in the record: {thing}"
        elif changed := [name for name in content if content[name] != files[thing][name]]:
            yield f"differs: {thing} ({listed(changed)})"
    yield from (f"only in the files: {thing}" for thing in files if thing not in record)
