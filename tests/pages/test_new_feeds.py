"""Feeds of which nothing has been told yet."""

import pytest

from reforms.models import LedgerEntry
from tests.feeds.valid import valid
from tests.pages.reading import ask


@pytest.mark.parametrize("feed", ["updates", "corrections"])
def test_a_record_without_a_single_entry_has_feeds(feed: str, db: None) -> None:
    read = valid(ask(f"/feeds/{feed}.atom").content)
    assert read.entries == []
    assert read.feed.updated == "1970-01-01T00:00:00.000000Z"


@pytest.mark.parametrize("feed", ["updates", "corrections"])
def test_who_has_said_nothing_has_a_feed_since_the_record_began(feed: str, cast: None) -> None:
    read = valid(ask(f"/feeds/organisations/compass/{feed}.atom").content)
    assert read.entries == []
    first = LedgerEntry.objects.order_by("sequence")[0]
    assert read.feed.updated_parsed[:6] == first.recorded_at.timetuple()[:6]
