"""Imports from a file: previewed by carrying them out and undoing it, then confirmed as shown."""

from typing import Any

from reforms import ledger, roles, workflow
from reforms.dates import now
from reforms.errors import TransitionRefused
from reforms.models import Import, ImportState
from reforms.sheets.objects import Terms
from reforms.sheets.planning import Plan, carry_out
from reforms.submissions import Unreadable

MOST_BYTES = 5_000_000


class _Undone(Exception):
    """Takes back all that an import has written."""


def take_in(
    kind: str,
    file_name: str,
    content: bytes,
    user: Any,
    organisation: Any = None,
    publish: bool = False,
) -> Import:
    """Preview a file: what each row would do is noted, and nothing else is kept.

    It takes the place of earlier attempts of the same user with that file. `organisation` is for
    whom new rows are submitted; with `publish` they are published where the user may.
    """
    attempt = Import(
        kind=kind,
        file_name=file_name[-Import.LONGEST_NAME :],
        content=content,
        user=user,
        organisation=organisation,
        publish=publish,
        created_at=now(),
    )
    _look_again(attempt)
    open_ = Import.objects.filter(user=user, kind=kind, file_name=attempt.file_name).open()
    with ledger.writing():
        open_.update(state=ImportState.CANCELLED.value, content=None, finished_at=now())
        attempt.save()
    return attempt


def confirm(attempt: Import, digest: str, reason: str = "") -> bool:
    """Write what the preview with this digest showed; return whether that was done.

    If it would do anything else by now nothing is written, and `attempt` shows what it would do.
    Raises TransitionRefused where it was confirmed, cancelled or given up before.
    """
    try:
        # One transaction: a process that is killed meanwhile leaves the preview as it was.
        with workflow.batch():
            held = _held(attempt)
            terms = Terms(held.user, held.organisation, reason, held.publish)
            plan = carry_out(held.kind, bytes(held.content or b""), terms)
            if plan.failed or plan.digest != digest:
                raise _Undone
            _end(held, ImportState.DONE, plan)
    except _Undone:
        with ledger.writing():
            held = _held(attempt)
            _look_again(held, reason)
            held.save()
        attempt.refresh_from_db()
        return False
    attempt.refresh_from_db()
    return True


def cancel(attempt: Import) -> None:
    """Give an import up, or put one aside that failed."""
    with ledger.writing():
        open_ = Import.objects.filter(pk=attempt.pk).open()
        if not open_.update(state=ImportState.CANCELLED.value, content=None, finished_at=now()):
            raise TransitionRefused("This import has ended already.")
    attempt.refresh_from_db()


def may_confirm(user: Any, attempt: Import) -> bool:
    """Whether `user` may write what the import shows: only whoever sent the file."""
    return (
        attempt.state == ImportState.PREVIEWED
        and attempt.user_id == user.pk
        and roles.may_import(user, attempt.kind)
        and (
            attempt.organisation_id is None
            or roles.curates(user)
            or roles.speaks_for(user, attempt.organisation_id)
        )
    )


def _held(attempt: Import) -> Import:
    """The import as it is stored, locked, while it waits for a confirmation."""
    held = Import.objects.select_for_update(of=("self",)).get(pk=attempt.pk)
    if held.state != ImportState.PREVIEWED:
        raise TransitionRefused(
            f"This import is {held.state} already; nothing more was written. Send the file again"
            " if there is more to do."
        )
    return held


def _look_again(attempt: Import, reason: str = "") -> None:
    """Note what the import would do now."""
    terms = Terms(attempt.user, attempt.organisation, reason, attempt.publish, trial=True)
    try:
        plan = _previewed(attempt.kind, bytes(attempt.content or b""), terms)
    except Unreadable as refusal:
        _fail(attempt, {"unreadable": str(refusal)[:2000]})
        return
    attempt.digest = plan.digest
    if plan.failed:
        _fail(attempt, plan.report())
    else:
        attempt.report = plan.report()


def _previewed(kind: str, content: bytes, terms: Terms) -> Plan:
    try:
        with workflow.batch():
            plan = carry_out(kind, content, terms)
            raise _Undone
    except _Undone:
        return plan


def _fail(attempt: Import, report: dict[str, Any]) -> None:
    attempt.state, attempt.report = ImportState.FAILED.value, report
    attempt.content, attempt.finished_at = None, now()


def _end(attempt: Import, state: ImportState, plan: Plan) -> None:
    attempt.state, attempt.report = state.value, plan.report()
    attempt.content, attempt.finished_at = None, now()
    attempt.save()
