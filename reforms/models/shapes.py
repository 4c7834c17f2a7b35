"""The shapes of the JSON columns, as validators: the admin, the API and the seeds share them."""

import math
import re
from typing import Any

from django.core.exceptions import ValidationError

from reforms.models.fields import SLUG, validate_plain_text, validate_texts

FINGERPRINT = r"fp1:[0-9a-f]{64}"
_FINGERPRINT = re.compile(FINGERPRINT, re.ASCII)
_FIGURE = {"what", "unit", "value", "from", "to"}
_PARAGRAPH = {"ordinal", "fingerprint"}
_BOUNDS = {"source", "first", "last"}
LONGEST_NAME = 200
# Canonical JSON (RFC 8785), which the ledger hashes, holds no larger whole number exactly.
LARGEST_NUMBER = 2**53 - 1


def validate_figures(figures: Any) -> None:
    """A list of `{what, unit}` with either `value` or both `from` and `to`, which are numbers of at
    most `LARGEST_NUMBER`, above zero or below.

    `what` and `unit` are texts, in English or by language; `unit` may be missing.
    """
    for place, figure in enumerate(_list(figures, "figures"), start=1):
        where = f"Figure {place}"
        _mapping(figure, _FIGURE, where)
        _text(figure.get("what"), f"{where}: “what”")
        if "unit" in figure:
            _text(figure["unit"], f"{where}: “unit”")
        given = sorted(figure.keys() & {"value", "from", "to"})
        if given not in (["value"], ["from", "to"]):
            raise ValidationError(f"{where}: give either “value”, or both “from” and “to”.")
        for name in given:
            _number(figure[name], f"{where}: “{name}”")


def validate_paragraphs(paragraphs: Any) -> None:
    """A list of `{ordinal, fingerprint}`: its place from 1, and `fp1:` with 64 digits of hex."""
    seen = set()
    for place, paragraph in enumerate(_list(paragraphs, "paragraphs"), start=1):
        _paragraph(paragraph, f"Paragraph {place} of the list")
        if (key := (paragraph["ordinal"], paragraph["fingerprint"])) in seen:
            raise ValidationError(f"¶{paragraph['ordinal']} is listed twice.")
        seen.add(key)


def validate_bounds(bounds: Any) -> None:
    """`{source, first, last}`: a source's id and two paragraphs, the first not after the last."""
    _mapping(bounds, _BOUNDS, "The bounds")
    source = bounds.get("source")
    if not isinstance(source, str) or not re.match(SLUG, source):
        raise ValidationError("The bounds: “source” is to be the id of a source.")
    for name in ("first", "last"):
        _paragraph(bounds.get(name), f"The bounds: “{name}”")
    if bounds["first"]["ordinal"] > bounds["last"]["ordinal"]:
        raise ValidationError("The bounds: the first paragraph stands after the last.")


def validate_names(names: Any) -> None:
    """A list of different names, none of them empty."""
    seen = set()
    for place, name in enumerate(_list(names, "names"), start=1):
        if not isinstance(name, str) or not name.strip():
            raise ValidationError(f"Name {place} is empty or no text; remove it.")
        if len(name) > LONGEST_NAME:
            raise ValidationError(f"Name {place} has more than {LONGEST_NAME} characters.")
        if name in seen:
            raise ValidationError(f"“{name}” is listed twice.")
        validate_plain_text(name)
        seen.add(name)


def _list(value: Any, what: str) -> list[Any]:
    if not isinstance(value, list):
        raise ValidationError(f"Give a list of {what}.")
    return value


def _mapping(value: Any, known: set[str], where: str) -> None:
    if not isinstance(value, dict):
        raise ValidationError(f"{where} is to be a mapping of {', '.join(sorted(known))}.")
    for name in value:
        if name not in known:
            raise ValidationError(
                f"{where}: “{name}” is unknown; what can be given is {', '.join(sorted(known))}."
            )


def _text(value: Any, where: str) -> None:
    if not value:
        raise ValidationError(f"{where} is missing.")
    try:
        validate_texts({"en": value} if isinstance(value, str) else value)
    except ValidationError as error:
        raise ValidationError(f"{where}: {error.messages[0]}") from None


def _number(value: Any, where: str) -> None:
    # True and False are integers to Python; no JSON text can hold an infinity.
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValidationError(f"{where} is no number.")
    if isinstance(value, float) and not math.isfinite(value):
        raise ValidationError(f"{where} is no number.")
    if abs(value) > LARGEST_NUMBER:
        raise ValidationError(
            f"{where} is too large: {LARGEST_NUMBER} is the largest number that every program reads"
            " exactly. Give it in a larger unit."
        )


def _paragraph(value: Any, where: str) -> None:
    _mapping(value, _PARAGRAPH, where)
    ordinal, fingerprint = value.get("ordinal"), value.get("fingerprint")
    if not isinstance(ordinal, int) or isinstance(ordinal, bool) or ordinal < 1:
        raise ValidationError(f"{where}: “ordinal” is to be a whole number from 1.")
    _number(ordinal, f"{where}: “ordinal”")
    if not isinstance(fingerprint, str) or not _FINGERPRINT.fullmatch(fingerprint):
        raise ValidationError(
            f"{where}: “fingerprint” is to be “fp1:” and 64 digits of lower-case hexadecimal."
        )
