"""What becomes of a status update: published, sent back, and ended in the open."""

from contextlib import nullcontext
from typing import Any

from reforms import bulk, ledger, records, verdicts
from reforms.errors import EvidenceMissing, TransitionRefused
from reforms.models import Citation, LedgerEntry, StatusUpdate
from reforms.vocabulary import (
    PUBLIC_STATES,
    TRANSITIONS,
    Action,
    EntryAction,
    Role,
    Stance,
)
from reforms.workflow.checking import check, said
from reforms.workflow.holding import (
    all_or_nothing,
    check_pair,
    check_stands,
    citations_of,
    citing,
    held,
    tell,
)
from reforms.workflow.publication import make_public_what_is_cited


def publish(update: StatusUpdate) -> None:
    """Make a submitted update public. Raises EvidenceMissing without a supporting citation.

    What it was submitted to replace is superseded by it.
    """
    with all_or_nothing(update):
        current = held(update)
        replaced = current.replaces
        if replaced is None or current.review_state not in TRANSITIONS[Action.PUBLISH][0]:
            _carry_out(Action.PUBLISH, update, current)
        else:
            check_stands(replaced)
            # Whoever publishes it: the organisation takes its own word back.
            own = ledger.by_organisation(replaced.organisation_id)
            supersede(replaced, update, current.replaces_reason, own)


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


def supersede(update: StatusUpdate, successor: StatusUpdate, reason: str, actor: str = "") -> None:
    """Replace a published update by a submitted one of the same organisation and promise.

    The successor is published in the same transaction; the reason is public. `actor` takes the
    update back, where that is another than whoever publishes its successor.
    """
    reason = said(reason)
    with all_or_nothing(update, successor):
        check_pair(update, successor)
        _act(Action.PUBLISH, successor)
        with ledger.acting(actor) if actor else nullcontext():
            _act(Action.SUPERSEDE, update, ended_reason=reason, successor_id=successor.pk)
        # Its organisation knows the corrected assessment by the id of the one it replaces.
        successor.external_id = successor.external_id or update.external_id
        # Why is from now on said once: by the one that was replaced.
        successor.replaces, successor.replaces_reason = None, ""
        successor.save(update_fields=["external_id", "replaces", "replaces_reason"])


def _act(action: Action, update: StatusUpdate, **columns: Any) -> None:
    """Carry out an action, or raise TransitionRefused: also when somebody else came first."""
    with all_or_nothing(update):
        _carry_out(action, update, held(update), **columns)


def _carry_out(action: Action, update: StatusUpdate, current: StatusUpdate, **columns: Any) -> None:
    """Carry out an action on an update that is held; the instance in hand tells what is stored."""
    allowed, state = TRANSITIONS[action]
    if current.review_state not in allowed:
        update.refresh_from_db()
        raise TransitionRefused(
            f"This update is {current.review_state}; {action} is allowed only while it is"
            f" {' or '.join(allowed)}."
        )
    cited = _made_publishable(current) if action == Action.PUBLISH else None
    if state in PUBLIC_STATES:
        columns |= moments_of(action, current)
    columns |= {"review_state": state.value, "version": current.version + 1}
    for name, value in columns.items():
        setattr(current, name, value)
    bulk.change(StatusUpdate, list(columns), [(current.pk, *columns.values())])
    tell(update, current)
    if update.is_public:
        with citing(update, cited) if cited is not None else nullcontext():
            _settle_public(action, update)


def _made_publishable(update: StatusUpdate) -> list[Citation]:
    """The evidence gate; what the update cites becomes public before it does. Returns that."""
    check(update)
    cited = citations_of(update)
    if not any(one.stance == Stance.SUPPORTS for one in cited):
        raise EvidenceMissing
    if all(one.source.is_public and one.origin.is_public for one in cited):
        return cited
    make_public_what_is_cited(update.citations.all())
    again = held(update)  # a merge changes what it cites
    update.version, update.promise = again.version, again.promise
    return citations_of(update)  # what was merged goes by another id


def moments_of(action: Action, update: StatusUpdate) -> dict[str, Any]:
    """When the record says so: the moment of the entry that is appended next."""
    moment = ledger.moment()
    if action == Action.PUBLISH:
        day = update.promise.programme.today(moment)
        return {"published_at": moment, "counts_from": min(update.effective_on, day)}
    return {"ended_at": moment}


def _settle_public(action: Action, update: StatusUpdate) -> None:
    """The ledger's entry, and what follows from it."""
    entry = record(action, update)
    verdicts.recompute(
        [update.promise_id],
        entry.sequence,
        entry.recorded_at,
        changed=True,
        held=update.promise,
    )


def record(action: Action, update: StatusUpdate) -> LedgerEntry:
    """Append what was done to an update, at the moment that `moments_of` gave."""
    at = update.ended_at or update.published_at
    assert at is not None
    return ledger.append(
        EntryAction(action.value),
        records.type_of(update),
        str(update.pk),
        records.document(update),
        at=at,
        reason=update.ended_reason,
        actor=_actor(action, update),
    )


def _actor(action: Action, update: StatusUpdate) -> str:
    """Whose act it is by the rules, if nobody else is named."""
    if action in (Action.RETRACT, Action.SUPERSEDE):
        return ledger.by_organisation(update.organisation_id)
    return ledger.by_role(Role.REVIEWER if action == Action.PUBLISH else Role.CURATOR)
