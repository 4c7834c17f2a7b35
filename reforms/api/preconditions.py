"""ETags of single objects, and the requests that depend on them (RFC 9110, section 13)."""

import hashlib
import hmac
import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request

from reforms.api.errors import Refusal
from reforms.models import StatusUpdate

_TAG = re.compile(r'(W/)?"([\x21\x23-\x7e\x80-\xff]*)"')
_ANY = "*"


def etag(version: str, body: Any) -> str:
    """The strong ETag of an object: its version, and a hash of this representation of it."""
    digest = hashlib.sha256(JSONRenderer().render(body)).hexdigest()
    return f'"{version}-{digest[:16]}"'


def veiled(update: StatusUpdate) -> str:
    """The version of an update as strangers see it: its number would tell them how often it went
    to and fro before it was published.
    """
    said = f"version {update.pk} {update.version}"
    digest = hmac.new(settings.SECRET_KEY.encode(), said.encode(), hashlib.sha256)
    return digest.hexdigest()[:16]


def is_known(request: Request | HttpRequest, tag: str) -> bool:
    """Whether the reader has this very representation already: `If-None-Match`."""
    header = request.headers.get("If-None-Match", "").strip()
    plain = tag.removeprefix("W/").strip('"')
    return header == _ANY or plain in [known for _, known in _TAG.findall(header)]


def check(request: Request, update: StatusUpdate, current: Callable[[], tuple[Any, str]]) -> None:
    """Compare `If-Match` with the version of what is to be changed, while the ledger is held.

    Only the version counts: what the representation says beside it may depend on the language.
    Raises Refusal: 428 without the header, 412 where it names other versions, with the `current`
    representation and its ETag.
    """
    header = request.headers.get("If-Match")
    if header is None:
        raise Refusal(
            "precondition-required",
            "Changing what exists needs the header If-Match: the ETag of what you have seen, which"
            " every answer about it carries, or * for whatever it is now.",
        )
    tags = _TAG.findall(header)
    strong = [tag for weak, tag in tags if not weak]
    seen = {tag.partition("-")[0] for tag in strong}
    if header.strip() == _ANY or seen & {str(update.version), veiled(update)}:
        return
    body, tag = current()
    if tags and not strong:
        detail = f"A weak ETag is not enough to change something; the ETag is now {tag}."
    elif not tags:
        detail = f"If-Match holds no ETag: they stand in quotation marks. It is now {tag}."
    else:
        detail = f"Somebody has changed it since; its ETag is now {tag}. See current."
    raise Refusal("precondition-failed", detail, headers={"ETag": tag}, more={"current": body})
