"""How far assessors agree, and how far beyond chance: pure functions, exact, no database.

What is measured are *units* (promises), each with the *values* (statuses) that assessors gave it;
who did not assess it gave it none. Units that have the same values count together: `Units` maps the
values of a unit to how many units have just them. A unit with fewer than two values says nothing
about agreement: its value is not *pairable*.

Krippendorff's alpha compares the disagreement that is observed within units with the one that would
be expected if the same values were spread over the units by chance:

    alpha = 1 - observed / expected

It is 1 where all agree and 0 where they agree as by chance; below 0 they disagree
systematically. It is always greater than -1. It has no value where there is nothing to compare, and
none where all values are the same: then nothing shows that assessors can tell one from another.
How unlike two values are is said by a difference function: `nominal` knows same and other,
`ordinal` how far apart they stand on a scale.

Sources: Klaus Krippendorff, Content Analysis: An Introduction to Its Methodology (4th ed., Sage,
2019), chapter 12; the same, Computing Krippendorff's Alpha-Reliability (2011); Andrew F. Hayes and
Klaus Krippendorff, Answering the Call for a Standard Reliability Measure for Coding Data,
Communication Methods and Measures 1 (2007), 77-89. The names of the steps are theirs.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from reforms.vocabulary import Undefined

V = TypeVar("V")

Units = Mapping[tuple[V, ...], int]
Pair = tuple[V, V]
# From how often each value occurs to how unlike two values are: 0 for equal ones, and symmetric.
Difference = Callable[[Mapping[V, int]], Callable[[V, V], Fraction]]


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure and what it rests on: units with two values or more, and the values in them.

    Where `value` is None, `undefined` says why.
    """

    value: Fraction | None
    units: int
    values: int
    undefined: Undefined | None = None


def raw_agreement(units: Units[V]) -> Measure:
    """The share of pairs of values of a unit that are equal, from 0 to 1; chance is not considered.

    Each pairable value weighs the same, however many a unit has. Of two assessors it is the
    share of their common units on which they agree.
    """
    pairable = _pairable(units)
    total = sum(_totals(pairable).values())
    if not total:
        return Measure(None, 0, 0, Undefined.NOTHING_IN_COMMON)
    matrix = _coincidences(pairable)
    equal = sum((matrix[one, other] for one, other in matrix if one == other), Fraction())
    return Measure(equal / total, sum(pairable.values()), total)


def alpha(units: Units[V], difference: Difference[V]) -> Measure:
    """Krippendorff's alpha of the units, for any number of assessors and with values missing."""
    pairable = _pairable(units)
    totals = _totals(pairable)
    rests_on = sum(pairable.values()), sum(totals.values())
    if not totals:
        return Measure(None, *rests_on, Undefined.NOTHING_IN_COMMON)
    apart = difference(totals)
    expected = sum(
        number * totals[other] * apart(one, other)
        for one, number in totals.items()
        for other in totals
    )
    if not expected:
        return Measure(None, *rests_on, Undefined.NO_VARIATION)
    observed = sum(
        number * apart(one, other) for (one, other), number in _coincidences(pairable).items()
    )
    # Divided by the number of values the one is the mean disagreement within units; divided by the
    # number of pairs of values the other is the mean between any two.
    return Measure(1 - (rests_on[1] - 1) * observed / expected, *rests_on)


def nominal(_totals: Mapping[V, int]) -> Callable[[V, V], Fraction]:
    """Values are the same or they are not."""
    return lambda one, other: Fraction(one != other)


def ordinal(scale: Sequence[V]) -> Difference[V]:
    """Values are ranks: two are as far apart as there are values between them, squared.

    `scale` holds all values, least first. Between two ranks lie half of the values of either and
    all of the values of the ranks between, so that it is the distance of their middles.
    """

    def difference(totals: Mapping[V, int]) -> Callable[[V, V], Fraction]:
        middles: dict[V, Fraction] = {}
        below = 0
        for value in scale:
            middles[value] = below + Fraction(totals.get(value, 0), 2)
            below += totals.get(value, 0)
        return lambda one, other: (middles[one] - middles[other]) ** 2

    return difference


def within(units: Units[V], scale: Iterable[V]) -> Units[V]:
    """The units with those of their values that lie on a scale."""
    scale = frozenset(scale)
    found: Counter[tuple[V, ...]] = Counter()
    for values, number in units.items():
        found[tuple(value for value in values if value in scale)] += number
    return found


def _pairable(units: Units[V]) -> Units[V]:
    return {values: number for values, number in units.items() if len(values) > 1 and number}


def _totals(units: Units[V]) -> Counter[V]:
    """How often each value occurs in units that have two values or more."""
    totals: Counter[V] = Counter()
    for values, number in units.items():
        for value in values:
            totals[value] += number
    return totals


def _coincidences(units: Units[V]) -> Mapping[Pair[V], Fraction]:
    """The coincidence matrix: how often values were paired with each other in the same unit.

    Each of the m values of a unit is paired with the m - 1 others, each pair counting
    1 / (m - 1): so every value counts once, in a row as in a column.
    """
    met: Counter[tuple[Pair[V], int]] = Counter()
    for values, number in units.items():
        counts = Counter(values)
        others = len(values) - 1
        for one in counts:
            for other in counts:
                pairs = counts[one] * (counts[other] - (one == other))
                met[(one, other), others] += pairs * number
    matrix: dict[Pair[V], Fraction] = {}
    for (pair, others), number in met.items():
        matrix[pair] = matrix.get(pair, Fraction()) + Fraction(number, others)
    return matrix
