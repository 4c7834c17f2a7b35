"""An application that does nothing: how much the server program and the client can do at most."""

from collections.abc import Callable, Iterable
from typing import Any

_BODY = b"x" * 50_000  # as long as a list of 50


def application(_environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer everything alike."""
    start("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(_BODY)))])
    return [_BODY]
