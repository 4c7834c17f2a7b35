"""Exporting in tests, and what two records are compared by."""

from pathlib import Path
from typing import Any

from reforms import records
from reforms.models import Programme, StatusUpdate
from reforms.seeding.checking import check
from reforms.seeding.exported_folder import write
from reforms.seeding.exporting import export
from reforms.seeding.loader import load
from reforms.seeding.report import Report
from tests.seeding.looking import MODELS

# What another record, loaded from the same files, has of its own.
OF_THIS_RECORD = ("id", "published_at", "public_since")


def exported(programme: str, folder: Path) -> dict[str, str]:
    """Export into a folder; return its files."""
    assert write(export(Programme.objects.get(pk=programme)), folder) == []
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.iterdir())}


def loaded(folder: Path) -> Report:
    return load(check([folder]))


def the_record() -> list[dict[str, Any]]:
    """The documents of all live objects and standing updates, without what is a record's own."""
    documents = []
    for model in MODELS:
        if model is StatusUpdate:
            things: Any = StatusUpdate.objects.standing().order_by("promise", "published_at")
        else:
            things = model.objects.public().order_by("pk")
        for thing in things:
            document = records.document(thing)
            own = OF_THIS_RECORD if model is StatusUpdate else OF_THIS_RECORD[1:]
            documents.append({name: value for name, value in document.items() if name not in own})
    return documents
