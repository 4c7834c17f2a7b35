"""Everything that can go wrong by rule. Each says what was wrong and what would be right."""

from collections.abc import Mapping, Sequence


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
