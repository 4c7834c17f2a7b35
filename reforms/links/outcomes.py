"""What asking for an address comes to, and when an address counts as dead."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from reforms.vocabulary import Term


class LinkOutcome(Term):
    """What came of asking for an address."""

    ALIVE = "alive", "the page is there"
    MOVED = "moved", "it leads elsewhere for good"
    GONE = "gone", "the server says that there is no such page"
    FAILING = "failing", "no answer, or the server is in trouble"
    REFUSED = "refused", "the server lets no program look: a person has to"
    OFF_LIMITS = (
        "off_limits",
        "not asked: it leads into a private network, or to no page",
    )


# The others either find the page or cannot tell.
BAD = (LinkOutcome.GONE, LinkOutcome.FAILING)
_FOUND = (LinkOutcome.ALIVE, LinkOutcome.MOVED)

# A server may say “no such page” by mistake for an hour; one that is silent may be back in a week.
_PATIENCE = {
    LinkOutcome.GONE: (2, timedelta(hours=12)),
    LinkOutcome.FAILING: (3, timedelta(days=5)),
}


@dataclass(frozen=True, slots=True)
class Run:
    """How often in a row an address was bad, and since when."""

    failures: int = 0
    since: datetime | None = None

    def followed_by(self, outcome: LinkOutcome, at: datetime) -> "Run":
        """The run after another check. What cannot tell neither ends it nor makes it longer."""
        if outcome in BAD:
            return Run(self.failures + 1, self.since or at)
        return Run() if outcome in _FOUND else self


def is_dead(outcome: LinkOutcome, run: Run, at: datetime) -> bool:
    """Whether readers find nothing there: one bad check, or one bad hour, is not enough."""
    if outcome not in _PATIENCE or run.since is None:
        return False
    times, lasting = _PATIENCE[outcome]
    return run.failures >= times and at - run.since >= lasting
