"""Refusals of what somebody may not do: they name the scope or the permission that is missing.

Whether somebody may is said by `reforms.roles`; here it is put into words.
"""

from typing import Any

from reforms import roles
from reforms.api.errors import Refusal
from reforms.models import Key, Organisation
from reforms.scopes import SCOPE_PERMISSIONS, Scope
from reforms.submissions import Complaint, SubmissionRefused
from reforms.vocabulary import Action

_JUDGEMENTS = (Action.PUBLISH, Action.REQUEST_CHANGES, Action.REJECT)
_MOST_NAMED = 50


def demand(who: Any, action: Action, update: Any) -> None:
    """Raise Refusal, saying why, if `who` may not take the action, whatever the state is now."""
    if roles.may(who, action, update):
        return
    scope = Scope.SUBMIT
    if action in _JUDGEMENTS:
        scope = Scope.REVIEW
        if action == Action.PUBLISH and roles.is_own(who, update):
            trusted = roles.is_trusted(update.organisation, update.promise.programme)
            scope = Scope.PUBLISH if trusted else scope
    if action != Action.REMOVE and not (scope == Scope.REVIEW and roles.is_own(who, update)):
        demand_scope(who, scope)
    raise _forbidden(roles.why_not(who, action, update))


def demand_edit(who: Any, update: Any) -> None:
    """Raise Refusal, saying why, if `who` may not change what the update says."""
    demand_scope(who, Scope.SUBMIT)
    # The same people may take it back; which states allow a change is the workflow's to say.
    if not roles.curates(who) and not roles.may(who, Action.RESUBMIT, update):
        raise _forbidden(roles.why_not(who, Action.RESUBMIT, update))


def demand_scope(who: Any, scope: Scope) -> None:
    """Raise Refusal, naming the scope, for a key without it; for an account, the permission."""
    lacking = [one for one in SCOPE_PERMISSIONS[scope] if not who.has_perm(one)]
    if not lacking:
        return
    if isinstance(who, Key):
        raise _forbidden(f"This key lacks the scope {scope}; a curator can issue one that has it.")
    name = lacking[0].partition(".")[2]
    raise _forbidden(f"Your account lacks the permission {name}; a curator can give it.")


def contributor(who: Any, named: Any = None) -> Organisation:
    """The organisation for which `who` submits; `named` is what the request says, if anything.

    Raises Refusal where there is none or it has not accepted the licence, and SubmissionRefused
    where it has to be named, or is another's.
    """
    own = roles.organisations_of(who)
    allowed = Organisation.objects.public().order_by("pk")
    if not roles.curates(who):
        allowed = allowed.filter(pk__in=own)
        if not own:
            raise _forbidden("Your account speaks for no organisation; a curator can add it.")
    if named is None and len(own) == 1:
        [named] = own
    organisation = allowed.filter(pk=named).first() if isinstance(named, str) else None
    if organisation is None:
        code, detail = "not_yours", "You do not speak for an organisation of this name."
        if named is None:
            code, detail = "missing", "Say for which organisation you submit."
        ids = tuple(allowed.values_list("pk", flat=True)[:_MOST_NAMED])
        raise SubmissionRefused([Complaint("/organisation", code, detail, ids)])
    demand_licence(organisation)
    return organisation


def demand_licence(organisation: Organisation) -> None:
    """Raise Refusal for an organisation that has not accepted the data licence."""
    if not organisation.licence_accepted:
        raise _forbidden(
            f"{organisation} has not accepted the data licence; a curator records that it did."
        )


def _forbidden(detail: str) -> Refusal:
    return Refusal("forbidden", detail)
