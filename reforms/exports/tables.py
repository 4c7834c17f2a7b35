"""The tables: the columns of each, in their order. docs/exports.md shows them.

Columns may be added, at the end of their kin; none is renamed or taken away.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from reforms.exports.columns import (
    Column,
    Kind,
    answered,
    dated,
    derived,
    identified,
    plain,
    text,
    word,
)
from reforms.exports.parts import CITATION, FIGURE, citation_parts
from reforms.vocabulary import (
    BodyRole,
    Commitment,
    EntryAction,
    PromiseKind,
    ReviewState,
    SourceKind,
    Status,
    Timeliness,
    Verification,
)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: one row for each object of the API's list with the same name."""

    name: str
    about: str
    columns: tuple[Column, ...]

    def fields(self) -> tuple[str, ...]:
        """The fields of the API's object that columns are taken from."""
        return tuple(dict.fromkeys(column.source for column in self.columns))

    def showing(self, fields: Iterable[str]) -> "Table":
        """The table with the columns of these fields only."""
        shown = set(fields)
        columns = tuple(column for column in self.columns if column.source in shown)
        return Table(self.name, self.about, columns)


def _bodies(role: BodyRole) -> Column:
    def those(ties: Any) -> list[str]:
        return [tie["body"] for tie in ties if tie["role"] == role]

    meaning = f"The ids of the bodies that are {role} for it."
    if role == BodyRole.AFFECTED:
        meaning = "The ids of the bodies that are affected by it."
    return derived(f"bodies_{role}", "bodies", Kind.LIST, meaning, those)


PROMISES = Table(
    "promises",
    "One concrete proposal a row, with what the record says became of it.",
    (
        *identified(),
        text("programme", "The id of its programme."),
        text("reform", "The id of its reform."),
        plain("number", Kind.INTEGER, "Its number in the reform."),
        text("title", "What was promised, in short."),
        text("statement", "What was promised, in our words, with every figure."),
        word("kind", PromiseKind, "What sort of act it is."),
        word("commitment", Commitment, "How firmly it binds; the first two are checkable."),
        text("condition", "What it was made to depend on."),
        *dated("deadline", "Its deadline, where the text gives one."),
        text("deadline_wording", "How the text puts it, paraphrased."),
        derived(
            "figures",
            "figures",
            Kind.PARTS,
            "The figures of the text: either `from` and `to`, or a `value`.",
            list,
            parts=FIGURE,
        ),
        _bodies(BodyRole.RESPONSIBLE),
        _bodies(BodyRole.AFFECTED),
        plain("topics", Kind.LIST, "The ids of its topics."),
        derived(
            "relations",
            "relations",
            Kind.LIST,
            "Ties to other promises, such as `restates kz2022-1-2`.",
            lambda ties: [f"{tie['kind']} {tie['promise']}" for tie in ties],
        ),
        word("status", Status, "The headline: what became of it."),
        *dated("status_since", "Where the unbroken run of that status began."),
        word("verification", Verification, "How well the headline is evidenced."),
        plain("contested", Kind.BOOLEAN, "Whether somebody's assessment or evidence dissents."),
        word("timeliness", Timeliness, "How it stands to its deadline on the day asked about."),
        plain("last_published_at", Kind.MOMENT, "When a standing update was last published."),
        plain("changed_at", Kind.MOMENT, "When anything public about it last changed."),
        *answered(),
    ),
)

UPDATES = Table(
    "updates",
    "One organisation's dated assessment of one promise a row, also those that no longer stand.",
    (
        *identified(),
        text("promise", "The id of the promise."),
        text("organisation", "The id of the organisation that assesses."),
        word("status", Status, "The status that it asserts."),
        *dated("effective_on", "When it became true."),
        *dated("assessed_on", "The day up to which the assessor looked."),
        text("note", "What the assessor adds."),
        word("review_state", ReviewState, "Whether it is published, or how it ended."),
        plain("stands", Kind.BOOLEAN, "Whether it counts."),
        plain("published_at", Kind.MOMENT, "When the record first said so."),
        plain("ended_at", Kind.MOMENT, "When it was superseded, retracted or removed."),
        text("ended_reason", "Why it ended; empty while it stands."),
        text("successor", "The id of the update that replaced it."),
        derived(
            "sources",
            "citations",
            Kind.LIST,
            "The ids of the sources that it cites, each once.",
            lambda citations: list(dict.fromkeys(one["source"]["id"] for one in citations)),
        ),
        derived(
            "citations",
            "citations",
            Kind.PARTS,
            "Its citations; `publisher` and `origin` are ids.",
            lambda citations: [citation_parts(one) for one in citations],
            parts=CITATION,
        ),
        *answered(),
    ),
)

