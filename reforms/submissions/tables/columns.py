"""The columns of a table, and where each stands in a submission."""

from collections.abc import Iterable

from reforms.submissions.complaints import Complaint, Place, printable
from reforms.submissions.readers import UNSAID
from reforms.submissions.tables.row import BadColumn, HeaderRefused
from reforms.vocabulary import LANGUAGES

# The first citation's columns have no number; the others are told by theirs, as in url_2.
CITATIONS = 9
# A table that was exported has a group of columns for each citation that a submission may have.
MOST_CITATIONS = 50

_CITED: dict[str, tuple[str, ...]] = {
    "source": ("source",),
    "url": ("url",),
    "title": ("title",),
    "publisher": ("publisher", UNSAID),
    "publisher_type": ("publisher", "type"),
    "publisher_country": ("publisher", "country"),
    "published_on": ("published_on",),
    "kind": ("kind",),
    "source_language": ("source_language",),
    "stance": ("stance",),
    "basis": ("basis",),
    "origin": ("origin",),
    "locator": ("locator",),
    "citation_note": ("note", UNSAID),
    **{f"citation_note_{language}": ("note", language) for language in LANGUAGES},
}
REQUIRED = ("promise", "status", "effective_on")


def numbered(name: str, number: int) -> str:
    """What the column is called that belongs to the citation of that number."""
    return name if number == 1 else f"{name}_{number}"


# The number of the citation that a column belongs to.
CITATION_OF = {
    numbered(name, number): number for number in range(1, MOST_CITATIONS + 1) for name in _CITED
}
# Where in a submission, or in its citation, the cells of a column stand.
COLUMNS: dict[str, tuple[str, ...]] = (
    {name: (name,) for name in ("promise", "status", "effective_on", "assessed_on")}
    | {"note": ("note", UNSAID)}
    | {f"note_{language}": ("note", language) for language in LANGUAGES}
    | {name: (name,) for name in ("language", "external_id")}
    | {
        numbered(name, number): _CITED[name]
        for number in range(1, MOST_CITATIONS + 1)
        for name in _CITED
    }
)
# Those that a batch may have.
_IN_BATCHES = [name for name in COLUMNS if CITATION_OF.get(name, 1) <= CITATIONS]


def check_header(names: list[str]) -> None:
    """Raise HeaderRefused for all columns that are unknown, repeated or missing."""
    bad = []
    for place, name in enumerate(names, start=1):
        if not name:
            detail = f"Column {place} has no name; name it or delete it."
            bad.append(_bad(name or str(place), "unknown_column", detail))
        elif name not in _IN_BATCHES:
            detail = f"There is no column “{printable(name)}”."
            bad.append(_bad(name, "unknown_column", detail, _IN_BATCHES))
        elif name in names[: place - 1]:
            bad.append(_bad(name, "twice", f"The column “{name}” is there twice."))
    bad += [
        _bad(name, "missing", f"The column “{name}” is missing.")
        for name in REQUIRED
        if name not in names
    ]
    if bad:
        raise HeaderRefused(bad)


def _bad(column: str, code: str, detail: str, allowed: Iterable[str] = ()) -> BadColumn:
    place = Place()
    place.complain(code, detail, column, allowed)
    [complaint] = place.complaints
    # There are many columns: the nearest says enough.
    said = Complaint("", complaint.code, complaint.detail, (), complaint.nearest)
    return BadColumn(column, said)
