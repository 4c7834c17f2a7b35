"""Everything that can go wrong by rule. Each says what was wrong and what would be right."""

import difflib
import traceback
from collections.abc import Iterable, Mapping, Sequence


class TrackerError(Exception):
    """The root of the tree: `str(error)` is a sentence for a person."""


class RuleBroken(TrackerError):
    """Data that a rule of the record forbids; `fields` maps a field's name to its complaints."""

    def __init__(self, fields: Mapping[str, Sequence[str]] | str) -> None:
        self.fields: dict[str, list[str]] = (
            {"": [fields]}
            if isinstance(fields, str)
            else {name: list(complaints) for name, complaints in fields.items()}
        )
        super().__init__(
            "; ".join(
                f"{name}: {complaint}" if name else complaint
                for name, complaints in self.fields.items()
                for complaint in complaints
            )
        )


class EvidenceMissing(RuleBroken):
    """A status update without a supporting citation was to be published."""

    def __init__(self) -> None:
        super().__init__(
            {"citations": ["a published status update needs at least one supporting citation"]}
        )


class TransitionRefused(TrackerError):
    """An action that the update's review state does not allow, or that came second in a race."""


class DocumentRefused(TrackerError):
    """The document given is not the one that the record cites, or nothing can show that it is."""


class SeedsRefused(TrackerError):
    """Seed files with mistakes; `complaints` names each by file and line."""

    def __init__(self, complaints: Sequence[str]) -> None:
        self.complaints = list(complaints)
        super().__init__("\n".join(complaints))


def nearest(word: str, allowed: Iterable[str]) -> str | None:
    """The allowed word that `word` most resembles, if any resembles it."""
    found = difflib.get_close_matches(word.lower(), list(allowed), n=1, cutoff=0.65)
    return found[0] if found else None


def suggestion(found: str | None) -> str:
    """A sentence to append to a complaint, or nothing."""
    return f" Did you mean “{found}”?" if found else ""


def let_go(error: BaseException) -> None:
    """Let go of what the frames of a database's error hold.

    Otherwise its cursor waits in a cycle for the garbage collector. Where that runs in another
    thread, SQLite makes it wait for the cursor's connection, which may be waiting for that thread.
    """
    met: BaseException | None = error
    while met is not None:
        traceback.clear_frames(met.__traceback__)
        met = met.__cause__ or met.__context__