SOURCES = Table(
    "sources",
    "One document that something public cites a row.",
    (
        *identified(),
        text("title", "Its title."),
        word("kind", SourceKind, "What sort of document it is."),
        text("publisher", "The id of its publisher."),
        text("url", "Its address; empty where unknown."),
        text("archived_url", "The address of an archived copy; empty where none is known."),
        *dated("published_on", "When it appeared, where known."),
        text("original_language", "The language that it is written in."),
        text("edition_of", "The id of the source whose text in another language it is."),
        text("note", "What a reader should know of it."),
        plain("text_loaded", Kind.BOOLEAN, "Whether its text is loaded for quotations."),
        plain("public_since", Kind.MOMENT, "When the record first cited it."),
        *answered(),
    ),
)


def _counted(name: str, meaning: str, take: Callable[[Any], int]) -> Column:
    return derived(f"promises_{name}", "promises", Kind.INTEGER, meaning, take)


def _bound(end: str) -> tuple[Column, Column]:
    return (
        derived(
            f"bounds_{end}_ordinal",
            "bounds",
            Kind.INTEGER,
            f"The place of its {end} paragraph in that source.",
            lambda bounds: bounds[end]["ordinal"],
        ),
        derived(
            f"bounds_{end}_fingerprint",
            "bounds",
            Kind.TEXT,
            f"The fingerprint of that {end} paragraph.",
            lambda bounds: bounds[end]["fingerprint"],
        ),
    )


def _by_status(status: str) -> Column:
    return _counted(
        status, f"Those whose status is `{status}`.", lambda counts: counts["by_status"][status]
    )


REFORMS = Table(
    "reforms",
    "One direction of a programme a row, with its promises counted.",
    (
        *identified(),
        text("programme", "The id of its programme."),
        plain("number", Kind.INTEGER, "Its number; 0 for commitments outside the directions."),
        plain("numbered", Kind.BOOLEAN, "Whether it is one of the numbered directions."),
        text("title", "What it is about."),
        text("summary", "What it announces."),
        text("note", "What a reader must know about the text itself."),
        derived(
            "bounds_source",
            "bounds",
            Kind.TEXT,
            "The id of the source that announces it.",
            lambda bounds: bounds["source"],
        ),
        *_bound("first"),
        *_bound("last"),
        _counted("total", "How many promises it has.", lambda counts: counts["total"]),
        _counted("checkable", "Those that are checkable.", lambda counts: counts["checkable"]),
        _counted("assessed", "Those that somebody assessed.", lambda counts: counts["assessed"]),
        *(_by_status(status) for status in Status.values()),
        *answered(),
    ),
)

ORGANISATIONS = Table(
    "organisations",
    "One organisation that assesses a row.",
    (
        *identified(),
        text("name", "Its name."),
        plain("pseudonym", Kind.BOOLEAN, "Whether that is a pseudonym."),
        text("affiliation", "Whose it is and who pays."),
        text("url", "The address of its own site; empty where unknown."),
        *answered(),
    ),
)

CHANGES = Table(
    "changes",
    "One entry of the ledger a row: every public change, oldest first.",
    (
        plain("sequence", Kind.INTEGER, "1, 2, 3 … in the order of the changes, without gaps."),
        plain("recorded_at", Kind.MOMENT, "When the record said so, with microseconds."),
        word("action", EntryAction, "What happened."),
        text("object_type", "What sort of object it is about."),
        text("object_id", "The id of that object."),
        text("actor", "An organisation or a role, such as `role:curator`; no person."),
        text("commitment", "SHA-256 of the salt and the canonical payload."),
        text("previous", "The hash of the entry before."),
        text("hash", "The hash of the entry."),
        text("salt", "Its salt; empty where the payload was redacted."),
        derived(
            "reason",
            "payload",
            Kind.TEXT,
            "Why; empty where no reason is due.",
            lambda payload: payload["reason"],
        ),
        derived(
            "payload",
            "payload",
            Kind.JSON,
            "The payload: the object's record document after the change, and the reason.",
            dict,
        ),
        plain("redacted", Kind.BOOLEAN, "Whether a marker stands for something in the payload."),
    ),
)

TABLES = {
    table.name: table for table in (PROMISES, UPDATES, SOURCES, REFORMS, ORGANISATIONS, CHANGES)
}
