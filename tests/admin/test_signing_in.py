"""Signing in: who is let in, what too many failures lead to, and how long it lasts."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client

from reforms import limits
from reforms.admin import sessions
from tests.admin.browser import Person
from tests.admin.conftest import Staff
from tests.fixtures import Clock, People

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"
LOGIN = "/admin/login/"
HERE, THERE = "203.0.113.5", "198.51.100.7"
OFF: dict[str, Any] = dict.fromkeys(
    ("sign-in", "sign-in-address", "sign-in-account", "sign-in-code"), ()
)
REFUSAL = "There were too many attempts that failed. Try again in 12 minutes."
WRONG = "Please enter the correct username and password"


@pytest.fixture(autouse=True)
def empty_cache(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cache.clear()
    clock.at("2026-11-22T22:48:00Z")
    monkeypatch.setattr(limits, "_rests_until", 0.0)
    yield
    cache.clear()


@pytest.fixture
def vera(db: None) -> User:
    return User.objects.create_user("vera", password=PASSWORD, is_staff=True)


def limit(settings: Any, **most: int) -> None:
    """Set limits by the hour, as in `sign_in=2`; all others are off."""
    settings.LIMITS = OFF | {
        name.replace("_", "-"): [(number, "hour", 3_600)] for name, number in most.items()
    }


def give(name: str, password: str, address: str = HERE, client: Client | None = None) -> Any:
    client = client or Client(REMOTE_ADDR=address)
    return client.post(
        LOGIN, {"username": name, "password": password, "next": "/admin/"}, REMOTE_ADDR=address
    )


def said(response: Any) -> list[str]:
    return [str(one) for one in response.context["form"].non_field_errors()]


# Too many failures.


@pytest.mark.parametrize("name", ["vera", "nobody"])
def test_after_too_many_failures_none_is_looked_at(
    settings: Any, vera: User, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is the same whether there is such an account, and whether the password is right."""
    limit(settings, sign_in=2)
    for _ in range(2):
        response = give(name, "wrong")
        assert (response.status_code, said(response)[0].startswith(WRONG)) == (200, True)
    looked_at: list[Any] = []
    monkeypatch.setattr(
        "django.contrib.auth.forms.authenticate", lambda *a, **k: looked_at.append(k)
    )
    for password in ("wrong", PASSWORD):
        response = give(name, password)
        assert (response.status_code, said(response)) == (429, [REFUSAL])
        assert response.headers["Retry-After"] == "720"
        assert "RateLimit" not in response.headers
    assert looked_at == []
    give(name, PASSWORD, THERE)
    assert looked_at, "at another address it is looked at"


def test_the_lock_ends_by_itself(settings: Any, vera: User, clock: Clock) -> None:
    limit(settings, sign_in=1)
    give("vera", "wrong")
    clock.at("2026-11-22T22:59:59Z")
    assert "Try again in a minute." in said(give("vera", PASSWORD))[0]
    clock.at("2026-11-22T23:00:00Z")
    assert give("vera", PASSWORD).status_code == 302


def test_right_passwords_are_not_counted(settings: Any, vera: User) -> None:
    limit(settings, sign_in=1, sign_in_address=1, sign_in_account=1)
    assert [give("vera", PASSWORD).status_code for _ in range(4)] == [302] * 4


