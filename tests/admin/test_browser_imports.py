"""A spreadsheet with three bad rows, in a real browser: refused, mended, imported."""

import io
from collections.abc import Callable

from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from reforms.models import Import, Promise
from tests.admin.test_browser import browser, promise, pytestmark, sign_in
from tests.fixtures import fresh, make_promise

__all__ = ["browser", "promise", "pytestmark", "sign_in"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BAD = {2: ("kind", "legislatoin"), 3: ("responsible", "curt"), 4: ("deadline", "soon")}


def spreadsheet(content: bytes, cells: dict[int, tuple[str, str]]) -> dict[str, object]:
    """The file with some cells edited, as a browser sends it; the lines count from 1."""
    book = load_workbook(io.BytesIO(content))
    sheet = book.worksheets[0]
    header = [cell.value for cell in sheet[1]]
    for line, (column, text) in cells.items():
        sheet.cell(line, header.index(column) + 1, text)
    file = io.BytesIO()
    book.save(file)
    return {"name": "promises.xlsx", "mimeType": XLSX, "buffer": file.getvalue()}


def send(page: Page, file: dict[str, object]) -> None:
    page.get_by_label("File").set_input_files(file)  # type: ignore[arg-type]
    page.get_by_role("button", name="Preview").click()


def test_a_spreadsheet_is_mended_and_imported(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    for number in (2, 3):
        make_promise(number)
    page = sign_in("cleo")
    page.goto("/admin/reforms/promise/")
    with page.expect_download() as download:
        page.get_by_role("link", name="Export XLSX").click()
    content = download.value.path().read_bytes()

    page.get_by_role("link", name="Import", exact=True).click()
    send(page, spreadsheet(content, BAD))
    wrong = page.get_by_role("region", name="What is wrong")
    for line in ("1 2 kind “legislatoin” is", "2 3 responsible There is", "3 4 deadline “soon” is"):
        expect(wrong.get_by_role("row", name=line)).to_be_visible()
    expect(page.get_by_role("button", name="Import")).to_have_count(0)

    page.get_by_role("link", name="send it again").click()
    send(page, spreadsheet(content, {2: ("kind", "study"), 3: ("title_en", "Better")}))
    changed = page.get_by_role("region", name="Changed")
    expect(changed.get_by_role("row", name="kind: legislation → study")).to_be_visible()
    assert fresh(promise).kind == "legislation"
    page.get_by_label("Reason").fill("The text asks for a study.")
    page.get_by_role("button", name="Import 3 rows").click()
    expect(page.get_by_text("Imported: 0 added, 2 changed.")).to_be_visible()
    assert fresh(promise).kind == "study"
    assert set(Import.objects.values_list("state", flat=True)) == {"done", "cancelled"}
