"""Exports made of renditions: bytes that are joined, or read as JSON once for a flat format."""

from collections.abc import Generator
from contextlib import closing
from itertools import islice
from typing import Any

import orjson
from django.db.models import FilteredRelation, Q

from reforms.api.renditions.texts import completed, form, reader

CHUNK = 2_000  # rows whose texts are in memory at once


class RenderedExport:
    """Mixin of an export of a list whose plain answers are made of renditions."""

    def objects(self, rows: Any) -> Generator[dict[str, Any], None, None]:
        view: Any = self
        if not view.asks_plainly():
            yield from super().objects(rows)  # type: ignore[misc]
            return
        with closing(self._texts(rows)) as found:
            for texts in found:
                # One by one: as many objects as a chunk has would be looked through for garbage.
                yield from map(orjson.loads, self._completed("\n".join(texts)).split(b"\n"))

    def lines(self, rows: Any) -> Generator[tuple[int, bytes], None, None] | None:
        view: Any = self
        return self._lines(rows) if view.asks_plainly() else None

    def _lines(self, rows: Any) -> Generator[tuple[int, bytes], None, None]:
        with closing(self._texts(rows)) as found:
            for texts in found:
                yield len(texts), self._completed("\n".join(texts), "\n")

    def _completed(self, *texts: str) -> bytes:
        view: Any = self
        return completed("".join(texts), view.request, view.question.clocks.now)

    def _texts(self, rows: Any) -> Generator[list[str], None, None]:
        """The texts of all rows, some at a time, in the order asked for."""
        view: Any = self
        ready = Q(renditions__form=form())
        ready &= Q(renditions__readers__contains=reader(view.question.languages))
        if view.part:
            ready &= Q(renditions__part=view.part)
        # All of them are read, for which a join is best.
        joined = view.ordered(rows).annotate(ready=FilteredRelation("renditions", condition=ready))
        columns = joined.values_list("pk", "ready__spoken", "ready__body")
        # Whatever becomes of it, the cursor is closed while its transaction is open.
        with closing(columns.iterator(chunk_size=CHUNK)) as found:
            while chunk := list(islice(found, CHUNK)):
                yield view.texts(chunk)
