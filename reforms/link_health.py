"""Asks for the addresses of sources, one host at a time, and remembers what came of it.

Nothing of it is part of the record: a page that dies changes nothing of what it said.
"""

import queue
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings

from reforms import ledger
from reforms.dates import now
from reforms.links import Answer, Manners, Run, ask, is_dead
from reforms.models import LinkCheck, Source

# How many hosts are asked at the same time.
AT_ONCE = 4
# Where so many hosts are silent and none answers, it is rather our own connection that is broken.
SUSPICIOUS = 3

Pause = Callable[[float], None]


@dataclass(slots=True)
class Summary:
    """What a run came to. `unsaid` are addresses whose failure was not believed."""

    checks: list[LinkCheck] = field(default_factory=list)
    postponed: int = 0
    corrected: int = 0
    unsaid: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What one source's address came to; no answer where its host asked to be left alone."""

    source: str
    url: str
    answer: Answer | None


def manners() -> Manners:
    """How this tracker asks: it says who it is, and where to complain."""
    contact = " ".join(settings.LINK_CHECK_CONTACT.encode("ascii", "replace").decode().split())
    return Manners(agent=f"reform-tracker link check{f' (+{contact})' if contact else ''}")


def hasty(seconds: float) -> Manners:
    """How it asks while somebody waits for the answer."""
    return replace(manners(), to_connect=seconds / 2, to_answer=seconds / 2, in_all=seconds)


def check(source: Source, how: Manners | None = None) -> LinkCheck | None:
    """Ask for the address of one source now; None where it was corrected meanwhile."""
    return remember(source.pk, source.url, ask(source.url, how or manners()), now())


def run(
    sources: Iterable[tuple[str, str]],
    delay: float,
    how: Manners | None = None,
    pause: Pause = time.sleep,
) -> Generator[LinkCheck | Summary, None, None]:
    """Ask for the addresses of sources, given as id and address; yield each check, then a summary.

    Hosts are asked side by side, the addresses of one host one after the other with `delay` seconds
    between them. What was asked is remembered at once: a run that is broken off loses only what was
    under way.
    """
    summary = Summary()
    waiting: list[Asked] = []
    deaf = True
    with closing(_ask_all(list(sources), delay, how or manners(), pause)) as answers:
        for asked in answers:
            if asked.answer is None:
                summary.postponed += 1
                continue
            # As long as nobody has answered, it may be our own connection that is broken.
            deaf = deaf and not asked.answer.heard
            waiting.append(asked)
            if not deaf:
                yield from _remembered(waiting, summary)
    if len({host_of(one.url) for one in waiting}) < SUSPICIOUS:
        yield from _remembered(waiting, summary)
    summary.unsaid = len(waiting)
    yield summary


def _remembered(waiting: list[Asked], summary: Summary) -> Iterator[LinkCheck]:
    while waiting:
        asked = waiting.pop(0)
        assert asked.answer is not None
        stored = remember(asked.source, asked.url, asked.answer, now())
        if stored is None:
            summary.corrected += 1
        else:
            summary.checks.append(stored)
            yield stored


def remember(source: str, url: str, answer: Answer, at: datetime) -> LinkCheck | None:
    """Store what came of asking; None where the source has another address by now, or is gone."""
    # It takes its turn, so that an address that is corrected or redacted meanwhile stays away.
    with ledger.writing():
        if not Source.objects.filter(pk=source, url=url).exists():
            return None
        before = LinkCheck.objects.filter(source=source, url=url).first()
        bad = (before.run if before else Run()).followed_by(answer.outcome, at)
        stored = LinkCheck(
            source_id=source,
            url=url,
            outcome=answer.outcome.value,
            status=answer.status,
            leads_to=answer.leads_to,
            message=answer.message[:300],
            checked_at=at,
            failures=bad.failures,
            failing_since=bad.since,
            dead=is_dead(answer.outcome, bad, at),
        )
        LinkCheck.objects.bulk_create(
            [stored],
            update_conflicts=True,
            unique_fields=["source"],
            update_fields=[
                *("url", "outcome", "status", "leads_to", "message", "checked_at"),
                *("failures", "failing_since", "dead"),
            ],
        )
    return stored


def host_of(url: str) -> str:
    """Whose patience an address takes; with and without `www.` it is the same."""
    try:
        return (urlsplit(url).hostname or "").removesuffix(".").removeprefix("www.")
    except ValueError:
        return ""


def _ask_all(
    sources: list[tuple[str, str]], delay: float, how: Manners, pause: Pause
) -> Generator[Asked, None, None]:
    """Ask side by side; whoever stops listening stops the asking."""
    hosts: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for source, url in sources:
        hosts[host_of(url)].append((source, url))
    told: queue.SimpleQueue[Asked | Future[None]] = queue.SimpleQueue()
    stop = threading.Event()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="links") as pool:
        try:
            for host in hosts.values():
                task = pool.submit(_ask_host, host, delay, how, pause, stop, told.put)
                task.add_done_callback(told.put)
            left = len(hosts)
            while left:
                one = told.get()
                if isinstance(one, Asked):
                    yield one
                else:
                    left -= 1
                    one.result()  # an accident there is one here
        finally:
            stop.set()


def _ask_host(
    sources: list[tuple[str, str]],
    delay: float,
    how: Manners,
    pause: Pause,
    stop: threading.Event,
    tell: Callable[[Asked], None],
) -> None:
    """Ask for the addresses of one host, until it asks to be left alone."""
    busy = False
    for place, (source, url) in enumerate(sources):
        if busy:
            tell(Asked(source, url, None))
            continue
        if place:
            pause(delay)
        if stop.is_set():
            return
        answer = ask(url, how)
        busy = answer.busy
        tell(Asked(source, url, answer))
