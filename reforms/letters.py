"""What anybody sends to the curators, from its arrival to what became of it. Never public.

What it says is not believed: a report changes nothing, and a reply sent in the promisor's name is
filed by a curator who has made sure of it.
"""

from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from reforms import ledger, workflow
from reforms.dates import now
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import ErrorReport, LetterState, ProposedReply, Reply
from reforms.models.letter import Letter

_Letter = TypeVar("_Letter", ErrorReport, ProposedReply)


def receive(letter: _Letter) -> _Letter:
    """Keep a letter and return it, or the one that waits already where it says the very same.

    Raises RuleBroken naming every bad field.
    """
    letter.sent_at = now()
    letter.fill_digest()
    try:
        letter.full_clean(validate_unique=False, validate_constraints=False)
    except ValidationError as error:
        raise RuleBroken(error.message_dict) from None
    waiting: Any = type(letter)._default_manager.filter(state=LetterState.NEW.value)
    if isinstance(letter, ProposedReply):
        _refuse_withdrawn(letter)
        workflow.check_day(letter)
    same = waiting.filter(digest=letter.digest)
    if (known := same.first()) is not None:
        return known
    try:
        with transaction.atomic():
            letter.save(force_insert=True)
    except IntegrityError:  # sent twice at once
        if (known := same.first()) is None:
            raise
        return known
    return letter


def _refuse_withdrawn(letter: ProposedReply) -> None:
    if not letter.promise.is_public:
        raise RuleBroken({"promise": [f"{letter.promise} was withdrawn from the record"]})


def by_receipt(receipt: str) -> Letter | None:
    """The letter for which somebody holds this receipt."""
    for kind in (ErrorReport, ProposedReply):
        found: Letter | None = kind._default_manager.filter(receipt=receipt).first()
        if found is not None:
            return found
    return None


def decide(letter: Letter, state: LetterState, user: Any, answer: str = "") -> None:
    """Say what becomes of a letter that waits; `answer` is told to whoever holds its receipt.

    Raises TransitionRefused where somebody has decided already.
    """
    waiting = type(letter)._default_manager.filter(pk=letter.pk, state=LetterState.NEW.value)
    decided = {"state": state.value, "answer": answer, "decided_at": now(), "decided_by": user}
    if not waiting.update(**decided):
        raise TransitionRefused("Somebody has decided this already: look at what became of it.")
    for name, value in decided.items():
        setattr(letter, name, value)


def became(proposal: ProposedReply, reply: Reply, user: Any) -> None:
    """Note that a proposed reply was verified and is in the record now.

    Raises TransitionRefused where somebody has decided already, and RuleBroken where the reply is
    to another promise.
    """
    if reply.promise_id != proposal.promise_id:
        told = f"the reply that was sent is to {proposal.promise_id}: file it there"
        raise RuleBroken({"promise": [told]})
    with ledger.writing():
        decide(proposal, LetterState.ACCEPTED, user)
        proposal.reply = reply
        proposal.save(update_fields=["reply"])
