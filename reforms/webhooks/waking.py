"""Wakes deliverers by way of the queue. Its tasks carry no truth: one that is lost or comes twice
costs nothing, because what is due is asked of our own tables every time.
"""

import time
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

from django_q.models import Schedule
from django_q.tasks import async_task

from reforms.webhooks import delivering

DELIVER = f"{__name__}.deliver"
SWEEP = f"{__name__}.sweep"
# A wake-up that nothing came of is repeated after so many seconds.
PATIENCE = 5.0


def deliver(pk: str) -> None:
    """The task: send what is due to one subscription."""
    delivering.deliver(pk)


def sweep() -> None:
    """The scheduled task: wake a deliverer for everything that is due."""
    for pk in delivering.due().values_list("pk", flat=True):
        wake(pk)


def wake(pk: UUID) -> None:
    """Put a wake-up into the queue."""
    async_task(DELIVER, str(pk))


def schedule_sweeps() -> None:
    """Have the queue sweep every minute, whatever becomes of whoever rings the bell."""
    Schedule.objects.update_or_create(
        name="webhooks",
        defaults={"func": SWEEP, "schedule_type": Schedule.MINUTES, "minutes": 1, "repeats": -1},
    )


class Bell:
    """Looks every second at what is due, and wakes a deliverer for it once in `PATIENCE`, or
    again as soon as something came of it and there is more.

    The record's writers do nothing for it: two small queries a second are cheaper than a row more
    in each of their transactions, and cannot be forgotten by any of them.
    """

    every = timedelta(seconds=1)

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        # When, by subscription and position: one that has come further was not woken in vain, and
        # what is due next need not wait.
        self.rung: dict[tuple[UUID, int], float] = {}

    def ring(self) -> int:
        """Wake deliverers for what is due; return how many."""
        moment = self.clock()
        recent = {one: at for one, at in self.rung.items() if moment - at < PATIENCE}
        found = delivering.due().values_list("pk", "position")
        due = [(pk, position) for pk, position in found if (pk, position) not in recent]
        for pk, _ in due:
            wake(pk)
        self.rung = recent | dict.fromkeys(due, moment)
        return len(due)
