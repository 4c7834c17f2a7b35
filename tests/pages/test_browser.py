"""Readers' journeys through the public pages in a real browser, and what axe says of each page.

It skips itself where there is no Chromium. A page that is new joins `ADDRESSES`.
"""

import shutil
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect, sync_playwright

from reforms import ledger
from reforms.models import Paragraph
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.fixtures import make_promise, make_reply, make_update, make_update_in

CHROMIUM = shutil.which("chromium")
PRINT = "fp1:" + "ab" * 32
SERIOUS = ("serious", "critical")

# What is looked at by axe, in light and in dark, on a phone and on a desk.
ADDRESSES = [
    "/",
    "/?as_of=2022-06-01",
    "/programmes/demo2020/",
    "/reforms/demo2020-1/",
    "/promises/",
    "/promises/?search=promise&status=implemented,stalled&body=court",
    "/promises/?search=nothing-like-it",
    "/promises/?staus=implemented",
    "/promises/demo2020-1-1/",
    "/promises/demo2020-1-2/",
    "/promises/demo2020-1-99/",
    "/report/?about=/promises/demo2020-1-1/",
    "/reply/?promise=demo2020-1-1",
    "/sources/?kind=news",
    "/sources/demo2020-address/",
    "/publishers/daily/",
    "/bodies/court/",
    "/organisations/",
    "/organisations/lantern/",
    "/promises/demo2020-1-3/history/",
    "/corrections/",
    "/changes/",
    "/methodology/",
    "/docs/api/",
    "/data/",
    "/embed/",
    "/embed/?object=demo2020-1",
    "/embed/programmes/demo2020/",
    "/embed/promises/demo2020-1-1/",
]

expect.set_options(timeout=15_000)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    # Playwright keeps an event loop in this thread; Django would refuse its database beside it.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture
def record(committed_cast: None) -> None:
    """Something of everything that a page shows."""
    Paragraph.objects.create(
        source_id="demo2020-address", ordinal=7, fingerprint=PRINT, text="We will found a court."
    )
    court = make_promise(
        1,
        title={"en": "A court is founded"},
        deadline="2022-11",
        figures=[{"what": "members", "from": 20000, "to": 5000, "unit": "people"}],
        bodies=[("court", "responsible"), ("senate", "affected")],
        topics=["courts"],
        citations=[Cited("demo2020-address", paragraphs=[{"ordinal": 7, "fingerprint": PRINT}])],
    )
    make_update(court, "in_progress", effective="2022-02")
    make_update(court, "implemented", effective="2022-09-05")
    make_update(court, "stalled", effective="2022-10", organisation="lantern")
    make_reply(court, text={"en": "We keep our word.", "ru": "Слово держим."})
    make_promise(2, relations=[("depends_on", court.pk)])
    make_update_in(ReviewState.SUPERSEDED, make_promise(3))
    make_promise(1, "demo2020-0")
    make_promise(1, "demo2020-2", commitment="aspiration")


@pytest.fixture
def open_page(browser: Browser, live_server: Any, record: None) -> Iterator[Callable[..., Page]]:
    faults: list[str] = []
    host = urlsplit(live_server.url).netloc

    def open_page(path: str, **options: Any) -> Page:
        page = browser.new_context(base_url=live_server.url, **options).new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
        page.on("request", lambda one: faults.extend(_elsewhere(one.url, host)))
        page.goto(path)
        return page

    yield open_page
    # A page that refuses or is not there is an error to a browser's console.
    assert [one for one in faults if "status of 40" not in one] == []


def _elsewhere(url: str, host: str) -> list[str]:
    parts = urlsplit(url)
    return [f"asked elsewhere: {url}"] if parts.netloc and parts.netloc != host else []


