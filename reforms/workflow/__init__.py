"""The only writer: of public objects, of review states, and of what follows from them.

Every way in (admin, API, seeds, commands) comes through here, so that the rules hold for all:
no publication without evidence, no assessment dated ahead, no change of a published update.
"""

from reforms.verdicts import batch
from reforms.workflow.checking import check, check_citation, date_complaints, prepare
from reforms.workflow.citing import Cited, cite
from reforms.workflow.public_objects import change, delete, save, settle
from reforms.workflow.status_updates import (
    publish,
    reject,
    remove,
    request_changes,
    resubmit,
    retract,
    revise,
    submit,
    supersede,
    withdraw,
)

__all__ = [
    "Cited",
    "batch",
    "change",
    "check",
    "check_citation",
    "cite",
    "date_complaints",
    "delete",
    "prepare",
    "publish",
    "reject",
    "remove",
    "request_changes",
    "resubmit",
    "retract",
    "revise",
    "save",
    "settle",
    "submit",
    "supersede",
    "withdraw",
]
