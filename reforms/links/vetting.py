"""Which addresses may be asked at all: web pages on the public internet, and nothing else.

Whoever submits a source chooses its address, and whoever runs its server chooses where that leads.
Neither shall reach what only this machine or its network can reach.
"""

import ipaddress
import queue
import re
import socket
import threading
from collections.abc import Callable, Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from w3lib.url import safe_url_string

Resolve = Callable[[str, int], list[str]]

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!-)[a-z0-9._-]{1,253}", re.ASCII)
# What version 6 of IP can reach, and the part in which a gateway to version 4 answers.
_GLOBAL = ipaddress.IPv6Network("2000::/3")
_GATEWAY = ipaddress.IPv6Network("64:ff9b::/96")
# Numbers that some versions of Python take for public. By one of the public internet, and by one of
# those set aside for protocols, machines of two providers reach their inner services; the last are
# for examples.
_NOT_PUBLIC = (
    ipaddress.ip_network("168.63.129.16/32"),
    ipaddress.ip_network("192.0.0.0/24"),
    ipaddress.ip_network("3fff::/20"),
)
SLOWEST_LOOKUP = 10.0


class Forbidden(Exception):
    """An address that is not asked; the text says why."""


class Unknown(Exception):
    """A host name that leads nowhere; the text says how that is known."""


@dataclass(frozen=True, slots=True)
class Place:
    """Whom to ask for what: `addresses` are those of the host, each of which may be asked."""

    scheme: str
    host: str
    port: int
    target: str
    addresses: tuple[str, ...]

    @property
    def named(self) -> str:
        """The host as the header `Host` names it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


def is_public(address: str) -> bool:
    """Whether anybody on the internet means the same machine by this number of IP."""
    try:
        number = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(number, ipaddress.IPv6Address):
        if number in _GATEWAY:
            return is_public(str(ipaddress.IPv4Address(int(number) & 0xFFFF_FFFF)))
        if number not in _GLOBAL or number.sixtofour or number.teredo:
            return False  # also what carries a number of version 4 inside it
    if any(number in network for network in _NOT_PUBLIC):
        return False
    return number.is_global and not number.is_multicast


def looked_up(host: str, port: int) -> list[str]:
    """The addresses of a host; raises Unknown where there are none, or none in time."""
    answers: queue.SimpleQueue[list[str] | OSError] = queue.SimpleQueue()

    def look() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(one[4][0]) for one in found)))
        except (OSError, UnicodeError) as error:
            answers.put(error if isinstance(error, OSError) else OSError(str(error)))

    # Nothing stops a lookup once it has begun: one that takes too long is left behind.
    threading.Thread(target=look, daemon=True).start()
    try:
        answer = answers.get(timeout=SLOWEST_LOOKUP)
    except queue.Empty:
        raise Unknown(f"nobody says in time which machine {host} is") from None
    if isinstance(answer, OSError):
        raise Unknown(f"nobody knows a machine called {host}")
    return answer


def vetted(
    url: str,
    resolve: Resolve = looked_up,
    may_reach: Callable[[str], bool] = is_public,
    ports: Collection[int] | None = tuple(_PORTS.values()),
) -> Place:
    """Where an address leads; raises Forbidden where nobody shall be sent, Unknown for no host.

    `ports` are those that may be asked, None for any. All addresses of the host have to be public:
    of a name that also means a private machine, none is asked.
    """
    parts, port = _read(url)
    if ports is not None and port not in ports:
        raise Forbidden(f"only the usual ports are asked, and not {port}")
    host = parts.hostname or ""
    addresses = resolve(host, port)
    if not addresses:
        raise Unknown(f"nobody knows a machine called {host}")
    if not all(may_reach(one) for one in addresses):
        raise Forbidden(f"{host} is no machine on the public internet")
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Place(parts.scheme, host, port, target, tuple(addresses))


def _read(url: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(safe_url_string(url.strip()))
        port = parts.port
    except ValueError:
        raise Forbidden("it is no address of a page") from None
    if parts.scheme not in _PORTS:
        raise Forbidden(f"only http and https are asked, and not {parts.scheme or 'nothing'}")
    if parts.username is not None or parts.password is not None:
        raise Forbidden("it holds a name or a password")
    host = parts.hostname or ""
    if not _HOST.fullmatch(host) and not _is_version_6(host):
        raise Forbidden("it names no host")
    return parts, _PORTS[parts.scheme] if port is None else port


def _is_version_6(host: str) -> bool:
    try:
        return bool(ipaddress.IPv6Address(host)) and "%" not in host
    except ValueError:
        return False
