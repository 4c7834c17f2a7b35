"""Letting contenders take turns, round after round, and what each turn came to."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from benchmark.load import press
from benchmark.servers import cpu
from benchmark.works import Contender

Turns = dict[str, list[float]]


@dataclass
class Measured:
    """What the rounds of a work came to, by contender, a figure for each round.

    `rates` are answers a second, `latencies` milliseconds of each answer, `ours` and `database` the
    milliseconds of the processor that an answer took there, `asking` the share of its time in which
    the client was busy: near to 1 it is the client that is measured.
    """

    rates: Turns = field(default_factory=dict)
    latencies: Turns = field(default_factory=dict)
    ours: Turns = field(default_factory=dict)
    database: Turns = field(default_factory=dict)
    asking: Turns = field(default_factory=dict)


def measure(
    contenders: list[Contender], rounds: int, seconds: float, database: Callable[[], list[int]]
) -> Measured:
    """Let the contenders take turns, round after round; each is warm before the first.

    `database` names the processes of PostgreSQL.
    """
    found = Measured()
    paths = {one.name: one.paths() for one in contenders}
    for one in contenders:
        press(one.server.port, paths[one.name], seconds / 2, one.status, one.header)
    for turn in range(rounds):
        # Nobody always comes after the same other.
        shift = turn % len(contenders)
        for one in contenders[shift:] + contenders[:shift]:
            served, stored, asked = one.server.pids(), database(), time.process_time()
            before = cpu(served), cpu(stored)
            taken = press(one.server.port, paths[one.name], seconds, one.status, one.header)
            number = len(taken.latencies)
            for figures, figure in (
                (found.rates, taken.rate),
                (found.ours, (cpu(served) - before[0]) * 1000 / number),
                (found.database, (cpu(stored) - before[1]) * 1000 / number),
                (found.asking, (time.process_time() - asked) / taken.seconds),
            ):
                figures.setdefault(one.name, []).append(figure)
            found.latencies.setdefault(one.name, []).extend(one * 1000 for one in taken.latencies)
    return found
