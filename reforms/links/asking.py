"""Asks whether a page is there, politely and within bounds; the page itself is not read."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from w3lib.url import safe_url_string

from reforms.addresses import canonical
from reforms.links.outcomes import LinkOutcome
from reforms.links.vetting import Forbidden, Place, Resolve, Unknown, is_public, looked_up, vetted

MOST_REDIRECTS = 5
MOST_MACHINES = 3
LONGEST_ADDRESS = 2000
_REDIRECTS = (301, 302, 303, 307, 308)
_FOR_GOOD = (301, 308)
_GONE = (404, 410)
_BUSY = (429, 503)


@dataclass(frozen=True, slots=True)
class Manners:
    """How addresses are asked. Times are seconds.

    `agent` says who asks. `may_reach`, `ports`, `resolve` and `trust` are for tests, whose servers
    stand on this machine: nothing that runs the service sets them.
    """

    agent: str = "reform-tracker link check"
    to_connect: float = 5.0
    to_answer: float = 10.0
    in_all: float = 20.0
    may_reach: Callable[[str], bool] = is_public
    ports: Collection[int] = (80, 443)
    resolve: Resolve = looked_up
    trust: ssl.SSLContext | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What asking came to. `leads_to` is set where that is another address.

    `heard` tells whether anybody answered at all; `busy` that the host asks to be left alone.
    """

    outcome: LinkOutcome
    message: str = ""
    status: int | None = None
    leads_to: str = ""
    heard: bool = True
    busy: bool = False


class _Failed(Exception):
    """No answer; `heard` tells whether there was somebody at all."""

    def __init__(self, message: str, heard: bool) -> None:
        super().__init__(message)
        self.heard = heard


class _Distrusted(Exception):
    """The host cannot prove that it is the one that was meant."""


@dataclass(frozen=True, slots=True)
class _Reply:
    status: int
    location: str
    busy: bool


def ask(url: str, manners: Manners | None = None) -> Answer:
    """Ask for an address, follow where it leads, and say what came of it. It raises nothing."""
    try:
        return _Asking(manners or Manners()).follow(url)
    except Forbidden as refusal:
        return Answer(LinkOutcome.OFF_LIMITS, f"Not asked: {refusal}.", heard=False)
    except _Distrusted as refusal:
        return Answer(LinkOutcome.REFUSED, f"Its certificate is not accepted: {refusal}.")
    except Unknown as failure:
        return Answer(LinkOutcome.FAILING, f"No answer: {failure}.", heard=False)
    except _Failed as failure:
        return Answer(LinkOutcome.FAILING, f"No answer: {failure}.", heard=failure.heard)


