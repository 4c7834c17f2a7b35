"""A web site on this machine with a page for everything that may become of a page."""

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

from reforms.links import Manners

# By path: the status, and headers of the answer. The server has its own mind about some others.
PAGES: dict[str, tuple[int, dict[str, str]]] = {
    "/": (200, {}),
    "/there": (200, {}),
    "/there/": (200, {}),
    "/путь": (200, {}),
    "/gone": (410, {}),
    "/closed": (403, {}),
    "/busy": (429, {"Retry-After": "120"}),
    "/pause": (503, {"Retry-After": "120"}),
    "/broken": (500, {}),
    "/moved": (301, {"Location": "/there"}),
    "/moved-twice": (308, {"Location": "/moved"}),
    "/moved-to-the-front": (301, {"Location": "/"}),
    "/moved-and-gone": (301, {"Location": "/nowhere"}),
    "/for-now": (302, {"Location": "/there#top"}),
    "/slash": (301, {"Location": "/slash/"}),
    "/slash/": (200, {}),
    "/in-utf-8": (301, {"Location": "/путь".encode().decode("latin-1")}),
    "/loop": (302, {"Location": "/loop"}),
    "/nowhere-to-go": (302, {}),
    "/into-the-house": (302, {"Location": "http://10.0.0.1/latest/meta-data/"}),
    "/to-a-file": (302, {"Location": "file:///etc/passwd"}),
    "/to-a-port": (302, {"Location": "http://127.0.0.1:22/"}),
}


class Handler(BaseHTTPRequestHandler):
    """Answers as its page says, and writes down what it was asked."""

    site: "Site"
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.site.asked.append(("HEAD", self.path, dict(self.headers)))
        match self.path:
            case "/no-head":
                self.say(405)
            case "/hangs-up-on-head":
                self.close_connection = True
            case _:
                self.answer()

    def do_GET(self) -> None:
        self.site.asked.append(("GET", self.path, dict(self.headers)))
        match self.path:
            case "/no-head" | "/hangs-up-on-head":
                self.say(200)
            case "/endless":
                self.send_response(200)
                self.end_headers()
                with_patience(lambda: self.wfile.write(b"x" * 65_536))
            case _:
                self.answer()

    def answer(self) -> None:
        match self.path:
            case "/slow":
                self.site.over.wait(5)
            case "/drips":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nX: ")
                with_patience(lambda: (self.wfile.write(b"x"), self.site.over.wait(0.05)))
            case "/mumbles":
                self.wfile.write(b"\x00\xff\xfe nothing of HTTP\r\n\r\n")
                self.close_connection = True
            case "/endless":
                self.say(404)
            case _:
                status, headers = PAGES.get(unquote(self.path).partition("?")[0], (404, {}))
                self.say(status, headers)

    def say(self, status: int, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": "0", "Set-Cookie": "a=b", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


def with_patience(send: Callable[[], Any]) -> None:
    """Send for five seconds, unless the other hangs up: a test that fails shall end all the same."""
    end = time.monotonic() + 5
    try:
        while time.monotonic() < end:
            send()
    except OSError:
        pass


@dataclass
class Site:
    """Where it stands, and the requests that it got."""

    port: int = 0
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def url(self, path: str, host: str = "site.test") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def requests(self) -> list[str]:
        return [f"{method} {path}" for method, path, _ in self.asked]

    def manners(self, **more: Any) -> Manners:
        """Asks this site under any name that ends in .test; all else is as it always is."""
        given: dict[str, Any] = {
            "agent": "tests",
            "ports": (self.port, 80),
            "may_reach": lambda address: address == "127.0.0.1",
            "resolve": resolve,
            "to_connect": 2.0,
            "to_answer": 0.4,
            "in_all": 1.2,
        }
        return Manners(**given | more)


def resolve(host: str, port: int) -> list[str]:
    """What the tests' names mean; nothing is looked up."""
    if host.endswith(".test") or host == "127.0.0.1":
        return ["127.0.0.1"]
    return [host] if host[0].isdigit() else []


@contextmanager
def standing(context: ssl.SSLContext | None = None) -> Iterator[Site]:
    """A site that answers until the block ends; with TLS if there is a context."""
    site = Site()
    handler = type("Handler", (Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if context is not None:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    site.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def unused_port() -> int:
    """A port of this machine at which nobody listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
