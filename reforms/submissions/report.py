"""What became of a batch."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from reforms.models import StatusUpdate
from reforms.submissions.complaints import Complaint
from reforms.submissions.tables import Row
from reforms.vocabulary import ReviewState, Term

MOST_LISTED = 1000


class Outcome(Term):
    """What became of one row of a batch."""

    CREATED = "created", "it is a new status update"
    UNCHANGED = "unchanged", "it was sent before, says the same, and is left as it is"
    FAILED = "failed", "something is wrong with it, as the errors say"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a row. A status update that is not written has no id."""

    row: int
    outcome: Outcome
    id: str | None
    external_id: str
    review_state: str | None


@dataclass(frozen=True, slots=True)
class RowComplaint:
    """One thing wrong with a row; in a table also where in the file."""

    row: int
    complaint: Complaint
    line: int | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = self.column or self.complaint.pointer
        return f"{where}: {self.complaint.detail}" if where else self.complaint.detail


@dataclass(slots=True)
class Report:
    """What became of all rows. A batch that is refused wrote nothing, nor did one on trial.

    `published` counts those of the created that were published at once. Of the complaints only the
    first MOST_LISTED are listed.
    """

    rows: int = 0
    created: int = 0
    published: int = 0
    unchanged: int = 0
    failed: int = 0
    refused: bool = False
    results: list[Result] = field(default_factory=list)
    complaints: list[RowComplaint] = field(default_factory=list)
    complaints_total: int = 0

    def take_in(self, row: Row, update: StatusUpdate) -> None:
        """Note that a row has become a status update."""
        self.created += 1
        self.published += update.review_state == ReviewState.PUBLISHED
        self._note(row, Outcome.CREATED, update)

    def leave(self, row: Row, update: StatusUpdate) -> None:
        """Note that a row says what its update says already."""
        self.unchanged += 1
        self._note(row, Outcome.UNCHANGED, update)

    def fail(self, row: Row, external_id: str) -> None:
        """Note what is wrong with a row."""
        self.failed += 1
        self.results.append(Result(row.number, Outcome.FAILED, None, external_id, None))
        self.complaints_total += len(row.place.complaints)
        room = MOST_LISTED - len(self.complaints)
        self.complaints += _placed(row, row.place.complaints[:room])

    def undo(self) -> None:
        """Nothing of it was written: what would have been created has no id."""
        self.results = [
            Result(one.row, one.outcome, None, one.external_id, one.review_state)
            if one.outcome == Outcome.CREATED
            else one
            for one in self.results
        ]

    def _note(self, row: Row, outcome: Outcome, update: StatusUpdate) -> None:
        self.results.append(
            Result(row.number, outcome, str(update.pk), update.external_id, update.review_state)
        )


def _placed(row: Row, complaints: Iterable[Complaint]) -> Iterable[RowComplaint]:
    for one in complaints:
        yield RowComplaint(row.number, one, row.line, row.column_of(one.pointer))
