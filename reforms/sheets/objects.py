"""What the tables of all kinds share, and how rows become public objects."""

import uuid
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import IntegrityError, models

from reforms import records, workflow
from reforms.errors import RuleBroken
from reforms.models import Organisation
from reforms.sheets.columns import Column
from reforms.sheets.rows import Judged, Outcome, Row, differences
from reforms.submissions.complaints import printable
from reforms.vocabulary import EntryAction

# In a preview, what stands for the reason that is asked for later. It is never stored.
_NO_REASON_YET = "…"
# Columns that say which object a row is about, and why it changes.
ID, REASON = "id", "reason"


@dataclass(frozen=True, slots=True)
class Terms:
    """In whose name a table is imported. `trial` says that nothing of it will be kept.

    `organisation` is whose submissions new rows are; None for what the curators keep themselves.
    """

    user: Any
    organisation: Organisation | None = None
    reason: str = ""
    publish: bool = False
    trial: bool = False


class Sheet(ABC):
    """Tables of one kind: the same columns to write and to read."""

    model: ClassVar[type[models.Model]]
    one: ClassVar[str]
    # What every column means, in their order.
    meanings: ClassVar[Mapping[str, str]]

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    @abstractmethod
    def header(self, things: "models.QuerySet[Any]") -> list[str]:
        """The columns that a table of these objects needs."""

    @abstractmethod
    def loaded(self, things: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        """The objects with all that `cells` looks at."""

    @abstractmethod
    def cells(self, thing: Any) -> dict[str, str]:
        """What stands in the columns of one object."""

    @abstractmethod
    def visible(self) -> "models.QuerySet[Any]":
        """What whoever imports may see at all."""

    @abstractmethod
    def take(self, rows: list[Row]) -> Iterator[Judged]:
        """Write these rows inside a `workflow.batch()`, and say what became of each."""

    def finish(self) -> Iterator[Judged]:
        """What became of rows that `take` kept back."""
        yield from ()

    def find(self, keys: Iterable[Any]) -> dict[str, Any]:
        """The visible objects with these ids, with all that `cells` looks at."""
        of_uuid = isinstance(self.model._meta.pk, models.UUIDField)
        wanted = [
            one for one in keys if one and "\0" not in str(one) and (not of_uuid or _uuid(one))
        ]
        found = self.loaded(self.visible().filter(pk__in=wanted))
        return {str(thing.pk): thing for thing in found}

    def missing(self, row: Row) -> None:
        """Complain of an id that is not there, or that is nobody's to see."""
        detail = f"There is no {self.one} “{printable(row.cell(ID))}”. {self.advice()}"
        row.at(ID).complain("not_found", detail)

    def advice(self) -> str:
        """What to do for a new object."""
        return "For a new one leave the id empty."


def _uuid(text: Any) -> bool:
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False


class ObjectSheet(Sheet):
    """Tables of public objects, written by `workflow.save`, with a reason where one is due."""

    columns: Mapping[str, Column]
    # What a new object cannot do without, as it is called, with the columns of which one is enough.
    required: ClassVar[Mapping[str, tuple[str, ...]]]

    @abstractmethod
    def begin(self, row: Row) -> Any:
        """A new object for a row; any, after complaining."""

    @abstractmethod
    def parts(self, thing: Any, row: Row, changed: set[str], before: dict[str, str]) -> Any:
        """The parts that `workflow.save` is to replace; complains of what cannot be read."""

    def learn(self, rows: Iterable[Row]) -> None:
        """Look up all that rows refer to."""

    def refuses(self, thing: Any, row: Row) -> bool:
        """Whether whoever imports may not change this object; then it has been said."""
        if thing.withdrawn_at is not None:
            detail = "It was withdrawn from the record and stays as it was."
            row.place.complain("out_of_reach", detail)
        return thing.withdrawn_at is not None

    def take(self, rows: list[Row]) -> Iterator[Judged]:
        known = self.find(row.cell(ID) for row in rows)
        before = {key: self.cells(thing) for key, thing in known.items()}
        self.learn(rows)
        written = [self._write(row, known.get(row.cell(ID)), before) for row in rows]
        after = self.find(thing.pk for _, thing in written if thing is not None)
        for judged, thing in written:
            if thing is not None:
                self._compare(judged, before.get(thing.pk), self.cells(after[str(thing.pk)]))
            elif judged.outcome == Outcome.UNCHANGED:
                judged.label = self.label(before[judged.id])
            yield judged

    def label(self, cells: dict[str, str]) -> str:
        """A title among the cells."""
        return next((cell for name, cell in cells.items() if name.startswith("title_")), "")

    def _compare(self, judged: Judged, old: Any, cells: dict[str, str]) -> None:
        judged.label = self.label(cells)
        order = [name for name in self.meanings if name not in (ID, REASON)]
        judged.differences = differences(old or {}, cells, order)
        if old is not None and not judged.differences:
            judged.outcome = Outcome.UNCHANGED

    def _write(
        self, row: Row, thing: Any, before: Mapping[str, dict[str, str]]
    ) -> tuple[Judged, Any]:
        """What a row does, and the object that was written; None where none was."""
        is_new = thing is None
        cells = {} if is_new else before[thing.pk]
        changed = {
            name
            for name, cell in row.given.items()
            if name not in (ID, REASON) and cell != cells.get(name, "")
        }
        judged = Judged(row, Outcome.FAILED, row.cell(ID))
        if is_new:
            thing = self._begun(row)
        elif not changed and not row.is_wrong:
            judged.outcome = Outcome.UNCHANGED
            return judged, None
        elif self.refuses(thing, row):
            return judged, None
        if thing is None:
            return judged, None
        self._demand(row, cells)
        parts = self._put(thing, row, changed, cells)
        if row.is_wrong or not self._saved(judged, thing, parts):
            return judged, None
        judged.outcome = Outcome.CREATED if is_new else Outcome.CHANGED
        judged.id = judged.id or self.name_of(thing)
        return judged, thing

    def name_of(self, thing: Any) -> str:
        """The id of a new object where it is the same each time that the table is read."""
        return str(thing.pk)

    def takes_ids(self) -> bool:
        """Whether the id of a new object is chosen in the table."""
        return False

    def _begun(self, row: Row) -> Any:
        if row.cell(ID) and not self.takes_ids():
            self.missing(row)
            return None
        return self.begin(row)

    def _demand(self, row: Row, cells: dict[str, str]) -> None:
        """Complain of what no such object can do without; `cells` are those that it has."""
        for called, names in self.required.items():
            if not any(row.given.get(name, cells.get(name, "")).strip() for name in names):
                place = row.at(next((name for name in names if name in row.given), names[0]))
                place.complain("missing", f"It is missing: every {self.one} has {called}.")

    def _put(self, thing: Any, row: Row, changed: set[str], cells: dict[str, str]) -> Any:
        for name in self.columns:
            if name in changed:
                column, cell = self.columns[name], row.cell(name)
                value = column.reader.read(cell, row.at(name)) if cell else None
                if value is not None or not cell:
                    column.put(thing, value)
        return self.parts(thing, row, changed, cells)

    def _saved(self, judged: Judged, thing: Any, parts: dict[str, Any]) -> bool:
        row = judged.row
        reason = row.cell(REASON) or self.terms.reason
        try:
            given = reason or (_NO_REASON_YET if self.terms.trial else "")
            made = workflow.saved(thing, given, **parts)
        except RuleBroken as refusal:
            row.complain_of(refusal)
            return False
        except IntegrityError:
            row.place.complain("taken", "Something else in the record or the file says the same.")
            return False
        if made.was_public and made.before and made.after and not row.cell(REASON):
            kind = records.kind_of_edit(made.before, made.after)
            judged.reason_due = kind == EntryAction.CORRECT and made.changed
        return True
