"""Who may do what, and the roles that the fixture gives."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.management import call_command

from reforms import roles
from reforms.models import Organisation, Promise
from reforms.vocabulary import Action, ReviewState
from tests.fixtures import People, make_update_in

SUBMITTED, SENT_BACK, PUBLISHED = (
    ReviewState.SUBMITTED,
    ReviewState.CHANGES_REQUESTED,
    ReviewState.PUBLISHED,
)

# Of an update by `lantern`: who may edit it, and what each may do in the state that it is in.
OFFERED = [
    ("curator", SUBMITTED, True, {"publish", "request_changes", "reject"}),
    ("curator", SENT_BACK, True, {"reject", "resubmit"}),
    ("curator", PUBLISHED, False, {"remove"}),
    ("reviewer", SUBMITTED, False, {"publish", "request_changes", "reject"}),
    ("reviewer", PUBLISHED, False, set()),
    ("anna", SUBMITTED, True, {"withdraw"}),
    ("anna", SENT_BACK, True, {"withdraw", "resubmit"}),
    ("anna", PUBLISHED, False, {"supersede", "retract"}),
    ("boris", SUBMITTED, False, set()),
    ("boris", PUBLISHED, False, set()),
    ("stranger", SUBMITTED, False, set()),
    *(("anna", state, False, set()) for state in (ReviewState.REJECTED, ReviewState.WITHDRAWN)),
    *(("curator", state, False, set()) for state in (ReviewState.RETRACTED, ReviewState.REMOVED)),
]


@pytest.fixture
def in_roles(people: People) -> People:
    call_command("loaddata", "roles", verbosity=0)
    for name in ("curator", "reviewer", "anna", "boris"):
        user: User = getattr(people, name)
        user.user_permissions.clear()
        user.groups.add(
            Group.objects.get(name=name if name in ("curator", "reviewer") else "contributor")
        )
    return people


@pytest.mark.parametrize(("name", "state", "edits", "actions"), OFFERED)
def test_what_each_may_do(
    in_roles: People,
    promise: Promise,
    name: str,
    state: ReviewState,
    edits: bool,
    actions: set[str],
) -> None:
    user = User.objects.get(username=name)
    update = make_update_in(state, promise, organisation="lantern")
    assert roles.may_edit(user, update) is edits
    assert {action.value for action in roles.actions_for(user, update)} == actions


def test_who_submitted_it_may_withdraw_it(in_roles: People, promise: Promise) -> None:
    update = make_update_in(SUBMITTED, promise, organisation="lantern", user=in_roles.curator)
    assert roles.may(User.objects.get(username="curator"), Action.WITHDRAW, update)


def test_who_may_submit(in_roles: People) -> None:
    may = {user.username: roles.may_submit(user) for user in User.objects.all()}
    assert may == {
        "curator": True,
        "reviewer": False,
        "anna": True,
        "boris": True,
        "stranger": False,
    }
    Organisation.objects.get(pk="lantern").members.clear()
    assert not roles.may_submit(User.objects.get(username="anna"))
    assert roles.organisations_of(AnonymousUser()) == set()
    assert not roles.may_submit(AnonymousUser())


def test_loading_the_roles_again_restores_them(db: None) -> None:
    call_command("loaddata", "roles", verbosity=0)
    before = {one.name: one.permissions.count() for one in Group.objects.all()}
    assert before.keys() == {"curator", "reviewer", "contributor"}
    Group.objects.get(name="reviewer").permissions.clear()
    call_command("loaddata", "roles", verbosity=0)
    assert {one.name: one.permissions.count() for one in Group.objects.all()} == before


def test_the_roles_give_no_more_than_they_should(db: None) -> None:
    call_command("loaddata", "roles", verbosity=0)
    given = {
        group.name: {one.codename for one in group.permissions.all()}
        for group in Group.objects.prefetch_related("permissions")
    }
    for name, codes in given.items():
        kept = {f"delete_{model}" for model in ("promise", "reform", "statusupdate", "programme")}
        assert not codes & kept, name
        assert not {code for code in codes if code.endswith("_user")} - {"view_user"}
    assert {"review_statusupdate", "remove_statusupdate"} <= given["curator"]
    assert "remove_statusupdate" not in given["reviewer"]
    assert not given["contributor"] & {"review_statusupdate", "remove_statusupdate"}
    writes = {code for code in given["contributor"] if not code.startswith("view_")}
    assert writes == {"add_statusupdate", "change_statusupdate", "add_source", "change_source"}
