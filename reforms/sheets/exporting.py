"""The record as tables: read in pieces, so that a million rows need no more memory than a few."""

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from reforms.sheets.objects import Sheet

# Rows that are read together.
CHUNK = 1_000
# Columns whose order lets the next piece begin where the last one ended; the last one is unique.
_ORDER = {"promise": ["position"], "source": ["id"], "statusupdate": ["promise_id", "id"]}


class TableOutgrown(Exception):
    """An object has more citations than any had when the table was begun: export it again."""


def rows(sheet: Sheet, things: Any) -> Iterator[list[str]]:
    """The names of the columns, then the cells of each of these objects.

    What is added meanwhile may be there or not; nothing is there twice. Raises TableOutgrown where
    somebody adds citations meanwhile for which the names were not enough.
    """
    header = sheet.header(things)
    yield header
    known = set(header)
    for thing in _in_pieces(sheet, things):
        cells = sheet.cells(thing)
        if not known.issuperset(name for name, cell in cells.items() if cell):
            # Without them the file would say that they are to be dropped.
            raise TableOutgrown
        yield [cells.get(name, "") for name in header]


def _in_pieces(sheet: Sheet, things: Any) -> Iterator[Any]:
    names = _ORDER[str(sheet.model._meta.model_name)]
    things = sheet.loaded(things).order_by(*names)
    begin = Q()
    while piece := list(things.filter(begin)[:CHUNK]):
        yield from piece
        if len(piece) < CHUNK:
            break
        begin = _behind(names, piece[-1])


def _behind(names: list[str], last: Any) -> Q:
    """What comes after an object in the order of these columns."""
    *before, unique = names
    behind = Q(**{f"{unique}__gt": getattr(last, unique)})
    for name in reversed(before):
        value = getattr(last, name)
        # The range first: an index serves it, as it does not serve an alternative.
        behind = Q(**{f"{name}__gte": value}) & (Q(**{f"{name}__gt": value}) | behind)
    return behind
