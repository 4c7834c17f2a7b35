"""Webhooks at the admin: curators see where they stand and what was sent, and help."""

import re
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from reforms import ledger, webhooks
from reforms.models import DisabledBy, Organisation, Webhook, WebhookAttempt
from reforms.webhooks import signing
from tests.admin.browser import list_of, page_of
from tests.admin.conftest import Staff
from tests.fixtures import fresh, make_promise
from tests.tables import everywhere

SECRET = re.compile(r"whsec_[A-Za-z0-9+/=]{44}")


@pytest.fixture
def hook(cast: None) -> Webhook:
    lantern = Organisation.objects.get(pk="lantern")
    made, _ = webhooks.subscribe(
        lantern, name="Newsroom", url="https://n.example/in", origin="https://t.example"
    )
    return made


def test_the_page_shows_where_it_stands_and_what_was_sent(staff: Staff, hook: Webhook) -> None:
    WebhookAttempt.objects.create(
        webhook=hook,
        message="entry_1",
        type="update.publish",
        sequence=1,
        number=3,
        at=hook.created_at,
        milliseconds=1234,
        outcome="refused",
        status=500,
        detail="It answered 500.",
        answer="<b>Oh no</b>",
    )
    page = staff.curator.get(page_of(hook))
    for words in ("https://n.example/in", "Active", "update.publish", "1234 ms", "500"):
        assert words in page.text
    assert "&lt;b&gt;Oh no&lt;/b&gt;" in page.text, "what others answered is text"
    assert not SECRET.findall(page.text)
    assert fresh(hook).secret not in page.text


def test_what_ended_by_itself_is_noticed(staff: Staff, hook: Webhook) -> None:
    def waiting() -> dict[str, str]:
        page = staff.curator.get("/admin/")
        return {one.words: one.number for one in page.response.context["tasks"]}

    assert waiting()["Webhooks that ended"] == "0"
    webhooks.disable(hook, DisabledBy.OWNER)
    assert waiting()["Webhooks that ended"] == "0", "its owner knows"
    webhooks.enable(hook)
    webhooks.disable(hook, DisabledBy.FAILING)
    assert waiting()["Webhooks that ended"] == "1"
    assert staff.curator.get(f"{list_of(Webhook)}?state__exact=disabled").rows == [hook]
    assert "Webhooks (1 disabled)" in staff.curator.get(page_of(hook.organisation)).text
    assert "three days" in staff.curator.get(page_of(hook)).text
    assert "Webhooks" not in staff.reviewer.get(page_of(hook.organisation)).text


def test_it_is_pinged_disabled_and_enabled(staff: Staff, hook: Webhook) -> None:
    staff.curator.post(page_of(hook, "ping"), {})
    assert hook.errands.count() == 1
    assert "Nothing is sent until" in staff.curator.get(page_of(hook, "disable")).text
    staff.curator.post(page_of(hook, "disable"), {})
    assert (fresh(hook).state, fresh(hook).disabled_by) == ("disabled", "curator")
    make_promise()
    staff.curator.post(page_of(hook, "enable"), {"skip": "stopped"})
    assert (fresh(hook).state, fresh(hook).position) == ("active", hook.position)
    webhooks.disable(hook, DisabledBy.GONE)
    staff.curator.post(page_of(hook, "enable"), {"skip": "now"})
    assert fresh(hook).position == ledger.head().sequence
    assert LogEntry.objects.filter(object_id=str(hook.pk)).count() == 4


def test_events_are_sent_again(staff: Staff, hook: Webhook) -> None:
    head = ledger.head().sequence
    page = staff.curator.post(page_of(hook, "replay"), {"sequence": str(head), "extent": "one"})
    assert page.messages == [f"Entry {head} will be sent again."]
    assert hook.errands.get().sequence == head
    staff.curator.post(page_of(hook, "replay"), {"sequence": "3", "extent": "all"})
    assert fresh(hook).position == 2
    page = staff.curator.post(page_of(hook, "replay"), {"sequence": "999", "extent": "one"})
    assert "the ledger has no entry 999" in page.text
    page = staff.curator.post(page_of(hook, "replay"), {"sequence": "-1", "extent": "all"})
    assert "greater than or equal to 1" in page.text


@pytest.mark.parametrize("hours", [0, 24])
def test_a_secret_is_rotated_and_shown_once(staff: Staff, hook: Webhook, hours: int) -> None:
    page = staff.curator.post(page_of(hook, "rotate"), {"overlap": str(hours)})
    [secret] = SECRET.findall(page.text)
    assert signing.opened(fresh(hook).secret) == secret
    assert bool(fresh(hook).previous_secret) is (hours > 0)
    assert "no-store" in page.response["Cache-Control"]
    assert everywhere(secret) == []
    assert secret not in staff.curator.get(page_of(hook)).text


def test_what_may_be_done_is_for_curators(staff: Staff, hook: Webhook) -> None:
    before: Any = Webhook.objects.values().get()
    for person in (staff.reviewer, staff.anna, staff.stranger):
        for step in ("ping", "disable", "enable", "replay", "rotate"):
            data = {"skip": "now", "sequence": "1", "extent": "all", "overlap": "0"}
            assert person.post(page_of(hook, step), data).status == 403
    assert Webhook.objects.values().get() == before
    assert not hook.errands.exists()
