"""What an import does, row by row: the same for a preview, which is undone, and for the import."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings

from reforms.models import SheetKind
from reforms.sheets.objects import ID, Sheet, Terms
from reforms.sheets.promises import PromiseSheet
from reforms.sheets.reading import read_lines
from reforms.sheets.rows import Judged, Outcome, Row, read_rows
from reforms.sheets.sources import SourceSheet
from reforms.sheets.updates import UpdateSheet
from reforms.submissions import Unreadable

SHEETS: dict[str, type[Sheet]] = {
    SheetKind.PROMISES.value: PromiseSheet,
    SheetKind.SOURCES.value: SourceSheet,
    SheetKind.UPDATES.value: UpdateSheet,
}
# Whoever else writes waits meanwhile: so many rows take about half a minute.
MOST_WRITTEN = 2_000
# Rows that are looked up together.
CHUNK = 500
# How many rows are shown of each outcome, and how many complaints are kept.
MOST_SHOWN = 200
MOST_COMPLAINTS = 1_000
# So many allowed words are worth reading.
_MOST_ALLOWED = 15


@dataclass(slots=True)
class Plan:
    """What the rows of a table do.

    `digest` tells two plans apart: it covers the outcome of each row and each difference, but not
    ids that are drawn at random. `due` counts the rows that need the reason of the whole import.
    """

    rows: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(Outcome.values(), 0))
    complaints: list[dict[str, Any]] = field(default_factory=list)
    complaints_total: int = 0
    shown: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {Outcome.CREATED.value: [], Outcome.CHANGED.value: []}
    )
    due: int = 0
    _digest: Any = field(default_factory=hashlib.sha256)

    @property
    def failed(self) -> int:
        return self.counts[Outcome.FAILED]

    @property
    def written(self) -> int:
        return self.counts[Outcome.CREATED] + self.counts[Outcome.CHANGED]

    @property
    def digest(self) -> str:
        return str(self._digest.hexdigest())

    def note(self, judged: Judged) -> None:
        """Take down what became of a row."""
        row = judged.row
        outcome = Outcome.FAILED if row.is_wrong else judged.outcome
        self.rows += 1
        self.counts[outcome] += 1
        self.due += judged.reason_due
        said = [row.number, outcome.value, judged.id, judged.differences]
        self._digest.update(json.dumps(said).encode())
        self.complaints_total += len(row.place.complaints)
        room = MOST_COMPLAINTS - len(self.complaints)
        self.complaints += [
            {
                "row": row.number,
                "line": row.line,
                "column": one.pointer.removeprefix("/"),
                "detail": one.detail,
                "allowed": one.allowed if len(one.allowed) <= _MOST_ALLOWED else (),
            }
            for one in row.place.complaints[:room]
        ]
        if (shown := self.shown.get(outcome)) is not None and len(shown) < MOST_SHOWN:
            shown.append(
                {
                    "row": row.number,
                    "id": judged.id,
                    "label": judged.label,
                    "differences": judged.differences,
                    "reason_due": judged.reason_due,
                }
            )

    def report(self) -> dict[str, Any]:
        """The plan as it is kept, and shown to whoever imports."""
        # By row, whatever was looked at first.
        for listed in (self.complaints, *self.shown.values()):
            listed.sort(key=lambda one: one["row"])
        return {
            "rows": self.rows,
            "counts": self.counts,
            "due": self.due,
            "complaints": self.complaints,
            "complaints_total": self.complaints_total,
            "shown": self.shown,
        }


def carry_out(kind: str, content: bytes, terms: Terms) -> Plan:
    """Write all rows of a file that are right, inside a `workflow.batch()` of the caller's, who
    undoes it all where any is wrong or nothing is to be kept.

    Raises Unreadable for a file that cannot be read to its end, and for one with too many rows.
    """
    sheet = SHEETS[kind](terms)
    plan = Plan()
    rows = _once(read_rows(read_lines(content, sheet.meanings), sheet.meanings))
    while chunk := list(islice(rows, CHUNK)):
        for row in chunk:
            if row.is_broken:
                plan.note(Judged(row, Outcome.FAILED))
        for judged in sheet.take([row for row in chunk if not row.is_broken]):
            plan.note(judged)
        if plan.written > MOST_WRITTEN:
            raise Unreadable(
                f"More than {MOST_WRITTEN:,} rows add or change something; send them in parts."
                " Those that change nothing do not count, nor do new status updates."
            )
    for judged in sheet.finish():
        plan.note(judged)
    if not plan.rows:
        raise Unreadable("There are no rows below the names of the columns.")
    return plan


def _once(rows: Iterator[Row]) -> Iterator[Row]:
    """The rows, with a complaint where an id stands in several of them; not more than allowed."""
    first: dict[str, int] = {}
    for row in rows:
        if row.number > settings.MAX_BATCH_ROWS:
            most = settings.MAX_BATCH_ROWS
            raise Unreadable(f"There are more than {most:,} rows; send them in parts.", row.line)
        id_ = row.cell(ID)
        if id_ and (earlier := first.setdefault(id_, row.number)) != row.number:
            row.at(ID).complain("twice", f"Row {earlier} has the same id; give each one row.")
        yield row
