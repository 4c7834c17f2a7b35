"""What others show, in a real browser: in a frame and as a picture on a page of another origin.

It skips itself where there is no Chromium.
"""

from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from playwright.sync_api import Browser

from reforms.pages.looks import LOOKS
from reforms.vocabulary import Status
from tests.fixtures import make_promise, make_update
from tests.pages.test_browser import CHROMIUM, browser  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")

# Wide letters of the three languages, and a word without an end.
TITLE = "Конституциялық Сот құрылады ЩЩЩЩЩЩЩЩ WWWWWWWWWW әғқңөұүһі " + "Ұ" * 60
# The columns of pixels that a card leaves empty, below the line at its top.
MARGIN = """async address => {
  const image = new Image(); image.src = address; await image.decode();
  const canvas = Object.assign(document.createElement('canvas'), {width: 1200, height: 630});
  const context = canvas.getContext('2d'); context.drawImage(image, 0, 0);
  const inked = (x, wide) => context.getImageData(x, 14, wide, 616).data
    .some((value, place) => place % 4 != 3 && value < 250);
  return [inked(0, 72), inked(1128, 72), inked(72, 1056)];
}"""


@pytest.fixture
def address(committed_cast: None, live_server: Any) -> str:
    promise = make_promise(
        1, title={"en": "A court", "kk": TITLE}, statement={"en": "A", "kk": "Ә"}
    )
    make_update(promise, "in_progress", "2021-06")
    make_update(promise, "implemented", "2022-10")
    make_promise(2)
    return str(live_server.url)


@pytest.fixture
def another_site() -> Iterator[Callable[[str], str]]:
    """Serves a page from another origin, and says where. Browsers keep pages that come from
    elsewhere away from this machine, so that it has to be on it.
    """
    pages: list[str] = []

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(pages[0].encode())

        def log_message(self, *_: Any) -> None:
            """Tests print nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        Thread(target=server.serve_forever, daemon=True).start()

        def serve(page: str) -> str:
            pages.append(page)
            return f"http://127.0.0.1:{server.server_port}/"

        yield serve
        server.shutdown()


def test_frames_and_badges_on_another_site(
    browser: Browser,  # noqa: F811
    address: str,
    another_site: Callable[[str], str],
) -> None:
    page = browser.new_context(viewport={"width": 320, "height": 700}).new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    shown = (
        f'<iframe id="one" src="{address}/embed/reforms/demo2020-1/" width="300" height="600">'
        f'</iframe><iframe id="other" src="{address}/reforms/demo2020-1/"></iframe>'
        f'<img src="{address}/badge/promises/demo2020-1-1.svg" alt="">'
        f'<img src="{address}/badge/promises/demo2020-1-9.svg" alt="">'
    )
    page.goto(another_site(shown))
    frame = page.frame_locator("#one")
    frame.get_by_role("heading", name="Direction 1").wait_for()
    assert frame.locator("svg.picture").first.bounding_box()["width"] > 200  # type: ignore[index]
    assert frame.locator("html").evaluate("one => one.scrollWidth <= innerWidth")
    page.wait_for_function("[...document.images].every(one => one.complete)")
    assert page.evaluate("[...document.images].every(one => one.naturalWidth > 150)")
    assert page.frame_locator("#other").get_by_role("heading").count() == 0
    assert any("frame-ancestors" in text for text in refused)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pictures_have_the_colours_of_the_scheme(
    browser: Browser,  # noqa: F811
    address: str,
    scheme: Any,
) -> None:
    page = browser.new_context(color_scheme=scheme).new_page()
    faults: list[str] = []
    page.on("console", lambda message: faults.append(f"{message.type} {message.text}"))
    page.goto(f"{address}/promises/demo2020-1-1/")
    look = LOOKS[Status.IMPLEMENTED]
    wanted = look.colour if scheme == "light" else look.dark
    red, green, blue = (int(wanted[place : place + 2], 16) for place in (1, 3, 5))
    found = "one => getComputedStyle(one).color"
    part = page.locator(".picture rect.status-implemented").first
    assert part.evaluate(found) == f"rgb({red}, {green}, {blue})"
    page.goto(f"{address}/badge/promises/demo2020-1-1.svg")
    assert page.locator("g.status-implemented").evaluate(found) == f"rgb({red}, {green}, {blue})"
    assert [one for one in faults if "favicon" not in one] == []


def test_a_card_keeps_its_margins(browser: Browser, address: str) -> None:  # noqa: F811
    """However wide the letters are, and in all three alphabets."""
    page = browser.new_page()
    page.goto(f"{address}/embed/promises/demo2020-1-1/")
    for card in ("/card/promises/demo2020-1-1.png?lang=kk", "/card/reforms/demo2020-1.png"):
        assert page.evaluate(MARGIN, card) == [False, False, True], card
