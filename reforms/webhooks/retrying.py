"""When an event that was not taken is tried again, and when that comes to an end."""

import random
from datetime import timedelta

# After each failed attempt, until the next one: somebody who restarts a server is back in seconds,
# somebody who has lost it needs days. As the Standard Webhooks specification recommends.
DELAYS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MOST_ATTEMPTS = len(DELAYS) + 1
IN_ALL = sum(DELAYS, timedelta())
# So that those who failed together do not come back together.
JITTER = 0.1
LONGEST_WAIT = max(DELAYS)


def delay(failures: int, asked: float = 0.0) -> timedelta | None:
    """How long to wait after so many failed attempts; None where it was the last one.

    `asked` are the seconds that the other side asked for: at least so long, but a day at most.
    """
    if failures >= MOST_ATTEMPTS:
        return None
    usual = DELAYS[failures - 1] * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
    return max(usual, min(timedelta(seconds=asked), LONGEST_WAIT))
