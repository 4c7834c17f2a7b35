"""How far organisations agree on the promises that several of them assess."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from operator import itemgetter

from reforms import agreement
from reforms.agreement import Measure, Units
from reforms.querysets import StatusUpdateQuerySet
from reforms.vocabulary import PROGRESS

# An organisation and the status that it gives to a promise.
View = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far organisations agree on the promises that at least two of them assess.

    `raw` and `nominal` are over all statuses; `ordinal` is over those on the scale of progress,
    and over the promises to which two of them gave one of those.
    """

    organisations: tuple[str, ...]
    raw: Measure
    nominal: Measure
    ordinal: Measure


def agreements(updates: StatusUpdateQuerySet) -> tuple[Agreement, list[Agreement]]:
    """How far all organisations agree, and each pair of them that has promises in common.

    `updates` are those that stand; of each organisation the current one on each promise counts. It
    is one query whose rows are read as they come: its time grows with the updates, and with the
    pairs of organisations on each promise; its memory with the pairs of organisations.
    """
    everybody: set[str] = set()
    together: Counter[tuple[str, ...]] = Counter()
    met: Counter[tuple[View, View]] = Counter()
    for views in _shared_promises(updates):
        everybody.update(organisation for organisation, _ in views)
        together[tuple(sorted(status for _, status in views))] += 1
        met.update(combinations(views, 2))
    pairs: dict[tuple[str, str], Counter[tuple[str, ...]]] = defaultdict(Counter)
    for ((one, says), (other, replies)), number in met.items():
        pairs[one, other][says, replies] += number
    return (
        _agreement(everybody, together),
        [_agreement(pair, pairs[pair]) for pair in sorted(pairs)],
    )


def _shared_promises(updates: StatusUpdateQuerySet) -> Iterator[tuple[View, ...]]:
    """The views of each promise that several organisations assess, in the order of their ids."""
    rows = (
        updates.compared()
        .current()
        .order_by("promise", "organisation")
        .values_list("promise", "organisation", "status")
    )
    for _, those in groupby(rows.iterator(chunk_size=5000), key=itemgetter(0)):
        yield tuple((organisation, status) for _, organisation, status in those)


def _agreement(organisations: Iterable[str], units: Units[str]) -> Agreement:
    scale = [status.value for status in PROGRESS]
    return Agreement(
        organisations=tuple(sorted(organisations)),
        raw=agreement.raw_agreement(units),
        nominal=agreement.alpha(units, agreement.nominal),
        ordinal=agreement.alpha(agreement.within(units, scale), agreement.ordinal(scale)),
    )
