"""The shapes of the JSON columns: what is refused, and in what words."""

import json
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from reforms.errors import RuleBroken
from reforms.ledger.chain import canonical
from reforms.models.shapes import (
    validate_bounds,
    validate_figures,
    validate_names,
    validate_paragraphs,
)
from tests.fixtures import make_promise

PRINT = "fp1:" + "0a" * 32
FIRST = {"ordinal": 1, "fingerprint": PRINT}
LAST = {"ordinal": 2, "fingerprint": PRINT}

GOOD: list[tuple[Any, Any]] = [
    (validate_figures, []),
    (validate_figures, [{"what": "judges", "value": 0}]),
    (validate_figures, [{"what": {"ru": "судьи"}, "unit": "people", "from": -1.5, "to": 10**15}]),
    (validate_figures, [{"what": "tenge", "from": 1 - 2**53, "to": 2**53 - 1}]),
    (validate_paragraphs, []),
    (validate_paragraphs, [FIRST, LAST]),
    (validate_bounds, {"source": "the-address", "first": FIRST, "last": LAST}),
    (validate_bounds, {"source": "a", "first": FIRST, "last": FIRST}),
    (validate_names, ["Kazinform", "Qazinform"]),
]

BAD: list[tuple[Any, Any, str]] = [
    (validate_figures, {}, "Give a list of figures."),
    (validate_figures, "judges", "Give a list of figures."),
    (
        validate_figures,
        [["judges", 3]],
        "Figure 1 is to be a mapping of from, to, unit, value, what.",
    ),
    (validate_figures, [{"what": "judges", "val": 3}], "Figure 1: “val” is unknown"),
    (validate_figures, [{"value": 3}], "Figure 1: “what” is missing."),
    (validate_figures, [{"what": "", "value": 3}], "Figure 1: “what” is missing."),
    (validate_figures, [{"what": {"de": "Richter"}, "value": 3}], "“de” is no language"),
    (validate_figures, [{"what": 5, "value": 3}], "Figure 1: “what”: Give the text by language"),
    (validate_figures, [{"what": "a\x00b", "value": 3}], "U+0000"),
    (
        validate_figures,
        [{"what": "judges", "unit": {}, "value": 3}],
        "Figure 1: “unit” is missing.",
    ),
    (validate_figures, [{"what": "judges"}], "Figure 1: give either “value”, or both"),
    (validate_figures, [{"what": "judges", "from": 3}], "Figure 1: give either “value”, or both"),
    (validate_figures, [{"what": "judges", "value": 3, "to": 4}], "give either “value”, or both"),
    (validate_figures, [{"what": "judges", "value": "3"}], "Figure 1: “value” is no number."),
    (validate_figures, [{"what": "judges", "value": True}], "Figure 1: “value” is no number."),
    (validate_figures, [{"what": "judges", "value": None}], "Figure 1: “value” is no number."),
    (validate_figures, [{"what": "a", "value": float("nan")}], "Figure 1: “value” is no number."),
    (validate_figures, [{"what": "a", "value": float("-inf")}], "Figure 1: “value” is no number."),
    (
        validate_figures,
        [{"what": "tenge", "value": 2**53}],
        "Figure 1: “value” is too large: 9007199254740991 is the largest number that every program"
        " reads exactly. Give it in a larger unit.",
    ),
    (validate_figures, [{"what": "a", "from": -(2**53), "to": 1}], "Figure 1: “from” is too large"),
    (validate_figures, [{"what": "a", "value": 1e300}], "Figure 1: “value” is too large"),
    (validate_figures, [{"what": "a", "value": 10**400}], "Figure 1: “value” is too large"),
    (validate_figures, [{"what": "a", "value": 1}, {"what": "a"}], "Figure 2: give either"),
    (validate_paragraphs, {"ordinal": 1}, "Give a list of paragraphs."),
    (validate_paragraphs, [7], "Paragraph 1 of the list is to be a mapping"),
    (validate_paragraphs, [{"fingerprint": PRINT}], "“ordinal” is to be a whole number from 1."),
    (validate_paragraphs, [FIRST | {"ordinal": 0}], "“ordinal” is to be a whole number from 1."),
    (validate_paragraphs, [FIRST | {"ordinal": True}], "“ordinal” is to be a whole number from 1."),
    (validate_paragraphs, [FIRST | {"ordinal": 1.0}], "“ordinal” is to be a whole number from 1."),
    (validate_paragraphs, [FIRST | {"ordinal": 2**53}], "“ordinal” is too large"),
    (validate_paragraphs, [{"ordinal": 1}], "“fp1:” and 64 digits"),
    (validate_paragraphs, [FIRST | {"fingerprint": PRINT.upper()}], "“fp1:” and 64 digits"),
    (validate_paragraphs, [FIRST | {"fingerprint": PRINT + "\n"}], "“fp1:” and 64 digits"),
    (validate_paragraphs, [FIRST | {"fingerprint": "fp1:" + "٣" * 64}], "“fp1:” and 64 digits"),
    (validate_paragraphs, [FIRST | {"text": "We will."}], "“text” is unknown"),
    (validate_paragraphs, [FIRST, FIRST], "¶1 is listed twice."),
    (validate_bounds, [], "The bounds is to be a mapping"),
    (validate_bounds, {"first": FIRST, "last": LAST}, "“source” is to be the id of a source."),
    (validate_bounds, {"source": "A b", "first": FIRST, "last": LAST}, "the id of a source."),
    (validate_bounds, {"source": "a", "first": FIRST}, "“last” is to be a mapping"),
    (validate_bounds, {"source": "a", "first": LAST, "last": FIRST}, "stands after the last."),
    (validate_names, "Kazinform", "Give a list of names."),
    (validate_names, ["a", " "], "Name 2 is empty or no text"),
    (validate_names, [5], "Name 1 is empty or no text"),
    (validate_names, ["a", "a"], "“a” is listed twice."),
    (validate_names, ["a" * 201], "Name 1 has more than 200 characters."),
    (validate_names, ["a\tb\x7f"], "U+007F"),
]


@pytest.mark.parametrize(("validate", "value"), GOOD)
def test_good_shapes_pass(validate: Any, value: Any) -> None:
    validate(value)


@pytest.mark.parametrize(("validate", "value", "complaint"), BAD)
def test_bad_shapes_are_named(validate: Any, value: Any, complaint: str) -> None:
    with pytest.raises(ValidationError) as caught:
        validate(value)
    assert complaint in " ".join(caught.value.messages)


@pytest.mark.parametrize("number", [2**53 - 1, 1 - 2**53, 0.1, -2.5, 1e-7, 3.0])
def test_what_passes_has_a_canonical_form_that_reads_back_exactly(number: float) -> None:
    """Otherwise the ledger could not hash it."""
    figures = [{"what": "tenge", "value": number}]
    validate_figures(figures)
    assert json.loads(canonical(figures)) == figures


def test_every_way_in_meets_them(cast: None) -> None:
    with pytest.raises(RuleBroken, match="figures: Figure 1: “what” is missing"):
        make_promise(figures=[{"value": 3}])
