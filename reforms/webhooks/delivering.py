"""Sends what is due: in the order of the ledger, at least once, one deliverer a subscription.

Which events are due follows from the ledger and from one number, the `position`. It moves on only
when an event was taken; so whoever is killed in the middle leaves all as if nothing had been sent.
"""

import logging
import time
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from reforms import ledger
from reforms.dates import now
from reforms.links.posting import DeliveryOutcome, Posted
from reforms.models import (
    DisabledBy,
    LedgerEntry,
    Webhook,
    WebhookAttempt,
    WebhookErrand,
    WebhookState,
)
from reforms.webhooks import addresses, messages, retrying, signing
from reforms.webhooks.filters import wanted
from reforms.webhooks.messages import Message

logger = logging.getLogger(__name__)

# Longer than an attempt takes, looking up its host included: 30 seconds. It is renewed in time.
LEASE = timedelta(seconds=60)
_RENEWED_AT = LEASE * 3 / 4
# After so many seconds others have their turn; what is left is woken up for again.
TURN = 10.0
# Entries that are looked through at once for those that match.
WINDOW = 5_000


def due(moment: datetime | None = None) -> QuerySet[Webhook]:
    """The subscriptions for which there is something to send, and which nobody holds."""
    moment = moment or now()
    patient = Q(next_attempt_at=None) | Q(next_attempt_at__lte=moment)
    behind = Q(state=WebhookState.ACTIVE.value, position__lt=ledger.head().sequence) & patient
    asked = Q(Exists(WebhookErrand.objects.filter(webhook=OuterRef("pk"))))
    alive = Webhook.objects.filter(_free(moment), organisation__withdrawn_at=None)
    return alive.filter(behind | asked).order_by("pk")


def _free(moment: datetime) -> Q:
    return Q(leased_until=None) | Q(leased_until__lt=moment)


def deliver(pk: str | uuid.UUID) -> int:
    """Send what is due to one subscription, for `TURN` seconds; return how many attempts it took.

    Does nothing where somebody else is at it, or there is nothing to do.
    """
    lease, moment = uuid.uuid4(), now()
    if not due(moment).filter(pk=pk).exists():
        return 0
    # Of two at once PostgreSQL has the second look again, but only at the row itself: so the
    # condition of an update asks for nothing beside it.
    free = Webhook.objects.filter(_free(moment), pk=pk)
    if not free.update(lease=lease, leased_until=moment + LEASE):
        return 0
    turn = _Turn(pk, lease)
    try:
        while time.monotonic() < turn.end and turn.step():
            pass
    finally:
        Webhook.objects.filter(pk=pk, lease=lease).update(lease=None, leased_until=None)
    return turn.attempts


