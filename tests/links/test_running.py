"""Which sources are asked for, in which order and how gently, and what is remembered of it."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import dates, ledger, link_health, workflow
from reforms.ledger import redacting
from reforms.links import Answer, LinkOutcome
from reforms.models import LinkCheck, Source
from tests.fixtures import Clock, fresh
from tests.links.site import Site

pytestmark = pytest.mark.usefixtures("cast")

PAGE = "daily-page"


def at(source: str, url: str, **columns: Any) -> Source:
    """Give a page of the cast an address."""
    page = Source.objects.get(pk=source)
    page.url = url
    for name, value in columns.items():
        setattr(page, name, value)
    workflow.save(page, "We know its address now.")
    return page


def check_links(site: Site | None = None, *args: str, **more: Any) -> tuple[str, str]:
    """What the command says, and what it complains of."""
    out, err = StringIO(), StringIO()
    if site is not None:
        more.setdefault("manners", site.manners())
    more.setdefault("pause", lambda seconds: None)
    call_command("check_links", *args, stdout=out, stderr=err, **more)
    return out.getvalue(), err.getvalue()


def found() -> dict[str, str]:
    return dict(LinkCheck.objects.values_list("source", "outcome"))


def test_the_command_says_what_became_of_each_address(site: Site, clock: Clock) -> None:
    at("daily-page", site.url("/there"))
    at("watch-page", site.url("/moved"))
    at("blog-page", site.url("/gone"))
    head = ledger.head()
    clock.at("2026-03-01T04:00Z")
    out, err = check_links(site)
    assert out.splitlines() == [
        f"gone              blog-page  {site.url('/gone')}  There is no such page (410).",
        f"moved             watch-page  {site.url('/moved')}  It has moved. {site.url('/there')}",
        "Asked for 3 addresses (1 alive, 1 moved, 1 gone; 0 dead).",
    ]
    assert (err, ledger.head()) == ("", head), "nothing of it is part of the record"
    moved = LinkCheck.objects.get(pk="watch-page")
    assert (moved.status, moved.leads_to, moved.failures) == (200, site.url("/there"), 0)
    assert moved.checked_at == dates.now()


def test_an_address_dies_slowly_and_comes_back_at_once(site: Site, clock: Clock) -> None:
    page = at(PAGE, site.url("/gone"))
    for day, dead in ((1, False), (2, True)):
        clock.at(f"2026-03-0{day}T04:00Z")
        out, _ = check_links(site)
        assert out.startswith("dead" if dead else "gone")
        assert list(Source.objects.with_dead_links()) == ([page] if dead else [])
    check = LinkCheck.objects.dead().get()
    assert (check.failures, f"{check.failing_since:%Y-%m-%d}") == (2, "2026-03-01")
    link_health.remember(PAGE, page.url, Answer(LinkOutcome.ALIVE, status=200), dates.now())
    assert not LinkCheck.objects.dead().exists()
    assert (fresh(check).failures, fresh(check).failing_since) == (0, None)


def test_what_is_due(site: Site, clock: Clock) -> None:
    """What lives is asked for weekly, what is bad daily until it is dead; dead ones weekly again."""
    at("daily-page", site.url("/there"))
    at("blog-page", site.url("/gone"))
    asked = []
    for day in range(1, 16):
        clock.at(f"2026-03-{day:02}T04:00Z")
        site.asked.clear()
        check_links(site)
        asked.append("".join(sorted({path[1] for _, path, _ in site.asked})))
    assert asked == ["gt", "g", *[""] * 5, "t", "g", *[""] * 5, "t"]


def test_those_not_asked_for_the_longest_come_first(site: Site, clock: Clock) -> None:
    clock.at("2026-03-01T04:00Z")
    for place, name in enumerate(("blog", "daily", "league", "watch")):
        at(f"{name}-page", site.url("/there", f"{name}.test"))
        if place < 2:
            check_links(site, "--source", f"{name}-page")
            clock.at(f"2026-03-0{place + 2}T04:00Z")
    clock.at("2026-04-01T04:00Z")
    order = [page.pk for page in Source.objects.to_be_asked(dates.now(), timedelta(7))]
    assert order == ["league-page", "watch-page", "blog-page", "daily-page"]
    check_links(site, "--limit", "3")
    times = LinkCheck.objects.filter(checked_at=dates.now()).values_list("pk", flat=True)
    assert set(times) == {"league-page", "watch-page", "blog-page"}
    out, _ = check_links(site, "--older-than", "0")
    assert out == "Asked for 4 addresses (4 alive; 0 dead).\n"
    assert check_links(site)[0] == "Nothing to ask for: all addresses were asked lately.\n"


def test_only_what_the_tracker_stands_for_is_asked_for(site: Site) -> None:
    """A private source of an organisation only by its id; what was withdrawn not at all."""
    at("daily-page", site.url("/there?private"), submitted_by_id="lantern")
    at("watch-page", site.url("/there?held-ready"))
    withdrawn = at("demo2020-address", site.url("/there?public"))
    check_links(site)
    assert set(found()) == {"watch-page", "demo2020-address"}
    assert check_links(site, "--source", "daily-page")[0].startswith("Asked for 1 addresses")
    Source.objects.filter(pk=withdrawn.pk).update(withdrawn_at=dates.now())
    assert withdrawn not in Source.objects.to_be_asked(dates.now(), timedelta(0))
    with pytest.raises(CommandError, match="“demo2020-address” was withdrawn from the record"):
        check_links(site, "--source", "demo2020-address")


# Gently -------------------------------------------------------------------------------------------


def test_a_host_is_given_time_between_two_addresses(site: Site) -> None:
    """It is one host with and without `www.`; another one need not wait for it."""
    at("blog-page", site.url("/there?1"))
    at("daily-page", site.url("/there?2", "www.site.test"))
    at("league-page", site.url("/there?3"))
    at("watch-page", site.url("/there", "other.test"))
    pauses: list[tuple[float, int]] = []
    check_links(site, "--delay", "1.5", pause=lambda time: pauses.append((time, len(site.asked))))
    assert len(site.asked) == 4
    assert [time for time, _ in pauses] == [1.5, 1.5]
    assert all(before >= place for place, (_, before) in enumerate(pauses, start=1))


def test_who_asks_to_be_left_alone_is_left_alone(site: Site) -> None:
    at("blog-page", site.url("/busy"))
    at("daily-page", site.url("/there"))
    at("watch-page", site.url("/there", "other.test"))
    out, _ = check_links(site)
    assert set(found()) == {"blog-page", "watch-page"}
    assert "1 left for later: their hosts are busy." in out
    assert "HEAD /there" in site.requests


def test_no_transaction_is_open_while_a_host_is_asked(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    at(PAGE, site.url("/there"))
    depth = len(connection.savepoint_ids)
    seen = []

    def spying(*args: Any, **more: Any) -> Answer:
        seen.append(len(connection.savepoint_ids))
        return Answer(LinkOutcome.ALIVE, status=200)

    monkeypatch.setattr(link_health, "ask", spying)
    link_health.check(Source.objects.get(pk=PAGE), site.manners())
    assert seen == [depth]


def test_broken_off_it_loses_only_what_was_under_way(site: Site) -> None:
    names = ("blog", "daily", "gazette", "league", "watch")
    for name in names:
        at(f"{name}-page", site.url(f"/there?{name}"))
    due = Source.objects.to_be_asked(dates.now(), timedelta(7))
    running = link_health.run(due.values_list("pk", "url"), 0.1, site.manners())
    next(running)
    running.close()
    assert len(found()) == 1
    assert len(site.asked) < len(names), "whoever does not listen any more is told no more"
    check_links(site)
    assert set(found()) == {f"{name}-page" for name in names}


def test_an_accident_in_the_middle_ends_the_asking(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("blog", "daily", "watch"):
        at(f"{name}-page", site.url(f"/there?{name}"))
    answers: Iterator[Any] = iter([Answer(LinkOutcome.ALIVE), ZeroDivisionError()])

    def stumbling(*args: Any) -> Answer:
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    monkeypatch.setattr(link_health, "ask", stumbling)
    with pytest.raises(ZeroDivisionError):
        check_links(site)
    assert list(found().values()) == ["alive"]


# What is not believed, and what is not known any more ---------------------------------------------


def test_silence_everywhere_is_our_own(site: Site) -> None:
    pages = [
        at(f"{name}-page", f"http://{name}.example/")
        for name in ("blog", "daily", "watch", "league")
    ]
    out, err = check_links(site)
    assert found() == {}
    assert "4 failures are not remembered" in err
    at("league-page", site.url("/there"))
    check_links(site)
    assert found() == {page.pk: "failing" for page in pages} | {"league-page": "alive"}
    assert out == "Asked for 0 addresses.\n"


def test_a_check_speaks_of_the_address_that_it_asked_for(site: Site, clock: Clock) -> None:
    page = at(PAGE, site.url("/gone"))
    for day in (1, 2):
        clock.at(f"2026-03-0{day}T04:00Z")
        check_links(site)
    sources = Source.objects
    assert list(sources.with_dead_links()) == list(sources.with_links(LinkOutcome.GONE)) == [page]
    at(PAGE, site.url("/nowhere"))
    assert not sources.with_dead_links().exists()
    assert list(sources.unasked()) == [page]
    check_links(site)
    assert not sources.with_dead_links().exists(), "the new one has failed once"
    assert LinkCheck.objects.get().failures == 1


def test_an_address_that_is_corrected_meanwhile_is_told_nothing_of(site: Site) -> None:
    page = at(PAGE, site.url("/gone"))
    asked_for = page.url
    at(PAGE, site.url("/there"))
    answer = Answer(LinkOutcome.GONE, status=410)
    assert link_health.remember(PAGE, asked_for, answer, dates.now()) is None
    assert found() == {}


def test_what_is_redacted_is_forgotten_here_too(site: Site) -> None:
    page = at(PAGE, site.url("/gone?zebulon"))
    check_links(site)
    workflow.redact(page, ["url"], "Order of a court.")
    assert found() == {}
    assert fresh(page).url.startswith(redacting.ADDRESS)
    assert not Source.objects.unasked().exists()
    assert not Source.objects.unarchived().exists(), "there is nothing to keep a copy of"


def test_archived_and_unarchived(site: Site) -> None:
    kept = at("daily-page", site.url("/a"), archived_url="https://archive.example/a")
    bare = at("watch-page", site.url("/b"))
    assert list(Source.objects.archived()) == [kept]
    assert list(Source.objects.unarchived()) == [bare]


@pytest.mark.parametrize(
    ("args", "complaint"),
    [
        (["--source", "daly-page"], "There is no source “daly-page”. Did you mean “daily-page”?"),
        (["--source", "daily-page"], "The source “daily-page” has no address."),
        (["--limit", "0"], "“0” is no whole number from 1 to 100000"),
        (["--delay", "0"], "“0” is no number of seconds from 0.1 to 60"),
        (["--timeout", "nan"], "“nan” is no number of seconds"),
    ],
)
def test_what_cannot_be_asked(args: list[str], complaint: str) -> None:
    with pytest.raises(CommandError, match=complaint.replace("?", r"\?")):
        check_links(None, *args)


def test_nobody_reaches_this_machine_by_the_command(site: Site) -> None:
    at(PAGE, site.url("/there", "127.0.0.1"))
    call_command("check_links", stdout=StringIO(), verbosity=0)
    assert (found(), site.asked) == ({PAGE: "off_limits"}, [])
    with pytest.raises(CommandError, match="unrecognized arguments"):
        call_command("check_links", "--manners=x")


def test_who_asks_says_how_to_be_reached(settings: Any) -> None:
    assert link_health.manners().agent == "reform-tracker link check"
    settings.LINK_CHECK_CONTACT = "https://tracker.example/\r\n контакт"
    agent = link_health.manners().agent
    assert agent == "reform-tracker link check (+https://tracker.example/ ???????)"


def test_finding_what_is_due_takes_one_query(site: Site) -> None:
    for name in ("blog", "daily", "watch"):
        at(f"{name}-page", site.url(f"/there?{name}"))
    with CaptureQueriesContext(connection) as asked:
        list(Source.objects.to_be_asked(dates.now(), timedelta(7))[:2])
        Source.objects.with_dead_links().count()
        Source.objects.unarchived().count()
    assert len(asked) == 3
