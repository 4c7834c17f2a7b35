"""What axe finds wrong with the admin's main pages: nothing serious but what is Django's own.

It skips itself where there is no Chromium.
"""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from reforms.models import Promise
from reforms.workflow import Cited
from tests.admin.test_browser import CHROMIUM, PASSWORD, PRINT, browser, promise
from tests.fixtures import make_update

__all__ = ["browser", "promise"]  # fixtures

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# What comes from templates, styles and scripts of Django's admin: the rule, the place, and why it
# stays as it is.
ALLOWED = {
    ("label", ".select2-search__field"): "select2, which Django ships, gives its field no name",
}


def faults(page: Page) -> set[str]:
    """What axe calls serious or critical, with the rule and the place."""
    return {
        f"{one['id']}: {node['target']} {node['html'][:200]} on {page.url}"
        for one in Axe().run(page).response["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
        if not any(one["id"] == rule and place in str(node["target"]) for rule, place in ALLOWED)
    }


def test_the_main_pages_have_no_serious_faults(
    promise: Promise, browser: Browser, live_server: Any
) -> None:
    cited = Cited("demo2020-address", paragraphs=[{"ordinal": 7, "fingerprint": PRINT}])
    update = make_update(promise, "implemented", citations=[cited])
    waiting = make_update(promise, "stalled", organisation="lantern", publish=False)
    # Axe styles what it looks at, which the pages forbid.
    cleo = browser.new_context(base_url=live_server.url, bypass_csp=True).new_page()
    cleo.goto("/admin/")
    found = faults(cleo)
    cleo.get_by_label("Username").fill("cleo")
    cleo.get_by_label("Password").fill(PASSWORD)
    cleo.get_by_role("button", name="Log in").click()
    cleo.get_by_role("button", name="Log out").wait_for()
    paths = [
        "",
        f"reforms/promise/{promise.pk}/change/",
        "reforms/promise/",
        "reforms/statusupdate/review/",
        f"reforms/statusupdate/{waiting.pk}/review/",
        f"reforms/statusupdate/{update.pk}/change/",
        "reforms/source/demo2020-address/read/",
    ]
    for path in paths:
        cleo.goto(f"/admin/{path}")
        cleo.wait_for_load_state()
        found |= faults(cleo)
    cleo.emulate_media(color_scheme="dark")
    for path in paths[:2]:
        cleo.goto(f"/admin/{path}")
        found |= faults(cleo)
    assert sorted(found) == []
