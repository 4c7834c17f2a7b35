"""Who may do what to a status update: one answer for every way in.

Permissions say what somebody may do, membership says in whose name. A curator is whoever may
remove published updates; a reviewer whoever may publish; a contributor speaks for an organisation.
"""

from typing import Any

from reforms.vocabulary import TRANSITIONS, Action, ReviewState, Role

REVIEW = "reforms.review_statusupdate"
REMOVE = "reforms.remove_statusupdate"
_ADD = "reforms.add_statusupdate"
_CHANGE = "reforms.change_statusupdate"
_OPEN = (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED)
_REVIEWERS = (Action.PUBLISH, Action.REQUEST_CHANGES, Action.REJECT)


def curates(user: Any) -> bool:
    """Whether `user` keeps the record as a whole, for all organisations."""
    return bool(user.has_perm(REMOVE))


def reviews(user: Any) -> bool:
    """Whether `user` may see and judge what all organisations submitted."""
    return bool(user.has_perm(REVIEW))


def role_of(user: Any) -> Role | None:
    """The role in which the public record names what `user` does; None for those without one."""
    if curates(user):
        return Role.CURATOR
    return Role.REVIEWER if reviews(user) else None


def organisations_of(user: Any) -> set[str]:
    """The ids of the organisations for which `user` speaks; asked once for each request's user."""
    if not user.is_authenticated:
        return set()
    if not hasattr(user, "_organisations_spoken_for"):
        user._organisations_spoken_for = set(user.organisations.values_list("pk", flat=True))
    found: set[str] = user._organisations_spoken_for
    return found


def speaks_for(user: Any, organisation: str | None) -> bool:
    """Whether `user` is a member of the organisation with that id."""
    return organisation in organisations_of(user)


def may_submit(user: Any) -> bool:
    """Whether `user` may submit for anybody: curators for all, others for their organisations."""
    return bool(user.has_perm(_ADD)) and (curates(user) or bool(organisations_of(user)))


def may_see_inside(user: Any, update: Any) -> bool:
    """Whether `user` may read what is never public about an update, such as the review note."""
    return reviews(user) or speaks_for(user, update.organisation_id)


def may_edit(user: Any, update: Any) -> bool:
    """Whether `user` may change the content: never once it is public or has ended."""
    return (
        update.review_state in _OPEN
        and bool(user.has_perm(_CHANGE))
        and (curates(user) or speaks_for(user, update.organisation_id))
    )


def may(user: Any, action: Action, update: Any) -> bool:
    """Whether `user` may carry out `action` on `update`, whatever its state is now."""
    if action in _REVIEWERS:
        return reviews(user)
    if action == Action.REMOVE:
        return curates(user)
    if not user.has_perm(_CHANGE):
        return False
    own = speaks_for(user, update.organisation_id)
    if action == Action.WITHDRAW:
        return own or update.submitted_by_id == user.pk
    if action == Action.RESUBMIT:
        return own or curates(user)
    # Retracting and superseding speak for the organisation, so that no curator does it for one.
    return own


def actions_for(user: Any, update: Any) -> list[Action]:
    """What `user` may do to `update` in the state that it is in."""
    return [
        action
        for action, (allowed, _) in TRANSITIONS.items()
        if update.review_state in allowed and may(user, action, update)
    ]