class _Asking:
    """One address being asked, with all that it leads to, until its time is over."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.end = time.monotonic() + manners.in_all

    def follow(self, url: str) -> Answer:
        here = settled = url
        for_good = True
        for _ in range(MOST_REDIRECTS + 1):
            reply = self._reply(here)
            if reply.status not in _REDIRECTS or not reply.location:
                return _judged(url, here, settled, reply)
            here = _next(here, reply.location)
            # What a temporary redirect leads to is not where the page has moved.
            for_good = for_good and reply.status in _FOR_GOOD
            settled = here if for_good else settled
        told = f"It leads on and on (more than {MOST_REDIRECTS} times): perhaps it wants cookies."
        return Answer(LinkOutcome.REFUSED, told, reply.status)

    def _reply(self, url: str) -> _Reply:
        """The reply to HEAD, or to GET where the server has no use for HEAD."""
        place = vetted(url, self.manners.resolve, self.manners.may_reach, self.manners.ports)
        try:
            reply = self._asked(place, "HEAD")
            if reply.status < 400 or reply.status in _BUSY:
                return reply
        except _Failed as failure:
            if not failure.heard:
                raise
        return self._asked(place, "GET")

    def _asked(self, place: Place, method: str) -> _Reply:
        failure = _Failed("there was no time left", heard=True)
        for address in place.addresses[:MOST_MACHINES]:
            connection = self._connection(place, address)
            try:
                with self._cut_in_time(connection):
                    self._connect(connection)
                    return self._exchange(connection, place, method)
            except _Failed as error:
                failure = error
                if error.heard:
                    break
            finally:
                connection.close()
        raise failure

    def _connection(self, place: Place, address: str) -> HTTPConnection:
        """To the very machine that was vetted: the name is not looked up a second time."""
        timeout = min(self.manners.to_connect, self._left())
        if place.scheme == "http":
            return HTTPConnection(address, place.port, timeout=timeout)
        return HTTPSConnection(
            address,
            place.port,
            timeout=timeout,
            ssl_context=self.manners.trust,
            cert_reqs="CERT_REQUIRED",
            server_hostname=place.host.removesuffix("."),
        )

    def _left(self) -> float:
        left = self.end - time.monotonic()
        if left <= 0:
            raise _Failed(f"it takes longer than {self.manners.in_all:g} seconds", heard=True)
        return left

    @contextmanager
    def _cut_in_time(self, connection: HTTPConnection) -> Iterator[None]:
        """A timeout begins anew with every byte: whoever sends them one by one is cut off."""
        timer = threading.Timer(self._left(), _hang_up, [connection])
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _connect(self, connection: HTTPConnection) -> None:
        try:
            connection.connect()
        except ssl.SSLCertVerificationError as error:
            raise _Distrusted(error.verify_message.rstrip(".") or "it is not its own") from None
        except ssl.SSLError as error:
            raise _Failed(f"TLS fails ({error.reason or 'broken off'})", heard=True) from None
        except (OSError, HTTPError):
            raise _Failed("nothing can be connected to there", heard=False) from None

    def _exchange(self, connection: HTTPConnection, place: Place, method: str) -> _Reply:
        connection.timeout = min(self.manners.to_answer, self._left())
        headers = {
            "Host": place.named,
            "User-Agent": self.manners.agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        try:
            connection.request(
                method, place.target, headers=headers, preload_content=False, decode_content=False
            )
            response = connection.getresponse()
        except TimeoutError:
            raise _Failed("it is too slow", heard=True) from None
        except (OSError, HTTPError, http.client.HTTPException, ValueError, AttributeError):
            # The last where it was cut off: the connection then has no socket.
            raise _Failed("it breaks off, or does not speak HTTP", heard=True) from None
        location = response.headers.get("Location", "").strip()
        waits = response.status == 503 and "Retry-After" in response.headers
        return _Reply(response.status, location, busy=waits or response.status == 429)


def _hang_up(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)


def _next(here: str, location: str) -> str:
    # Bytes of UTF-8, which many servers send as they are, were read one by one.
    with suppress(UnicodeError):
        location = location.encode("latin-1").decode()
    try:
        return safe_url_string(urldefrag(urljoin(here, location)).url)
    except ValueError:
        raise Forbidden("it leads to what is no address") from None


def _judged(url: str, here: str, settled: str, reply: _Reply) -> Answer:
    """What the last reply says of the address that was asked first."""
    status = reply.status
    leads_to = here if here != url and len(here) <= LONGEST_ADDRESS else ""
    if status in _GONE:
        return Answer(LinkOutcome.GONE, f"There is no such page ({status}).", status, leads_to)
    if status == 408 or 500 <= status < 600:
        told = f"The server is in trouble ({status})."
        return Answer(LinkOutcome.FAILING, told, status, leads_to, busy=reply.busy)
    if status >= 400:
        told = f"The server lets no program look ({status})."
        return Answer(LinkOutcome.REFUSED, told, status, leads_to, busy=reply.busy)
    if not _is_same(url, settled):
        told = "It has moved."
        if not urlsplit(settled).path.strip("/") and urlsplit(url).path.strip("/"):
            told = "It leads to the front page of a site: most likely the page is gone."
        return Answer(LinkOutcome.MOVED, told, status, settled[:LONGEST_ADDRESS])
    return Answer(LinkOutcome.ALIVE, "", status, leads_to)


def _is_same(one: str, other: str) -> bool:
    """Whether both mean one document: https for http, or `www.` before the host, is no move."""
    try:
        return one == other or canonical(one) == canonical(other)
    except ValueError:
        return False
