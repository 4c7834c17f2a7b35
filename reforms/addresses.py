"""When two spellings of an address mean the same document."""

import hashlib
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

# Stands in the place of an address that the law forced out; it leads nowhere.
REDACTED = "https://redacted.invalid/"

# What links carry to tell where a reader came from; the document is the same without.
_TRACKERS = ("utm_", "fbclid", "gclid", "yclid", "mc_cid", "mc_eid", "_openstat")
# Escapes in an old encoding are no UTF-8, and each stands for itself.
_ANY_BYTES = "surrogateescape"


def canonical(url: str) -> str:
    """One spelling for all addresses of a document; raises ValueError where there is no address.

    The scheme, `www.`, a default port, a fragment, a slash at the end, the order of the query and
    what only counts visitors make no difference; neither do escapes and letters of a host name.
    """
    parts = urlsplit(canonicalize_url(url.strip()))
    query = [
        pair
        for pair in parse_qsl(parts.query, keep_blank_values=True, errors=_ANY_BYTES)
        if not pair[0].lower().startswith(_TRACKERS)
    ]
    written = urlencode(sorted(query), errors=_ANY_BYTES)
    return urlunsplit(("", _host(parts), parts.path.rstrip("/"), written, ""))


def _host(parts: SplitResult) -> str:
    host = (parts.hostname or "").removesuffix(".")
    while host.startswith("www."):
        host = host.removeprefix("www.")
    if ":" in host:  # a number of IP version 6
        host = f"[{host}]"
    if parts.port and (parts.scheme, parts.port) not in (("http", 80), ("https", 443)):
        host = f"{host}:{parts.port}"
    return host


@lru_cache(maxsize=1000)
def digest(url: str) -> str:
    """The SHA-256 of the canonical address, as 64 hexadecimal digits; empty for an empty one."""
    return hashlib.sha256(canonical(url).encode()).hexdigest() if url else ""
