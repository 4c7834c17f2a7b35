"""A reader reports an error in a real browser, by keyboard alone; what was wrong is read first."""

import re
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from reforms.models import ErrorReport
from tests.fixtures import make_promise
from tests.pages.test_browser import CHROMIUM, browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


def test_an_error_is_reported_by_keyboard(
    browser: Browser,  # noqa: F811
    committed_cast: None,
    live_server: Any,
) -> None:
    promise = make_promise(1)
    page = browser.new_page(base_url=live_server.url, java_script_enabled=True)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto(f"/promises/{promise.pk}/")
    page.get_by_role("link", name="Report an error on this page").press("Enter")
    expect(page.get_by_label("On which page?")).to_have_value(f"/promises/{promise.pk}/")
    page.get_by_label("Where can we see that?").fill("nonsense")
    page.get_by_label("Where can we see that?").press("Enter")

    complaints = page.get_by_role("alert")
    expect(complaints).to_be_focused()
    expect(page).to_have_title(re.compile("^Not sent yet: "))
    assert Axe().run(page).violations_count == 0
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What is wrong?")).to_be_focused()
    page.keyboard.type("It was June.")
    evidence = page.get_by_label("Where can we see that?")
    expect(evidence).to_have_accessible_description(re.compile("This is no address of a page"))
    evidence.fill("gazette.example/1")
    # Nobody fills in a form faster than it can be read.
    page.wait_for_timeout(3000)
    evidence.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you, it was received")
    assert Axe().run(page).violations_count == 0

    report = ErrorReport.objects.get()
    assert (report.object_id, report.evidence) == (promise.pk, "https://gazette.example/1")
    assert page.url.endswith(f"/report/{report.receipt}/")
    assert not faults
