"""What is wrong with what somebody sent: all of it at once, each by its place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reforms.errors import TrackerError, nearest, suggestion

_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Complaint:
    """One thing wrong: where, what, and what would be right.

    `pointer` is a JSON pointer (RFC 6901) into what was sent, such as /citations/0/url; empty for
    all of it. The detail never repeats what might be secret.
    """

    pointer: str
    code: str
    detail: str
    allowed: tuple[str, ...] = ()
    nearest: str | None = None


class SubmissionRefused(TrackerError):
    """What was sent breaks rules; `complaints` names each."""

    def __init__(self, complaints: Sequence[Complaint]) -> None:
        self.complaints = list(complaints)
        super().__init__("; ".join(f"{one.pointer}: {one.detail}" for one in complaints))


class Place:
    """Where a value stands in what was sent. What is wrong anywhere in it is gathered in one list.

    `complaints` is shared by all places inside. Of most places nothing is said, so that the pointer
    is written down only when it is asked for.
    """

    __slots__ = ("_above", "_part", "complaints")

    def __init__(self) -> None:
        self.complaints: list[Complaint] = []
        self._above: Place | None = None
        self._part: str | int = ""

    def at(self, part: str | int) -> "Place":
        """The place of a member of the value that stands here."""
        place = Place.__new__(Place)
        place.complaints, place._above, place._part = self.complaints, self, part
        return place

    @property
    def pointer(self) -> str:
        """The JSON pointer."""
        if self._above is None:
            return ""
        escaped = printable(str(self._part)).replace("~", "~0").replace("/", "~1")
        return f"{self._above.pointer}/{escaped}"

    def complain(
        self, code: str, detail: str, given: str = "", allowed: Iterable[str] = ()
    ) -> None:
        """Say what is wrong here; `given` is held against the `allowed` words for the nearest."""
        allowed = tuple(allowed)
        found = nearest(given[:_SHOWN], allowed) if given else None
        detail += suggestion(found)
        self.complaints.append(Complaint(self.pointer, code, detail, allowed, found))

    def refuse(self) -> None:
        """Raise SubmissionRefused if anything is wrong."""
        if self.complaints:
            raise SubmissionRefused(self.complaints)


def printable(text: str) -> str:
    """The beginning of a text that somebody sent, fit to be shown to them."""
    if len(text) <= _SHOWN and text.isprintable():
        return text
    shown = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for character in text[:_SHOWN]
    )
    return shown + ("…" if len(text) > _SHOWN else "")
