"""Readers and writers that never pause, and what became of each of their requests."""

import http.client
import itertools
import json
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

HOST = "127.0.0.1"
# What a reader asks, in turn; none of it is in a cache: each asks in another language's weight.
QUESTIONS = (
    "/api/v1/promises/?status=implemented&limit=10",
    "/api/v1/promises/kz2022-6-1/",
    "/api/v1/reforms/kz2022-4/",
    "/api/v1/changes/?after=10&limit=5",
    "/",
)
STATUSES = ("in_progress", "stalled", "partially_implemented", "implemented")


@dataclass
class Answered:
    """What was asked and answered: how often, how slowly, and what went wrong."""

    count: int = 0
    slowest: float = 0.0  # seconds
    failures: list[str] = field(default_factory=list)
    # Of writes: the id of each update that was acknowledged, with when that was.
    acknowledged: dict[str, float] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def note(self, began: float, failure: str = "", update: str = "") -> None:
        """Note one answer."""
        took = time.monotonic() - began
        with self.lock:
            self.count += 1
            self.slowest = max(self.slowest, took)
            if failure:
                self.failures.append(failure[:300])
            if update:
                self.acknowledged[update] = time.monotonic()

    def gap(self) -> float:
        """The longest time between two acknowledgements, in seconds."""
        moments = sorted(self.acknowledged.values())
        return max((later - one for one, later in itertools.pairwise(moments)), default=0.0)


@dataclass(frozen=True)
class Answer:
    """One answer: its status (0: none came), its headers by name in small letters, its body."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def sequence(self) -> int:
        """The entry at which it was made."""
        return int(self.headers.get("ledger-sequence", -1))


_number = itertools.count(1)


def ask(port: int, path: str, body: bytes | None = None, **headers: str) -> Answer:
    """Ask once, on a connection of its own; a name's underscores stand for dashes."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    if body is None and "Accept-Language" not in named:
        # A language that weighs a little less than the last one: no cache has that.
        named["Accept-Language"] = (
            f"en;q=0.{next(_number) % 899 + 100}, ru;q=0.0{next(_number) % 99:02}"
        )
    connection = http.client.HTTPConnection(HOST, port, timeout=90)
    try:
        connection.request("GET" if body is None else "POST", path, body, named)
        response = connection.getresponse()
        text = response.read().decode()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, text)
    except (OSError, http.client.HTTPException) as error:
        return Answer(0, {}, repr(error))
    finally:
        connection.close()


class Load:
    """Readers and writers at one address, for as long as it is entered."""

    def __init__(self, port: int, key: str, promises: Sequence[str]) -> None:
        self.port = port
        self.key = key
        self.promises = promises

    def write(self, number: int, patience: float = 0.0) -> tuple[str, list[str]]:
        """Publish one update; return its id, "" if it was not acknowledged, and what failed.

        Repeats it under the same Idempotency-Key for `patience` seconds.
        """
        body = {
            "promise": self.promises[number % len(self.promises)],
            "status": STATUSES[number // len(self.promises) % len(STATUSES)],
            "effective_on": "2023-06",
            "external_id": f"scale-{number}",
            "note": {"en": f"The trial's update {number}."},
            "citations": [{"source": "kz2022-address"}],
        }
        headers = {
            "Authorization": f"Bearer {self.key}",
            "Content-Type": "application/json",
            "Idempotency-Key": f"scale-{number}",
        }
        failures = []
        end = time.monotonic() + patience
        while True:
            answer = ask(self.port, "/api/v1/updates/", json.dumps(body).encode(), **headers)
            if answer.status == 201:
                said = json.loads(answer.text)
                if said["review_state"] != "published":
                    failures.append(f"not published: {answer.text}")
                return str(said["id"]), failures
            failures.append(f"POST: {answer.status} {answer.text}")
            if time.monotonic() > end:
                return "", failures
            time.sleep(0.2)

    @contextmanager
    def running(
        self, readers: int = 2, writers: int = 0, patience: float = 0.0
    ) -> Iterator[tuple[Answered, Answered]]:
        """Read and write meanwhile; give what became of the reads and of the writes."""
        reads, writes = Answered(), Answered()
        over = threading.Event()
        threads = [
            threading.Thread(target=self._read, args=(reads, over, n)) for n in range(readers)
        ]
        threads += [
            threading.Thread(target=self._write, args=(writes, over, patience))
            for _ in range(writers)
        ]
        for thread in threads:
            thread.start()
        try:
            yield reads, writes
        finally:
            over.set()
            for thread in threads:
                thread.join()

    def _read(self, reads: Answered, over: threading.Event, first: int) -> None:
        for turn in itertools.count(first):
            if over.is_set():
                return
            path = QUESTIONS[turn % len(QUESTIONS)]
            began = time.monotonic()
            answer = ask(self.port, path)
            failed = answer.status != 200
            reads.note(began, f"GET {path}: {answer.status} {answer.text}" if failed else "")

    def _write(self, writes: Answered, over: threading.Event, patience: float) -> None:
        while not over.is_set():
            began = time.monotonic()
            update, failures = self.write(next(_number), patience)
            # What was acknowledged in the end is no failure for whoever may repeat it.
            failed = "" if update and patience else "; ".join(failures)
            writes.note(began, failed, update)
