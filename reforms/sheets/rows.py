"""Rows of a table whose header was understood, and what became of each."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from reforms.errors import RuleBroken, nearest, suggestion
from reforms.sheets.lines import Line
from reforms.submissions import Unreadable
from reforms.submissions.complaints import Place, printable
from reforms.vocabulary import Term


class Outcome(Term):
    """What a row of a table does."""

    CREATED = "created", "it adds something"
    CHANGED = "changed", "it changes what is there"
    UNCHANGED = "unchanged", "it says what is there already"
    FAILED = "failed", "something is wrong with it"


@dataclass(slots=True)
class Row:
    """One row: `given` are its cells by column. `number` counts from 1, without the header.

    What is wrong with it is gathered in `place`, whose pointers are `/` and the column's name.
    """

    number: int
    line: int
    given: dict[str, str]
    place: Place = field(default_factory=Place)
    # Which cell stands in which column is not known: none of them is looked at.
    is_broken: bool = False

    def at(self, column: str) -> Place:
        """Where to complain of a cell."""
        return self.place.at(column)

    @property
    def is_wrong(self) -> bool:
        return bool(self.place.complaints)

    def cell(self, column: str) -> str:
        """What stands in the column, without blanks around it."""
        return self.given.get(column, "").strip()

    def complain_of(self, refusal: RuleBroken) -> None:
        """Say beside the cells meant what the workflow refused."""
        for name, complaints in refusal.fields.items():
            for detail in complaints:
                there = self.at(self._column(name)) if name else self.place
                there.complain("rule_broken", detail[:1].upper() + detail[1:].rstrip(".") + ".")

    def _column(self, field_: str) -> str:
        """The column that a field of the model stands in."""
        named = (field_, field_.removesuffix("_on"), f"{field_}_en")
        also = (name for name in self.given if name.startswith(f"{field_}_"))
        return next((name for name in (*named, *also) if name in self.given), field_)


@dataclass(slots=True)
class Judged:
    """What a row does. `id` is empty where it is only known once it is written.

    Differences are column, cell before and cell after. `reason_due` says that it changes what the
    public record says, and gives no reason itself.
    """

    row: Row
    outcome: Outcome
    id: str = ""
    label: str = ""
    differences: list[tuple[str, str, str]] = field(default_factory=list)
    reason_due: bool = False


def differences(
    before: dict[str, str], after: dict[str, str], order: Iterable[str]
) -> list[tuple[str, str, str]]:
    """Where the cells of two rows differ, in the order of the columns."""
    return [
        (name, before.get(name, ""), after.get(name, ""))
        for name in order
        if before.get(name, "") != after.get(name, "")
    ]


def read_rows(lines: Iterator[Line], columns: Collection[str]) -> Iterator[Row]:
    """The rows below a header that names some of these columns.

    Raises Unreadable for a header that does not, naming all that is wrong with it.
    """
    head = next(lines)
    head.trim()
    header = [name.strip() for name in head.cells]
    if bad := list(_faults(header, columns)):
        raise Unreadable(" ".join(bad), head.line)
    for number, line in enumerate(lines, start=1):
        yield _row(number, line, header)


def _faults(header: list[str], columns: Collection[str]) -> Iterator[str]:
    seen: set[str] = set()
    for place, name in enumerate(header, start=1):
        if not name:
            yield f"Column {place} has no name; name it or delete it."
        elif name not in columns:
            found = nearest(name[:100], columns)
            yield f"There is no column “{printable(name)}”.{suggestion(found)}"
        elif name in seen:
            yield f"The column “{name}” is there twice."
        seen.add(name)


def _row(number: int, line: Line, header: list[str]) -> Row:
    row = Row(number, line.line, {})
    is_short = line.is_whole and len(line.cells) < len(header)
    line.trim()
    if is_short or len(line.cells) > len(header):
        # Whatever was meant to be empty, a line that was cut off was not.
        detail = f"The row has {len(line.cells)} cells, the header {len(header)} columns."
        row.place.complain("cells", detail)
        row.is_broken = True
        return row
    cells = line.cells + [""] * (len(header) - len(line.cells))
    row.given = dict(zip(header, cells, strict=True))
    for place, detail in line.refused.items():
        if place < len(header):
            row.at(header[place]).complain("bad_form", detail)
            del row.given[header[place]]
    return row
