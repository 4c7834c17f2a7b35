"""What the reading room shows of a text: its paragraphs with their margins, and it as a whole."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from reforms.admin.labels import badge, describe, in_words, page_of
from reforms.admin.margin import Direction, Margin, Mark, Marks, Text, by_stance
from reforms.models import Promise, Source, StatusUpdate
from reforms.vocabulary import ReviewState, Stance, Status

# So many promises and updates are named beside a paragraph; of the others only the number.
MOST_NAMED = 8
MOST_UNFOUND = 50
MOST_BANDS = 600


@dataclass(frozen=True, slots=True)
class Beside:
    """A promise or an update beside a paragraph."""

    label: str
    address: str
    status: Any
    words: str
    # Where it was cited, if the paragraph stands elsewhere now.
    moved_from: int | None


@dataclass(slots=True)
class Row:
    """A paragraph with its margin, the reforms that begin and end there, and what was left out."""

    ordinal: int
    text: str
    chosen: bool
    promises: list[Beside] = field(default_factory=list)
    more_promises: int = 0
    updates: list[Beside] = field(default_factory=list)
    more_updates: int = 0
    updates_count: int = 0
    stances: str = ""
    begins: list[Direction] = field(default_factory=list)
    goes_on: bool = False
    ends: list[Direction] = field(default_factory=list)
    left_out: tuple[int, int] | None = None


def rows(
    source: Source,
    shown: Sequence[int],
    found: Margin,
    parts: Iterable[Direction],
    chosen: set[int],
    *,
    whole: bool,
) -> list[Row]:
    """The paragraphs with these ordinals, in three queries; `whole` says that none between them is
    left out.
    """
    promises = _promises(mark for one in shown for mark in _named(found.promises.get(one)))
    updates = _updates(mark for one in shown for mark in _named(found.updates.get(one)))
    texts = dict(source.paragraphs.filter(ordinal__in=shown).values_list("ordinal", "text"))
    made = []
    before = 0
    for ordinal in shown:
        row = Row(ordinal, texts.get(ordinal, ""), ordinal in chosen)
        cited, told = found.promises.get(ordinal, {}), found.updates.get(ordinal, {})
        row.promises = [
            _beside(mark, promises[mark.owner], ordinal)
            for mark in _named(cited)
            if mark.owner in promises
        ]
        row.more_promises = max(len(cited) - MOST_NAMED, 0)
        row.updates = [
            _beside(mark, updates[mark.owner], ordinal)
            for mark in _named(told)
            if mark.owner in updates
        ]
        row.more_updates = max(len(told) - MOST_NAMED, 0)
        row.updates_count, row.stances = len(told), by_stance(told)
        if not whole and ordinal > before + 1 and before:
            row.left_out = (before + 1, ordinal - 1)
        row.begins = [one for one in parts if _is_met(one, before, ordinal)]
        row.goes_on = any(one.first != ordinal for one in row.begins) and whole
        row.ends = [one for one in parts if one.last == ordinal and one.first is not None]
        made.append(row)
        before = ordinal
    return made


def _is_met(part: Direction, before: int, ordinal: int) -> bool:
    """Whether the reader enters the reform here, coming from the paragraph before."""
    return part.holds(ordinal) and not (before and part.holds(before))


def _named(marks: Marks | None) -> Iterable[Mark]:
    return islice(marks or (), MOST_NAMED)


def _promises(marks: Iterable[Mark]) -> dict[Any, Any]:
    return Promise.objects.only("id", "title", "status").in_bulk({one.owner for one in marks})


def _updates(marks: Iterable[Mark]) -> dict[Any, Any]:
    return StatusUpdate.objects.in_bulk({one.owner for one in marks})


def _beside(mark: Mark, owner: Any, ordinal: int) -> Beside:
    moved_from = mark.cited_as if mark.cited_as != ordinal else None
    stance = "" if mark.stance == Stance.SUPPORTS else Stance(mark.stance).label.lower()
    if isinstance(owner, StatusUpdate):
        state = ReviewState(owner.review_state)
        waits = "" if state == ReviewState.PUBLISHED else state.label.lower()
        words = ", ".join(
            filter(None, [owner.organisation_id, str(owner.effective), stance, waits])
        )
        return Beside(mark.promise, page_of(owner), badge(Status(owner.status)), words, moved_from)
    words = f"{in_words(owner.title)}{f' ({stance})' if stance else ''}"
    return Beside(owner.pk, page_of(owner), badge(Status(owner.status)), words, moved_from)


def unfound(found: Margin, parts: Iterable[Direction]) -> dict[str, Any] | None:
    """What names paragraphs that this text does not have; None where all are found."""
    lines: list[tuple[str, str, str]] = []
    for one in parts:
        bounds = one.reform.bounds or {}
        for end, place in (("first", one.first), ("last", one.last)):
            if place is None:
                words = f"its {end} paragraph, ¶{bounds[end]['ordinal']}"
                lines.append((describe(one.reform), page_of(one.reform), words))
    for mark in islice(found.missing, max(MOST_UNFOUND - len(lines), 0)):
        owner = Promise(pk=mark.owner) if mark.is_of_promise else StatusUpdate(pk=mark.owner)
        label = mark.promise if mark.is_of_promise else f"an update on {mark.promise}"
        lines.append((label, page_of(owner), f"¶{mark.cited_as}"))
    if not lines:
        return None
    bounds_missing = sum(one.first is None for one in parts) + sum(
        one.last is None for one in parts
    )
    return {"lines": lines, "more": bounds_missing + len(found.missing) - len(lines)}


def overview(
    text: Text,
    found: Margin,
    parts: Iterable[Direction],
    chosen: set[int],
    place_of: Callable[[Any, int], str],
) -> dict[str, Any]:
    """The text as a strip of at most `MOST_BANDS` bands, and how much of each reform is cited."""
    size = max(-(-len(text.ordinals) // MOST_BANDS), 1)
    bands = [text.ordinals[at : at + size] for at in range(0, len(text.ordinals), size)]
    cited = [2 * sum(one in found.promises for one in band) >= len(band) for band in bands]
    picked = [any(one in chosen for one in band) for band in bands]
    coverage = []
    for part in parts:
        inside = [one for one in text.ordinals if part.holds(one)]
        if inside:
            address = place_of(text.source, inside[0])
            number = sum(one in found.promises for one in inside)
            coverage.append((part, address, number, len(inside)))
    return {
        "width": len(bands),
        "size": size,
        "cited": _runs(cited),
        "chosen": _runs(picked),
        "coverage": coverage,
    }


def _runs(bands: Iterable[bool]) -> list[tuple[int, int]]:
    """Where the true ones begin, and how many follow each other."""
    runs: list[list[int]] = []
    for at, one in enumerate(bands):
        if one and runs and sum(runs[-1]) == at:
            runs[-1][1] += 1
        elif one:
            runs.append([at, 1])
    return [(at, length) for at, length in runs]


def promises_here(made: Iterable[Row]) -> dict[str, str]:
    """The promises that are named on the page, with their titles."""
    return {one.label: one.words for row in made for one in row.promises}
