"""Agreement, against worked examples of the literature and against another implementation.

Data are written as the literature writes them: a line for each observer, a column for each unit, a
point where an observer did not look.
"""

from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from random import Random

import krippendorff
import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reforms.agreement import (
    Difference,
    Measure,
    Units,
    alpha,
    nominal,
    ordinal,
    raw_agreement,
    within,
)
from reforms.vocabulary import Undefined

pytestmark = pytest.mark.without_database

SCALE = "abcde"


def units(*observers: str) -> Units[str]:
    columns = zip(*(observer.split() for observer in observers), strict=True)
    return Counter(tuple(value for value in column if value != ".") for column in columns)


# Published examples ------------------------------------------------------------------------------

# Krippendorff, Computing Krippendorff's Alpha-Reliability (2011), the examples A, B and C.
BINARY = units(
    "0 1 0 0 0 0 0 0 1 0",
    "1 1 1 0 0 1 0 0 0 0",
)
TWO_OBSERVERS = units(
    "a a b b d c c c e d d a",
    "b a b b b c c c e d d d",
)
# Also in Content Analysis, chapter 12.
FOUR_OBSERVERS = units(
    "1 2 3 3 2 1 4 1 2 . . .",
    "1 2 3 3 2 2 4 1 2 5 . 3",
    ". 3 3 3 2 3 4 2 2 5 1 .",
    "1 2 3 3 2 4 4 1 2 5 1 .",
)
# Hayes and Krippendorff, Answering the Call (2007), table 1: how 40 articles were rated.
NEWS = units(
    "1 1 2 . 0 0 1 1 2 2 . 0 1 3 1 1 2 1 1 0 0 0 2 0 1 0 0 1 1 1 1 2 2 3 2 2 2 2 2 1",
    "1 1 3 0 0 0 0 . 2 1 1 0 2 3 1 1 1 2 1 0 0 0 3 0 2 1 0 2 1 1 1 1 2 2 2 2 2 2 2 1",
    "2 0 3 0 0 0 2 2 2 1 0 0 2 2 1 1 2 3 0 0 1 . 3 0 . 1 0 1 2 2 0 2 . 2 2 3 2 . 2 1",
    ". 1 3 . . . . 0 . 1 0 0 2 2 . . . 3 1 . 1 0 3 0 2 1 1 2 2 . . 1 2 2 . . . 1 2 .",
    "2 . . 0 0 0 1 . 2 . . . . 3 1 1 2 . . 0 . 0 . . 2 . 0 . . 2 0 . 2 . 2 2 2 2 . 1",
)


@pytest.mark.parametrize(
    ("data", "difference", "published", "rests_on"),
    [
        (BINARY, nominal, "0.095", (10, 20)),
        (TWO_OBSERVERS, nominal, "0.692", (12, 24)),
        (FOUR_OBSERVERS, nominal, "0.743", (11, 40)),
        (FOUR_OBSERVERS, ordinal("12345"), "0.815", (11, 40)),
        (NEWS, nominal, "0.477", (40, 159)),
        (NEWS, ordinal("0123"), "0.760", (40, 159)),
    ],
)
def test_published_examples(
    data: Units[str], difference: Difference[str], published: str, rests_on: tuple[int, int]
) -> None:
    found = alpha(data, difference)
    assert found.value is not None
    assert f"{float(found.value):.3f}" == published
    assert (found.units, found.values) == rests_on


def test_it_is_exact() -> None:
    assert alpha(BINARY, nominal).value == Fraction(2, 21)
    assert alpha(TWO_OBSERVERS, nominal).value == Fraction(155, 224)
    assert alpha(FOUR_OBSERVERS, nominal).value == Fraction(113, 152)


def test_raw_agreement() -> None:
    """Of two observers it is the share of the units on which they agree."""
    assert raw_agreement(BINARY) == Measure(Fraction(6, 10), 10, 20)
    assert raw_agreement(TWO_OBSERVERS) == Measure(Fraction(9, 12), 12, 24)
    # Of three, two of whom agree, it is one pair of three.
    assert raw_agreement(units("a", "a", "b")).value == Fraction(1, 3)


# By hand -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "undefined", "rests_on"),
    [
        ({}, Undefined.NOTHING_IN_COMMON, (0, 0)),
        (units("a b . .", ". . c c"), Undefined.NOTHING_IN_COMMON, (0, 0)),
        (units("a a a", "a a ."), Undefined.NO_VARIATION, (2, 4)),
        # The only other value is one that nobody else looked at.
        (units("a a b", "a a ."), Undefined.NO_VARIATION, (2, 4)),
    ],
)
def test_undefined(data: Units[str], undefined: Undefined, rests_on: tuple[int, int]) -> None:
    """Agreement without variation is no perfect one: nothing shows that it is not chance."""
    for difference in (nominal, ordinal(SCALE)):
        assert alpha(data, difference) == Measure(None, *rests_on, undefined)


