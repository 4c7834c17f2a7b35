"""Forgetting persons: what is known of who did what ends after a time, whatever the record keeps.

Watchdogs may face the state that they assess. Nothing here is public, and nothing public changes.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db.models import Model, Q, QuerySet
from django_q.models import Task

from reforms import ledger
from reforms.dates import now
from reforms.ledger.redacting import SHORTEST
from reforms.models import (
    ErrorReport,
    Import,
    ImportState,
    KeptAnswer,
    Key,
    Organisation,
    ProposedReply,
    Reply,
    StatusUpdate,
    WebhookAttempt,
)
from reforms.vocabulary import PUBLIC_STATES, ReviewState

# For how long a file waits for whoever sent it to confirm what it would do.
UNCONFIRMED_DAYS = 3

# Rows of a table, and what becomes of them: columns to be emptied, or None where the row goes.
_Stale = tuple[str, QuerySet[Any], dict[str, Any] | None]


def forget(dry_run: bool = False) -> dict[str, int]:
    """Forget what is older than the settings say; return how many rows that concerns, by what it
    is. With `dry_run` nothing is written.
    """
    moment = now()
    with ledger.writing():
        found = {}
        for what, rows, columns in _stale(moment):
            if dry_run:
                found[what] = rows.count()
            elif columns is None:
                found[what] = rows.delete()[0]
            else:
                found[what] = rows.update(**columns)
    return found


def _stale(moment: datetime) -> Iterator[_Stale]:
    limit = moment - timedelta(days=settings.PRIVATE_DATA_DAYS)
    yield "authors of status updates", _decided(limit), {"submitted_by": None}
    for letters in (ErrorReport, ProposedReply):
        what = str(letters._meta.verbose_name_plural)
        sent = letters._default_manager.filter(sent_at__lt=limit)
        yield f"contacts of {what}", sent.exclude(contact=""), {"contact": ""}
        decided = letters._default_manager.filter(decided_at__lt=limit, decided_by__isnull=False)
        yield f"deciders of {what}", decided, {"decided_by": None}
    yield "lines of the internal history", LogEntry.objects.filter(action_time__lt=limit), None
    yield "sessions that ended", Session.objects.filter(expire_date__lt=moment), None
    yield "kept answers", _answers(moment), None
    logged = moment - timedelta(days=settings.WEBHOOK_LOG_DAYS)
    yield "deliveries to webhooks", WebhookAttempt.objects.filter(at__lt=logged), None
    yield "failed tasks of the queue", Task.objects.filter(stopped__lt=logged), None
    waiting = Import.objects.filter(state=ImportState.PREVIEWED)
    long_ago = waiting.filter(created_at__lt=moment - timedelta(days=UNCONFIRMED_DAYS))
    given_up = {"state": ImportState.CANCELLED.value, "content": None, "finished_at": moment}
    yield "files that nobody confirmed", long_ago, given_up
    yield "imports from files", Import.objects.filter(created_at__lt=limit), None
    ended = Q(revoked_at__lt=limit) | Q(expires_at__lt=limit)
    yield "keys that ended", Key.objects.filter(ended), None
    kept = Key.objects.exclude(ended)
    yield "last uses of keys", kept.filter(last_used_at__lt=limit), {"last_used_at": None}
    made = kept.filter(created_at__lt=limit, created_by__isnull=False)
    yield "makers of keys", made, {"created_by": None}
    gone = Organisation.objects.filter(withdrawn_at__lt=limit)
    yield "legal names", gone.exclude(legal_name=""), {"legal_name": ""}
    unsaid = Reply.objects.filter(withdrawn_at__lt=limit).exclude(verified_how="")
    yield "how replies were verified", unsaid, {"verified_how": ""}
    members: type[Model] = Organisation.members.through
    yield "members", members._default_manager.filter(organisation__in=gone), None


def _decided(limit: datetime) -> QuerySet[StatusUpdate]:
    """Updates whose author no rule asks for any more: nobody reviews them now.

    When a reviewer refused one, or its author took it back, is not known: when it was submitted is.
    """
    public = Q(review_state__in=PUBLIC_STATES, published_at__lt=limit)
    refused = Q(
        review_state__in=(ReviewState.REJECTED, ReviewState.WITHDRAWN), submitted_at__lt=limit
    )
    return StatusUpdate.objects.filter(public | refused, submitted_by__isnull=False)


def _answers(moment: datetime) -> QuerySet[KeptAnswer]:
    return KeptAnswer.objects.filter(
        kept_at__lt=moment - timedelta(hours=settings.IDEMPOTENCY_HOURS)
    )


def forget_letters(texts: Iterable[str]) -> None:
    """Delete what anybody sent to the curators that repeats one of the texts: they are redacted."""
    for text in texts:
        if len(text) < SHORTEST:  # it stands everywhere
            continue
        for letters in (ErrorReport, ProposedReply):
            found = Q(answer__contains=text) | Q(note__contains=text)
            for name in letters.WRITTEN:
                if name not in ("promise_id", "dated_on", "language"):
                    found |= Q(**{f"{name}__contains": text})
            letters._default_manager.filter(found).delete()
