"""One journey through the admin in a real browser: what scripts and styles do, not only forms.

It skips itself where there is no Chromium.
"""

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from playwright.sync_api import Browser, Page, expect, sync_playwright

from reforms import keys
from reforms.models import Organisation, Paragraph, Promise, Source, StatusUpdate
from tests.fixtures import fresh, make_promise, make_update

CHROMIUM = shutil.which("chromium")
PRINT = "fp1:" + "ab" * 32
PASSWORD = "correct horse battery staple"

# A click returns before the page that it leads to is there: what comes next has to be waited for.
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
def promise(committed_cast: None) -> Promise:
    call_command("loaddata", "roles", verbosity=0)
    for name, role in (("anna", "contributor"), ("vera", "reviewer"), ("cleo", "curator")):
        user = User.objects.create_user(name, password=PASSWORD, is_staff=True)
        user.groups.add(Group.objects.get(name=role))
    Organisation.objects.get(pk="lantern").members.add(User.objects.get(username="anna"))
    Paragraph.objects.create(
        source_id="demo2020-address", ordinal=7, fingerprint=PRINT, text="We will found a court."
    )
    return make_promise(1)


@pytest.fixture
def sign_in(browser: Browser, live_server: Any) -> Iterator[Callable[[str], Page]]:
    faults: list[str] = []

    def sign_in(name: str) -> Page:
        page = browser.new_context(base_url=live_server.url).new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda one: faults.append(one.text) if one.type == "error" else None)
        page.goto("/admin/login/?next=/admin/")
        page.get_by_label("Username").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("button", name="Log out").wait_for()
        return page

    yield sign_in
    # A browser asks every site for it, and this one has none.
    assert [one for one in faults if "favicon" not in one and "404" not in one] == []


def choose(page: Page, field: str, words: str) -> None:
    """Find a choice by typing."""
    page.locator(f"#id_{field} + .select2").click()
    page.locator(".select2-container--open .select2-search__field").fill(words)
    page.locator(".select2-results__option", has_text=words).first.click()


