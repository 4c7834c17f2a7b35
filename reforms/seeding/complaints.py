"""What is wrong with seed files, where it stands, and what would be right."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from difflib import get_close_matches

# Where a value stands in a file: ("promises", 2, "updates", 0, "status").
Path = tuple[str | int, ...]

_FEW = 12
_NEAR = 0.7


@dataclass(frozen=True, order=True, slots=True)
class Complaint:
    """One mistake. `text` says what is wrong and what would be right."""

    file: str
    line: int
    place: str
    text: str

    def __str__(self) -> str:
        place = f"{self.place}: " if self.place else ""
        return f"{self.file}:{self.line}: {place}{self.text}"


def written(path: Path) -> str:
    """A path as people write it: promises[2].updates[0].status."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return text.removeprefix(".")


def listed(words: Iterable[str]) -> str:
    """Words in a row: a, b, c."""
    return ", ".join(words)


def nearest(word: object, allowed: Collection[str]) -> str:
    """The words “; did you mean …?” for the nearest allowed word; empty if none is near."""
    found = get_close_matches(str(word), allowed, n=1, cutoff=_NEAR)
    return f"; did you mean “{found[0]}”?" if found else ""


def unless_many(intro: str, words: Collection[str]) -> str:
    """The words “; `intro`: …” while the list is short enough to be read; empty otherwise."""
    return f"; {intro}: {listed(sorted(words))}" if 0 < len(words) <= _FEW else ""
