"""Who has seen entry N never later finds a new one at or below N: with real connections, writers
that take their time, and writers that give up.
"""

import random
import threading
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest
from django.db import transaction

from reforms import ledger
from reforms.ledger.replaying import recorded, replay
from reforms.models import LedgerEntry, Topic
from reforms.workflow import save
from tests.api.asking import answer
from tests.api.test_pages_in_threads import at_once
from tests.busy import Busy, Undone, tables

pytestmark = pytest.mark.usefixtures("committed_cast")

WRITERS = 4


class Work:
    """Several writers, each of whom takes its time now and then, and whether they are done."""

    def __init__(self, seconds: float) -> None:
        self.end = time.monotonic() + seconds
        self.at_work = WRITERS
        self.lock = threading.Lock()

    def writers(self) -> list[Callable[[], None]]:
        return [lambda number=number: self.write(number) for number in range(WRITERS)]  # type: ignore[misc]

    def write(self, number: int) -> None:
        chance = random.Random(number)  # noqa: S311
        busy = Busy(chance, "abcd"[number], 100 * number, lambda: time.sleep(0.1 * chance.random()))
        try:
            while time.monotonic() < self.end:
                busy.act()
        finally:
            with self.lock:
                self.at_work -= 1

    def readings(self) -> Iterator[None]:
        """Again and again while they work, and once more when they are done."""
        last = False
        while not last:
            last = self.at_work == 0
            yield
            time.sleep(0.01)


def follow(query: dict[str, str], work: Work, seen: list[int]) -> None:
    """Follow the feed by `next`."""
    address = f"/changes/?{urlencode(query)}"
    for _ in work.readings():
        page = answer(address)
        while page["results"]:
            seen += [row["sequence"] for row in page["results"]]
            page = answer(page["next"])
        address = page["next"]


def watch(work: Work) -> None:
    """Whatever head somebody sees, all entries up to it are there, and stay what they were."""
    known: dict[int, str] = {}
    for _ in work.readings():
        head = ledger.head()
        entries = LedgerEntry.objects.filter(sequence__lte=head.sequence)
        found = dict(entries.values_list("sequence", "hash"))
        assert sorted(found) == list(range(1, head.sequence + 1))
        assert found[head.sequence] == head.hash
        assert known.items() <= found.items()
        known = found


def test_readers_among_writers() -> None:
    """Every reader sees every entry exactly once, in order, whatever the writers do."""
    before = ledger.head().sequence
    work = Work(seconds=3)
    everything: list[int] = []
    slowly: list[int] = []
    updates: list[int] = []
    at_once(
        *work.writers(),
        lambda: follow({"limit": "1000"}, work, everything),
        lambda: follow({"limit": "2"}, work, slowly),
        lambda: follow({"limit": "5", "type": "update"}, work, updates),
        lambda: watch(work),
    )
    last = ledger.head().sequence
    assert last > before + 10
    assert everything == slowly == list(range(1, last + 1))
    of_updates = LedgerEntry.objects.filter(object_type="update").order_by("sequence")
    assert updates == list(of_updates.values_list("sequence", flat=True))
    assert replay(recorded()) == tables()


def topic(name: str) -> Topic:
    return Topic(id=name, name={"en": name})


def test_a_quick_writer_waits_for_a_slow_one() -> None:
    """Who began later cannot become visible earlier, with a smaller or a larger number."""
    before = ledger.head().sequence
    inside, seen = threading.Event(), []

    def slowly() -> None:
        with transaction.atomic():
            save(topic("slow"))
            inside.set()
            time.sleep(0.5)

    def quickly() -> None:
        inside.wait(10)
        save(topic("quick"))

    def read() -> None:
        inside.wait(10)
        while len(seen) < 2:
            page = answer("/changes/", {"after": before + len(seen)})
            seen.extend((row["sequence"], row["object_id"]) for row in page["results"])

    at_once(slowly, quickly, read)
    assert seen == [(before + 1, "slow"), (before + 2, "quick")]


def test_what_is_rolled_back_leaves_no_gap() -> None:
    before = ledger.head()
    inside, goes_on = threading.Event(), threading.Event()

    def give_up() -> None:
        try:
            with transaction.atomic():
                save(topic("never"))
                inside.set()
                goes_on.wait(10)
                raise Undone
        except Undone:
            pass

    def write() -> None:
        inside.wait(10)
        assert answer("/changes/", {"after": before.sequence})["results"] == []
        goes_on.set()
        save(topic("done"))

    at_once(give_up, write)
    (row,) = answer("/changes/", {"after": before.sequence})["results"]
    assert (row["sequence"], row["object_id"]) == (before.sequence + 1, "done")
    assert row["previous"] == before.hash
