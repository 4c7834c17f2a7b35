"""Everything that can be known to be wrong before anything is written."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path as FilePath
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from reforms.errors import SeedsRefused
from reforms.models import Citation, Promise
from reforms.models.fields import TextsField
from reforms.seeding.complaints import Path
from reforms.seeding.content import texts
from reforms.seeding.folders import Entry, Folder, read_folder
from reforms.seeding.references import MODELS, Known, check_references, parts
from reforms.seeding.rules import check_rules


def check(paths: Iterable[FilePath]) -> list[Folder]:
    """Read the folders and check everything; raise SeedsRefused with all mistakes at once.

    Writes nothing, and asks the database only for names that the files do not explain.
    """
    folders = [read_folder(path, shown(path)) for path in paths]
    known = Known(folders)
    check_rules(folders, known)
    check_references(folders, known)
    for folder in folders:
        for entry in folder.entries:
            _check_columns(entry)
    refuse_if(folders)
    return folders


def refuse_if(folders: Sequence[Folder]) -> None:
    """Raise SeedsRefused if anything was complained of."""
    complaints = [one for folder in folders for one in folder.complaints]
    complaints += [one for folder in folders for file in folder.files for one in file.complaints]
    if complaints:
        raise SeedsRefused([str(complaint) for complaint in sorted(complaints)])


def shown(path: FilePath) -> str:
    """A path as people call it from where they are."""
    here = FilePath.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def _check_columns(entry: Entry) -> None:
    """Complain of texts that their columns would refuse: too long, no address, no time zone."""
    if entry.type not in MODELS:
        return
    _check_values(entry, MODELS[entry.type], entry.data)
    for key in ("passages", "citations"):
        for path, cited in parts(entry.data, key):
            _check_values(entry, Citation, cited, path)
    if wording := (entry.data.get("deadline") or {}).get("wording"):
        path = ("deadline", "wording")
        _check_value(entry, Promise._meta.get_field("deadline_wording"), wording, path)


def _check_values(
    entry: Entry, model: type[models.Model], data: Mapping[str, Any], path: Path = ()
) -> None:
    columns = {column.name: column for column in model._meta.fields}
    for key, value in data.items():
        if key in columns:
            _check_value(entry, columns[key], value, (*path, key))


def _check_value(entry: Entry, column: Any, value: Any, path: Path) -> None:
    if isinstance(column, TextsField):
        value = texts(value)
    elif not isinstance(column, models.CharField):
        return
    try:
        column.run_validators(value)
    except ValidationError as error:
        quoted = f"“{value}”: " if isinstance(value, str) else ""
        for message in error.messages:
            entry.complain(path, message if quoted and value in message else f"{quoted}{message}")
