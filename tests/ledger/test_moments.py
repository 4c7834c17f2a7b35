"""A timestamp that has passed names the same entry for ever, also while somebody is writing."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections

from reforms import ledger, workflow
from reforms.models import Topic


def test_before_the_first_entry_there_is_none(cast: None) -> None:
    assert ledger.head_at(datetime(2000, 1, 1, tzinfo=UTC)).sequence == 0


def test_an_entry_counts_from_its_own_moment_on(cast: None) -> None:
    workflow.save(Topic(id="new", name={"en": "New"}))
    head = ledger.head()
    assert head.recorded_at is not None
    assert ledger.head_at(head.recorded_at).sequence == head.sequence
    before = head.recorded_at - timedelta(microseconds=1)
    assert ledger.head_at(before).sequence == head.sequence - 1


@pytest.mark.usefixtures("committed_cast")
def test_who_asks_about_a_moment_waits_for_whom_had_begun_to_write_by_then() -> None:
    """Otherwise the answer for that moment would change when the slow writer commits."""
    holding, asked = threading.Event(), threading.Event()
    committed: list[int] = []

    def write_slowly() -> None:
        try:
            with ledger.writing():
                workflow.save(Topic(id="slow", name={"en": "Slow"}))
                holding.set()
                assert asked.wait(30)
                time.sleep(0.3)  # long enough for a reader who does not wait to be wrong
                committed.append(ledger.head_in_hand().sequence)
        finally:
            connections.close_all()

    writer = threading.Thread(target=write_slowly)
    writer.start()
    assert holding.wait(30)
    moment = datetime.now(UTC)
    asked.set()
    found = ledger.head_at(moment)
    writer.join()
    assert found.sequence == committed[0]
    assert ledger.head_at(moment) == found
    assert connection.vendor in ("sqlite", "postgresql")
