"""Keys of organisations: made, found, rotated, revoked; their secret is nowhere."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User

from reforms import keys, workflow
from reforms.errors import RuleBroken
from reforms.keys import KeyRefused
from reforms.models import Key, Organisation, Programme
from reforms.scopes import SCOPE_PERMISSIONS, Scope
from tests.fixtures import Clock, fresh, row
from tests.tables import everywhere

UNKNOWN = "There is no such key. Copy it again, or ask a curator for another one."
NO_KEY = "This is no key: one reads rt_…_… and is 59 characters long."


@pytest.fixture
def lantern(cast: None) -> Organisation:
    organisation = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(organisation)
    return organisation


def issue(organisation: Organisation, *scopes: str, **more: Any) -> tuple[Key, str]:
    return keys.issue(organisation, more.pop("name", "Nightly"), scopes or ["submit"], **more)


def refusal(text: str) -> str:
    with pytest.raises(KeyRefused) as refused:
        keys.find(text)
    return str(refused.value)


# Made ---------------------------------------------------------------------------------------------


def test_a_key_is_made_and_found(lantern: Organisation, clock: Clock) -> None:
    clock.at("2026-05-01T12:34:56Z")
    cleo = User.objects.create_user("cleo")
    key, text = issue(
        lantern,
        *("submit", "sources"),
        name=" Nightly import ",
        programme=Programme.objects.get(pk="demo2020"),
        expires_at=clock.moment + timedelta(days=90),
        by=cleo,
    )
    assert re.fullmatch(r"rt_[a-z0-9]{12}_[A-Za-z0-9_-]{43}", text)
    assert text.startswith(f"rt_{key.pk}_")
    assert row(key) | {"digest": ""} == {
        "id": key.pk,
        "organisation_id": "lantern",
        "name": "Nightly import",
        "scopes": ["submit", "sources"],
        "programme_id": "demo2020",
        "digest": "",
        "created_at": clock.moment,
        "created_by_id": cleo.pk,
        "expires_at": clock.moment + timedelta(days=90),
        "revoked_at": None,
        "last_used_at": None,
    }
    assert keys.find(text) == key


def test_its_secret_is_nowhere(lantern: Organisation) -> None:
    key, text = issue(lantern)
    secret = text.rpartition(key.pk)[2].removeprefix("_")
    assert len(secret) == 43
    assert everywhere(secret) == []
    # The search would find it: what it looks through holds the rest of the key.
    assert everywhere(key.pk) == ["reforms_key.id"]
    assert secret not in f"{key!r} {key} {vars(key)}"


def test_no_two_are_alike(lantern: Organisation) -> None:
    made = [issue(lantern) for _ in range(20)]
    assert len({key.pk for key, _ in made}) == len({text for _, text in made}) == 20
    assert len({key.digest for key, _ in made}) == 20
    assert all(keys.find(text) == key for key, text in made)


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": " "}, "name: This field cannot be blank."),
    "a long name": ({"name": "a" * 101}, "name: Ensure this value has at most 100 characters"),
    "an unprintable name": ({"name": "a\x07b"}, "U+0007"),
    "no scope": ({"scopes": []}, "scopes: This field cannot be blank."),
    "an unknown scope": ({"scopes": ["delete"]}, "scopes: “delete” is no scope; use submit, "),
    "a scope twice": ({"scopes": ["submit", "submit"]}, "scopes: Give each scope once."),
    "not trusted": (
        {"scopes": ["submit", "publish"]},
        "scopes: lantern is not trusted to publish without review; leave out publish",
    ),
    "already over": (
        {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)},
        "expires_at: it is not in the future",
    ),
}


@pytest.mark.parametrize(("changes", "complaint"), BAD.values(), ids=BAD)
def test_what_is_wrong_with_a_key_is_said(
    lantern: Organisation, changes: dict[str, Any], complaint: str
) -> None:
    given = {"name": "Nightly", "scopes": ["submit"]} | changes
    with pytest.raises(RuleBroken) as refused:
        keys.issue(lantern, given.pop("name"), given.pop("scopes"), **given)
    assert complaint in str(refused.value)
    assert not Key.objects.exists()


def test_without_the_licence_there_is_no_key(cast: None) -> None:
    compass = Organisation.objects.get(pk="compass")
    with pytest.raises(RuleBroken, match="compass has not accepted the data licence"):
        issue(compass)
    workflow.accept_licence(compass)
    assert issue(compass)
    workflow.withdraw_object(compass, "Entered twice.")
    with pytest.raises(RuleBroken, match="compass was withdrawn from the record"):
        issue(fresh(compass))


def test_who_may_publish_may_have_a_key_for_it(lantern: Organisation) -> None:
    lantern.trusted = True
    assert issue(lantern, "publish")[0].scopes == ["publish"]
    # The lead organisation needs no trust.
    editors = Organisation.objects.get(pk="editors")
    workflow.accept_licence(editors)
    assert issue(editors, "publish")[0].scopes == ["publish"]


# Found --------------------------------------------------------------------------------------------


def test_what_is_no_key_is_refused_alike(lantern: Organisation) -> None:
    key, text = issue(lantern)
    other = issue(lantern)[1]
    secret = text[-43:]
    wrong = {
        text[:-1] + ("A" if text[-1] != "A" else "B"),
        f"rt_{'a' * 12}_{secret}",
        f"rt_{key.pk}_{other[-43:]}",
    }
    # Nobody learns whether the id or the secret was wrong.
    assert {refusal(one) for one in wrong} == {UNKNOWN}
    shapeless = (
        "",
        "rt__",
        key.pk,
        text[:-1],
        text + "A",
        f" {text}",
        text.upper(),
        "rt_é",
        "\x00",
    )
    assert {refusal(one) for one in shapeless} == {NO_KEY}


def test_the_secret_is_compared_before_anything_is_said(lantern: Organisation) -> None:
    key, text = issue(lantern)
    keys.revoke(key)
    assert refusal(f"rt_{key.pk}_{'A' * 43}") == UNKNOWN
    assert refusal(text) == f"The key {key.pk} was revoked. Ask a curator for another one."


def test_a_key_expires(lantern: Organisation, clock: Clock) -> None:
    clock.at("2026-05-01T12:00Z")
    key, text = issue(lantern, expires_at=clock.moment + timedelta(days=1))
    clock.at("2026-05-02T11:59Z")
    assert keys.find(text) == key
    clock.at("2026-05-02T12:00Z")
    assert refusal(text) == f"The key {key.pk} has expired. Ask a curator for another one."
    assert not keys.is_alive(key)


def test_the_keys_of_a_withdrawn_organisation_let_nobody_in(lantern: Organisation) -> None:
    key, text = issue(lantern)
    workflow.withdraw_object(lantern, "It dissolved.")
    assert refusal(text) == "The organisation of this key is no longer part of the record."
    assert not keys.is_alive(fresh(key))


def test_refusals_never_repeat_the_secret(lantern: Organisation, clock: Clock) -> None:
    _, text = issue(lantern, expires_at=clock.moment + timedelta(days=1))
    revoked, other = issue(lantern)
    keys.revoke(revoked)
    clock.at((clock.moment + timedelta(days=2)).isoformat())
    for one in (text, other, text[:-1], f"{text}x", f"rt_{'b' * 12}_{text[-43:]}"):
        assert one[-20:] not in refusal(one)


# Ended and renewed --------------------------------------------------------------------------------


def test_a_revoked_key_stays_so(lantern: Organisation, clock: Clock) -> None:
    key, text = issue(lantern)
    keys.revoke(key)
    revoked_at = key.revoked_at
    assert (revoked_at, keys.is_alive(key)) == (clock.moment, False)
    clock.at("2030-01-01T00:00Z")
    keys.revoke(key)
    assert fresh(key).revoked_at == revoked_at
    assert "was revoked" in refusal(text)


def test_rotating_ends_the_old_key_at_once(lantern: Organisation) -> None:
    demo = Programme.objects.get(pk="demo2020")
    key, text = issue(lantern, "submit", "sources", programme=demo)
    made, new = keys.rotate(key)
    assert "was revoked" in refusal(text)
    assert keys.find(new) == made
    kept = ("organisation_id", "name", "scopes", "programme_id", "expires_at")
    assert {name: row(made)[name] for name in kept} == {name: row(key)[name] for name in kept}
    assert made.digest != key.digest
    assert Key.objects.count() == 2


def test_both_work_while_they_overlap(lantern: Organisation, clock: Clock) -> None:
    clock.at("2026-05-01T12:00Z")
    key, text = issue(lantern, expires_at=clock.moment + timedelta(days=100))
    clock.at("2026-06-01T12:00Z")
    made, new = keys.rotate(key, timedelta(hours=24))
    assert (keys.find(text), keys.find(new)) == (key, made)
    # It lasts as long as the one before it was to last.
    assert made.expires_at == clock.moment + timedelta(days=100)
    clock.at("2026-06-02T12:00Z")
    assert "has expired" in refusal(text)
    assert keys.find(new) == made


def test_an_overlap_never_prolongs(lantern: Organisation, clock: Clock) -> None:
    ends = clock.moment + timedelta(hours=1)
    key, _ = issue(lantern, expires_at=ends)
    keys.rotate(key, timedelta(days=7))
    assert fresh(key).expires_at == ends


def test_what_has_ended_is_not_rotated(lantern: Organisation) -> None:
    key, _ = issue(lantern)
    keys.revoke(key)
    with pytest.raises(RuleBroken, match=f"the key {key.pk} has ended; issue another one"):
        keys.rotate(key)
    assert Key.objects.count() == 1


def test_use_is_known_to_the_hour(lantern: Organisation, clock: Clock) -> None:
    key, _ = issue(lantern)
    clock.at("2026-05-01T12:34:56Z")
    keys.note_use(key)
    assert fresh(key).last_used_at == datetime(2026, 5, 1, 12, tzinfo=UTC)
    clock.at("2026-05-01T12:59Z")
    keys.note_use(key)
    assert fresh(key).last_used_at == datetime(2026, 5, 1, 12, tzinfo=UTC)
    clock.at("2026-05-01T13:00Z")
    keys.note_use(key)
    assert fresh(key).last_used_at == datetime(2026, 5, 1, 13, tzinfo=UTC)


# What a key may -----------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", Scope)
def test_a_key_has_the_permissions_of_its_scopes(lantern: Organisation, scope: Scope) -> None:
    lantern.trusted = True
    key, _ = issue(lantern, scope.value)
    every = {one for permissions in SCOPE_PERMISSIONS.values() for one in permissions}
    assert {one for one in every if key.has_perm(one)} == set(SCOPE_PERMISSIONS[scope])
    assert not key.has_perm("reforms.remove_statusupdate")


def test_a_key_speaks_for_its_organisation_while_it_lives(lantern: Organisation) -> None:
    key, _ = issue(lantern)
    assert list(key.organisations.all()) == [lantern]
    living = Key.objects.filter(keys.living())
    assert list(living) == [key]
    keys.revoke(key)
    assert not living.all().exists()
