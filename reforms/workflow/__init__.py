"""The only writer: of public objects, of review states, and of what follows from them.

Every way in (admin, API, seeds, commands) comes through here, so that the rules hold for all:
no publication without evidence, no assessment dated ahead, no change of a published update.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from reforms import ledger, verdicts
from reforms.workflow.adoption import adopt
from reforms.workflow.batches import Proposal, Submissions, publish_all
from reforms.workflow.checking import (
    check,
    check_citation,
    check_day,
    date_complaints,
    prepare,
)
from reforms.workflow.citing import Cited, cite
from reforms.workflow.forgetting import forget
from reforms.workflow.naming import random_id, random_uuids
from reforms.workflow.organisations import accept_licence, enrol
from reforms.workflow.public_objects import change, save, saved
from reforms.workflow.redaction import Redaction, redact, redactable
from reforms.workflow.reviewing import (
    publish,
    reject,
    remove,
    request_changes,
    resubmit,
    retract,
    supersede,
    withdraw,
)
from reforms.workflow.storing import store
from reforms.workflow.submitting import revise, submit, translate
from reforms.workflow.withdrawal import delete, resting_on, withdraw_object

__all__ = [
    "Cited",
    "Proposal",
    "Redaction",
    "Submissions",
    "accept_licence",
    "adopt",
    "batch",
    "change",
    "check",
    "check_citation",
    "check_day",
    "cite",
    "date_complaints",
    "delete",
    "enrol",
    "forget",
    "prepare",
    "publish",
    "publish_all",
    "random_id",
    "random_uuids",
    "redact",
    "redactable",
    "reject",
    "remove",
    "request_changes",
    "resting_on",
    "resubmit",
    "retract",
    "revise",
    "save",
    "saved",
    "store",
    "submit",
    "supersede",
    "translate",
    "withdraw",
    "withdraw_object",
]


@contextmanager
def batch() -> Iterator[None]:
    """Many writes in one transaction: the ledger is held once, and what follows from the writes is
    settled at the end. Until then the stored verdicts and the search index are those of before.
    """
    with ledger.writing(batched=True), verdicts.batch():
        yield
