"""Keys at the admin: made, rotated and revoked by curators; each is shown once, and kept nowhere."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session

from reforms import keys, workflow
from reforms.keys import KeyRefused
from reforms.models import Key, Organisation
from tests.admin.browser import Page, add, list_of, page_of
from tests.admin.conftest import Staff
from tests.fixtures import Clock, fresh
from tests.tables import everywhere

KEY = re.compile(r"rt_[a-z0-9]{12}_[A-Za-z0-9_-]{43}")


@pytest.fixture
def lantern(cast: None) -> Organisation:
    organisation = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(organisation)
    return organisation


def asked(**changes: Any) -> dict[str, Any]:
    return {"organisation": "lantern", "name": "Nightly import", "scopes": ["submit"], **changes}


def shown(page: Page) -> str:
    """The key that a page shows."""
    [text] = KEY.findall(page.text)
    return str(text)


def step_of(key: Key, step: str) -> str:
    return page_of(key, step)


# Making -------------------------------------------------------------------------------------------


def test_a_key_is_shown_once_and_nowhere_else(staff: Staff, lantern: Organisation) -> None:
    page = staff.curator.save(add(Key), **asked(scopes=["submit", "sources"], programme="demo2020"))
    text = shown(page)
    key = Key.objects.get()
    assert keys.find(text) == key
    assert (key.organisation_id, key.name, key.scopes, key.programme_id, key.created_by) == (
        "lantern",
        "Nightly import",
        ["submit", "sources"],
        "demo2020",
        staff.curator.user,
    )
    assert "no-store" in page.response["Cache-Control"]
    assert page.response.redirect_chain == []
    # Not in the session, the messages, the log or any other table; nor on any page that follows.
    secret = text[-43:]
    assert everywhere(secret) == []
    sessions = [one.get_decoded() for one in Session.objects.all()]
    assert sessions
    assert secret not in str(sessions)
    assert secret not in str(staff.curator.client.cookies)
    assert secret not in f"{LogEntry.objects.get().change_message} {LogEntry.objects.get()}"
    for address in (list_of(Key), page_of(key), page_of(key, "history"), add(Key), "/admin/"):
        seen = staff.curator.get(address).text
        assert secret not in seen
        assert key.digest not in seen


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "no name": ({"name": " "}, "This field is required."),
    "no scope": ({"scopes": []}, "This field is required."),
    "an unknown scope": ({"scopes": ["delete"]}, "delete is not one of the available choices"),
    "no organisation": ({"organisation": "nobody"}, "not one of the available choices"),
    "no licence": ({"organisation": "compass"}, "compass has not accepted the data licence"),
    "not trusted": ({"scopes": ["publish"]}, "lantern is not trusted to publish without review"),
    "in the past": (
        {"expires_at_0": "2020-01-01", "expires_at_1": "00:00:00"},
        "it is not in the future",
    ),
}


@pytest.mark.parametrize(("changes", "complaint"), BAD.values(), ids=BAD)
def test_bad_input_is_a_complaint(
    staff: Staff, lantern: Organisation, changes: dict[str, Any], complaint: str
) -> None:
    page = staff.curator.save(add(Key), **asked(**changes))
    assert complaint in " ".join(page.complaints)
    assert not Key.objects.exists()
    assert not KEY.findall(page.text)


def test_a_key_may_end_by_itself(staff: Staff, lantern: Organisation) -> None:
    shown(staff.curator.save(add(Key), **asked(expires_at_0="2999-01-01", expires_at_1="00:00:00")))
    assert f"{Key.objects.get().expires_at:%Y-%m-%d %H:%M %Z}" == "2999-01-01 00:00 UTC"


def test_an_organisations_page_leads_to_its_keys(staff: Staff, lantern: Organisation) -> None:
    page = staff.curator.get(page_of(lantern))
    [address] = re.findall(r'href="([^"]*/key/add/\?organisation[^"]*)"', page.text)
    assert staff.curator.get(address).fields["organisation"] == ["lantern"]
    key, _ = keys.issue(lantern, "Nightly", ["submit"])
    [address] = re.findall(r'href="([^"]*/key/\?organisation[^"]*)"', page.text)
    assert staff.curator.get(address).rows == [key]


# Ending -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_a_key_is_revoked(staff: Staff, lantern: Organisation, bulk: bool) -> None:
    key, text = keys.issue(lantern, "Nightly", ["submit"])
    other, _ = keys.issue(lantern, "Hourly", ["submit"])
    assert step_of(key, "revoke") in staff.curator.get(page_of(key)).text
    if bulk:
        staff.curator.act("revoke_selected", key, confirm=False)
        assert keys.is_alive(fresh(key))
        assert list(staff.curator.act("revoke_selected", key).results.values()) == ["Revoked."]
    else:
        assert "never again" in staff.curator.get(step_of(key, "revoke")).text
        assert keys.is_alive(fresh(key))
        staff.curator.post(step_of(key, "revoke"), {})
    with pytest.raises(KeyRefused, match="was revoked"):
        keys.find(text)
    assert keys.is_alive(fresh(other))
    assert LogEntry.objects.get().change_message == "Revoked."
    for step in ("rotate", "revoke"):
        assert step_of(key, step) not in staff.curator.get(page_of(key)).text


@pytest.mark.parametrize("hours", [0, 24])
def test_a_key_is_rotated(staff: Staff, lantern: Organisation, clock: Clock, hours: int) -> None:
    old, before = keys.issue(lantern, "Nightly", ["submit"])
    asking = staff.curator.get(step_of(old, "rotate"))
    assert (KEY.findall(asking.text), Key.objects.count()) == ([], 1)
    page = staff.curator.post(step_of(old, "rotate"), {"overlap": str(hours)})
    text = shown(page)
    made = Key.objects.exclude(pk=old.pk).get()
    assert (keys.find(text), made.name, made.scopes) == (made, "Nightly", ["submit"])
    assert made.created_by == staff.curator.user
    assert "no-store" in page.response["Cache-Control"]
    assert everywhere(text[-43:]) == []
    if hours:
        assert keys.find(before) == old
        ends = clock.moment + timedelta(hours=hours)
        assert fresh(old).expires_at == ends
        assert f"The old key {old.pk} ends on {ends:%Y-%m-%d %H:%M} UTC." in page.text
    else:
        assert f"The old key {old.pk} has ended." in page.text
        with pytest.raises(KeyRefused, match="was revoked"):
            keys.find(before)
    assert set(LogEntry.objects.values_list("object_id", flat=True)) == {old.pk, made.pk}


def test_what_has_ended_is_not_rotated(staff: Staff, lantern: Organisation) -> None:
    key, _ = keys.issue(lantern, "Nightly", ["submit"])
    keys.revoke(key)
    page = staff.curator.post(step_of(key, "rotate"), {"overlap": "0"})
    assert "has ended; issue another one" in page.text
    assert Key.objects.count() == 1
    page = staff.curator.post(step_of(key, "rotate"), {"overlap": "9999"})
    assert "not one of the available choices" in page.text


# Who may ------------------------------------------------------------------------------------------


def test_keys_are_for_curators(staff: Staff, lantern: Organisation) -> None:
    key, text = keys.issue(lantern, "Nightly", ["submit"])
    addresses = [list_of(Key), add(Key), page_of(key), page_of(key, "history")]
    steps = [step_of(key, "rotate"), step_of(key, "revoke")]
    for person in (staff.reviewer, staff.anna, staff.boris, staff.stranger):
        for address in (*addresses, *steps):
            assert person.get(address).status == 403, address
        for address in (add(Key), *steps):
            assert person.post(address, asked(overlap="0")).status == 403, address
        person.act("revoke_selected", key)
        assert "/key/" not in person.get(page_of(lantern)).text
        assert "key" not in str(person.get("/admin/").response.context["app_list"]).lower()
    assert keys.find(text) == key
    assert Key.objects.count() == 1


def test_a_key_is_neither_edited_nor_deleted(staff: Staff, lantern: Organisation) -> None:
    key, _ = keys.issue(lantern, "Nightly", ["submit"])
    assert "name" not in staff.curator.get(page_of(key)).fields
    for address in (page_of(key), page_of(key, "delete")):
        assert staff.curator.post(address, asked(name="Other", post="yes")).status == 403
    assert fresh(key).name == "Nightly"


def test_lists_show_who_and_since_when(staff: Staff, lantern: Organisation, clock: Clock) -> None:
    clock.at("2026-05-01T12:30Z")
    compass = Organisation.objects.get(pk="compass")
    workflow.accept_licence(compass)
    mine, _ = keys.issue(lantern, "Nightly import", ["submit", "sources"])
    brief, _ = keys.issue(lantern, "Trial", ["submit"], expires_at=clock.moment + timedelta(days=1))
    other, _ = keys.issue(compass, "Nightly", ["submit"])
    revoked, _ = keys.issue(compass, "Lost", ["submit"])
    keys.revoke(revoked)
    keys.note_use(mine)
    clock.at("2026-05-03T12:30Z")
    rows = {
        "": [other, mine],
        "state=ended": [revoked, brief],
        "state=all&organisation__id__exact=lantern": [mine, brief],
        "state=all&q=night": [other, mine],
        f"state=all&q={revoked.pk}": [revoked],
        "state=all&q=compass": [revoked, other],
    }
    for query, expected in rows.items():
        found = staff.curator.get(f"{list_of(Key)}?{query}").rows
        assert found == expected, query
    text = staff.curator.get(list_of(Key)).text
    assert "submit, sources" in text
    assert "used 2026-05-01 12:00" in text
    assert "never used" in text
    for query in ("digest__startswith=a", "created_by__id__exact=1", "digest=a"):
        assert staff.curator.get(f"{list_of(Key)}?{query}").status == 400