def test_from_a_submission_to_its_retraction(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    anna = sign_in("anna")
    anna.goto("/admin/reforms/promise/demo2020-1-1/change/")
    anna.get_by_role("link", name="Add a status update").first.click()
    anna.get_by_label("Status").select_option("implemented")
    anna.get_by_label("Effective on").fill("soon")
    anna.locator("#id_note_en").fill("The court sits.")
    anna.get_by_text("Add another Citation").click()
    choose(anna, "citations-0-source", "demo2020-address")
    anna.locator("#id_citations-0-paragraphs").fill("7")
    anna.get_by_role("button", name="Save and continue").click()
    assert "“soon” is no date" in anna.locator(".errorlist").inner_text()
    anna.get_by_label("Effective on").fill("2022-11")
    anna.get_by_role("button", name="Save and continue").click()
    anna.wait_for_url("**/change/**")
    assert "We will found a court." in anna.locator("blockquote.passage").inner_text()
    update = StatusUpdate.objects.get()
    assert (str(update.effective), update.review_state) == ("2022-11", "submitted")

    vera = sign_in("vera")
    vera.goto("/admin/reforms/statusupdate/")
    vera.locator("input.action-select").check()
    vera.locator("select[name=action]").select_option("publish")
    vera.get_by_role("button", name="Go").click()
    vera.get_by_role("button", name="Publish").click()
    expect(vera.locator(".batch tr.done")).to_have_count(1)
    assert fresh(promise).status == "implemented"
    assert fresh(Source(pk="demo2020-address")).public_since is not None

    anna.reload()
    assert anna.get_by_role("button", name="Save").count() == 0
    anna.get_by_role("link", name="Retract").click()
    anna.get_by_label("Reason").fill("It does not sit yet.")
    anna.get_by_role("button", name="Retract").click()
    expect(anna.locator("#content")).to_contain_text("It does not sit yet.")
    expect(anna.get_by_role("button", name="Retract")).to_have_count(0)
    assert fresh(promise).status == "not_assessed"


def test_a_promise_is_written_by_a_curator(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    cleo = sign_in("cleo")
    cleo.goto("/admin/reforms/reform/demo2020-1/change/")
    cleo.get_by_role("link", name="Add a promise").click()
    assert cleo.get_by_label("Number").input_value() == "2"
    title, statement = (cleo.get_by_role("group", name=name) for name in ("Title", "Statement"))
    title.get_by_label("English").fill("A second court")
    title.get_by_label("Kazakh").fill("Екінші сот")
    statement.get_by_label("English").fill("A second court with 9 judges is founded.")
    cleo.get_by_label("Kind").select_option("institution")
    cleo.get_by_label("Commitment").select_option("specific")
    cleo.get_by_label("Figure 1: what, English").fill("judges")
    cleo.get_by_label("Figure 1: value").fill("9")
    cleo.get_by_text("Add another Body").click()
    choose(cleo, "body_ties-0-body", "court")
    cleo.get_by_role("button", name="Save and continue").click()
    assert "was added successfully" in cleo.locator(".messagelist").inner_text()
    written = Promise.objects.get(pk="demo2020-1-2")
    assert written.title == {"en": "A second court", "kk": "Екінші сот"}
    assert written.figures == [{"what": "judges", "value": 9}]
    assert [body.pk for body in written.bodies.all()] == ["court"]


def test_what_is_public_is_corrected_in_the_open(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    update = make_update(promise, "implemented", organisation="lantern")
    cleo = sign_in("cleo")
    cleo.goto("/admin/reforms/promise/demo2020-1-1/change/")
    cleo.locator("#id_title_en").fill("A court of nine")
    cleo.get_by_role("button", name="Save and continue").click()
    expect(cleo.locator(".field-reason .errorlist")).to_contain_text("say why, in a sentence")
    expect(cleo.locator("#id_title_en")).to_have_value("A court of nine")
    cleo.get_by_label("Reason for the change").fill("The text says how many.")
    cleo.get_by_role("button", name="Save and continue").click()
    cleo.get_by_role("link", name="Ledger history").click()
    expect(cleo.locator(".differences ins").first).to_have_text("A court of nine")
    expect(cleo.locator("#content")).to_contain_text("The text says how many.")

    # The successor waits for review, since its organisation is not trusted to publish unseen.
    anna = sign_in("anna")
    anna.goto(f"/admin/reforms/statusupdate/{update.pk}/change/")
    anna.get_by_role("link", name="Supersede").click()
    anna.get_by_label("Status").select_option("in_progress")
    anna.get_by_label("Reason").fill("It does not sit yet.")
    anna.get_by_role("button", name="Supersede").click()
    expect(anna.locator(".messagelist")).to_contain_text("As soon as a reviewer publishes it")
    assert fresh(promise).status == "implemented"
    cleo.goto(anna.url)
    expect(cleo.locator(".replacement")).to_contain_text("It does not sit yet.")
    expect(cleo.locator(".replacement .differences ins").first).to_have_text("in_progress")
    cleo.get_by_role("link", name="Publish", exact=True).click()
    cleo.get_by_role("button", name="Publish").click()
    expect(cleo.locator(".messagelist")).to_contain_text("Published.")
    assert fresh(promise).status == "in_progress"
    assert [one.source_id for one in fresh(update).successor.citations.all()] == ["daily-page"]

    cleo.goto("/admin/reforms/topic/money/change/")
    cleo.get_by_role("link", name="Withdraw").click()
    cleo.get_by_label("Reason").fill("Too wide.")
    cleo.get_by_role("button", name="Withdraw").click()
    expect(cleo.locator(".withdrawn")).to_contain_text("Too wide.")
    expect(cleo.get_by_role("button", name="Save")).to_have_count(0)


def test_an_organisation_is_taken_in_and_given_a_key(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    cleo = sign_in("cleo")
    cleo.goto("/admin/reforms/organisation/add/")
    cleo.locator("#id_id").fill("beacon")
    cleo.locator("#id_name_en").fill("Beacon")
    cleo.locator("#id_affiliation_en").fill("A foundation pays.")
    cleo.get_by_label("It accepts the data licence").check()
    cleo.get_by_role("button", name="Save and continue").click()
    cleo.get_by_role("link", name="Issue a key").click()
    cleo.get_by_label("Name").fill("Nightly import")
    cleo.get_by_label("submit:").check()
    cleo.get_by_role("button", name="Save").click()
    text = cleo.locator("code.secret").inner_text()
    key = keys.find(text)
    assert (key.organisation_id, key.scopes) == ("beacon", ["submit"])

    cleo.get_by_role("link", name="To the page of this key").click()
    expect(cleo.locator("#content")).to_contain_text("Nightly import")
    expect(cleo.get_by_role("button", name="Save")).to_have_count(0)
    cleo.get_by_role("link", name="Rotate").click()
    cleo.get_by_label("The old key ends").select_option("at once")
    cleo.get_by_role("button", name="Rotate").click()
    expect(cleo.locator("#content")).to_contain_text(f"The old key {key.pk} has ended.")
    made = keys.find(cleo.locator("code.secret").inner_text())
    # Going back and forth shows no key again.
    cleo.goto("/admin/reforms/key/")
    expect(cleo.locator("#result_list tbody tr")).to_have_count(1)
    cleo.locator("input.action-select").check()
    cleo.locator("select[name=action]").select_option("revoke_selected")
    cleo.get_by_role("button", name="Go").click()
    cleo.get_by_role("button", name="Revoke").click()
    expect(cleo.locator(".batch tr.done")).to_have_count(1)
    assert not keys.is_alive(fresh(made))


def arrive(page: Page, title: str) -> None:
    """Wait for a screen of the queue, and for its script."""
    expect(page.locator("h1")).to_have_text(title)
    page.wait_for_load_state()


def test_the_queue_is_gone_through_by_keys(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    second = make_promise(2)
    first_update, second_update = (
        make_update(one, "implemented", organisation="lantern", publish=False)
        for one in (promise, second)
    )
    vera = sign_in("vera")
    vera.get_by_role("link", name="Waiting for review").click()
    arrive(vera, "Promise 1")
    vera.keyboard.press("n")
    arrive(vera, "Promise 2")
    vera.keyboard.press("b")
    arrive(vera, "Promise 1")
    vera.keyboard.press("?")
    expect(vera.get_by_role("dialog", name="Keys")).to_be_visible()
    vera.keyboard.press("p")
    vera.keyboard.press("Escape")
    # One key alone publishes nothing.
    vera.keyboard.press("p")
    expect(vera.get_by_role("button", name="Publish")).to_be_focused()
    assert fresh(first_update).review_state == "submitted"
    vera.keyboard.press("Enter")
    expect(vera.locator(".messagelist")).to_contain_text("Published.")
    arrive(vera, "Promise 2")
    vera.keyboard.press("r")
    vera.keyboard.type("n and p are words here.")
    vera.keyboard.press("Control+Enter")
    expect(vera.locator("#content")).to_contain_text("Nothing waits for you.")
    stored = fresh(second_update)
    assert (stored.review_state, stored.review_note) == ("rejected", "n and p are words here.")
    assert fresh(first_update).review_state == "published"
    # Whoever does not want single keys switches them off.
    make_update(second, "stalled", organisation="lantern", publish=False)
    vera.goto("/admin/reforms/statusupdate/review/")
    vera.wait_for_load_state()
    vera.keyboard.press("?")
    vera.get_by_label("Single keys do something").uncheck()
    vera.get_by_role("button", name="Close").click()
    vera.keyboard.press("p")
    expect(vera.get_by_role("button", name="Publish")).not_to_be_focused()


def test_two_people_at_one_form_lose_nothing(
    promise: Promise, sign_in: Callable[[str], Page]
) -> None:
    address = "/admin/reforms/promise/demo2020-1-1/change/"
    cleo, other = sign_in("cleo"), sign_in("cleo")
    cleo.goto(address)
    other.goto(address)
    for page, title in ((other, "A court of nine"), (cleo, "A court of ten")):
        page.locator("#id_title_en").fill(title)
        page.get_by_label("Reason for the change").fill("The text says how many.")
        page.get_by_role("button", name="Save and continue").click()
    expect(cleo.get_by_role("region", name="Both versions")).to_contain_text("A court of nine")
    expect(cleo.locator("#id_title_en")).to_have_value("A court of ten")
    assert fresh(promise).title == {"en": "A court of nine"}
    cleo.get_by_role("link", name="take the stored version").click()
    expect(cleo.locator("#id_title_en")).to_have_value("A court of nine")
