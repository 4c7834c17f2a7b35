"""Status updates: submitted, reviewed, published, and ended in the open."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError

from reforms import ledger, records, verdicts
from reforms.dates import PartialDate, now
from reforms.errors import EvidenceMissing, RuleBroken, TrackerError, TransitionRefused
from reforms.models import Citation, Organisation, Promise, Source, StatusUpdate
from reforms.vocabulary import (
    PUBLIC_STATES,
    TRANSITIONS,
    Action,
    EntryAction,
    ReviewState,
    Role,
    Stance,
)
from reforms.workflow.checking import check, said, store
from reforms.workflow.citing import Cited, cite
from reforms.workflow.public_objects import change, make_public

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
    with ledger.writing():
        check(update)
        store(update, force_insert=True)
        cite(citations, update=update)
    return update


def revise(update: StatusUpdate, citations: Sequence[Cited] | None = None) -> None:
    """Store changed content of an update that is not public yet."""
    with ledger.writing():
        current = StatusUpdate.objects.select_for_update().get(pk=update.pk)
        if current.review_state not in (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED):
            raise TransitionRefused(
                f"This update is {current.review_state}; only one that is submitted or sent back"
                " can be changed. A published one is superseded or retracted instead."
            )
        check(update)
        store(update, update_fields=CONTENT)
        if citations is not None:
            cite(citations, update=update)


def publish(update: StatusUpdate) -> None:
    """Make a submitted update public. Raises EvidenceMissing without a supporting citation."""
    _act(Action.PUBLISH, update)


def request_changes(update: StatusUpdate, note: str) -> None:
    """Send a submitted update back to its author, saying what is missing."""
    _act(Action.REQUEST_CHANGES, update, review_note=said(note))


def resubmit(update: StatusUpdate) -> None:
    """Answer a request for changes."""
    _act(Action.RESUBMIT, update)


def reject(update: StatusUpdate, note: str) -> None:
    """Refuse an update, saying why."""
    _act(Action.REJECT, update, review_note=said(note))


def withdraw(update: StatusUpdate) -> None:
    """Take an update back before it was published."""
    _act(Action.WITHDRAW, update)


def retract(update: StatusUpdate, reason: str) -> None:
    """Take back a published update of one's own; the reason is public."""
    _act(Action.RETRACT, update, ended_reason=said(reason))


def remove(update: StatusUpdate, reason: str) -> None:
    """Take down a published update, as a curator; the reason is public."""
    _act(Action.REMOVE, update, ended_reason=said(reason))


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
    reason = said(reason)
    with _all_or_nothing(update, successor):
        _act(Action.PUBLISH, successor)
        _act(Action.SUPERSEDE, update, ended_reason=reason, successor=successor)
        if not successor.external_id:
            # Its organisation knows the corrected assessment by the id of the one it replaces.
            successor.external_id = update.external_id
            successor.save(update_fields=["external_id"])


def translate(
    update: StatusUpdate, note: dict[str, str], cited: Sequence[dict[str, str]] | None = None
) -> bool:
    """Add missing languages to a published update, which is no correction; return whether any was.

    `note` is the whole note in all its languages, `cited` the notes of all citations in their
    order. Raises RuleBroken where anything but a missing language differs.
    """
    with _all_or_nothing(update):
        current = _held(update)
        if current.review_state != ReviewState.PUBLISHED:
            raise TransitionRefused(
                f"This update is {current.review_state}; only a published one is translated."
            )
        with change(current) as made:
            _add_languages(current, note, "note")
            if cited is not None:
                _translate_citations(current, cited)
        verdicts.reindex([current.promise_id])
    update.refresh_from_db()
    return made.changed


def _translate_citations(update: StatusUpdate, notes: Sequence[dict[str, str]]) -> None:
    citations = list(update.citations.all())
    if len(citations) != len(notes):
        raise RuleBroken({"citations": [f"it has {len(citations)}; give the note of each"]})
    for citation, note in zip(citations, notes, strict=True):
        _add_languages(citation, note, "citations")


