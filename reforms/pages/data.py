"""The data page: everything that can be taken from here, and how it is verified."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from reforms.api.changes import HeadViewSet
from reforms.api.root import LISTS
from reforms.api.views import ProgrammeViewSet
from reforms.dates import timestamp
from reforms.exports import FORMATS, TABLES
from reforms.pages import linked_data
from reforms.pages.asking import Answer, Asking
from reforms.pages.linked_data import Download
from reforms.pages.listing import Context, timeless
from reforms.pages.places import exists
from reforms.releases import shelf
from reforms.releases.api import ReleaseViewSet

# What is beside the API: the address and what it is, shown as soon as it is there.
FEEDS = (
    ("/feeds/updates.atom", "What organisations say: assessments as they are published"),
    ("/feeds/corrections.atom", "What was corrected, and why"),
)
MORE = (("/embed/", "How to show a picture or a badge of the record on your own page"),)


class Data(Context):
    """Downloads, feeds, the API, the licence, and how to verify it all."""

    template = "pages/data.html"
    dated = False

    def depends(self) -> Iterable[str]:
        """Releases, of which the ledger says nothing."""
        return [release.name for release in shelf.releases()]

    def answer(self, ask: Asking, **kwargs: str) -> dict[str, Any]:
        programmes = ask.list(ProgrammeViewSet, limit=200)
        releases = timeless(ask).list(ReleaseViewSet)["results"]
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
            "releases": releases,
            "linked_data": self._catalogue(programmes["results"], tables, releases),
            "signed": timeless(ask).one(HeadViewSet),
        }

    def _catalogue(
        self, programmes: list[Answer], tables: list[Answer], releases: list[Answer]
    ) -> list[Any]:
        files = [
            Download(self.request.build_absolute_uri(path), media_type, table["name"])
            for table in tables
            for path, _, media_type in table["files"]
        ]
        if len(programmes) != 1:
            return []  # files hold all programmes, and a catalogue is of one
        at = self.head.recorded_at
        modified = timestamp(at) if at else None
        kept = [
            (one["id"], one["published_at"][:10], [_download(file) for file in one["files"]])
            for one in releases
        ]
        return linked_data.catalogue(programmes[0], self.here, files, kept, modified=modified)


def downloads() -> list[Answer]:
    """The tables that can be downloaded whole, each with the address of every format."""
    here = reverse("api-root")
    return [
        {
            "name": table.name,
            "about": table.about,
            "files": [
                (f"{here}export/{table.name}.{kind.name}", kind.name, kind.media_type)
                for kind in FORMATS.values()
            ],
        }
        for table in TABLES.values()
    ]


def _download(file: Answer) -> Download:
    return Download(
        file["url"], file["media_type"], file["path"], bytes=file["bytes"], sha256=file["sha256"]
    )
