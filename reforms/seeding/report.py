"""What a load did, or would do."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from reforms.seeding.complaints import listed
from reforms.seeding.folders import TYPES

_PLURALS = {"reply": "replies", "body": "bodies"}


class Outcome(StrEnum):
    """What became of one object."""

    CREATED = "created"
    UPDATED = "updated"
    TRANSLATED = "translated"
    SUPERSEDED = "superseded"
    RETRACTED = "retracted"
    UNCHANGED = "unchanged"


# The columns that a table of outcomes always has; the others are shown when they are needed.
_ALWAYS = (Outcome.CREATED, Outcome.UPDATED, Outcome.UNCHANGED)


class Notice(StrEnum):
    """What somebody should know about one object; its value begins the line that says so."""

    KEPT = "kept as a curator changed it"
    CONFLICT = "conflict, kept as in the database"
    WITHDRAWN = "withdrawn from the record, not brought back"
    DROPPED = "no longer in the files, kept in the record"


@dataclass(frozen=True, slots=True)
class Remark:
    """A change of what the record said: which fields, and the public reason if one was due."""

    what: str
    thing: str
    fields: Sequence[str] = ()
    reason: str = ""

    def __str__(self) -> str:
        fields = f" ({listed(self.fields)})" if self.fields else ""
        return f"{self.what}: {self.thing}{fields}" + (f": {self.reason}" if self.reason else "")


@dataclass(slots=True)
class Report:
    """Counts of outcomes by type, changes with their reasons, and notices by object."""

    outcomes: Counter[tuple[str, Outcome]] = field(default_factory=Counter)
    changes: list[Remark] = field(default_factory=list)
    notices: list[tuple[Notice, str, str]] = field(default_factory=list)

    def count(self, type_: str, outcome: Outcome) -> None:
        self.outcomes[type_, outcome] += 1

    def change(
        self, what: str, thing: object, fields: Sequence[str] = (), reason: str = ""
    ) -> None:
        self.changes.append(Remark(what, str(thing), fields, reason))

    def notice(self, notice: Notice, thing: str, detail: str = "") -> None:
        self.notices.append((notice, thing, detail))

    def number(self, what: Outcome | Notice) -> int:
        """How many objects it happened to."""
        if isinstance(what, Notice):
            return sum(notice == what for notice, _, _ in self.notices)
        return sum(number for (_, outcome), number in self.outcomes.items() if outcome == what)

    @property
    def wrote(self) -> bool:
        """Whether anything was written to the record."""
        return any(self.number(one) for one in Outcome if one != Outcome.UNCHANGED)

    def table(self) -> Iterator[str]:
        """The counts for a person, line by line."""
        columns = [one for one in Outcome if one in _ALWAYS or self.number(one)]
        yield f"{'':14}" + "".join(f"{outcome:>11}" for outcome in columns)
        for type_ in TYPES:
            numbers = [self.outcomes[type_, outcome] for outcome in columns]
            if any(numbers):
                name = _PLURALS.get(type_, f"{type_}s")
                yield f"{name:14}" + "".join(f"{number:11}" for number in numbers)

    def remarks(self) -> Iterator[str]:
        """The changes and the notices for a person, one a line."""
        yield from map(str, self.changes)
        for wanted in Notice:
            for notice, thing, detail in self.notices:
                if notice == wanted:
                    yield f"{notice}: {thing}" + (f" ({detail})" if detail else "")