def _add_languages(thing: StatusUpdate | Citation, note: dict[str, str], field: str) -> None:
    """Store a note that says what it said and says it in more languages."""
    if note == thing.note:
        return
    if not records.adds_languages(thing.note, note):
        raise RuleBroken({field: ["only a missing language can be added to what was published"]})
    try:
        thing._meta.get_field("note").run_validators(note)
    except ValidationError as error:
        raise RuleBroken({field: error.messages}) from None
    thing.note = note
    thing.save(update_fields=["note"])


@contextmanager
def _all_or_nothing(*updates: StatusUpdate) -> Iterator[None]:
    """One transaction; when a rule breaks it, the instances in hand tell what is stored."""
    try:
        with ledger.writing():
            yield
    except TrackerError:
        for update in updates:
            update.refresh_from_db()
        raise


def _act(action: Action, update: StatusUpdate, **columns: Any) -> None:
    """Carry out an action, or raise TransitionRefused: also when somebody else came first."""
    allowed, state = TRANSITIONS[action]
    with _all_or_nothing(update):
        current = _held(update)
        if current.review_state not in allowed:
            update.refresh_from_db()
            raise TransitionRefused(
                f"This update is {current.review_state}; {action} is allowed only while it is"
                f" {' or '.join(allowed)}."
            )
        if action == Action.PUBLISH:
            _make_publishable(current)
        if state in PUBLIC_STATES:
            columns |= _moments(action, current)
        columns["review_state"] = state.value
        StatusUpdate.objects.filter(pk=update.pk).update(**columns)
        update.refresh_from_db()
        update.promise = current.promise
        if update.is_public:
            _settle_public(action, update)


def _held(update: StatusUpdate) -> StatusUpdate:
    """The update as it is stored, with its promise; both are locked.

    Whoever writes about a promise holds its row: two verdicts never cross. The update is held too,
    so that what is judged is what becomes public.
    """
    promise = (
        Promise.objects.select_for_update(of=("self",))
        .select_related("programme")
        .get(pk=update.promise_id)
    )
    current = StatusUpdate.objects.select_for_update().get(pk=update.pk)
    current.promise = promise
    return current


def _make_publishable(update: StatusUpdate) -> None:
    """The evidence gate; what the update cites becomes public before it does."""
    check(update)
    if not update.citations.filter(stance=Stance.SUPPORTS.value).exists():
        raise EvidenceMissing
    make_public(Source.objects.filter(citations__update=update))


def _moments(action: Action, update: StatusUpdate) -> dict[str, Any]:
    """When the record says so: the moment of the entry that is appended next."""
    moment = ledger.moment()
    if action == Action.PUBLISH:
        day = update.promise.programme.today(moment)
        return {"published_at": moment, "counts_from": min(update.effective_on, day)}
    return {"ended_at": moment}


def _settle_public(action: Action, update: StatusUpdate) -> None:
    """The ledger's entry, and what follows from it."""
    at = update.ended_at or update.published_at
    assert at is not None
    entry = ledger.append(
        EntryAction(action.value),
        records.type_of(update),
        str(update.pk),
        records.document(update),
        at=at,
        reason=update.ended_reason,
        actor=_actor(action, update),
    )
    Promise.objects.filter(pk=update.promise_id).update(changed_at=at)
    verdicts.recompute([update.promise_id], entry.sequence, at)
    verdicts.reindex([update.promise_id])


def _actor(action: Action, update: StatusUpdate) -> str:
    """Whose act it is by the rules, if nobody else is named."""
    if action in (Action.RETRACT, Action.SUPERSEDE):
        return ledger.by_organisation(update.organisation_id)
    return ledger.by_role(Role.REVIEWER if action == Action.PUBLISH else Role.CURATOR)
