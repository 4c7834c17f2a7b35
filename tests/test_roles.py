"""Who may do what, and the roles that the fixture gives."""

import pytest
from django.contrib.auth.models import AnonymousUser, Group, User
from django.core.management import call_command

from reforms import roles
from reforms.models import Key, Organisation, Promise
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


# Who, of an update by `lantern`: member of it, its author, and whether it is trusted; what they may.
OWN = [
    ("reviewer", {"member"}, {"withdraw"}),
    ("reviewer", {"author"}, set()),
    ("reviewer", {"member", "trusted"}, {"withdraw", "publish"}),
    ("reviewer", {"trusted"}, {"publish", "request_changes", "reject"}),
    ("curator", {"member"}, {"withdraw"}),
    ("curator", {"author"}, {"withdraw"}),
    ("curator", {"author", "trusted"}, {"withdraw", "publish"}),
    ("anna", {"member"}, {"withdraw"}),
    ("anna", {"member", "trusted"}, {"withdraw", "publish"}),
    ("boris", {"trusted"}, set()),
]


@pytest.mark.parametrize(("name", "facts", "actions"), OWN)
def test_nobody_judges_their_own_unless_trusted(
    in_roles: People, promise: Promise, name: str, facts: set[str], actions: set[str]
) -> None:
    user, lantern = User.objects.get(username=name), Organisation.objects.get(pk="lantern")
    Organisation.objects.filter(pk="lantern").update(trusted="trusted" in facts)
    if "member" in facts:
        # What a reviewer may do as a contributor is said by the other role.
        user.groups.add(Group.objects.get(name="contributor"))
        lantern.members.add(user)
    author = user if "author" in facts else None
    update = make_update_in(SUBMITTED, promise, organisation="lantern", user=author)
    assert {action.value for action in roles.actions_for(user, update)} == actions


def test_who_leads_a_programme_publishes_its_own_there(in_roles: People, promise: Promise) -> None:
    Organisation.objects.get(pk="editors").members.add(in_roles.anna)
    anna = User.objects.get(username="anna")
    update = make_update_in(SUBMITTED, promise, organisation="editors")
    assert roles.may(anna, Action.PUBLISH, update)
    assert roles.acts_as(anna, Action.PUBLISH, update) == "organisation:editors"
    anna.groups.clear()
    assert not roles.may(User.objects.get(username="anna"), Action.PUBLISH, update)


def test_in_whose_name_each_acts(in_roles: People, promise: Promise) -> None:
    update = make_update_in(SUBMITTED, promise, organisation="lantern")
    labels = {
        name: roles.acts_as(User.objects.get(username=name), Action.PUBLISH, update)
        for name in ("curator", "reviewer", "anna")
    }
    assert labels == {
        "curator": "role:curator",
        "reviewer": "role:reviewer",
        "anna": "organisation:lantern",
    }
    curator = User.objects.get(username="curator")
    assert roles.acts_as(curator, Action.RETRACT, update) == "organisation:lantern"
    assert roles.acts_as(curator, Action.REMOVE, update) == "role:curator"


# By scope, what a key of `lantern` may do to an update of its own and to one of `compass`.
SCOPES = [
    (["submit"], {"withdraw"}, set()),
    (["submit", "publish"], {"withdraw", "publish"}, set()),
    (["publish"], {"publish"}, set()),
    (["review"], set(), {"publish", "request_changes", "reject"}),
    (["submit", "review"], {"withdraw"}, {"publish", "request_changes", "reject"}),
    (["sources"], set(), set()),
]


@pytest.mark.parametrize(("scopes", "own", "others"), SCOPES)
@pytest.mark.parametrize("programme", [None, "demo2020", "far2021"])
def test_a_key_acts_like_a_user(
    promise: Promise, scopes: list[str], own: set[str], others: set[str], programme: str | None
) -> None:
    Organisation.objects.filter(pk="lantern").update(trusted=True)
    key = Key(id="k", organisation_id="lantern", scopes=scopes, programme_id=programme)
    for organisation, actions in (("lantern", own), ("compass", others)):
        update = make_update_in(SUBMITTED, promise, organisation=organisation)
        offered = {action.value for action in roles.actions_for(key, update)}
        assert offered == (set() if programme == "far2021" else actions), organisation


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
    # Publishing has an effect for trusted and lead organisations only: see `roles.may_publish_own`.
    updates = {"add_statusupdate", "change_statusupdate", "publish_statusupdate"}
    assert writes == updates | {"add_source", "change_source"}
