"""The reading room in a real browser: a passage is selected by hand and by key, and promised."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from reforms.models import Paragraph, Promise
from reforms.seeding.fingerprints import fingerprint
from tests.admin.test_browser import browser, promise, pytestmark, sign_in

__all__ = ["browser", "promise", "pytestmark", "sign_in"]

TEXT = ["Dear citizens!", "We begin.", "A court of nine.", "In the capital.", "Soon.", "Thank you."]


def test_a_promise_is_created_from_a_text(
    promise: Promise,
    sign_in: Callable[[str], Page],
) -> None:
    Paragraph.objects.all().delete()
    Paragraph.objects.bulk_create(
        Paragraph(
            source_id="demo2020-address", ordinal=place, fingerprint=fingerprint(words), text=words
        )
        for place, words in enumerate(TEXT, start=1)
    )
    cleo = sign_in("cleo")
    cleo.goto("/admin/reforms/source/demo2020-address/change/")
    cleo.get_by_role("link", name="Read demo2020-address").click()
    selected = cleo.locator(".bar .selected")
    cleo.locator("#p5 .ordinal").click()
    cleo.locator("#p3 .ordinal").click(modifiers=["Shift"])
    expect(selected).to_have_text("3 selected: ¶3–5")
    expect(cleo.locator("svg.overview .chosen rect")).to_have_attribute("width", "3")
    cleo.keyboard.press("Escape")
    expect(selected).to_have_text("Nothing is selected.")

    cleo.locator("#p2 input").focus()
    cleo.keyboard.press("j")
    cleo.keyboard.press("x")
    cleo.keyboard.press("Shift+J")
    expect(selected).to_have_text("2 selected: ¶3–4")
    cleo.keyboard.press("n")
    expect(cleo.locator(".chosen-passage")).to_contain_text("In the capital.")
    cleo.locator("#id_reform + .select2").click()
    cleo.locator(".select2-container--open .select2-search__field").fill("demo2020-2")
    cleo.locator(".select2-results__option", has_text="demo2020-2").first.click()
    cleo.locator("#id_title_en").fill("A court of nine")
    cleo.locator("#id_statement_en").fill("A court of nine sits in the capital.")
    cleo.get_by_label("Kind").select_option("institution")
    cleo.get_by_label("Commitment").select_option("specific")
    cleo.get_by_role("button", name="Save", exact=True).click()
    cleo.get_by_role("link", name="Go on reading at ¶4").click()
    expect(cleo.locator("#p4 .beside")).to_contain_text("A court of nine")
    [citation] = Promise.objects.get(pk="demo2020-2-1").citations.all()
    assert citation.locator == "paragraphs 3–4"
    assert citation.paragraphs == [
        {"ordinal": place, "fingerprint": fingerprint(TEXT[place - 1])} for place in (3, 4)
    ]
