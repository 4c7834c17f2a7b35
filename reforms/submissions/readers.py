"""Reading plain values: each kind of value knows what it takes, and how a schema says so.

`read(value, place)` gives what the value means, or None after complaining of it at its place.
"""

import re
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from reforms import addresses
from reforms.dates import PartialDate
from reforms.models.fields import validate_plain_text
from reforms.submissions.complaints import Place, printable
from reforms.vocabulary import LANGUAGES, Term

# A text that is given without its language stands under this key until the language is known.
UNSAID = ""

_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"


class Reader(Protocol):
    """What a field takes."""

    def read(self, value: Any, place: Place) -> Any:
        """What the value means; None after complaining of it."""

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema."""


def found(value: Any) -> str:
    """What was given where something else was expected; texts are not repeated."""
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case str():
            return "a text"
        case list():
            return "a list"
        case dict():
            return "an object"
    return "a number"


def is_text(value: Any, place: Place, expected: str = "a text") -> bool:
    """Whether the value is a text; complains if not."""
    if isinstance(value, str):
        return True
    hint = "; put it in quotes" if isinstance(value, bool | int | float | Decimal) else ""
    place.complain("wrong_type", f"Expected {expected}, found {found(value)}{hint}.")
    return False


def is_fit(text: str, most: int, place: Place) -> bool:
    """Whether a text may be stored: not empty, not too long, nothing in it that cannot be shown."""
    if not text.strip():
        place.complain("empty", "It is empty; leave it out or write something.")
    elif len(text) > most:
        place.complain("too_long", f"It has {len(text)} characters; at most {most} are allowed.")
    else:
        try:
            validate_plain_text(text)
        except ValidationError as error:
            place.complain("bad_character", error.messages[0])
        else:
            return True
    return False


@dataclass(frozen=True, slots=True)
class Text:
    """A text of at most so many characters."""

    most: int

    def read(self, value: Any, place: Place) -> str | None:
        return value if is_text(value, place) and is_fit(value, self.most, place) else None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "minLength": 1, "maxLength": self.most}


@dataclass(frozen=True, slots=True)
class Texts:
    """A text, or the same text in several languages: `{"en": "…", "ru": "…"}`."""

    most: int

    def read(self, value: Any, place: Place) -> dict[str, str] | None:
        if isinstance(value, dict):
            return self._by_language(value, place)
        if not is_text(value, place, "a text, or an object of texts by language"):
            return None
        return {UNSAID: value} if is_fit(value, self.most, place) else None

    def _by_language(self, value: dict[str, Any], place: Place) -> dict[str, str] | None:
        texts = {}
        if not value:
            place.complain("empty", "No language is given; leave it out or write something.")
        for language, text in value.items():
            there = place.at(language)
            if language not in LANGUAGES:
                detail = f"“{printable(language)}” is no language of the record."
                there.complain("unknown_value", detail, language, LANGUAGES)
            elif is_text(text, there) and is_fit(text, self.most, there):
                texts[language] = text
        return texts if texts and len(texts) == len(value) else None

    def schema(self) -> dict[str, Any]:
        text = Text(self.most).schema()
        by_language = {
            "type": "object",
            "properties": dict.fromkeys(LANGUAGES, text),
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {"oneOf": [text, by_language]}


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a closed vocabulary. `refused` are those that nobody sends, with the reason."""

    vocabulary: type[Term]
    refused: dict[str, str] = field(default_factory=dict)
    allowed: list[str] = field(init=False)

    def __post_init__(self) -> None:
        allowed = [word for word in self.vocabulary.values() if word not in self.refused]
        object.__setattr__(self, "allowed", allowed)

    def read(self, value: Any, place: Place) -> str | None:
        if not is_text(value, place, "a word"):
            return None
        if value in self.refused:
            place.complain("unknown_value", self.refused[value], allowed=self.allowed)
        elif value not in self.allowed:
            detail = f"“{printable(value)}” is not allowed here."
            place.complain("unknown_value", detail, value, self.allowed)
        else:
            return str(value)
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": self.allowed}


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the record."""

    def read(self, value: Any, place: Place) -> str | None:
        if not is_text(value, place, "a language"):
            return None
        if value not in LANGUAGES:
            detail = f"“{printable(value)}” is no language of the record."
            place.complain("unknown_value", detail, value, LANGUAGES)
            return None
        return str(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "enum": list(LANGUAGES)}


@dataclass(frozen=True, slots=True)
class Pattern:
    """A text of a certain form; `detail` says which."""

    pattern: str
    detail: str
    most: int

    def read(self, value: Any, place: Place) -> str | None:
        if not is_text(value, place) or not is_fit(value, self.most, place):
            return None
        if re.fullmatch(self.pattern, value, re.ASCII):
            return str(value)
        place.complain("bad_form", f"“{printable(value)}” is none: {self.detail}.")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": f"^{self.pattern}$", "maxLength": self.most}


@dataclass(frozen=True, slots=True)
class Day:
    """A date that may be known to the day, the month or the year."""

    def read(self, value: Any, place: Place) -> PartialDate | None:
        if not is_text(value, place, "a date as a text"):
            return None
        try:
            return PartialDate.parse(value)
        except ValueError as error:
            reason = str(error).rpartition("” ")[2]
            place.complain("bad_date", f"“{printable(value)}” {reason}.")
            return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "pattern": _DATE}


@dataclass(frozen=True, slots=True)
class Address:
    """The address of a document on the web, without a user name or a password in it."""

    most: int

    def read(self, value: Any, place: Place) -> str | None:
        # An address may carry a password, so that no complaint repeats it.
        if not is_text(value, place, "an address") or not is_fit(value, self.most, place):
            return None
        try:
            URLValidator(schemes=["http", "https"])(value)
            parts = urlsplit(value)
            addresses.digest(value)
        except (ValidationError, ValueError):
            detail = "It is no address of a document: write https://… or http://… in full."
            place.complain("bad_address", detail)
            return None
        if parts.username is not None or parts.password is not None:
            detail = "It carries a user name or a password; give the address without them."
            place.complain("bad_address", detail)
            return None
        return str(value)

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "uri", "maxLength": self.most}
