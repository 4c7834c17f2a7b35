"""The second factor: set up, asked for at sign-in, renewed, switched off, and lost."""

import re
import time
from base64 import b32decode
from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission, User
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django_otp import oath
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from reforms import limits, second_factor
from reforms.admin import sessions
from tests.fixtures import Clock

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery staple"
LOGIN, PAGE, HOME = "/admin/login/", "/admin/second_factor/", "/admin/"
WRONG = "This code is not right, or was used before."


class Phone:
    """An app that shows a code for each half minute, and never the same again in these tests."""

    def __init__(self, secret: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
        self.secret = secret
        self.moment = time.time()
        monkeypatch.setattr("django_otp.plugins.otp_totp.models.time.time", lambda: self.moment)

    def shows(self) -> str:
        self.moment += 60
        now = oath.TOTP(self.secret)
        now.time = self.moment
        return f"{now.token():06d}"


@pytest.fixture(autouse=True)
def empty_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cache.clear()
    monkeypatch.setattr(limits, "_rests_until", 0.0)
    yield
    cache.clear()


@pytest.fixture
def vera(db: None) -> User:
    return User.objects.create_user("vera", password=PASSWORD, is_staff=True)


def give_password(client: Client, wanted: str = HOME) -> Any:
    return client.post(LOGIN, {"username": "vera", "password": PASSWORD, "next": wanted})


def give_code(client: Client, code: str) -> Any:
    return client.post("/admin/login/code/", {"code": code, "next": HOME})


def complaints(response: Any) -> list[str]:
    return [str(one) for one in response.context["form"].errors.get("code", [])]


@pytest.fixture
def client(vera: User) -> Client:
    client = Client()
    give_password(client)
    return client


@pytest.fixture
def phone(client: Client, monkeypatch: pytest.MonkeyPatch) -> Phone:
    """A phone that has read the secret which the page shows."""
    page = client.get(PAGE).content.decode()
    shown = re.search(r'secret: <code translate="no">([A-Z2-7 ]+)</code>', page)
    assert shown is not None
    assert "<svg" in page
    return Phone(b32decode(shown[1].replace(" ", "")), monkeypatch)


@pytest.fixture
def codes(client: Client, phone: Phone) -> list[str]:
    """The backup codes of Vera, who has set up her second factor with `client`."""
    return list(client.post(PAGE, {"code": phone.shows()}).context["codes"])


# Setting up.


def test_it_counts_only_after_a_code_of_the_app(client: Client, phone: Phone, vera: User) -> None:
    response = client.post(PAGE, {"code": "000000"})
    assert "not the code that the app shows now" in complaints(response)[0]
    assert not TOTPDevice.objects.exists()
    assert give_password(Client()).url == HOME
    response = client.post(PAGE, {"code": phone.shows()})
    codes = response.context["codes"]
    assert len(set(codes)) == 10
    assert all(code in response.content.decode() for code in codes)
    assert response.headers["Cache-Control"] == "no-store, private"
    assert client.get(HOME).status_code == 200
    assert give_password(Client()).url == "/admin/login/code/?next=%2Fadmin%2F"


def test_neither_secret_nor_codes_are_shown_again(client: Client, codes: list[str]) -> None:
    page = client.get(PAGE).content.decode()
    assert "You have 10 backup codes left." in page
    assert "<svg xmlns" not in page.partition('id="content-main"')[2].partition("</main>")[0]
    assert not any(code in page for code in codes)
    stored = set(StaticToken.objects.values_list("token", flat=True))
    assert len(stored) == 10
    assert not stored & {*codes, *(code.replace("-", "") for code in codes)}


def test_all_other_sessions_end(client: Client, phone: Phone, vera: User) -> None:
    other = Client()
    give_password(other)
    client.post(PAGE, {"code": phone.shows()})
    assert other.get(HOME).url == "/admin/login/?next=/admin/"
    assert "Your session has ended." in other.get(LOGIN).content.decode()
    assert client.get(HOME).status_code == 200
    client.post(PAGE, {"code": phone.shows(), "switch_off": "1"})
    assert client.get(HOME).status_code == 200


# Signing in.


def test_a_password_alone_opens_nothing(codes: list[str], phone: Phone) -> None:
    stranger = Client()
    assert stranger.get("/admin/login/code/").url == "/admin/login/?next=%2Fadmin%2F"
    give_password(stranger, "/admin/reforms/topic/")
    for address in (
        HOME,
        PAGE,
        "/admin/password_change/",
        "/admin/reforms/topic/",
        "/admin/jsi18n/",
    ):
        assert stranger.get(address).url == f"/admin/login/?next={address}"
    response = give_code(stranger, "000000")
    assert (response.status_code, complaints(response)) == (200, [WRONG])
    assert stranger.get(HOME).status_code == 302
    way_in = stranger.get("/admin/login/code/?next=/admin/reforms/topic/")
    assert 'name="next" value="/admin/reforms/topic/"' in way_in.content.decode()
    assert give_code(stranger, phone.shows()).url == HOME
    assert stranger.get(HOME).status_code == 200


def test_each_code_is_good_for_one_time(codes: list[str], phone: Phone) -> None:
    shown = phone.shows()
    for code in (shown, codes[0], codes[1].upper().replace("-", " ")):
        first, second = Client(), Client()
        give_password(first)
        give_password(second)
        assert give_code(first, code).url == HOME
        assert first.get(HOME).status_code == 200
        assert complaints(give_code(second, code)) == [WRONG]
    assert StaticToken.objects.count() == 8


@pytest.mark.parametrize("code", ["", "12345", "1" * 41, "\x00", "ⅫⅫ", "١٢٣٤٥٦"])
def test_nonsense_is_no_code(codes: list[str], code: str) -> None:
    stranger = Client()
    give_password(stranger)
    assert complaints(give_code(stranger, code))
    assert stranger.get(HOME).status_code == 302


def test_the_code_has_to_follow_soon(
    codes: list[str], phone: Phone, vera: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    late, changed, inactive = Client(), Client(), Client()
    for one in (late, changed, inactive):
        give_password(one)
    now = time.time()
    with monkeypatch.context() as patch:
        patch.setattr("reforms.admin.signing_in.time.time", lambda: now + 601)
        assert give_code(late, codes[0]).url.startswith("/admin/login/?")
    vera.is_active = False
    vera.save()
    assert give_code(inactive, codes[0]).url.startswith("/admin/login/?")
    vera.is_active = True
    vera.set_password("another")
    vera.save()
    assert give_code(changed, codes[0]).url.startswith("/admin/login/?")
    assert StaticToken.objects.count() == 10


def test_wrong_codes_are_limited_over_all_sessions(
    codes: list[str], phone: Phone, settings: Any, clock: Clock
) -> None:
    settings.LIMITS = settings.LIMITS | {"sign-in-code": [(3, "hour", 3_600)]}
    clock.at("2026-11-22T22:48:00Z")
    for address in ("203.0.113.5", "198.51.100.7", "198.51.100.8"):
        stranger = Client(REMOTE_ADDR=address)
        give_password(stranger)
        assert complaints(give_code(stranger, "000000")) == [WRONG]
    response = give_code(stranger, phone.shows())
    assert (response.status_code, response.headers["Retry-After"]) == (429, "720")
    assert complaints(response) == [
        "There were too many attempts that failed. Try again in 12 minutes."
    ]
    clock.at("2026-11-22T23:00:00Z")
    page = stranger.post("/admin/login/code/", {"code": phone.shows(), "next": HOME}, follow=True)
    assert "somebody gave your password and 3 wrong codes" in page.content.decode()


# Keeping it.


def test_changes_need_a_code(client: Client, codes: list[str], phone: Phone) -> None:
    for step in ("renew", "switch_off"):
        assert complaints(client.post(PAGE, {"code": "000000", step: "1"})) == [WRONG]
    renewed = client.post(PAGE, {"code": phone.shows(), "renew": "1"}).context["codes"]
    assert not set(renewed) & set(codes)
    stranger = Client()
    give_password(stranger)
    assert complaints(give_code(stranger, codes[0])) == [WRONG]
    assert give_code(stranger, renewed[0]).url == HOME
    client.post(PAGE, {"code": phone.shows(), "switch_off": "1"})
    assert give_password(Client()).url == HOME
    assert not StaticToken.objects.exists()


def test_who_runs_low_on_backup_codes_is_told(codes: list[str]) -> None:
    told = []
    for code in codes:
        stranger = Client()
        give_password(stranger)
        page = stranger.post("/admin/login/code/", {"code": code, "next": HOME}, follow=True)
        told.append("backup code" in page.content.decode().partition("</ul>")[0])
    assert told == [False] * 7 + [True] * 3


def test_who_lost_everything_is_helped_by_a_command(client: Client, codes: list[str]) -> None:
    call_command("reset_second_factor", "vera", verbosity=0)
    assert client.get(HOME).status_code == 302
    assert give_password(Client()).url == HOME
    with pytest.raises(CommandError, match="vera has no second factor"):
        call_command("reset_second_factor", "vera")
    with pytest.raises(CommandError, match="There is no account “wera”"):
        call_command("reset_second_factor", "wera")


# Where everybody needs one.


def test_required_means_that_nothing_else_opens(
    client: Client, phone: Phone, settings: Any
) -> None:
    settings.SECOND_FACTOR = "required"
    for address in (HOME, "/admin/password_change/", "/admin/reforms/topic/", "/admin/nowhere/"):
        page = client.get(address, follow=True)
        assert page.redirect_chain[-1][0] == PAGE
        assert "Here everybody needs a second factor." in page.content.decode()
    assert client.post("/admin/password_change/", {}).status_code == 302
    client.post(PAGE, {"code": phone.shows()})
    assert client.get(HOME).status_code == 200
    client.post(PAGE, {"code": phone.shows(), "switch_off": "1"})
    assert client.get(HOME).status_code == 302
    assert client.post("/admin/logout/").status_code == 200


# What others see.


def test_no_page_shows_what_others_have(codes: list[str], client: Client) -> None:
    """Not even to whoever was given every permission there is."""
    assert not [one for one in admin.site._registry if one._meta.app_label.startswith("otp_")]
    clerk = User.objects.create_user("clerk", password=PASSWORD, is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    other = Client()
    other.force_login(clerk)
    assert other.get(HOME).status_code == 200
    for model in ("otp_totp/totpdevice", "otp_static/staticdevice", "otp_static/statictoken"):
        assert other.get(f"/admin/{model}/").status_code == 404


def test_asking_for_it_costs_no_query(client: Client, codes: list[str]) -> None:
    with CaptureQueriesContext(connection) as asked:
        client.get("/admin/password_change/done/")
    assert len([one for one in asked if "otp_totp" in one["sql"]]) == 1
    assert len([one for one in asked if 'FROM "auth_user"' in one["sql"]]) == 1
    assert "otp_totp" in next(one["sql"] for one in asked if 'FROM "auth_user"' in one["sql"])


def test_a_mark_of_another_second_factor_is_none(client: Client, codes: list[str]) -> None:
    session = client.session
    session[sessions.FACTOR] = second_factor.of(User.objects.get()) + 1  # type: ignore[operator]
    session.save()
    assert client.get(HOME).status_code == 302
