"""Who may do what to a status update: one answer for every way in.

Permissions say what somebody may do, membership says in whose name. A curator is whoever may
remove published updates; a reviewer whoever may judge what others submit; a contributor speaks for
an organisation. Whoever acts is a user, or a key (`reforms.models.Key`), whose scopes are its
permissions and whose organisation is the one that it speaks for.
"""

from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import Q

from reforms.models import Organisation, Programme
from reforms.vocabulary import TRANSITIONS, Action, ReviewState, Role

REVIEW = "reforms.review_statusupdate"
REMOVE = "reforms.remove_statusupdate"
PUBLISH = "reforms.publish_statusupdate"
ADD_SOURCE = "reforms.add_source"
READ_TEXTS = "reforms.view_paragraph"
_ADD = "reforms.add_statusupdate"
_CHANGE = "reforms.change_statusupdate"
_OPEN = (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED)
_JUDGEMENTS = (Action.REQUEST_CHANGES, Action.REJECT)


def curates(user: Any) -> bool:
    """Whether `user` keeps the record as a whole, for all organisations."""
    return bool(user.has_perm(REMOVE))


def reviews(user: Any) -> bool:
    """Whether `user` may see and judge what all organisations submitted."""
    return bool(user.has_perm(REVIEW))


def may_read_texts(user: Any) -> bool:
    """Whether `user` may read the loaded texts of the sources that are visible to them."""
    return bool(user.has_perm(READ_TEXTS))


def role_of(user: Any) -> Role | None:
    """The role in which the public record names what `user` does; None for those without one."""
    if curates(user):
        return Role.CURATOR
    return Role.REVIEWER if reviews(user) else None


def acts_as(user: Any, action: Action, update: Any) -> str:
    """The public label of whoever takes the action: an organisation or a role, never a person."""
    own = action == Action.PUBLISH and speaks_for(user, update.organisation_id)
    if own or action in (Action.RETRACT, Action.SUPERSEDE):
        return f"organisation:{update.organisation_id}"
    return f"role:{role_of(user) or Role.REVIEWER}"


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


def is_within(user: Any, programme: str) -> bool:
    """Whether a key may write about the programme; users are not limited."""
    return getattr(user, "programme_id", None) in (None, programme)


def is_own(user: Any, update: Any) -> bool:
    """Whether `user` submitted the update, or speaks for the organisation that did."""
    wrote = isinstance(user, AbstractBaseUser) and update.submitted_by_id == user.pk
    return wrote or speaks_for(user, update.organisation_id)


def is_trusted(organisation: Organisation, programme: Programme) -> bool:
    """Whether it may publish without review there: by the curators' word, or because it leads."""
    return organisation.trusted or programme.lead_organisation_id == organisation.pk


def may_publish_own(user: Any, organisation: Organisation, programme: Programme) -> bool:
    """Whether `user` may publish what the organisation submits about the programme, unseen."""
    return (
        bool(user.has_perm(PUBLISH))
        and is_trusted(organisation, programme)
        and is_within(user, programme.pk)
        and (speaks_for(user, organisation.pk) or curates(user))
    )


def publishes_own(user: Any) -> bool:
    """Whether there may be something of their own that `user` may publish, unseen."""
    if not user.has_perm(PUBLISH):
        return False
    leads = Q(led_programmes__isnull=False, led_programmes__withdrawn_at=None)
    return curates(user) or user.organisations.filter(Q(trusted=True) | leads).exists()


def may_see_inside(user: Any, update: Any) -> bool:
    """Whether `user` may read what is never public about an update, such as the review note."""
    return reviews(user) or speaks_for(user, update.organisation_id)


def may_edit(user: Any, update: Any) -> bool:
    """Whether `user` may change the content: never once it is public or has ended."""
    return (
        update.review_state in _OPEN
        and bool(user.has_perm(_CHANGE))
        and is_within(user, update.promise.programme_id)
        and (curates(user) or speaks_for(user, update.organisation_id))
    )


def may(user: Any, action: Action, update: Any) -> bool:
    """Whether `user` may carry out `action` on `update`, whatever its state is now."""
    if not is_within(user, update.promise.programme_id):
        return False
    if action == Action.PUBLISH:
        if is_own(user, update):
            return may_publish_own(user, update.organisation, update.promise.programme)
        return reviews(user)
    if action in _JUDGEMENTS:
        return reviews(user) and not is_own(user, update)
    if action == Action.REMOVE:
        return curates(user)
    if not user.has_perm(_CHANGE):
        return False
    own = speaks_for(user, update.organisation_id)
    if action == Action.WITHDRAW:
        return is_own(user, update)
    if action == Action.RESUBMIT:
        return own or curates(user)
    # Retracting and superseding speak for the organisation, so that no curator does it for one.
    return own


def why_not(user: Any, action: Action, update: Any) -> str:
    """Why somebody to whom `may` says no may not, in a sentence for them."""
    if not is_within(user, update.promise.programme_id):
        return f"This key is limited to the programme {user.programme_id}."
    if action == Action.PUBLISH or action in _JUDGEMENTS:
        if is_own(user, update):
            return "You or your organisation submitted this: somebody else has to review it."
        return "Only reviewers publish, send back or reject what others submitted."
    if action == Action.REMOVE:
        return "Only curators remove published updates."
    return f"Only its own organisation may {action.label.lower()} this update."


def actions_for(user: Any, update: Any) -> list[Action]:
    """What `user` may do to `update` in the state that it is in."""
    return [
        action
        for action, (allowed, _) in TRANSITIONS.items()
        if update.review_state in allowed and may(user, action, update)
    ]


def may_import(user: Any, kind: str) -> bool:
    """Whether `user` may import tables of that kind: what they may add and change one by one."""
    if kind == "updates":
        return may_submit(user) and bool(user.has_perm(_CHANGE))
    one = kind.removesuffix("s")
    may = user.has_perm(f"reforms.add_{one}") and user.has_perm(f"reforms.change_{one}")
    return bool(may) and (curates(user) or bool(organisations_of(user)))