def test_of_many_at_once_no_more_than_the_limit_are_looked_at(
    settings: Any, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit(settings, sign_in=1)
    meanwhile = []

    def look(*_: Any, **__: Any) -> None:
        meanwhile.append(give("vera", PASSWORD).status_code)

    monkeypatch.setattr("django.contrib.auth.forms.authenticate", look)
    give("vera", "wrong")
    assert meanwhile == [429]


def test_failures_are_counted_by_name_by_address_and_over_all_addresses(
    settings: Any, vera: User
) -> None:
    limit(settings, sign_in=2, sign_in_address=3, sign_in_account=4)
    # One address that tries many names.
    assert [give(f"n{one}", "x").status_code for one in range(5)] == [200] * 3 + [429] * 2
    assert give("vera", PASSWORD).status_code == 429
    # Many addresses that try one name, also in other spellings of it.
    addresses = [f"198.51.100.{one}" for one in range(6)]
    names = ["vera", "VERA", "ｖｅｒａ", "Vera", "vera", "vera"]
    tried = [give(name, "x", at).status_code for name, at in zip(names, addresses, strict=True)]
    assert tried == [200] * 4 + [429] * 2
    assert give("vera", PASSWORD, THERE).status_code == 429
    assert give("other", "x", THERE).status_code == 200


def test_whoever_is_signed_in_is_not_disturbed(settings: Any, vera: User) -> None:
    limit(settings, sign_in=1)
    client = Client(REMOTE_ADDR=HERE)
    give("vera", PASSWORD, client=client)
    give("vera", "wrong")
    assert give("vera", PASSWORD).status_code == 429
    assert client.get("/admin/").status_code == 200


def test_an_account_that_is_no_staff_is_counted_like_a_wrong_password(
    settings: Any, vera: User
) -> None:
    User.objects.filter(pk=vera.pk).update(is_staff=False)
    limit(settings, sign_in=1)
    assert said(give("vera", PASSWORD))[0].startswith(WRONG)
    assert give("vera", PASSWORD).status_code == 429


# Sessions.


@pytest.fixture
def signed_in(vera: User) -> Client:
    client = Client()
    give("vera", PASSWORD, client=client)
    assert client.get("/admin/").status_code == 200
    return client


def pass_by(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time()
    monkeypatch.setattr(sessions.time, "time", lambda: now + seconds)


def test_a_session_ends_some_hours_after_signing_in(
    signed_in: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SESSION_HOURS = 12
    pass_by(12 * 3600 - 10, monkeypatch)
    assert signed_in.get("/admin/").status_code == 200
    pass_by(20, monkeypatch)
    assert signed_in.get("/admin/").url == "/admin/login/?next=/admin/"
    page = signed_in.get("/admin/login/?next=/admin/")
    assert "Your session has ended." in page.content.decode()
    assert "_auth_user_id" not in signed_in.session


def test_that_it_is_used_is_noted_now_and_then(
    signed_in: Client, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: Any
) -> None:
    seen = signed_in.session[sessions.SEEN]
    pass_by(sessions.NOTED_EVERY - 10, monkeypatch)
    signed_in.get("/admin/jsi18n/")
    assert signed_in.session[sessions.SEEN] == seen
    pass_by(20, monkeypatch)
    signed_in.get("/admin/")
    assert signed_in.session[sessions.SEEN] > seen


def test_signing_in_begins_another_session(vera: User) -> None:
    client = Client()
    client.get(LOGIN)
    client.session.save()
    before = client.session.session_key
    give("vera", PASSWORD, client=client)
    assert client.session.session_key != before
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Strict", "")


def test_signing_out_is_no_link(signed_in: Client) -> None:
    assert signed_in.get("/admin/logout/").status_code == 405
    assert signed_in.get("/admin/").status_code == 200
    signed_in.post("/admin/logout/")
    assert signed_in.get("/admin/").status_code == 302


def test_another_password_ends_all_other_sessions(signed_in: Client, vera: User) -> None:
    other = Client()
    other.force_login(vera)
    new = "staple battery horse correct"
    change = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert signed_in.post("/admin/password_change/", change).status_code == 302
    assert signed_in.get("/admin/").status_code == 200
    assert other.get("/admin/").status_code == 302


# From other sites, with a strict cookie.


def test_a_link_on_another_site_is_led_on_once(signed_in: Client) -> None:
    """The browser keeps the cookie back from the first address, not from the one led to."""
    wanted = "/admin/reforms/promise/?q=a%22b&o=1"
    stranger = Client()
    asked = stranger.get(wanted, headers={"sec-fetch-site": "cross-site"})
    page = stranger.get(asked.url, headers={"sec-fetch-site": "cross-site"})
    assert 'content="0; url=/admin/reforms/promise/?q=a%22b&amp;o=1"' in page.content.decode()
    again = stranger.get(asked.url, headers={"sec-fetch-site": "same-origin"})
    assert 'id="login-form"' in again.content.decode()
    known = signed_in.get(LOGIN, headers={"sec-fetch-site": "cross-site"})
    assert known.url == "/admin/"


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "javascript:1", ""])
def test_it_leads_to_no_other_site(wanted: str) -> None:
    page = Client().get(LOGIN, {"next": wanted}, headers={"sec-fetch-site": "cross-site"})
    assert 'content="0; url=/admin/"' in page.content.decode()


# What pages forbid the browser.


def test_every_answer_of_the_admin_is_strict(staff: Staff) -> None:
    forged = Client(enforce_csrf_checks=True)
    for response in (
        staff.curator.client.get("/admin/"),
        staff.curator.client.get("/admin/nowhere/"),
        staff.curator.client.get("/admin/password_change/"),
        Client().get("/admin/"),
        Client().get(LOGIN),
        forged.post(LOGIN, {"username": "x"}),
    ):
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'self'; " in policy
        assert "unsafe" not in policy
        assert response.headers["Cache-Control"] == "no-store, private"
        assert response.headers["Referrer-Policy"] == "same-origin"
        assert "camera=()" in response.headers["Permissions-Policy"]
    assert "This form was not taken" in response.content.decode()
    assert "sign in again" in response.content.decode()
    assert "Content-Security-Policy" not in Client().get("/api/v1/").headers


# Accounts of others.


def test_curators_see_of_accounts_whom_they_may_make_a_member(staff: Staff, people: People) -> None:
    User.objects.filter(pk=people.anna.pk).update(
        email="anna@watchdog.example", first_name="Anna", last_name="Sadykova"
    )
    listed, one = "/admin/auth/user/", f"/admin/auth/user/{people.anna.pk}/change/"

    def sees(person: Person) -> list[bool]:
        pages = [person.get(listed).text, person.get(one).text]
        return [word in "".join(pages) for word in ("anna", "Sadykova", "@watchdog", "Last login")]

    assert sees(staff.root) == [True] * 4
    assert sees(staff.curator) == [True, False, False, False]
    assert staff.curator.get(listed, q="watchdog").rows == []
    assert staff.curator.get(f"{listed}?email__startswith=anna").status == 400
    assert staff.curator.get(f"{listed}?is_superuser__exact=1").status == 400
    assert staff.curator.get(f"/admin/auth/user/{people.anna.pk}/history/").status == 403
