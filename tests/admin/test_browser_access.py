"""Signing in, in a real browser: with a code, and from a link on another site."""

from base64 import b32decode
from collections.abc import Callable

import pytest
from django_otp import oath
from playwright.sync_api import Page, expect

from reforms.models import Promise
from tests.admin.test_browser import CHROMIUM, PASSWORD, browser, promise, sign_in

__all__ = ["browser", "promise", "sign_in"]  # fixtures

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def test_a_second_factor_is_set_up_and_asked_for(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    vera = sign_in("vera")
    vera.get_by_role("link", name="Second factor").click()
    expect(vera.get_by_role("img", name="QR code")).to_be_visible()
    secret = b32decode(vera.locator("code").inner_text().replace(" ", ""))
    vera.get_by_label("The code that the app shows").fill(f"{oath.totp(secret):06d}")
    vera.get_by_role("button", name="Switch it on").click()
    expect(vera.locator(".codes li")).to_have_count(10)
    code = vera.locator(".codes li").first.inner_text()

    vera.get_by_role("button", name="Log out").click()
    vera.goto("/admin/reforms/promise/")
    vera.get_by_label("Username").fill("vera")
    vera.get_by_label("Password").fill(PASSWORD)
    vera.get_by_role("button", name="Log in").click()
    expect(vera.get_by_label("Code")).to_be_focused()
    vera.get_by_label("Code").fill("not this one")
    vera.keyboard.press("Enter")
    expect(vera.locator(".errorlist")).to_contain_text("This code is not right")
    expect(vera.get_by_label("Code")).to_have_value("")
    vera.get_by_label("Code").fill(code.upper())
    vera.keyboard.press("Enter")
    vera.wait_for_url("**/admin/reforms/promise/")
    expect(vera.locator("#result_list tbody tr")).to_have_count(1)


def test_a_link_on_another_site_finds_whoever_is_signed_in(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    cleo = sign_in("cleo")
    here = cleo.url.removesuffix("/admin/")
    # Another name of the same machine is another site to the browser.
    cleo.goto(here.replace("localhost", "127.0.0.1") + "/healthz")
    cleo.evaluate(
        "address => { location.href = address }", f"{here}/admin/reforms/promise/?q=court"
    )
    cleo.wait_for_url(f"{here}/admin/reforms/promise/?q=court")
    expect(cleo.locator("#changelist")).to_be_visible()
