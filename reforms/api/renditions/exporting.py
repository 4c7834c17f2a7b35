"""Exports made of renditions: bytes that are joined, or read as JSON once for a flat format."""

from collections.abc import Generator
from contextlib import closing
from itertools import islice
from typing import Any

import orjson

from reforms.api.renditions.texts import completed

CHUNK = 500  # rows whose texts are in memory at once: more are slower, they leave the processor's


class RenderedExport:
    """Mixin of an export of a list whose plain answers are made of renditions."""

    def objects(self, rows: Any) -> Generator[dict[str, Any], None, None]:
        view: Any = self
        if not view.asks_plainly():
            yield from super().objects(rows)  # type: ignore[misc]
            return
        with closing(self._lines(rows)) as found:
            for _, lines in found:
                # One by one: as many objects as a chunk has would be looked through for garbage.
                yield from map(orjson.loads, lines.splitlines())

    def lines(self, rows: Any) -> Generator[tuple[int, bytes], None, None] | None:
        view: Any = self
        return self._lines(rows) if view.asks_plainly() else None

    def _lines(self, rows: Any) -> Generator[tuple[int, bytes], None, None]:
        """The texts of all rows, a line each, some at a time, in the order asked for."""
        view: Any = self
        # One text for each row, which is what reading it takes time for.
        said = view.with_rendition(view.ordered(rows)).values_list("rendition", flat=True)
        # Whatever becomes of it, the cursor is closed while its transaction is open.
        with closing(said.iterator(chunk_size=CHUNK)) as found:
            while chunk := list(islice(found, CHUNK)):
                text = "\n".join(view.texts(chunk)) + "\n"
                yield len(chunk), completed(text, view.request, view.question.clocks.now)
