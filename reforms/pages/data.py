"""The data page: everything that can be taken from here, and how it is verified."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from django.urls import reverse

from reforms.api.changes import HeadViewSet
from reforms.api.root import LISTS
from reforms.api.views import ProgrammeViewSet
from reforms.dates import timestamp
from reforms.pages import linked_data
from reforms.pages.asking import Answer, Asking
from reforms.pages.linked_data import Download
from reforms.pages.listing import Context, timeless
from reforms.pages.places import exists

# What is beside the API: the address and what it is, shown as soon as it is there.
FEEDS = (
    ("/feeds/updates.atom", "What organisations say: assessments as they are published"),
    ("/feeds/corrections.atom", "What was corrected, and why"),
)
MORE = (
    ("/releases/", "Releases: dated, immutable packages of all data, with checksums"),
    ("/embed/", "How to show a picture or a badge of the record on your own page"),
)


class Data(Context):
    """Downloads, feeds, the API, the licence, and how to verify it all."""

    template = "pages/data.html"
    dated = False

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        programmes = ask.list(ProgrammeViewSet, limit=200)
        tables = downloads()
        return {
            "title": "Data",
            "description": "All of the record as files, feeds and an API; under which licence, and"
            " how to verify it.",
            "downloads": tables,
            "feeds": [(path, about) for path, about in FEEDS if exists(path)],
            "more": [(path, about) for path, about in MORE if exists(path)],
            "lists": [reverse(f"{name}-list") for name in LISTS],
            "programmes": programmes["results"],
            "linked_data": self._catalogue(programmes["results"], tables),
            "signed": timeless(ask).one(HeadViewSet),
        }

    def _catalogue(self, programmes: list[Answer], tables: list[Answer]) -> list[Any]:
        files = [
            Download(self.request.build_absolute_uri(path), media_type, table["name"])
            for table in tables
            for path, _, media_type in table["files"]
        ]
        if len(programmes) != 1:
            return []  # files hold all programmes, and a catalogue is of one
        at = self.head.recorded_at
        modified = timestamp(at) if at else None
        return linked_data.catalogue(programmes[0], self.here, files, modified=modified)


def downloads() -> list[Answer]:
    """The tables that can be downloaded whole, each with the address of every format."""
    if find_spec("reforms.exports") is None:
        return []
    exports = import_module("reforms.exports")
    here = reverse("api-root")
    return [
        {
            "name": table.name,
            "about": table.about,
            "files": [
                (path, name, kind.media_type)
                for name, kind in exports.FORMATS.items()
                if exists(path := f"{here}export/{table.name}.{name}")
            ],
        }
        for table in _tables(exports)
    ]


def _tables(exports: Any) -> list[Any]:
    tables = exports.TABLES
    return list(tables.values()) if isinstance(tables, dict) else list(tables)
