"""One exchange over HTTP with a machine that was vetted, within its time; nothing is followed."""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from reforms.links.vetting import Place, Resolve, is_public, looked_up

MOST_MACHINES = 3


@dataclass(frozen=True, slots=True)
class Manners:
    """How addresses are asked. Times are seconds.

    `agent` says who asks. `may_reach`, `ports`, `resolve` and `trust` are for tests, whose servers
    stand on this machine, and for trials: nothing that serves the public sets them.
    """

    agent: str = "reform-tracker link check"
    to_connect: float = 5.0
    to_answer: float = 10.0
    in_all: float = 20.0
    may_reach: Callable[[str], bool] = is_public
    ports: Collection[int] | None = (80, 443)
    resolve: Resolve = looked_up
    trust: ssl.SSLContext | None = None


class Failed(Exception):
    """No answer; `heard` tells whether there was somebody at all, `late` whether time ran out."""

    def __init__(self, message: str, heard: bool, late: bool = False) -> None:
        super().__init__(message)
        self.heard = heard
        self.late = late


class Distrusted(Exception):
    """The host cannot prove that it is the one that was meant."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: `begins` are the first bytes of its body, as many as were asked for."""

    status: int
    headers: Mapping[str, str]
    begins: bytes = b""


class Talk:
    """Exchanges that have one end: whatever is begun after `manners.in_all` seconds is late."""

    def __init__(self, manners: Manners) -> None:
        self.manners = manners
        self.end = time.monotonic() + manners.in_all

    def exchange(
        self,
        place: Place,
        method: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        read: int = 0,
    ) -> Reply:
        """Ask one machine after another until one is there; read so many bytes of its answer.

        Raises Failed and Distrusted.
        """
        failure = Failed("there was no time left", heard=True, late=True)
        for address in place.addresses[:MOST_MACHINES]:
            connection = self._connection(place, address)
            try:
                with self._cut_in_time(connection):
                    self._connect(connection)
                    return self._exchange(connection, place, method, headers or {}, body, read)
            except Failed as error:
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
            told = f"it takes longer than {self.manners.in_all:g} seconds"
            raise Failed(told, heard=True, late=True)
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
            raise Distrusted(error.verify_message.rstrip(".") or "it is not its own") from None
        except ssl.SSLError as error:
            raise Failed(f"TLS fails ({error.reason or 'broken off'})", heard=True) from None
        except (OSError, HTTPError):
            raise Failed("nothing can be connected to there", heard=False) from None

    def _exchange(
        self,
        connection: HTTPConnection,
        place: Place,
        method: str,
        headers: Mapping[str, str],
        body: bytes | None,
        read: int,
    ) -> Reply:
        connection.timeout = min(self.manners.to_answer, self._left())
        always = {
            "Host": place.named,
            "User-Agent": self.manners.agent,
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        try:
            connection.request(
                method,
                place.target,
                body=body,
                headers={**always, **headers},
                preload_content=False,
                decode_content=False,
            )
            response = connection.getresponse()
        except TimeoutError:
            raise Failed("it is too slow", heard=True, late=True) from None
        except (OSError, HTTPError, http.client.HTTPException, ValueError, AttributeError):
            # The last where it was cut off: the connection then has no socket.
            late = time.monotonic() >= self.end
            told = "it breaks off, or does not speak HTTP"
            raise Failed(told, heard=True, late=late) from None
        begins = b""
        # Its status has been heard: what it says besides may break off.
        with suppress(OSError, HTTPError, http.client.HTTPException, ValueError, AttributeError):
            begins = response.read(read, decode_content=False) if read else b""
        return Reply(response.status, response.headers, begins)


def _hang_up(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        with suppress(OSError):
            connection.sock.shutdown(socket.SHUT_RDWR)
