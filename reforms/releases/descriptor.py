"""`datapackage.json` (Data Package, version 1) and the README of a release."""

from collections.abc import Collection, Mapping
from typing import Any

from reforms.ledger.checkpoints import Checkpoint
from reforms.models import Programme
from reforms.releases.asking import rows
from reforms.releases.resources import RESOURCES

_LICENCES = {
    "CC-BY-4.0": (
        "Creative Commons Attribution 4.0",
        "https://creativecommons.org/licenses/by/4.0/",
    ),
    "CC0-1.0": ("CC0 1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"),
    "ODbL-1.0": (
        "Open Database License 1.0",
        "https://opendatacommons.org/licenses/odbl/1-0/",
    ),
}


_HOW_TO_READ = """
`datapackage.json` describes every column (Data Package and Table Schema). CSV is UTF-8 after
RFC 4180; an empty cell is nothing; a text that a spreadsheet would take for a formula has an
apostrophe before it; several values in a cell are separated by a semicolon and a blank.

Texts are in English where there is English; `language` says in which language each row is.

## Check it

Each file's SHA-256 stands in `datapackage.json`. `checkpoint.json` is the signed head of the
tracker's ledger at entry {sequence}; with verify_ledger.py, from the tracker:

    python3 verify_ledger.py https://TRACKER --checkpoint checkpoint.json

To go on from here, read `/api/v1/changes/?after={sequence}` of the tracker.

## Licence
"""


def package(
    name: str,
    head: Checkpoint,
    programme: str | None,
    counts: Mapping[str, int],
    broken: Collection[tuple[str, str]],
    sizes: Mapping[str, tuple[int, str]],
) -> dict[str, Any]:
    """The descriptor; `broken` references name something withdrawn, and are not declared."""
    programmes = _programmes(programme)
    titles = [one.title.get("en") or next(iter(one.title.values())) for one in programmes]
    resources = []
    for resource in RESOURCES:
        size, digest = sizes[resource.name]
        holding = {
            column: other
            for column, other in resource.references.items()
            if (resource.name, column) not in broken
        }
        resources.append(
            {
                "profile": "tabular-data-resource",
                "name": resource.name,
                "path": f"data/{resource.name}.csv",
                "description": resource.table.about,
                "format": "csv",
                "mediatype": "text/csv",
                "encoding": "utf-8",
                "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"'},
                "bytes": size,
                "hash": f"sha256:{digest}",
                "rows": counts[resource.name],
                "schema": resource.schema(holding),
            }
        )
    return {
        "profile": "tabular-data-package",
        "name": f"reform-tracker-{name}",
        "title": "; ".join(titles) or "Reform tracker",
        "description": "What was promised, and what became of it: a public record of reforms, as it"
        f" stood at entry {head['sequence']} of its ledger.",
        "version": name,
        "created": head["recorded_at"],
        "licenses": _licences(programmes),
        "contributors": _contributors(head),
        "sources": [{"title": title} for title in titles],
        "keywords": ["government", "promises", "reforms", *(one.pk for one in programmes)],
        "ledger": head,
        "resources": resources,
    }


def _programmes(programme: str | None) -> list[Programme]:
    found = Programme.objects.public().order_by("pk")
    return list(found.filter(pk=programme) if programme else found)


def _licences(programmes: Collection[Programme]) -> list[dict[str, str]]:
    found = []
    for name in sorted({one.licence for one in programmes}):
        title, path = _LICENCES.get(name, (name, f"https://spdx.org/licenses/{name}.html"))
        found.append({"name": name, "title": title, "path": path})
    return found


def _contributors(head: Checkpoint) -> list[dict[str, str]]:
    """Those who assess, by the names that the record gives them."""
    found = []
    for one in rows("organisations", known_at=str(head["sequence"]), lang="en"):
        said = {"title": str(one["name"] or one["id"]), "role": "contributor"}
        if str(one["url"]).startswith(("https://", "http://")):
            said["path"] = one["url"]
        found.append(said)
    return found


def readme(package: Mapping[str, Any], broken: Collection[tuple[str, str]]) -> str:
    """What a person reads first."""
    head = package["ledger"]
    lines = [
        f"# {package['title']}",
        "",
        package["description"],
        "",
        f"Version {package['version']}, of {head['recorded_at']}. This package never changes; a"
        " later one says in its CHANGELOG.md what is new.",
        "",
        "| file | rows | what |",
        "|---|---|---|",
    ]
    lines += [
        f"| `{one['path']}` | {one['rows']} | {one['description']} |"
        for one in package["resources"]
    ]
    lines.append(_HOW_TO_READ.format(sequence=head["sequence"]))
    lines += [f"- {one['title']}: {one['path']}" for one in package["licenses"]]
    lines += ["", "Credit the tracker and the organisation that assessed."]
    if broken:
        named = ", ".join(f"`{resource}.{column}`" for resource, column in sorted(broken))
        lines += ["", f"Some rows name what was withdrawn from the record since: {named}."]
    return "\n".join(lines) + "\n"
