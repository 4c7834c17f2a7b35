"""The margin of a loaded text: what in the record rests on each of its paragraphs.

A paragraph is found by its fingerprint wherever it stands now; of several that are alike the one
nearest to where it was cited is meant.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from reforms.admin.filters import QUEUE
from reforms.admin.labels import in_words
from reforms.admin.passages import nearest
from reforms.models import Citation, Paragraph, Reform
from reforms.vocabulary import ReviewState, Stance

# So many citations of one source are looked at, of promises and of updates each.
MOST_CITATIONS = 20_000
# What counts, or may soon.
_ALIVE = [state.value for state in (*QUEUE, ReviewState.PUBLISHED)]


class Mark(NamedTuple):
    """A citation in the margin of a paragraph; `owner` is the key of a promise or an update."""

    owner: Any
    promise: str
    stance: str
    cited_as: int

    @property
    def is_of_promise(self) -> bool:
        """Whether a promise cites it, and not a status update."""
        return bool(self.owner == self.promise)


# In the order in which they were found, each once.
Marks = dict[Mark, None]


@dataclass(frozen=True, slots=True)
class Direction:
    """A reform with the places where it begins and ends; None where the text has no such one."""

    reform: Reform
    first: int | None
    last: int | None

    @property
    def title(self) -> str:
        """Its title in the first language that it has."""
        return in_words(self.reform.title)

    def holds(self, ordinal: int) -> bool:
        """Whether the paragraph lies within it."""
        return (
            self.first is not None and self.last is not None and self.first <= ordinal <= self.last
        )


class Text:
    """Where the paragraphs of a source's loaded text stand: one query, without their words."""

    def __init__(self, source: str) -> None:
        loaded = Paragraph.objects.filter(source=source).order_by("ordinal")
        self.source = source
        self.ordinals: list[int] = []
        self._alike: dict[str, list[Any]] = {}
        for place in loaded.values_list("ordinal", "fingerprint", named=True):
            self.ordinals.append(place.ordinal)
            self._alike.setdefault(place.fingerprint, []).append(place)

    def find(self, cited: Mapping[str, Any]) -> int | None:
        """Where a cited paragraph stands now; None if it is not in this text."""
        found: Any = nearest(self._alike.get(cited["fingerprint"], []), cited["ordinal"])
        return found and int(found.ordinal)


def directions(text: Text) -> list[Direction]:
    """The reforms whose bounds are given in this source, in their order."""
    reforms = Reform.objects.public().filter(bounds__source=text.source).order_by("position")
    return [
        Direction(one, text.find(one.bounds["first"]), text.find(one.bounds["last"]))
        for one in reforms
        if one.bounds
    ]


def direction_of(text: Text, ordinals: Iterable[int]) -> Reform | None:
    """The reform within which all these paragraphs lie; None where none does, or several do."""
    ordinals = list(ordinals)
    around = [one.reform for one in directions(text) if all(map(one.holds, ordinals))]
    return around[0] if len(around) == 1 else None


@dataclass(slots=True)
class Margin:
    """What rests on the paragraphs of a text, by their ordinals, and what is not found in it."""

    promises: dict[int, Marks] = field(default_factory=dict)
    updates: dict[int, Marks] = field(default_factory=dict)
    missing: Marks = field(default_factory=dict)
    # Whether there are more citations than were looked at.
    capped: bool = False

    def free(self, text: Text) -> list[int]:
        """The paragraphs that no promise cites."""
        return [one for one in text.ordinals if one not in self.promises]


def margin(text: Text, user: Any) -> Margin:
    """The margin as `user` may see it, in two queries whatever cites the source."""
    found = Margin()
    for marks, asked in (
        (found.promises, _of_promises(text)),
        (found.updates, _of_updates(text, user)),
    ):
        citations = list(asked[: MOST_CITATIONS + 1])
        found.capped |= len(citations) > MOST_CITATIONS
        for mark, place in _placed(text, citations[:MOST_CITATIONS]):
            beside = found.missing if place is None else marks.setdefault(place, {})
            beside[mark] = None
    return found


def _placed(text: Text, citations: Iterable[Any]) -> Iterator[tuple[Mark, int | None]]:
    for owner, promise, stance, paragraphs in citations:
        for cited in paragraphs:
            yield Mark(owner, promise, stance, cited["ordinal"]), text.find(cited)


def _of_promises(text: Text) -> Any:
    """Promises in the record, in their order."""
    return (
        Citation.objects.filter(source=text.source, promise__withdrawn_at=None)
        .exclude(promise=None)
        .exclude(paragraphs=[])
        .order_by("promise__position", "position", "id")
        .values_list("promise", "promise", "stance", "paragraphs")
    )


def _of_updates(text: Text, user: Any) -> Any:
    """Updates that stand or wait for review, those that cited it last first."""
    return (
        Citation.objects.visible_to(user)
        .filter(source=text.source, update__review_state__in=_ALIVE)
        .exclude(paragraphs=[])
        .order_by("-id")
        .values_list("update", "update__promise", "stance", "paragraphs")
    )


def by_stance(marks: Iterable[Mark]) -> str:
    """How many support, dispute, give context: 2 support, 1 disputes."""
    counted = Counter(one.stance for one in marks)
    verbs = {Stance.SUPPORTS: "support", Stance.DISPUTES: "dispute"}
    return ", ".join(
        f"{number} {verbs[stance]}{'s' if number == 1 else ''}"
        if stance in verbs
        else f"{number} for context"
        for stance in Stance
        if (number := counted[stance.value])
    )
