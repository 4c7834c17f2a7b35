"""What can be asked of the figures over promises: whatever can be asked of promises."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from reforms.api.clocks import Clocks
from reforms.api.errors import BadParameter
from reforms.api.filters import Choice, with_exclusions
from reforms.api.filtersets import PromiseFilters
from reforms.models import Programme
from reforms.statistics import Grouping, Interval

# What the record ties to a promise, without keeping what it tied to it once.
_EDITED = (Grouping.BODY, Grouping.TOPIC)


@with_exclusions
class StatisticsFilters(PromiseFilters):
    """Which promises are counted, and by what they are grouped."""

    steady = (*PromiseFilters.steady, "group_by")

    group_by = Choice(
        Grouping, about="By what they are grouped; without it they are only counted together."
    )

    def nonsense(self, asked: dict[str, Any]) -> Iterator[BadParameter]:
        yield from super().nonsense(asked)
        grouping = asked.get("group_by")
        if grouping in _EDITED and self.clocks.sequence is not None:
            allowed = tuple(one.value for one in Grouping if one not in _EDITED)
            detail = (
                f"What {grouping} a promise has may have been edited since, so that nothing can be"
                f" grouped by it with known_at; these can: {', '.join(allowed)}."
            )
            yield BadParameter("group_by", "edited_since", detail, allowed)


_DEPENDS_ON_THE_DAY = (
    "{} changes from day to day, so that it selects other promises at each point of a series. Ask"
    " /statistics/ with as_of for the days that you need."
)


@with_exclusions
class TimeSeriesFilters(PromiseFilters):
    """Which promises are counted, and how far the points are apart."""

    steady = (
        *(name for name in PromiseFilters.steady if name not in ("timeliness", "organisation")),
        "interval",
    )
    refused: ClassVar[Mapping[str, str]] = {
        f"{name}{twin}": _DEPENDS_ON_THE_DAY.format(about)
        for name, about in {
            "timeliness": "How a promise stands to its deadline",
            "organisation": "Which organisations assess a promise",
        }.items()
        for twin in ("", "_not")
    }
    spans_only = True

    timeliness = None  # type: ignore[assignment]
    organisation = None  # type: ignore[assignment]
    interval = Choice(Interval, default=Interval.MONTH, about="How far its points are apart.")


def programmes_of(filterset: PromiseFilters) -> list[Programme]:
    """The programmes that the promises asked about may belong to, as the record has them then."""
    asked = filterset.form.cleaned_data
    named = {one.partition("-")[0] for one in asked.get("programme") or asked.get("reform", [])}
    clocks: Clocks = filterset.clocks
    return [
        programme
        for programme in clocks.programmes(sorted(named))
        if programme.pk not in asked.get("programme_not", [])
    ]
