"""A client that asks without pause over connections that it keeps, from a core of its own."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

CONNECTIONS = 2  # one is answered while the other's answer is read


@dataclass
class Taken:
    """What some seconds of asking came to; latencies in seconds."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds


class Connection:
    """One connection of HTTP/1.1 that is kept."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.file = self.socket.makefile("rb")
        self.began = 0.0

    def ask(self, path: str, headers: str = "") -> None:
        """Send a request."""
        self.began = time.perf_counter()
        told = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n"
        self.socket.sendall(told.encode())

    def answer(self) -> tuple[int, bytes]:
        """Read the answer: its status and its body."""
        status = int(self.file.readline().split(None, 2)[1])
        length, chunked = 0, False
        while (line := self.file.readline()) not in (b"\r\n", b""):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
            elif name.lower() == b"transfer-encoding":
                chunked = b"chunked" in value
        if not chunked:
            return status, self.file.read(length)
        body = b""
        while size := int(self.file.readline(), 16):
            body += self.file.read(size)
            self.file.readline()
        self.file.readline()
        return status, body

    def close(self) -> None:
        """End it."""
        self.file.close()
        self.socket.close()


def ask(port: int, path: str, headers: str = "") -> tuple[int, bytes]:
    """Ask once."""
    connection = Connection(port)
    try:
        connection.ask(path, headers)
        return connection.answer()
    finally:
        connection.close()


def press(
    port: int, paths: Iterator[str], seconds: float, status: int, header: Callable[[str], str]
) -> Taken:
    """Ask one path after the other for some seconds; any other status than this is a failure."""
    taken = Taken()
    connections = [Connection(port) for _ in range(CONNECTIONS)]
    try:
        began = time.perf_counter()
        for one in connections:
            path = next(paths)
            one.ask(path, header(path))
        while True:
            for one in connections:
                found, body = one.answer()
                now = time.perf_counter()
                if found != status:
                    raise SystemExit(f"port {port} answered {found}: {body[:300]!r}")
                taken.latencies.append(now - one.began)
                if now - began > seconds:
                    taken.seconds = now - began
                    return taken
                path = next(paths)
                one.ask(path, header(path))
    finally:
        for one in connections:
            one.close()
