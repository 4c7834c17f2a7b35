"""What is done to status updates: each step calls its function in `workflow`."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse

from reforms import ledger, roles, workflow
from reforms.admin.batches import Step, ask_then_act
from reforms.errors import TransitionRefused
from reforms.vocabulary import Action

_NOT_PUBLIC = "Its author reads it; it is never public."
_PUBLIC = "It is public, and stays so."

# Superseding needs the successor beside it: it has a form of its own in `superseding`.
STEPS: dict[Action, Step] = {
    Action.PUBLISH: Step(
        name="publish",
        title="Publish status updates",
        button="Publish",
        done="Published.",
        act=lambda update, _reason: workflow.publish(update),
        advice="Once public, an update is never edited: it is retracted, superseded or removed."
        " What it was submitted to replace is superseded by it.",
    ),
    Action.REQUEST_CHANGES: Step(
        name="request_changes",
        title="Send status updates back",
        button="Send back",
        done="Sent back to its author.",
        act=workflow.request_changes,
        needs_reason=True,
        reason_help=f"What is missing or wrong. {_NOT_PUBLIC}",
    ),
    Action.REJECT: Step(
        name="reject",
        title="Reject status updates",
        button="Reject",
        done="Rejected.",
        act=workflow.reject,
        advice="A rejected update stays rejected; its author may submit another one.",
        needs_reason=True,
        reason_help=f"Why it is refused. {_NOT_PUBLIC}",
    ),
    Action.RETRACT: Step(
        name="retract",
        title="Retract published status updates",
        button="Retract",
        done="Retracted.",
        act=workflow.retract,
        advice="For an organisation’s own updates that turned out to be wrong. They stay readable.",
        needs_reason=True,
        reason_help=f"What was wrong. {_PUBLIC}",
    ),
    Action.REMOVE: Step(
        name="remove",
        title="Remove published status updates",
        button="Remove",
        done="Removed.",
        act=workflow.remove,
        advice="For updates that may not stand and that their organisation does not retract.",
        needs_reason=True,
        reason_help=f"Why it cannot stand. {_PUBLIC}",
    ),
    Action.WITHDRAW: Step(
        name="withdraw",
        title="Withdraw status updates",
        button="Withdraw",
        done="Withdrawn.",
        act=lambda update, _reason: workflow.withdraw(update),
        advice="Takes them back before they were published.",
    ),
    Action.RESUBMIT: Step(
        name="resubmit",
        title="Send status updates in again",
        button="Send in again",
        done="Submitted again.",
        act=lambda update, _reason: workflow.resubmit(update),
        advice="For updates that a reviewer sent back, once they are mended.",
    ),
}


def button(action: Action) -> str:
    """What the button says that leads to an action."""
    return STEPS[action].button if action in STEPS else f"{action.label} …"


def step_for(model_admin: Any, request: Any, action: Action) -> Step:
    """The step as this user takes it: refused where it is not theirs, and noted in the log."""
    step = STEPS[action]

    def act(update: Any, reason: str) -> None:
        if not roles.may(request.user, action, update):
            raise TransitionRefused(roles.why_not(request.user, action, update))
        with ledger.acting(roles.acts_as(request.user, action, update)):
            step.act(update, reason)
        words = f"{step.done} {reason}".strip()
        model_admin.log_change(request, update, words)

    return replace(step, act=act)


def _bulk(action: Action, permission: str) -> Callable[..., Any]:
    @admin.action(permissions=[permission], description=f"{STEPS[action].button} …")
    def act(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        step = step_for(model_admin, request, action)
        return ask_then_act(model_admin, request, queryset.select_related("promise"), step)

    act.__name__ = action.value
    return act


BULK_ACTIONS = [
    _bulk(Action.PUBLISH, "publish"),
    _bulk(Action.REQUEST_CHANGES, "review"),
    _bulk(Action.REJECT, "review"),
    _bulk(Action.RETRACT, "author"),
    _bulk(Action.WITHDRAW, "author"),
    _bulk(Action.RESUBMIT, "author"),
    _bulk(Action.REMOVE, "remove"),
]
