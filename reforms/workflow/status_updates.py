"""Status updates: submitted, reviewed, published, and ended in the open."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction

from reforms import verdicts
from reforms.dates import PartialDate, now
from reforms.errors import EvidenceMissing, RuleBroken, TrackerError, TransitionRefused
from reforms.models import Organisation, Promise, Source, StatusUpdate
from reforms.models.fields import validate_plain_text
from reforms.vocabulary import TRANSITIONS, Action, ReviewState, Stance
from reforms.workflow.checking import check
from reforms.workflow.citing import Cited, cite
from reforms.workflow.public_objects import make_public

# What an author says in a status update.
CONTENT = (
    "promise",
    "status",
    "effective_on",
    "effective_precision",
    "assessed_on",
    "assessed_precision",
    "note",
    "external_id",
)
LONGEST_REASON = 2000


def submit(
    *,
    promise: Promise,
    organisation: Organisation,
    status: str,
    effective: PartialDate,
    citations: Sequence[Cited] = (),
    assessed: PartialDate | None = None,
    note: dict[str, str] | None = None,
    external_id: str = "",
    user: Any = None,
) -> StatusUpdate:
    """Submit a status update for review. Raises RuleBroken naming every bad field."""
    update = StatusUpdate(
        promise=promise,
        organisation=organisation,
        status=status,
        note=note or {},
        external_id=external_id,
        submitted_by=user,
        submitted_at=now(),
    )
    update.effective = effective
    update.assessed = assessed
    with transaction.atomic():
        check(update)
        update.save(force_insert=True)
        cite(citations, update=update)
    return update


def revise(update: StatusUpdate, citations: Sequence[Cited] | None = None) -> None:
    """Store changed content of an update that is not public yet."""
    with transaction.atomic():
        current = StatusUpdate.objects.select_for_update().get(pk=update.pk)
        if current.review_state not in (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED):
            raise TransitionRefused(
                f"This update is {current.review_state}; only one that is submitted or sent back"
                " can be changed. A published one is superseded or retracted instead."
            )
        check(update)
        update.save(update_fields=CONTENT)
        if citations is not None:
            cite(citations, update=update)


def publish(update: StatusUpdate) -> None:
    """Make a submitted update public. Raises EvidenceMissing without a supporting citation."""
    _act(Action.PUBLISH, update)


def request_changes(update: StatusUpdate, note: str) -> None:
    """Send a submitted update back to its author, saying what is missing."""
    _act(Action.REQUEST_CHANGES, update, review_note=_reason(note))


def resubmit(update: StatusUpdate) -> None:
    """Answer a request for changes."""
    _act(Action.RESUBMIT, update)


def reject(update: StatusUpdate, note: str) -> None:
    """Refuse an update, saying why."""
    _act(Action.REJECT, update, review_note=_reason(note))


def withdraw(update: StatusUpdate) -> None:
    """Take an update back before it was published."""
    _act(Action.WITHDRAW, update)


def retract(update: StatusUpdate, reason: str) -> None:
    """Take back a published update of one's own; the reason is public."""
    _act(Action.RETRACT, update, ended_reason=_reason(reason))


def remove(update: StatusUpdate, reason: str) -> None:
    """Take down a published update, as a curator; the reason is public."""
    _act(Action.REMOVE, update, ended_reason=_reason(reason))


def supersede(update: StatusUpdate, successor: StatusUpdate, reason: str) -> None:
    """Replace a published update by a submitted one of the same organisation and promise.

    The successor is published in the same transaction; the reason is public.
    """
    if (update.organisation_id, update.promise_id) != (
        successor.organisation_id,
        successor.promise_id,
    ):
        raise RuleBroken(
            {"successor": ["it must be the same organisation's, about the same promise"]}
        )
    if update.pk == successor.pk:
        raise RuleBroken({"successor": ["it must be another update than the one it replaces"]})
    reason = _reason(reason)
    with _all_or_nothing(update, successor):
        _act(Action.PUBLISH, successor)
        _act(Action.SUPERSEDE, update, ended_reason=reason, successor=successor)


@contextmanager
def _all_or_nothing(*updates: StatusUpdate) -> Iterator[None]:
    """One transaction; when a rule breaks it, the instances in hand tell what is stored."""
    try:
        with transaction.atomic():
            yield
    except TrackerError:
        for update in updates:
            update.refresh_from_db()
        raise


def _act(action: Action, update: StatusUpdate, **columns: Any) -> None:
    """Carry out an action, or raise TransitionRefused: also when somebody else came first."""
    allowed, state = TRANSITIONS[action]
    columns["review_state"] = state.value
    with _all_or_nothing(update):
        # Whoever writes about a promise holds its row: two verdicts never cross. The update is
        # held too, so that what is judged here is what becomes public.
        promise = (
            Promise.objects.select_for_update(of=("self",))
            .select_related("programme")
            .get(pk=update.promise_id)
        )
        current = StatusUpdate.objects.select_for_update().get(pk=update.pk)
        moment = now()
        if action == Action.PUBLISH:
            day = promise.programme.today(moment)
            columns |= {"published_at": moment, "counts_from": min(current.effective_on, day)}
        if "ended_reason" in columns:
            columns["ended_at"] = moment
        moved = StatusUpdate.objects.filter(
            pk=update.pk, review_state__in=[one.value for one in allowed]
        ).update(**columns)
        update.refresh_from_db()
        update.promise = promise
        if not moved:
            raise TransitionRefused(
                f"This update is {update.review_state}; {action} is allowed only while it is"
                f" {' or '.join(allowed)}."
            )
        if update.is_public:
            _settle_public(update)


def _settle_public(update: StatusUpdate) -> None:
    """The evidence gate, and what follows from a public update."""
    if update.review_state == ReviewState.PUBLISHED:
        check(update)
        if not update.citations.filter(stance=Stance.SUPPORTS.value).exists():
            raise EvidenceMissing
        make_public(Source.objects.filter(citations__update=update))
    Promise.objects.filter(pk=update.promise_id).update(changed_at=now())
    verdicts.recompute([update.promise_id])
    verdicts.reindex([update.promise_id])


def _reason(text: str) -> str:
    """A reason as it is stored; raise RuleBroken for one that is empty, too long or unprintable."""
    text = text.strip()
    if not text:
        raise RuleBroken({"reason": ["say why, in a sentence"]})
    if len(text) > LONGEST_REASON:
        raise RuleBroken(
            {"reason": [f"it has {len(text)} characters; at most {LONGEST_REASON} are allowed"]}
        )
    try:
        validate_plain_text(text)
    except ValidationError as error:
        raise RuleBroken({"reason": error.messages}) from None
    return text
