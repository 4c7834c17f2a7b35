"""The curators see which addresses still lead somewhere, ask for one now, and keep copies."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import ledger
from reforms.admin.source import SourceAdmin
from reforms.links import LinkOutcome
from reforms.models import LedgerEntry, LinkCheck, Source
from tests.admin.browser import Page, Person, list_of, page_of
from tests.admin.conftest import Staff
from tests.fixtures import fresh
from tests.links.site import Site, standing

SPRING = datetime(2026, 3, 9, 4, tzinfo=UTC)
COPY = "https://archive.example/2026/daily"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with standing() as found:
        monkeypatch.setattr(SourceAdmin, "manners", found.manners())
        yield found


@pytest.fixture
def page(staff: Staff) -> Source:
    Source.objects.filter(pk="daily-page").update(url="https://daily.example/1")
    return Source.objects.get(pk="daily-page")


def checked(source: str, outcome: LinkOutcome, dead: bool = False, **more: Any) -> LinkCheck:
    address = f"https://{source}.example/"
    Source.objects.filter(pk=source).update(url=address)
    bad = {"failures": 4, "failing_since": SPRING - timedelta(days=6)} if dead else {}
    return LinkCheck.objects.create(
        **{"source_id": source, "url": address, "checked_at": SPRING, "dead": dead} | bad | more,
        outcome=outcome.value,
    )


def ids(shown: Page) -> list[str]:
    assert shown.status == 200
    return [source.pk for source in shown.rows]


def test_the_list_is_filtered_by_what_became_of_the_address(staff: Staff) -> None:
    checked("daily-page", LinkOutcome.GONE, dead=True)
    checked("watch-page", LinkOutcome.ALIVE)
    checked("blog-page", LinkOutcome.MOVED)
    checked("league-page", LinkOutcome.GONE, url="https://elsewhere.example/")
    Source.objects.filter(pk="watch-page").update(archived_url=COPY)
    withdrawn = checked("university-page", LinkOutcome.FAILING, dead=True).source
    Source.objects.filter(pk=withdrawn.pk).update(withdrawn_at=SPRING)
    cases = {
        "link=dead": ["daily-page"],
        "link=gone": ["daily-page"],
        "link=alive": ["watch-page"],
        "link=moved": ["blog-page"],
        "link=failing": [],
        "link=unasked": ["league-page"],
        "archived=yes": ["watch-page"],
        "archived=no": ["blog-page", "daily-page", "league-page"],
        "link=dead&archived=no": ["daily-page"],
        "link=dead&archived=yes": [],
    }
    for query, expected in cases.items():
        assert ids(staff.curator.get(f"{list_of(Source)}?{query}")) == expected, query
    assert len(ids(staff.curator.get(f"{list_of(Source)}?link=nonsense"))) > 4


def test_the_list_says_it_in_a_word(staff: Staff) -> None:
    checked("daily-page", LinkOutcome.FAILING, dead=True)
    checked("watch-page", LinkOutcome.MOVED)
    Source.objects.filter(pk="watch-page").update(archived_url=COPY)
    shown = staff.curator.get(list_of(Source)).text
    assert 'badge-dead" title="readers find nothing there' in shown
    assert 'Moved</span><div class="below">copy kept' in shown


def test_the_page_says_what_is_known_of_the_address(staff: Staff) -> None:
    more = {"message": "There is no such page (404).", "leads_to": "https://daily.example/2"}
    check = checked("daily-page", LinkOutcome.GONE, dead=True, **more)
    shown = staff.curator.get(page_of(check.source)).text
    for words in (
        "There is no such page (404).",
        "Checked on 2026-03-09 04:00 UTC.",
        "Bad 4 times in a row, since 2026-03-03.",
        'href="https://daily.example/2"',
    ):
        assert words in shown
    Source.objects.filter(pk="daily-page").update(url="https://daily.example/corrected")
    shown = staff.curator.get(page_of(check.source)).text
    assert "Not checked yet." in shown
    assert "There is no such page" not in shown


def test_a_hostile_server_writes_nothing_into_the_page(staff: Staff) -> None:
    check = checked(
        "daily-page",
        LinkOutcome.MOVED,
        message="<script>alert(1)</script>",
        leads_to='https://x.example/"><script>alert(2)</script>',
    )
    shown = staff.curator.get(page_of(check.source)).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown


# An archived copy ---------------------------------------------------------------------------------


def test_a_copy_is_entered_without_a_reason_and_stands_in_the_ledger(
    staff: Staff, page: Source
) -> None:
    before = ledger.head().sequence
    saved = staff.curator.save(page_of(page), archived_url=COPY)
    assert saved.complaints == []
    assert fresh(page).archived_url == COPY
    entry = LedgerEntry.objects.get(sequence__gt=before)
    assert (entry.action, entry.object_id) == ("edit", "daily-page")
    assert ledger.payload_of(entry)["document"]["archived_url"] == COPY
    assert f'href="{COPY}"' in staff.curator.get(page_of(page)).text


def test_the_page_itself_is_no_copy(staff: Staff, page: Source) -> None:
    saved = staff.curator.save(page_of(page), archived_url="http://www.daily.example/1/")
    assert saved.complaints == ["it is the address of the source itself: give that of the copy"]
    assert fresh(page).archived_url == ""


# Asking now ---------------------------------------------------------------------------------------


def ask(person: Person, source: Source) -> Page:
    return person.post(page_of(source, "check_link"), {})


def test_a_curator_asks_for_one_address_now(staff: Staff, page: Source, site: Site) -> None:
    Source.objects.filter(pk=page.pk).update(url=site.url("/moved"))
    assert "Check the link now" in staff.curator.get(page_of(page)).text
    answer = ask(staff.curator, page)
    assert answer.messages == ["Moved: It has moved."]
    assert LinkCheck.objects.get().leads_to == site.url("/there")
    Source.objects.filter(pk=page.pk).update(url=site.url("/there"))
    assert ask(staff.curator, page).messages == ["Alive: the page is there."]


@pytest.mark.parametrize("name", ["reviewer", "anna", "stranger"])
def test_others_send_this_machine_nowhere(
    staff: Staff, page: Source, site: Site, name: str
) -> None:
    person: Person = getattr(staff, name)
    Source.objects.filter(pk=page.pk).update(url=site.url("/there"))
    assert ask(person, page).status == 403
    assert "Check the link now" not in person.get(page_of(page)).text
    assert site.asked == []


def test_it_takes_a_button_and_one_at_a_time(staff: Staff, page: Source, site: Site) -> None:
    Source.objects.filter(pk=page.pk).update(url=site.url("/there"))
    assert staff.curator.get(page_of(page, "check_link")).status == 405
    cache.set("reforms.link_check_under_way", "another", 10)
    assert ask(staff.curator, page).messages == [
        "Another check is under way. Try again in a moment."
    ]
    cache.clear()
    assert site.asked == []
    bare = Source.objects.get(pk="watch-page")
    assert ask(staff.curator, bare).messages == ["There is no address to ask for."]
    assert "Check the link now" not in staff.curator.get(page_of(bare)).text
    assert ask(staff.curator, Source(pk="nothing")).status == 200, "led back to the index"


def test_what_is_known_of_addresses_costs_no_more_queries(staff: Staff) -> None:
    def queries() -> int:
        assert staff.curator.client.session
        with CaptureQueriesContext(connection) as asked:
            staff.curator.get(list_of(Source) + "?archived=no")
        return len(asked)

    checked("daily-page", LinkOutcome.ALIVE)
    few = queries()
    for name in ("watch", "blog", "league", "university"):
        checked(f"{name}-page", LinkOutcome.MOVED)
    assert queries() == few
