"""What is measured over HTTP: each work, who does it, and what they are asked."""

import http.client
import itertools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from benchmark import servers
from benchmark.load import ask
from benchmark.peers import datasette
from benchmark.servers import Server
from benchmark.sets import questions

WORDS = ("harbour", "senate", "budget", "court", "school", "railway", "forest")


def _nothing(_path: str) -> str:
    return ""


@dataclass(frozen=True)
class Contender:
    """A server that does a work: the addresses that it is asked, in turn."""

    name: str
    server: Server
    paths: Callable[[], Iterator[str]]
    status: int = 200
    header: Callable[[str], str] = _nothing


def lists(promises: int) -> Iterator[str]:
    """Pages of fifty by reform and status, of one programme after the other."""
    for reform, status in questions(promises):
        yield f"/api/v1/promises/?{urlencode({'reform': reform, 'status': status})}"


def details(promises: int) -> Iterator[str]:
    """Promises with all that belongs to them, of one programme after the other."""
    for number, (reform, _) in enumerate(questions(promises)):
        yield f"/api/v1/promises/{reform}-{1 + number % 100}/"


def searches(_promises: int) -> Iterator[str]:
    """Searches for a word, each with another number that a title begins with."""
    for number in itertools.count():
        word, digits = WORDS[number % len(WORDS)], 10 + number * 7 % 90
        yield f"/api/v1/promises/?{urlencode({'search': f'{word} {digits}'})}"


@dataclass(frozen=True)
class Contenders:
    """The servers: ours with nothing kept, with answers kept, with a stated freshness besides, and
    on SQLite; the raw limit; plain DRF; Datasette and its name of the file; one that does nothing.
    """

    fresh: Server
    kept: Server
    stated: Server
    light: Server
    raw: Server
    plain: Server
    datasette: Server
    file: str
    nothing: Server

    def all(self) -> list[Server]:
        """Every server."""
        found = [self.fresh, self.kept, self.stated, self.light]
        return [*found, self.raw, self.plain, self.datasette, self.nothing]


def contests(promises: int, who: Contenders) -> dict[str, list[Contender]]:
    """Each work with its contenders, ours first; those after it have to answer as it does."""

    def again(how: Callable[[int], Iterator[str]]) -> Callable[[], Iterator[str]]:
        return lambda: itertools.cycle(list(itertools.islice(how(promises), 20)))

    def each(how: Callable[[int], Iterator[str]]) -> Callable[[], Iterator[str]]:
        return lambda: how(promises)

    def by(how: Callable[..., str]) -> Callable[[], Iterator[str]]:
        return lambda: (how(who.file, *one) for one in questions(promises))

    table = Contender("Datasette, table page", who.datasette, by(datasette.table))
    by_hand = Contender("Datasette, SQL by hand", who.datasette, by(datasette.by_hand))
    plain = Contender("plain DRF", who.plain, each(lists))
    number, deep = deep_page(promises)
    return {
        "list": [
            Contender("ours", who.fresh, each(lists)),
            Contender("raw", who.raw, each(lists)),
            table,
            by_hand,
            plain,
            Contender("ours on SQLite", who.light, each(lists)),
        ],
        "list, kept": [
            Contender("ours", who.kept, again(lists)),
            table,
            Contender("ours, within a minute", who.stated, again(lists)),
        ],
        "detail": [
            Contender("ours", who.fresh, each(details)),
            Contender("raw", who.raw, each(details)),
            Contender("plain DRF", who.plain, each(details)),
        ],
        "search": [
            Contender("ours", who.fresh, each(searches)),
            Contender("raw", who.raw, each(searches)),
        ],
        "not modified": [
            Contender("ours", who.kept, again(lists), 304, Tags(who.kept)),
            Contender("ours, within a minute", who.stated, again(lists), 304, Tags(who.stated)),
            plain,
        ],
        "page": [
            Contender(f"page {number:,}", who.fresh, lambda: itertools.repeat(deep)),
            Contender("page 1", who.fresh, lambda: itertools.repeat("/api/v1/promises/?limit=50")),
        ],
        "nothing at all": [Contender("server and client alone", who.nothing, each(lists))],
    }


class Tags:
    """The header by which somebody says which answer they have; the first of each is asked for."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.known: dict[str, str] = {}

    def __call__(self, path: str) -> str:
        if path not in self.known:
            asked = http.client.HTTPConnection("localhost", self.server.port)
            asked.request("GET", path, headers={"Host": "localhost"})
            self.known[path] = f"If-None-Match: {asked.getresponse().headers['ETag']}\r\n"
            asked.close()
        return self.known[path]


def deep_page(promises: int) -> tuple[int, str]:
    """The number and the address of page 1,800 of all promises, or of the last whole one."""
    from reforms.api.cursor import Cursor
    from reforms.models import Promise

    number = min(1_800, promises // 50)
    place = Promise.objects.public().order_by("position").values_list("position", flat=True)
    last = place[(number - 1) * 50 - 1]
    return number, f"/api/v1/promises/?limit=50&cursor={Cursor('promise', [last, last], False, {})}"


def export(server: Server, name: str) -> dict[str, float]:
    """Rows a second of a file, and by how many MB the worker grew beyond what it was."""
    worker = server.worker()
    ask(server.port, "/api/v1/export/organisations.jsonl")  # what is loaded once
    servers.forget_most(worker)
    before = servers.memory(worker)
    started = time.perf_counter()
    rows, size = 0, 0
    asked = http.client.HTTPConnection("localhost", server.port)
    asked.request("GET", f"/api/v1/export/{name}")
    answer = asked.getresponse()
    if answer.status != 200:
        raise SystemExit(f"{name} is answered with {answer.status}.")
    while piece := answer.read(1 << 20):
        rows += piece.count(b"\n")
        size += len(piece)
    asked.close()
    rows -= name.endswith(".csv")  # its first line names the columns
    seconds = time.perf_counter() - started
    grown = servers.memory(worker, "VmHWM") - before
    return {"rows": rows, "MB": size / 1e6, "rows a second": rows / seconds, "grown MB": grown}
