"""Publishing a data package: written aside, then renamed. It is there whole, or not at all."""

import fcntl
import json
import os
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import file_digest
from pathlib import Path
from typing import Any

from reforms import ledger
from reforms.api.serializers.changes import head_row
from reforms.dates import now
from reforms.errors import TrackerError
from reforms.exports.in_text import write_csv
from reforms.ledger.checkpoints import Checkpoint
from reforms.ledger.verifying import one_view
from reforms.releases import changelog, descriptor
from reforms.releases.asking import Row
from reforms.releases.resources import RESOURCES, Resource, rows_of
from reforms.releases.shelf import LISTING, Release, find, releases

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8; header=present",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".zip": "application/zip",
}
_PARTIAL = ".partial"


class NothingNew(TrackerError):
    """Nothing public has changed since the last release."""


class ReleaseExists(TrackerError):
    """There is a release with this name already, and what is published stays."""


def publish(folder: Path, programme: str | None = None, *, again: bool = False) -> Release:
    """Publish the record as it stands, or one programme of it, as a folder below `folder`.

    Raises NothingNew if the last release is of the same entry of the ledger, unless `again`; and
    ReleaseExists where there is one of the same day and entry.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder), one_view():
        head = ledger.head()
        if not head.sequence:
            raise NothingNew("The record is empty: there is nothing to release.")
        before = next((one for one in releases(folder) if one.programme == programme), None)
        if before is not None and before.sequence == head.sequence and not again:
            detail = f"Nothing has changed since {before.name}, at entry {head.sequence}."
            raise NothingNew(detail)
        name = f"{now().date()}-{head.sequence}" + (f"-{programme}" if programme else "")
        if (folder / name).exists():
            raise ReleaseExists(f"{name} is there already, and what is published stays.")
        aside = folder / f".{name}{_PARTIAL}"
        aside.mkdir()
        try:
            _write(aside, name, head_row(head), programme, before)
            _settle(aside)
            aside.rename(folder / name)
            _sync(folder)
        except BaseException:
            shutil.rmtree(aside, ignore_errors=True)
            raise
    found = find(name, folder)
    assert found is not None
    return found


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time; what another left behind when it was killed is swept away."""
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(f".*{_PARTIAL}"):
            shutil.rmtree(left)
        yield


def _write(
    folder: Path, name: str, head: Checkpoint, programme: str | None, before: Release | None
) -> None:
    (folder / "data").mkdir()
    known_at = str(head["sequence"])
    kept: dict[str, set[str]] = {}
    named: dict[tuple[str, str], set[str]] = {}
    counts: dict[str, int] = {}
    for resource in RESOURCES:
        with (folder / f"data/{resource.name}.csv").open("wb") as file:
            found = rows_of(resource, known_at, programme)
            seen = _noted(resource, found, kept, named, counts)
            write_csv(resource.table, seen, file, {})
    broken = {key for key, ids in named.items() if not ids <= kept[_referred(key)]}
    package = descriptor.package(name, head, programme, counts, broken, _sizes(folder))
    _write_json(folder / "datapackage.json", package)
    _write_json(folder / "checkpoint.json", head)
    (folder / "README.md").write_text(descriptor.readme(package, broken), encoding="utf-8")
    text = changelog.text(name, before, head, programme, counts)
    (folder / "CHANGELOG.md").write_text(text, encoding="utf-8")
    listing = {
        "name": name,
        "title": package["title"],
        "programme": programme,
        "published_at": now().isoformat(timespec="seconds").replace("+00:00", "Z"),
        "previous": before.name if before else None,
        "licences": package["licenses"],
        "rows": counts,
        "ledger": head,
    }
    _zip(folder, f"{name}.zip", head)
    files = [_listed(folder, path) for path in _files(folder)]
    _write_json(folder / LISTING, listing | {"files": files})


def _referred(key: tuple[str, str]) -> str:
    resource, column = key
    return next(one.references[column] for one in RESOURCES if one.name == resource)


def _noted(
    resource: Resource,
    rows: Iterator[Row],
    kept: dict[str, set[str]],
    named: dict[tuple[str, str], set[str]],
    counts: dict[str, int],
) -> Iterator[Row]:
    """The rows, noting their ids where others refer to them, and to what they refer.

    What was withdrawn may still be named by what rested on it once.
    """
    referred = any(resource.name in one.references.values() for one in RESOURCES)
    ids = kept.setdefault(resource.name, set())
    for column in resource.references:
        named[resource.name, column] = set()
    counts[resource.name] = 0
    for row in rows:
        counts[resource.name] += 1
        if referred:
            ids.add(row["id"])
        for column in resource.references:
            named[resource.name, column].add(row[column])
        yield row


def _sizes(folder: Path) -> Mapping[str, tuple[int, str]]:
    return {
        resource.name: _measured(folder / f"data/{resource.name}.csv") for resource in RESOURCES
    }


def _measured(path: Path) -> tuple[int, str]:
    """How long a file is, and its SHA-256."""
    with path.open("rb") as file:
        return path.stat().st_size, file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _listed(folder: Path, path: Path) -> dict[str, Any]:
    size, digest = _measured(path)
    return {
        "path": path.relative_to(folder).as_posix(),
        "bytes": size,
        "sha256": digest,
        "media_type": MEDIA_TYPES[path.suffix],
    }


def _zip(folder: Path, name: str, head: Checkpoint) -> None:
    """All files in one, the same to the byte for the same files."""
    assert head["recorded_at"] is not None
    moment = datetime.fromisoformat(head["recorded_at"]).astimezone(UTC)
    paths = _files(folder)
    with zipfile.ZipFile(folder / name, "w", zipfile.ZIP_DEFLATED) as packed:
        for path in paths:
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o444 << 16
            with path.open("rb") as file, packed.open(entry, "w", force_zip64=True) as into:
                shutil.copyfileobj(file, into)


def _write_json(path: Path, value: Any) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def _settle(folder: Path) -> None:
    """Nothing of it is changed any more, and a power failure loses nothing."""
    for path in _files(folder):
        path.chmod(0o444)
        _sync(path)
    _sync(folder / "data")
    _sync(folder)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
