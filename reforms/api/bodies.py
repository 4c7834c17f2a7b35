"""Bodies of requests: bounded before they are read, read before anything is locked."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.http import UnreadablePostError
from rest_framework.request import Request

from reforms.api.errors import Refusal

JSON = "application/json"
# What a body may have in bytes, where the view says nothing else.
MOST_BYTES = 1_000_000
_CHUNK = 64 * 1024
_IN_MEMORY = 1_000_000


@dataclass(frozen=True, slots=True)
class Body:
    """What came with a request: `value` is JSON that was read, `file` bytes to be read later.

    `digest` is the SHA-256 of its bytes, by which a repeated request is known.
    """

    media_type: str
    digest: str
    value: Any = None
    file: IO[bytes] | None = None


def read_json(request: Request, limit: int = MOST_BYTES, optional: bool = False) -> Body:
    """Read a JSON object of at most `limit` bytes; where it is `optional`, nothing is an empty one.

    Raises Refusal: 413 where it is larger, 415 for another media type, 400 where it is no JSON.
    """
    if not _length(request):
        if optional:
            return Body(JSON, hashlib.sha256().hexdigest(), {})
        raise _unreadable("There is no body: send a JSON object.")
    media_type = media_type_of(request, (JSON,))
    text = b"".join(_chunks(request, limit))
    return Body(media_type, hashlib.sha256(text).hexdigest(), read_object(text))


def spooled(request: Request, limit: int, media_types: tuple[str, ...]) -> Body:
    """Store a body of at most `limit` bytes in a temporary file, whatever its size in memory.

    Raises Refusal: 413 where it is larger, 415 for a media type that is none of these.
    """
    media_type = media_type_of(request, media_types)
    digest = hashlib.sha256()
    file: IO[bytes] = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - closed with the body
    for chunk in _chunks(request, limit):
        digest.update(chunk)
        file.write(chunk)
    file.seek(0)
    return Body(media_type, digest.hexdigest(), file=file)


def media_type_of(request: Request, allowed: tuple[str, ...]) -> str:
    """The media type of the body; raise Refusal for one that is not allowed, or not UTF-8."""
    given = request._request
    # As Django read it from the header: without it, the type is empty.
    media_type = (given.content_type or "").lower()
    charset = (given.content_params or {}).get("charset", "utf-8").lower().strip('"')
    if media_type in allowed and charset in ("utf-8", "utf8", "us-ascii"):
        return media_type
    said = f"“{media_type}”" if media_type else "of no type"
    if media_type in allowed:
        said = f"written in {charset}"
    raise Refusal(
        "unsupported-media-type",
        f"The body is {said}; send {' or '.join(allowed)} in UTF-8, and say so in Content-Type.",
        headers={"Accept": ", ".join(allowed)},
    )


def read_object(text: bytes) -> dict[str, Any]:
    """Read a JSON object strictly; raise Refusal, saying where, for anything else."""
    try:
        value = json.loads(
            text.decode("utf-8-sig"),
            object_pairs_hook=_each_once,
            parse_constant=_no_number,
        )
    except UnicodeDecodeError as error:
        raise _unreadable(f"The body is not UTF-8: byte {error.start + 1} is none.") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise _unreadable(f"The body is no JSON: {error.msg} at {where}.") from None
    except RecursionError:
        raise _unreadable("The body is nested too deeply.") from None
    except ValueError as error:
        raise _unreadable(f"The body cannot be read: {error}.") from None
    if not isinstance(value, dict):
        raise _unreadable("The body is a JSON object: its fields in braces.")
    return value


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"“{twice[:100]}” is given twice")
    return fields


def _no_number(text: str) -> Any:
    raise ValueError(f"{text} is no number of JSON")


def _unreadable(detail: str) -> Refusal:
    return Refusal("bad-request-body", detail)


def _length(request: Request) -> int:
    """The length that the request announces; without one there is no body.

    What comes in chunks is refused: where it breaks off it would pass for the whole.
    """
    if "Transfer-Encoding" in request.headers:
        raise _unreadable("The body has no length: send it with its Content-Length, not in chunks.")
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _chunks(request: Request, limit: int) -> Iterator[bytes]:
    """The body piece by piece; raise Refusal as soon as it is too large."""
    announced, size = _length(request), 0
    if announced > limit:
        raise _too_large(limit)
    try:
        while chunk := request._request.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise _too_large(limit)
            yield chunk
    except UnreadablePostError:
        size = 0
    if size < announced:
        raise _unreadable("The body broke off; send it again.")


def _too_large(limit: int) -> Refusal:
    return Refusal("too-large", f"The body is larger than {limit:,} bytes, which is the most.")
