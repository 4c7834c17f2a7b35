"""The opaque cursor: where a page begins, in which order, and which filters it belongs to."""

import base64
import json
import unicodedata
from dataclasses import dataclass

_FOREIGN = "This is no cursor of this list; take the address in next or previous as it stands."


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of the row beside the page; `backwards` for the page before it.

    `place` holds the values by which the list is ordered, down to the unique one. `asked` holds the
    filters and the ordering, so that a cursor alone repeats the question.
    """

    of: str
    place: list[str | int]
    backwards: bool
    asked: dict[str, str]

    def __str__(self) -> str:
        text = json.dumps(
            [self.of, self.place, self.backwards, self.asked],
            ensure_ascii=False,
            separators=(",", ":"),
        )
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str, of: str) -> "Cursor":
        """Read a cursor of the list `of`; raise ValueError, saying what to do, for another."""
        try:
            padded = text + "=" * (-len(text) % 4)
            parts = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            cursor = cls(*parts)
        except (ValueError, TypeError, RecursionError):
            raise ValueError(_FOREIGN) from None
        if (
            cursor.of != of
            or not isinstance(cursor.place, list)
            or not all(type(one) is int or is_plain(one) for one in cursor.place)
            or not isinstance(cursor.backwards, bool)
            or not isinstance(cursor.asked, dict)
            or not all(is_plain(one) for pair in cursor.asked.items() for one in pair)
        ):
            raise ValueError(_FOREIGN)
        return cursor


def is_plain(text: object) -> bool:
    """Whether it is a text without control characters and lone surrogates."""
    return isinstance(text, str) and not any(
        unicodedata.category(character) in ("Cc", "Cs") for character in text
    )
