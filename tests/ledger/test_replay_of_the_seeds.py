"""The real data, read from a server's feed page by page, is the record.

In a file of its own, because it is loaded once for all tests of it.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from reforms.ledger import chain
from reforms.ledger.replaying import replay
from tests.api.asking import answer
from tests.busy import tables
from tests.ledger.test_replay import assert_judged_alike, followed

Entries = list[dict[str, Any]]

# Also where a test asks the database nothing: what is loaded once is loaded for all of them.
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def entries(django_db_setup: None, django_db_blocker: Any) -> Iterator[Entries]:
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("seed", verbosity=0)
        yield list(followed(limit=200))
        transaction.set_rollback(True)


def test_every_entry_comes_once(entries: Entries) -> None:
    assert len(entries) > 400
    head = answer("/changes/head/")
    assert [one["sequence"] for one in entries] == list(range(1, head["sequence"] + 1))
    assert entries[-1]["hash"] == head["hash"]


def test_every_object_can_be_rebuilt(entries: Entries) -> None:
    documents = replay(entries)
    assert documents == tables()
    assert len({type_ for type_, _ in documents}) == 9


def test_it_is_judged_as_the_api_judges(entries: Entries) -> None:
    assert_judged_alike(replay(entries))


def test_the_chain_verifies_over_http(entries: Entries) -> None:
    previous = chain.BEGINNING
    for entry in entries:
        assert entry["previous"] == previous
        payload = chain.canonical(entry["payload"])
        assert chain.commitment(entry["salt"], payload) == entry["commitment"]
        assert chain.entry_hash(entry) == entry["hash"]
        previous = entry["hash"]


def test_only_the_loader_has_written(entries: Entries) -> None:
    assert {one["actor"] for one in entries} == {"role:seeding"}
    assert {one["action"] for one in entries} <= {"create", "publish", "edit"}
