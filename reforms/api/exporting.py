"""The base of all exports: a list of the API as one file, of one moment of the record.

Everything is read inside one transaction that sees one moment (`one_view`), so that the rows, their
number and the ledger's head belong together whatever is written meanwhile.
"""

import json
import re
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from itertools import islice
from typing import IO, Any, ClassVar

from django.http import Http404, HttpResponse, StreamingHttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from reforms import ledger
from reforms.api import spool, throttling, versions
from reforms.api.errors import BadParameter, QuestionRefused
from reforms.api.export_schema import ExportSchema
from reforms.api.preconditions import is_known
from reforms.api.question import Askable, Question
from reforms.api.serializers.changes import head_row
from reforms.exports import FORMATS, TABLES, Format
from reforms.exports.in_xlsx import LONGEST_TEXT, CellTooLong
from reforms.ledger.checkpoints import Checkpoint
from reforms.ledger.verifying import one_view
from reforms.models import LedgerEntry

CHUNK = 500  # rows for which what belongs to them is fetched at once
MAX_AGE = 60  # seconds for which a cache may answer in our place

Row = dict[str, Any]

# In which header each field of the checkpoint stands.
LEDGER_HEADERS: Mapping[str, str] = {
    "instance": "Ledger-Instance",
    "sequence": "Ledger-Sequence",
    "hash": "Ledger-Hash",
    "recorded_at": "Ledger-Recorded-At",
    "key": "Ledger-Key",
    "signature": "Ledger-Signature",
}