def test_raw_agreement_needs_no_variation() -> None:
    assert raw_agreement(units("a a", "a a")) == Measure(Fraction(1), 2, 4)
    assert raw_agreement(units("a .", ". b")) == Measure(None, 0, 0, Undefined.NOTHING_IN_COMMON)


def test_one_unit_of_dissent_is_as_by_chance() -> None:
    """Both values occur once: chance could not pair them otherwise."""
    assert alpha(units("a", "b"), nominal).value == 0


def test_systematic_disagreement() -> None:
    assert alpha(units("a b", "b a"), nominal).value == Fraction(-1, 2)


def test_neighbours_on_a_scale_disagree_less() -> None:
    near = units("a b c d", "b b c d")
    far = units("d b c d", "b b c a")
    assert alpha(near, nominal).value == Fraction(16, 23)
    assert alpha(near, ordinal("abcd")).value == Fraction(71, 78)
    assert alpha(far, nominal).value == Fraction(9, 23)
    assert alpha(far, ordinal("abcd")).value == Fraction(-251, 624)


def test_within_a_scale() -> None:
    """A unit may lose values, and be compared no more."""
    data = units("a x b x", "a b x x", "b a b .")
    assert within(data, "ab") == {("a", "a", "b"): 1, ("b", "a"): 1, ("b", "b"): 1, (): 1}
    assert alpha(within(data, "ab"), ordinal("ab")).units == 3


# Against another implementation ------------------------------------------------------------------

MATRICES = st.integers(2, 6).flatmap(
    lambda observers: st.lists(
        st.lists(st.none() | st.sampled_from(SCALE), min_size=observers, max_size=observers),
        max_size=25,
    )
)
Matrix = list[list[str | None]]


def counted(matrix: Matrix) -> Units[str]:
    return Counter(tuple(value for value in unit if value is not None) for unit in matrix)


@given(MATRICES, st.sampled_from(["nominal", "ordinal"]))
def test_as_another_implementation(matrix: Matrix, level: str) -> None:
    found = alpha(counted(matrix), nominal if level == "nominal" else ordinal(SCALE))
    if found.value is None:
        return
    data = [[numpy.nan if one is None else SCALE.index(one) for one in unit] for unit in matrix]
    expected = krippendorff.alpha(
        reliability_data=numpy.array(data).T,
        value_domain=range(len(SCALE)),
        level_of_measurement=level,
    )
    assert float(found.value) == pytest.approx(expected, abs=1e-9)


# Always ------------------------------------------------------------------------------------------

DIFFERENCES = st.sampled_from([nominal, ordinal(SCALE)])


@given(MATRICES, DIFFERENCES)
def test_range(matrix: Matrix, difference: Difference[str]) -> None:
    """At most 1, which only full agreement reaches; always above -1."""
    data = counted(matrix)
    found, raw = alpha(data, difference), raw_agreement(data)
    assert (found.units, found.values) == (raw.units, raw.values)
    assert found.units == sum(len(one) - one.count(None) > 1 for one in matrix)
    assert (found.value is None) == (found.undefined is not None)
    if raw.value is not None:
        assert 0 <= raw.value <= 1
    if found.value is not None:
        assert -1 < found.value <= 1
        assert (found.value == 1) == (raw.value == 1)


@given(MATRICES, DIFFERENCES, st.randoms(use_true_random=False))
def test_who_said_it_and_where_does_not_matter(
    matrix: Matrix, difference: Difference[str], chance: Random
) -> None:
    shuffled = [chance.sample(unit, len(unit)) for unit in matrix]
    chance.shuffle(shuffled)
    expected = alpha(counted(matrix), difference)
    assert alpha(counted(shuffled), difference) == expected


@given(MATRICES)
def test_names_do_not_matter(matrix: Matrix) -> None:
    """Nominal values may be renamed at will; a scale may be read from its other end."""
    turned: Mapping[str | None, str | None] = {
        None: None,
        **dict(zip(SCALE, reversed(SCALE), strict=True)),
    }
    other = [[turned[value] for value in unit] for unit in matrix]
    for difference in (nominal, ordinal(SCALE)):
        assert alpha(counted(other), difference) == alpha(counted(matrix), difference)


@given(MATRICES, DIFFERENCES)
def test_who_looked_alone_does_not_matter(matrix: Matrix, difference: Difference[str]) -> None:
    alone = [[value, *[None] * (len(matrix[0]) - 1)] for value in SCALE] if matrix else []
    expected = alpha(counted(matrix), difference)
    assert alpha(counted(matrix + alone), difference) == expected


@given(MATRICES)
def test_two_values_have_one_scale(matrix: Matrix) -> None:
    """Where there are only two values, nominal and ordinal are the same."""
    two = within(counted(matrix), "ab")
    assert alpha(two, nominal) == alpha(two, ordinal(SCALE))
