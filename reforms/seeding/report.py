"""What a load did, or would do."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from reforms.seeding.folders import TYPES

_PLURALS = {"body": "bodies"}


class Outcome(StrEnum):
    """What became of one object."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


class Notice(StrEnum):
    """What somebody should know about one object; its value begins the line that says so."""

    KEPT = "kept as a curator changed it"
    CONFLICT = "conflict, kept as in the database"
    WITHDRAWN = "withdrawn from the record, not brought back"
    DROPPED = "no longer in the files, kept in the record"


@dataclass(slots=True)
class Report:
    """Counts of outcomes by type, and notices by object."""

    outcomes: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    notices: list[tuple[Notice, str, str]] = field(default_factory=list)

    def count(self, type_: str, outcome: Outcome) -> None:
        self.outcomes[type_, outcome] += 1

    def notice(self, notice: Notice, thing: str, detail: str = "") -> None:
        self.notices.append((notice, thing, detail))

    def number(self, what: Outcome | Notice) -> int:
        """How many objects it happened to."""
        if isinstance(what, Notice):
            return sum(notice == what for notice, _, _ in self.notices)
        return sum(number for (_, outcome), number in self.outcomes.items() if outcome == what)

    @property
    def wrote(self) -> bool:
        """Whether anything was created or updated."""
        return bool(self.number(Outcome.CREATED) or self.number(Outcome.UPDATED))

    def table(self) -> Iterator[str]:
        """The counts for a person, line by line."""
        yield f"{'':14}" + "".join(f"{outcome:>11}" for outcome in Outcome)
        for type_ in TYPES:
            numbers = [self.outcomes[type_, outcome] for outcome in Outcome]
            if any(numbers):
                name = _PLURALS.get(type_, f"{type_}s")
                yield f"{name:14}" + "".join(f"{number:11}" for number in numbers)

    def remarks(self) -> Iterator[str]:
        """The notices for a person, one a line."""
        for wanted in Notice:
            for notice, thing, detail in self.notices:
                if notice == wanted:
                    yield f"{notice}: {thing}" + (f" ({detail})" if detail else "")
