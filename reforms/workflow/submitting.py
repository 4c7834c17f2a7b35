"""What authors do: submit status updates, and change them while they are not public."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError

from reforms import ledger, records, verdicts
from reforms.dates import PartialDate, now
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import Citation, Organisation, Promise, StatusUpdate
from reforms.vocabulary import ReviewState
from reforms.workflow.checking import check, said
from reforms.workflow.citing import Cited, cite
from reforms.workflow.holding import all_or_nothing, check_pair, check_stands, held
from reforms.workflow.public_objects import change
from reforms.workflow.storing import store

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
    "replaces",
    "replaces_reason",
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
    replaces: StatusUpdate | None = None,
    replaces_reason: str = "",
    user: Any = None,
) -> StatusUpdate:
    """Submit a status update for review. Raises RuleBroken naming every bad field.

    It may replace a published one of the same organisation and promise: as soon as it is published
    itself, with that reason in public.
    """
    update = StatusUpdate(
        promise=promise,
        organisation=organisation,
        status=status,
        note=note or {},
        external_id=external_id,
        replaces=replaces,
        replaces_reason=replaces_reason,
        submitted_by=user,
        submitted_at=now(),
    )
    update.effective = effective
    update.assessed = assessed
    with ledger.writing():
        check(update)
        check_replaced(update)
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
        check_replaced(update)
        update.version = current.version + 1
        store(update, update_fields=(*CONTENT, "version"))
        if citations is not None:
            cite(citations, update=update)


def check_replaced(update: StatusUpdate) -> None:
    """What is to be replaced is one's own, about the same promise, and stands."""
    replaced = update.replaces if update.replaces_id is not None else None
    if replaced is None:
        if update.replaces_reason:
            raise RuleBroken({"replaces_reason": ["it needs the update that is replaced"]})
        return
    check_pair(replaced, update)
    check_stands(replaced)
    demand = "replacing a published update needs a public reason: say what was wrong"
    try:
        update.replaces_reason = said(update.replaces_reason, demand)
    except RuleBroken as refusal:
        raise RuleBroken({"replaces_reason": refusal.fields["reason"]}) from None


def translate(
    update: StatusUpdate, note: dict[str, str], cited: Sequence[dict[str, str]] | None = None
) -> bool:
    """Add missing languages to a published update, which is no correction; return whether any was.

    `note` is the whole note in all its languages, `cited` the notes of all citations in their
    order. Raises RuleBroken where anything but a missing language differs.
    """
    with all_or_nothing(update):
        current = held(update)
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
