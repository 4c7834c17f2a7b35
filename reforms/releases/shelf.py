"""The releases that are there: each a folder whose `release.json` lists its files.

Only what is listed there is ever opened, by the name that it has there.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

LISTING = "release.json"
NAME = r"\d{4}-\d\d-\d\d-\d+(?:-[a-z0-9]+)?"


@dataclass(frozen=True, slots=True)
class Release:
    """A release: its name, its folder, and what its listing says."""

    name: str
    folder: Path
    listing: Mapping[str, Any]

    @property
    def sequence(self) -> int:
        """The last ledger entry that is part of it."""
        return int(self.listing["ledger"]["sequence"])

    @property
    def programme(self) -> str | None:
        """The only programme that it is about; None for all."""
        found: str | None = self.listing["programme"]
        return found

    def file(self, path: str) -> Mapping[str, Any] | None:
        """What the listing says of one of its files; None for what is not listed."""
        files: list[Mapping[str, Any]] = self.listing["files"]
        return next((one for one in files if one["path"] == path), None)


def releases(folder: Path | None = None) -> list[Release]:
    """All releases below a folder, `settings.RELEASES_DIR` if it is not named; the newest first."""
    folder = folder or settings.RELEASES_DIR
    names = [one.name for one in folder.iterdir()] if folder.is_dir() else []
    found = [release for name in names if (release := find(name, folder)) is not None]
    return sorted(found, key=lambda one: (one.sequence, one.name), reverse=True)


def find(name: str, folder: Path | None = None) -> Release | None:
    """The release with this name, or None."""
    if not re.fullmatch(NAME, name, re.ASCII):
        return None
    home = (folder or settings.RELEASES_DIR) / name
    try:
        listing = json.loads((home / LISTING).read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    return Release(name, home, listing)