@dataclass(slots=True)
class _Turn:
    """One deliverer at one subscription, as long as it holds the lease."""

    pk: str | uuid.UUID
    lease: uuid.UUID
    attempts: int = 0
    end: float = 0.0

    def __post_init__(self) -> None:
        self.end = time.monotonic() + TURN

    def step(self) -> bool:
        """Do the next thing; whether there may be more to do."""
        webhook = self._held().first()
        if webhook is None:
            return False  # deleted, or held for too long
        moment = now()
        assert webhook.leased_until is not None
        if webhook.leased_until - moment < _RENEWED_AT:
            self._held().update(leased_until=moment + LEASE)
        errand = webhook.errands.first()
        if errand is not None:
            return self._run(webhook, errand)
        waits = webhook.next_attempt_at is not None and webhook.next_attempt_at > moment
        if webhook.state != WebhookState.ACTIVE or waits:
            return False
        return self._go_on(webhook)

    def _held(self) -> QuerySet[Webhook]:
        return Webhook.objects.filter(pk=self.pk, lease=self.lease)

    def _go_on(self, webhook: Webhook) -> bool:
        """Send the next event that matches, or pass over those that do not."""
        last = min(ledger.head().sequence, webhook.position + WINDOW)
        ahead = wanted(webhook.filters).filter(sequence__gt=webhook.position)
        entry = ahead.filter(sequence__lte=last).first()
        if entry is None:
            moved = self._held().filter(position=webhook.position).update(position=last)
            return bool(moved) and last > webhook.position
        message = messages.of_entry(entry, webhook.origin)
        posted = self._send(webhook, message, webhook.failures + 1)
        # Whoever went back meanwhile, or changed the address, is not to be overruled.
        unchanged = self._held().filter(
            position=webhook.position, url=webhook.url, state=WebhookState.ACTIVE.value
        )
        if posted is None:
            return False
        if posted.outcome == DeliveryOutcome.DELIVERED:
            unchanged.update(
                position=entry.sequence, failures=0, failing_since=None, next_attempt_at=None
            )
            return True
        self._note_failure(webhook, posted, unchanged)
        return False

    def _run(self, webhook: Webhook, errand: WebhookErrand) -> bool:
        """Send what was asked for, once; whatever comes of it, it is done."""
        if errand.sequence is None:
            message = messages.of_ping(errand.message, errand.asked_at, str(webhook.pk))
        else:
            entry = LedgerEntry.objects.get(pk=errand.sequence)
            message = messages.of_entry(entry, webhook.origin)
        posted = self._send(webhook, message, 1, errand)
        if posted is None:
            errand.delete()
        elif posted.outcome == DeliveryOutcome.GONE:
            _disable(self._held().filter(url=webhook.url), webhook, DisabledBy.GONE)
        return True

    def _send(
        self, webhook: Webhook, message: Message, number: int, errand: WebhookErrand | None = None
    ) -> Posted | None:
        """Make an attempt and log it; None where the secret cannot be read."""
        at = now()
        try:
            headers = signing.headers(message.id, at, message.body, _secrets(webhook, at))
        except signing.SecretLost:
            _disable(self._held(), webhook, DisabledBy.SECRET)
            return None
        began = time.monotonic()
        posted = addresses.hand_over(webhook.url, message.body, headers)
        self.attempts += 1
        with transaction.atomic():
            if not Webhook.objects.filter(pk=webhook.pk).exists():
                return posted
            WebhookAttempt.objects.create(
                webhook=webhook,
                message=message.id,
                type=message.type,
                sequence=message.sequence,
                number=number,
                at=at,
                milliseconds=round(1000 * (time.monotonic() - began)),
                outcome=posted.outcome.value,
                status=posted.status,
                detail=posted.detail[:300],
                answer=posted.begins.replace("\x00", "\N{REPLACEMENT CHARACTER}"),
            )
            if errand is not None:
                errand.delete()
        return posted

    def _note_failure(self, webhook: Webhook, posted: Posted, stored: QuerySet[Webhook]) -> None:
        if posted.outcome == DeliveryOutcome.GONE:
            _disable(stored, webhook, DisabledBy.GONE)
            return
        failures = webhook.failures + 1
        wait = retrying.delay(failures, posted.wait)
        if wait is None:
            _disable(stored, webhook, DisabledBy.FAILING)
            return
        moment = now()
        stored.update(
            failures=failures,
            failing_since=webhook.failing_since or moment,
            next_attempt_at=moment + wait,
        )


def _secrets(webhook: Webhook, at: datetime) -> list[str]:
    """The stored secrets that sign at this moment, the new one first."""
    old = webhook.previous_until is not None and webhook.previous_until > at
    return [webhook.secret, webhook.previous_secret] if old else [webhook.secret]


def _disable(stored: QuerySet[Webhook], webhook: Webhook, why: DisabledBy) -> None:
    columns: dict[str, Any] = {
        "state": WebhookState.DISABLED.value,
        "disabled_by": why.value,
        "disabled_at": now(),
        "failures": 0,
        "failing_since": None,
        "next_attempt_at": None,
    }
    if stored.filter(state=WebhookState.ACTIVE.value).update(**columns):
        logger.warning(
            "Webhook %s of %s is disabled: %s.", webhook.pk, webhook.organisation_id, why.meaning
        )
