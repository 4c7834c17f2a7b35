"""`Idempotency-Key`: a request that is sent again does nothing again, and gets the first answer.

Looking for a kept answer and keeping one belong to the transaction that holds the ledger, so that
of two alike at once the second finds what the first has done.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from reforms.api.bodies import JSON, Body
from reforms.api.errors import Refusal
from reforms.dates import now
from reforms.models import KeptAnswer, Key

REPLAYED = "Idempotency-Replayed"
_NAME = re.compile(r"[\x20-\x7e]{1,255}")


@dataclass(frozen=True, slots=True)
class Repeatable:
    """A request that its sender named: `holder` is who, `digest` all that was asked."""

    holder: str
    name: str
    digest: str

    def kept(self) -> HttpResponse | None:
        """The answer that this request got before, if it did.

        Raises Refusal where the name stood for another request.
        """
        found = KeptAnswer.objects.filter(holder=self.holder, name=self.name).first()
        if found is None or found.kept_at < _horizon():
            return None
        if found.request != self.digest:
            raise Refusal(
                "idempotency-key-reused",
                "This Idempotency-Key came with another request before. Take a new one for each"
                " request, and the same one only to send the very same request again.",
            )
        headers = {**found.headers, REPLAYED: "true"}
        return HttpResponse(found.body, JSON, found.status, headers=headers)

    def keep(self, status: int, text: bytes, headers: dict[str, str]) -> None:
        """Keep an answer for whoever sends the request again; forget those of long ago."""
        KeptAnswer.objects.filter(kept_at__lt=_horizon()).delete()
        KeptAnswer.objects.create(
            holder=self.holder,
            name=self.name,
            request=self.digest,
            status=status,
            headers=headers,
            body=text.decode(),
            kept_at=now(),
        )


def read(request: Request, body: Body) -> Repeatable | None:
    """What names the request, if its sender did. Raises Refusal for a header that cannot."""
    name = request.headers.get("Idempotency-Key")
    if name is None or request.method != "POST":
        return None
    if not _NAME.fullmatch(name):
        raise Refusal(
            "bad-question",
            "Idempotency-Key has 1 to 255 printable ASCII characters: a random UUID is a good one.",
        )
    asked = "\n".join((request._request.get_full_path(), body.media_type, body.digest))
    return Repeatable(_holder(request.user), name, hashlib.sha256(asked.encode()).hexdigest())


def _holder(who: Any) -> str:
    return f"key:{who.pk}" if isinstance(who, Key) else f"user:{who.pk}"


def _horizon() -> Any:
    return now() - timedelta(hours=settings.IDEMPOTENCY_HOURS)
