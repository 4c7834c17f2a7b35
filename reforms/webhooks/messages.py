"""What is sent: an entry of the ledger without its documents, and where to read on.

A message is made anew for every attempt, from what the ledger holds then: what was redacted since
it was due is not sent. It names what changed and says why; what stands there now is the API's to
say. So it is small, and no queue of a consumer keeps a text that the law forces out.
"""

import json
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from reforms.dates import timestamp
from reforms.models import LedgerEntry, LedgerPayload

PING = "ping"
_PARTS = ("programme", "reform", "promise")


@dataclass(frozen=True, slots=True)
class Message:
    """One message: the same `id` in every attempt and whenever it is sent again."""

    id: str
    type: str
    body: bytes
    sequence: int | None = None


def of_entry(entry: LedgerEntry, origin: str) -> Message:
    """The message about an entry; `origin` is the scheme and host of this tracker."""
    payload = LedgerPayload.objects.get(pk=entry.pk)
    stored = json.loads(payload.body)
    data = {
        "sequence": entry.sequence,
        "recorded_at": timestamp(entry.recorded_at),
        "action": entry.action,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        **_belonging(entry, stored["document"] or {}),
        "actor": entry.actor,
        "reason": stored["reason"],
        "redacted": not payload.salt,
        "hash": entry.hash,
        "links": _links(entry, origin),
    }
    type_ = f"{entry.object_type}.{entry.action}"
    body = _written(type_, entry.recorded_at, data)
    return Message(name_of(entry), type_, body, entry.sequence)


def name_of(entry: LedgerEntry) -> str:
    """The id of the message about an entry: by its hash, so that no two trackers share one."""
    return f"entry_{entry.hash[:40]}"


def new_ping() -> str:
    """The id of a message that is about nothing."""
    return f"{PING}_{uuid.uuid4().hex}"


def of_ping(id_: str, at: datetime, webhook: str) -> Message:
    """The message by which an owner tries out an address."""
    return Message(id_, PING, _written(PING, at, {"webhook": webhook}))


def _written(type_: str, at: datetime, data: dict[str, Any]) -> bytes:
    message = {"type": type_, "timestamp": timestamp(at), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _belonging(entry: LedgerEntry, document: dict[str, Any]) -> dict[str, str | None]:
    """What the object belongs to, by id, so that a consumer can sort what comes in."""
    found: dict[str, str | None] = dict.fromkeys((*_PARTS, "organisation"))
    # The id of a reply begins with its promise's.
    whole = entry.object_id if entry.object_type in (*_PARTS, "reply") else ""
    if entry.object_type == "organisation":
        found["organisation"] = entry.object_id
    elif entry.object_type == "update":
        found["organisation"] = document.get("organisation")
        whole = document.get("promise", "")
    # The id of a part begins with its whole's.
    numbers = whole.split("-") if whole else []
    for length, name in enumerate(_PARTS[: len(numbers)], start=1):
        found[name] = "-".join(numbers[:length])
    return found


def _links(entry: LedgerEntry, origin: str) -> dict[str, str]:
    one = urlencode({"after": entry.sequence - 1, "limit": 1})
    return {
        "entry": f"{origin}{reverse('change-list')}?{one}",
        "object": origin + reverse(f"{entry.object_type}-detail", args=[entry.object_id]),
    }
