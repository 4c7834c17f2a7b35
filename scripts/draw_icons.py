"""Draw the icons of the site from `icon.svg` again, after it was changed: needs Chromium."""

import shutil
import struct
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ICONS = Path(__file__).resolve().parent.parent / "reforms/static/reforms/icons"
# A home screen cuts its own corners, and wants no transparent ones.
SIZES = {"icon-192.png": 192, "icon-512.png": 512, "apple-touch-icon.png": 180, "favicon.ico": 32}
OPAQUE = ("apple-touch-icon.png",)


def main() -> None:
    """Write each file anew."""
    picture = (ICONS / "icon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page()
        for name, size in SIZES.items():
            png = draw(page, picture.replace(' rx="14"', "") if name in OPAQUE else picture, size)
            (ICONS / name).write_bytes(as_icon(png, size) if name.endswith(".ico") else png)
            print(f"{name}: {size} by {size}, {len(png):,} bytes")
        browser.close()


def draw(page: Page, picture: str, size: int) -> bytes:
    """A picture as PNG of `size` by `size` pixels, on transparent ground."""
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(f"<style>*{{margin:0}}svg{{display:block;width:{size}px}}</style>{picture}")
    return page.screenshot(omit_background=True)


def as_icon(png: bytes, size: int) -> bytes:
    """A PNG as the only picture of an ICO file."""
    header = struct.pack("<HHH", 0, 1, 1)
    entry = struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(png), len(header) + 16)
    return header + entry + png


if __name__ == "__main__":
    main()
