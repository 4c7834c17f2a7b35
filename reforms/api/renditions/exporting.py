"""Exports made of renditions: bytes that are joined, or read as JSON once for a flat format."""

from collections.abc import Generator
from contextlib import closing
from itertools import islice
from typing import Any, cast

import orjson

from reforms.api.renditions.texts import completed, form, reader
from reforms.models import UpdateRendition

CHUNK = 500  # rows whose texts are in memory at once: more are slower, they leave the processor's


class RenderedExport:
    """Mixin of an export of a list whose plain answers are made of renditions."""

    def objects(self, rows: Any) -> Generator[dict[str, Any], None, None]:
        view: Any = self
        if not view.asks_plainly():
            yield from super().objects(rows)  # type: ignore[misc]
            return
        with closing(self._lines(self.looked_up(rows))) as found:
            for _, lines in found:
                # One by one: as many objects as a chunk has would be looked through for garbage.
                yield from map(orjson.loads, lines.splitlines())

    def lines(self, rows: Any, count: int) -> Generator[tuple[int, bytes], None, None] | None:
        view: Any = self
        if not view.asks_plainly():
            return None
        alone = self.alone()
        if alone is not None and alone.count() == count:
            return self._lines(alone)
        return self._lines(self.looked_up(rows))

    def looked_up(self, rows: Any) -> Any:
        """What renditions say of these rows, or else their ids, in the order asked for: one text
        for each row, which is what reading it takes time for.
        """
        view: Any = self
        return view.with_rendition(view.ordered(rows)).values_list("rendition", flat=True)

    def alone(self) -> Any:
        """What all renditions say that whoever asks would read, in the order asked for, where this
        is what a list of all would say if all were rendered; else None.
        """
        return None

    def _lines(self, said: Any) -> Generator[tuple[int, bytes], None, None]:
        """The texts of all rows, a line each, some at a time."""
        view: Any = self
        # Whatever becomes of it, the cursor is closed while its transaction is open.
        with closing(said.iterator(chunk_size=CHUNK)) as found:
            while chunk := list(islice(found, CHUNK)):
                text = "\n".join(view.texts(chunk)) + "\n"
                yield len(chunk), completed(text, view.request, view.question.clocks.now)


class RenderedUpdateExport(RenderedExport):
    """Mixin of the export of status updates: all of them, in the order of their publication, are
    read from the renditions alone, which lie in that order. To look up each of them takes
    PostgreSQL almost twice as long.
    """

    def alone(self) -> Any:
        question = cast(Any, self).question
        column = question.ordering.lstrip("-")
        if column != "published_at" or question.filters.keys() - {"ordering"}:
            return None
        sign = question.ordering.removesuffix(column)
        read = UpdateRendition.objects.filter(
            form=form(), readers__contains=reader(question.languages)
        )
        return read.order_by(f"{sign}published_at", f"{sign}update_id").values_list(
            "body", flat=True
        )