class Export:
    """Mixin of a view of a list that answers it as a file, all of it.

    `table` names the table. The view says by `matching` which rows there are, and by `objects` what
    the API answers of them.
    """

    table: ClassVar[str]
    # An answer is too large to be kept, and is not rendered.
    kept = False
    schema: Any = ExportSchema()

    question: Question
    kwargs: dict[str, Any]
    request: Any

    # Questions.

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        """The address says the format; only problems are rendered, as JSON."""
        return JSONRenderer(), JSONRenderer.media_type

    @property
    def form(self) -> Format:
        """The format asked for; the schema describes what the richest of them takes."""
        name = self.kwargs.get("extension", "jsonl")
        if name not in FORMATS:
            known = ", ".join(FORMATS)
            raise Http404(f"There is no export of {self.table} as “{name}”, but as {known}.")
        return FORMATS[name]

    def askable(self) -> Askable:
        """What may be asked: as of the list, but for what chooses a page."""
        askable: Askable = super().askable()  # type: ignore[misc]
        askable = replace(askable, name=f"export/{self.table}", paging=("ordering",))
        if self.form.flat:
            fields = tuple(one for one in askable.fields if one in TABLES[self.table].fields())
            askable = replace(askable, fields=fields, expandable=())
        return askable

    # Answers.

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        with one_view():
            return self._answer(request)

    def matching(self) -> Any:
        """The rows that match the question, in no order."""
        raise NotImplementedError

    def objects(self, rows: Any) -> Generator[Row, None, None]:
        """What the API answers of these rows, in the order asked for."""
        raise NotImplementedError

    def lines(self, rows: Any, count: int) -> Generator[tuple[int, bytes], None, None] | None:
        """The same as lines of JSON: so many, and their bytes; of `count` rows. None where they are
        to be written one by one.
        """
        return None

    def last_entry(self) -> ledger.Head:
        """The head of the ledger that the record of this answer had."""
        clocks = self.question.clocks
        if clocks.sequence is None:
            return ledger.head()
        entry = LedgerEntry.objects.get(pk=clocks.sequence)
        return ledger.Head(entry.sequence, entry.recorded_at, entry.hash)

    def _answer(self, request: Request) -> Any:
        checkpoint = head_row(self.last_entry())
        tag = self._tag(request)
        if is_known(request, tag):
            return HttpResponse(status=304, headers={"ETag": tag})
        rows = self.matching()
        count = rows.count()
        self._check_size(count)
        headers = self._headers(count, checkpoint, tag)
        if request.method == "HEAD":
            # Of what was not written nobody knows the length.
            return StreamingHttpResponse(headers=headers)
        throttling.take_export(request)
        with spool.slot() as free:
            response = self._written(rows, count, checkpoint, free)
        for name, value in headers.items():
            response[name] = value
        return response

    def _headers(self, count: int, checkpoint: Checkpoint, tag: str) -> dict[str, str]:
        said: Mapping[str, Any] = checkpoint
        return {
            "Content-Type": self.form.media_type,
            "Content-Disposition": f'attachment; filename="{self._file_name(checkpoint)}"',
            "ETag": tag,
            "Export-Rows": str(count),
            **{header: str(said[name] or "") for name, header in LEDGER_HEADERS.items()},
        }

    def _tag(self, request: Request) -> str:
        """Weak, as those of lists: files of one record may differ in what says when they were made.

        There is no Last-Modified beside it: what an export says also depends on the day.
        """
        # Read here, and not as somebody may remember it: the tag is of what this transaction sees.
        version = versions.seen()
        clocks, question = self.question.clocks, self.question
        return version.tag(clocks.now, request.build_absolute_uri(), *question.languages)

    def _check_size(self, count: int) -> None:
        most = self.form.most_rows
        if most is not None and count > most:
            detail = (
                f"{self.form.name} takes {most:,} rows, and these are {count:,}: narrow them by"
                " filters, or take csv or parquet."
            )
            raise QuestionRefused([BadParameter("extension", "out_of_range", detail)])

    def _written(self, rows: Any, count: int, checkpoint: Checkpoint, free: Any) -> Any:
        table = TABLES[self.table].showing(self._fields())
        about = self._about(count, checkpoint)

        def write(file: IO[bytes]) -> None:
            # Whatever becomes of it, the cursor is closed while its transaction is open.
            lines = None if self.form.flat else self.lines(rows, count)
            if lines is not None:
                with closing(lines):
                    self._write_lines(lines, count, file)
                return
            with closing(self.objects(rows)) as objects:
                self.form.write(table, self._counted(objects, count), file, about)

        try:
            return spool.written(write, free)
        except CellTooLong as found:
            detail = (
                f"{found.column} of {found.row} is longer than the {LONGEST_TEXT:,} characters"
                " that a cell of xlsx holds: leave it out by omit=, or take csv or parquet."
            )
            raise QuestionRefused([BadParameter("extension", "too_long", detail)]) from None

    def _write_lines(self, lines: Iterator[tuple[int, bytes]], count: int, file: IO[bytes]) -> None:
        seen = 0
        for some, text in lines:
            file.write(text)
            seen += some
        self._check_count(count, seen)

    def _counted(self, objects: Iterable[Row], count: int) -> Iterator[Row]:
        """The objects; if they are not as many as was said, something is wrong with us."""
        seen = 0
        for seen, one in enumerate(objects, start=1):  # noqa: B007 - it is said at the end
            yield one
        self._check_count(count, seen)

    def _check_count(self, count: int, seen: int) -> None:
        if seen != count:
            raise RuntimeError(f"{count} rows of {self.table} were counted and {seen} written")

    def _fields(self) -> Iterable[str]:
        return filter(self.question.shows, self.askable().fields)

    def _about(self, count: int, checkpoint: Checkpoint) -> dict[str, str]:
        """What a file says of itself where its format has a place for it."""
        return {
            "table": self.table,
            "about": TABLES[self.table].about,
            "address": self.request.build_absolute_uri(),
            "rows": str(count),
            "ledger": json.dumps(checkpoint, separators=(",", ":")),
        }

    def _file_name(self, checkpoint: Checkpoint) -> str:
        """The table, what was asked of it, the day and the sequence of the ledger."""
        asked = self.question.filters
        parts = [self.table]
        for name in ("programme", "reform", "promise", "organisation"):
            parts += asked.get(name, "").split(",")[:3]
        others = asked.keys() - {"programme", "reform", "promise", "organisation", "ordering"}
        if others - {"as_of", "known_at"}:
            parts.append("filtered")
        if "as_of" in asked:
            parts += ["as-of", asked["as_of"]]
        day = self.question.clocks.moment.date().isoformat()
        text = "-".join([*(one for one in parts if one), day, str(checkpoint["sequence"])])
        return f"{re.sub(r'[^A-Za-z0-9-]', '-', text)[:150]}.{self.form.name}"

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]
        if response.status_code == 200 and (spoken := sorted(self.question.spoken)):
            response["Content-Language"] = ", ".join(spoken)
        if response.status_code in (200, 304) and not request.user.is_authenticated:
            response["Cache-Control"] = f"public, max-age={MAX_AGE}"
        response["Vary"] = "Accept-Language, Authorization"
        return response


class ListExport(Export):
    """Mixin of an export of a list that is read by `ReadViewSet`."""

    def matching(self) -> Any:
        view: Any = self
        return view.narrowed(view.get_queryset())

    def objects(self, rows: Any) -> Generator[Row, None, None]:
        view: Any = self
        # One query read to its end in this transaction: PostgreSQL holds it as a cursor.
        with closing(self.ordered(view.loaded(rows)).iterator(chunk_size=CHUNK)) as found:
            for chunk in chunks(found):
                yield from view.answers(view.told(chunk))

    def ordered(self, rows: Any) -> Any:
        """The rows in the order asked for."""
        view: Any = self
        ordering = self.question.ordering
        key = view.order_key(ordering.lstrip("-"))
        sign = "-" if ordering.startswith("-") else ""
        columns = ("keyset", *(name for name, _ in key.then), view.tie)
        rows = rows.annotate(keyset=key.annotation())
        return rows.order_by(*(sign + name for name in columns))


def chunks(rows: Iterator[Any]) -> Iterator[list[Any]]:
    """So many rows at a time as are answered at once."""
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