def test_from_all_reforms_to_a_promise_as_it_was_and_back(
    open_page: Callable[..., Page],
) -> None:
    page = open_page("/")
    page.get_by_role("link", name="1. Direction 1").first.click()
    page.get_by_role("link", name="A court is founded").click()
    verdict = page.locator(".verdict")
    expect(verdict).to_contain_text("Implemented since 5 September 2022")
    expect(verdict).to_contain_text("Lantern says stalled")
    page.get_by_label("What was true on this day").fill("2022-06-01")
    page.get_by_role("button", name="Show").click()
    expect(page.get_by_role("complementary", name="Another moment")).to_contain_text("1 June 2022")
    expect(verdict).to_contain_text("In progress since February 2022")
    # Whoever goes on from there stays at that moment.
    page.get_by_role("navigation", name="Where you are").get_by_text("Direction 1").click()
    expect(page).to_have_url("/reforms/demo2020-1/?as_of=2022-06-01")
    expect(page.locator("table.promises tbody tr").first).to_contain_text("In progress")
    page.get_by_role("link", name="See it as it is now").click()
    expect(page.locator("table.promises tbody tr").first).to_contain_text("Implemented")


def test_the_citation_leads_back_to_what_was_read(open_page: Callable[..., Page]) -> None:
    page = open_page("/promises/demo2020-1-1/")
    page.locator(".cite").click()
    chosen = page.evaluate("getSelection().toString()").strip()
    assert chosen.startswith("“A court is founded” (demo2020-1-1): implemented since 2022-09-05")
    assert chosen.endswith(f"/promises/demo2020-1-1/?known_at={ledger.head().sequence}")
    page.goto(chosen.rpartition(" ")[2])
    expect(page.get_by_role("complementary", name="Another moment")).to_be_visible()
    expect(page.locator(".cite")).to_contain_text(chosen)


def test_searching_and_narrowing_without_scripts(open_page: Callable[..., Page]) -> None:
    page = open_page("/", java_script_enabled=False)
    page.get_by_label("Search the promises").fill("promise")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="4 promises")).to_be_visible()
    page.get_by_label("Partially implemented").check()
    page.get_by_role("button", name="Show promises").click()
    expect(page.locator("main")).to_contain_text("No promise matches all of this.")
    page.get_by_role("link", name="Status: partially implemented").click()
    page.get_by_label("Stalled").check()
    page.get_by_role("button", name="Show promises").click()
    expect(page.get_by_role("heading", name="1 promise", exact=True)).to_be_visible()
    expect(page).to_have_url("/promises/?search=promise&status=stalled")


def test_what_is_folded_is_printed(open_page: Callable[..., Page]) -> None:
    page = open_page("/reforms/demo2020-1/")
    figures = page.get_by_role("table", name="Promises by status over time")
    expect(figures).not_to_be_visible()
    page.emulate_media(media="print")
    expect(figures).to_be_visible()


def test_the_keyboard_is_enough(open_page: Callable[..., Page]) -> None:
    page = open_page("/promises/demo2020-1-1/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("main a").first).to_be_focused()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.add(page.evaluate("document.activeElement.textContent.trim()"))
        # Whoever goes by keyboard sees where they are.
        hidden = page.evaluate(
            "document.activeElement !== document.body"
            " && getComputedStyle(document.activeElement).outlineStyle === 'none'"
            " ? document.activeElement.outerHTML.slice(0, 200) : ''"
        )
        assert hidden == ""
    assert {"Constitutional Court", "Lantern", "Promise 2\N{NO-BREAK SPACE}→", "Show"} <= reached


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(open_page: Callable[..., Page], scheme: str) -> None:
    width = 320 if scheme == "dark" else 1280
    viewport = {"width": width, "height": 800}
    page = open_page("/", color_scheme=scheme, viewport=viewport, bypass_csp=True)
    found = []
    for address in ADDRESSES:
        page.goto(address)
        axe = Axe().run(page, options={"resultTypes": ["violations"]})
        found += [
            f"{address}: {one['id']} ({one['impact']}) at {one['nodes'][0]['target']}"
            for one in axe.response["violations"]
            if one["impact"] in SERIOUS or one["id"] in ("heading-order", "region")
        ]
        # Nothing has to be scrolled sideways, however narrow the screen is.
        wider = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found += [f"{address}: {wider}px wider than {width}px"] if wider > 0 else []
    assert found == []
