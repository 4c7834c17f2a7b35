"""A process that writes through the workflow until its time is over: NUMBER GENERATION SECONDS.

With --hang after them it stops for good in the middle of a transaction, and says so.
"""

import random
import sys
import time

import django

django.setup()

from tests.busy import Busy  # noqa: E402


def main(number: int, generation: int, seconds: float, hangs: bool) -> None:
    """Work; whoever restarts a writer gives it another generation."""
    chance = random.Random(f"{number} {generation}")  # noqa: S311
    first = 500 * (20 * number + generation % 20)

    def rest() -> None:
        time.sleep(0.05 * chance.random())

    def hang() -> None:
        sys.stdout.write("in the middle\n")
        sys.stdout.flush()
        time.sleep(600)

    busy = Busy(chance, f"w{number}-{generation}", first, hang if hangs else rest)
    if hangs:
        busy.act("in_a_batch" if number % 2 else "give_up")
    for name in ("new_promise", "publish", "edit_promise", "retract"):
        busy.act(name)
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        busy.act()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), sys.argv[4:] == ["--hang"])
