"""What owners and curators do to a subscription. Nothing of it is part of the record."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction

from reforms import ledger
from reforms.dates import now
from reforms.errors import RuleBroken
from reforms.models import (
    DisabledBy,
    LedgerEntry,
    Organisation,
    Webhook,
    WebhookErrand,
    WebhookState,
)
from reforms.webhooks import messages, signing
from reforms.webhooks.filters import wanted

# Of one organisation; and messages that wait because somebody asked for them.
MOST = 20
MOST_ERRANDS = 100
LONGEST_OVERLAP = timedelta(days=7)
# What is forgotten when it is tried anew.
_UNHARMED: dict[str, Any] = {"failures": 0, "failing_since": None, "next_attempt_at": None}


def subscribe(
    organisation: Organisation,
    *,
    name: str,
    url: str,
    origin: str,
    filters: Mapping[str, Sequence[str]] | None = None,
    after: int | None = None,
) -> tuple[Webhook, str]:
    """Subscribe to what follows the entry `after`, by default the last one there is.

    Returns the subscription and its secret, which is shown to nobody again. The address has to be
    vetted before: see `addresses.vet`. Raises RuleBroken for an entry that is not there yet, and
    where the organisation has as many subscriptions as it may.
    """
    head = ledger.head().sequence
    with transaction.atomic():
        Organisation.objects.select_for_update().get(pk=organisation.pk)
        if Webhook.objects.filter(organisation=organisation).count() >= MOST:
            raise RuleBroken(f"{organisation} has {MOST} webhooks, which is the most; delete one")
        if after is not None and after > head:
            raise RuleBroken({"after": [f"there is no entry {after} yet: the last is {head}"]})
        secret = signing.new_secret()
        made = Webhook.objects.create(
            organisation=organisation,
            name=name,
            url=url,
            origin=origin,
            filters=dict(filters or {}),
            secret=signing.sealed(secret),
            position=head if after is None else after,
            created_at=now(),
        )
    return made, secret


def change(webhook: Webhook, **columns: Any) -> None:
    """Change name, address or filters. An address that was failing is tried at once."""
    anew = _UNHARMED if {"url", "filters"} & columns.keys() else {}
    Webhook.objects.filter(pk=webhook.pk).update(**columns, **anew)
    webhook.refresh_from_db()


def delete(webhook: Webhook) -> None:
    """Forget the subscription, what waits for it, and its log."""
    webhook.delete()


def rotate(webhook: Webhook, overlap: timedelta) -> str:
    """Give it another secret, and return that. Until `overlap` has passed, a week at most, the old
    one signs as well; one that was old already signs no more.
    """
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise RuleBroken("an overlap lasts from nothing to a week")
    secret = signing.new_secret()
    with transaction.atomic():
        stored = Webhook.objects.select_for_update().get(pk=webhook.pk)
        stored.previous_secret = stored.secret if overlap else ""
        stored.previous_until = now() + overlap if overlap else None
        stored.secret = signing.sealed(secret)
        stored.save(update_fields=["secret", "previous_secret", "previous_until"])
    webhook.refresh_from_db()
    return secret


def disable(webhook: Webhook, by: DisabledBy) -> None:
    """Send nothing more until it is enabled. One that is disabled already stays as it is."""
    Webhook.objects.filter(pk=webhook.pk, state=WebhookState.ACTIVE.value).update(
        state=WebhookState.DISABLED.value, disabled_by=by.value, disabled_at=now(), **_UNHARMED
    )
    webhook.refresh_from_db()


def enable(webhook: Webhook, skip: bool = False) -> None:
    """Go on from where it stopped; with `skip`, from the last entry there is now."""
    position = {"position": ledger.head().sequence} if skip else {}
    Webhook.objects.filter(pk=webhook.pk).update(
        state=WebhookState.ACTIVE.value, disabled_by="", disabled_at=None, **_UNHARMED, **position
    )
    webhook.refresh_from_db()


def go_back(webhook: Webhook, after: int) -> None:
    """Send everything that matches behind the entry `after` again, in its order.

    Raises RuleBroken for an entry that was not dealt with yet: what lies ahead comes by itself.
    """
    if after > webhook.position:
        raise RuleBroken(
            {
                "after": [
                    f"it has only come to entry {webhook.position}: what follows is sent anyway"
                ]
            }
        )
    Webhook.objects.filter(pk=webhook.pk).update(position=after, **_UNHARMED)
    webhook.refresh_from_db()


def send_again(webhook: Webhook, sequence: int) -> str:
    """Send one event again, beside the order of the others; return the id of its message.

    Raises RuleBroken for an entry that is not there, or that its filters do not let through.
    """
    entry = LedgerEntry.objects.filter(pk=sequence).first()
    if entry is None:
        raise RuleBroken({"sequence": [f"the ledger has no entry {sequence}"]})
    if not wanted(webhook.filters).filter(pk=sequence).exists():
        raise RuleBroken({"sequence": [f"entry {sequence} does not match the filters"]})
    _ask(webhook, sequence=sequence)
    return messages.name_of(entry)


def ping(webhook: Webhook) -> str:
    """Send a message about nothing; return its id."""
    message = messages.new_ping()
    _ask(webhook, message=message)
    return message


def _ask(webhook: Webhook, **errand: Any) -> None:
    with transaction.atomic():
        Webhook.objects.select_for_update().get(pk=webhook.pk)
        if webhook.errands.count() >= MOST_ERRANDS:
            raise RuleBroken(f"{MOST_ERRANDS} messages wait already; replay from a sequence on")
        WebhookErrand.objects.create(webhook=webhook, asked_at=now(), **errand)
