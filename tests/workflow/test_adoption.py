"""A database from before the ledger: its public record becomes the ledger's first entries."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from reforms import integrity, ledger, workflow
from reforms.errors import TransitionRefused
from reforms.ledger import payload_of
from reforms.models import LedgerEntry, Promise, Source, StatusUpdate
from tests.fixtures import assert_no_drift
from tests.ledger.telling import findings, told

BEFORE = "0002_search_index"
LONG_AGO = datetime(2021, 3, 1, 12, tzinfo=UTC)
TEXT = {"en": "Text"}


def migrate(name: str = "") -> Any:
    """Bring the tables to a migration, the newest without a name; return its models."""
    call_command("migrate", "reforms", *filter(None, [name]), verbosity=0)
    executor = MigrationExecutor(connection)
    targets = [("reforms", name)] if name else executor.loader.graph.leaf_nodes("reforms")
    return executor.loader.project_state(targets).apps


def create_record(models: Any) -> None:
    """What the first version stored: rows without a ledger."""

    def create(model: str, **columns: Any) -> None:
        models.get_model("reforms", model).objects.create(**columns)

    create("Organisation", id="editors", name=TEXT)
    create("Publisher", id="daily", name=TEXT, type="independent_media")
    source = {"title": TEXT, "kind": "news", "publisher_id": "daily"}
    # The edition stands before its original in the order of the ids.
    create("Source", id="original", public_since=LONG_AGO, **source)
    create("Source", id="edition", public_since=LONG_AGO, edition_of_id="original", **source)
    create("Source", id="private", **source)
    create("Body", id="today", name=TEXT)
    create("Body", id="before", name=TEXT, successor_id="today")
    create("Topic", id="money", name=TEXT)
    create(
        "Programme",
        id="old2020",
        title=TEXT,
        jurisdiction="XD",
        promisor=TEXT,
        announced_on=date(2020, 1, 1),
        time_zone="UTC",
        lead_organisation_id="editors",
    )
    create(
        "Reform",
        id="old2020-1",
        programme_id="old2020",
        number=1,
        position="old2020-001",
        title=TEXT,
    )
    for number in (1, 2):
        create(
            "Promise",
            id=f"old2020-1-{number}",
            programme_id="old2020",
            reform_id="old2020-1",
            number=number,
            position=f"old2020-001-0000{number}",
            title=TEXT,
            statement=TEXT,
            kind="legislation",
            commitment="specific",
            changed_at=LONG_AGO,
        )
    create("PromiseBody", promise_id="old2020-1-1", body_id="before", role="responsible")
    create_updates(models)


def create_updates(models: Any) -> None:
    update = models.get_model("reforms", "StatusUpdate")
    citation = models.get_model("reforms", "Citation")
    common = {
        "promise_id": "old2020-1-1",
        "organisation_id": "editors",
        "effective_on": date(2020, 12, 31),
        "effective_precision": "month",
        "submitted_at": LONG_AGO,
    }
    public = {"published_at": LONG_AGO, "counts_from": date(2020, 12, 31)}
    ended = {"ended_at": LONG_AGO, "ended_reason": "It was wrong."}
    right = update.objects.create(
        status="in_progress", review_state="published", **common, **public
    )
    update.objects.create(
        status="stalled", review_state="superseded", successor=right, **common, **public, **ended
    )
    update.objects.create(status="reversed", review_state="retracted", **common, **public, **ended)
    update.objects.create(status="abandoned", review_state="removed", **common, **public, **ended)
    update.objects.create(status="implemented", review_state="submitted", **common)
    for one in update.objects.all():
        citation.objects.create(update=one, source_id="edition", origin_id="daily", locator="p. 2")


@pytest.fixture
def old_record(transactional_db: None) -> None:
    """The tables as they are after an upgrade: migrated, with the old rows, without an entry."""
    try:
        create_record(migrate(BEFORE))
    finally:
        migrate()


@pytest.mark.usefixtures("old_record")
def test_the_old_record_becomes_the_first_entries() -> None:
    assert ledger.head().sequence == 0
    assert any("has no entry about it" in one for one in findings())
    assert workflow.adopt() == ledger.head().sequence
    assert findings() == []
    assert list(integrity.find_drift()) == []
    assert_no_drift()
    entries = LedgerEntry.objects.select_related("payload")
    assert {entry.actor for entry in entries} == {"role:operator"}
    said = [told(one) for one in entries]
    first, published, ended = said[:11], said[11:15], said[15:]
    assert first == [
        "create organisation editors",
        "create publisher daily",
        "create source original",
        "create source edition",
        "create body today",
        "create body before",
        "create topic money",
        "create programme old2020",
        "create reform old2020-1",
        "create promise old2020-1-1",
        "create promise old2020-1-2",
    ]
    # All are there before one of them names another as its successor.
    assert sorted(published) == [
        "publish update abandoned",
        "publish update in_progress",
        "publish update reversed",
        "publish update stalled",
    ]
    assert sorted(ended) == [
        "remove update abandoned",
        "retract update reversed",
        "supersede update stalled",
    ]


@pytest.mark.usefixtures("old_record")
def test_what_was_public_stays_so_and_nothing_is_dated_back() -> None:
    workflow.adopt()
    began = LedgerEntry.objects.get(pk=1).recorded_at
    assert Promise.objects.get(pk="old2020-1-1").status == "in_progress"
    assert Promise.objects.get(pk="old2020-1-2").status == "not_assessed"
    states = StatusUpdate.objects.values_list("status", "review_state")
    assert dict(states) == {
        "in_progress": "published",
        "stalled": "superseded",
        "reversed": "retracted",
        "abandoned": "removed",
        "implemented": "submitted",
    }
    for update in StatusUpdate.objects.public():
        assert update.published_at is not None
        assert update.published_at >= began, "before, the ledger knew nothing"
        assert update.counts_from == date(2020, 12, 31), "when it became true is as it was"
        assert update.ended_reason == ("" if update.status == "in_progress" else "It was wrong.")
    assert Source.objects.get(pk="private").public_since is None


@pytest.mark.usefixtures("old_record")
def test_an_ended_update_was_published_first() -> None:
    workflow.adopt()
    update = StatusUpdate.objects.get(review_state="superseded")
    published, ended = LedgerEntry.objects.filter(object_id=update.pk).select_related("payload")
    documents = [payload_of(one)["document"] for one in (published, ended)]
    assert [one["review_state"] for one in documents] == ["published", "superseded"]
    assert [one["ended_at"] is None for one in documents] == [True, False]
    assert [one["successor"] for one in documents] == [None, str(update.successor_id)]
    assert payload_of(ended)["reason"] == "It was wrong."
    assert (update.published_at, update.ended_at) == (published.recorded_at, ended.recorded_at)


@pytest.mark.usefixtures("old_record")
def test_it_goes_on_from_there() -> None:
    workflow.adopt()
    workflow.publish(StatusUpdate.objects.get(review_state="submitted"))
    assert Promise.objects.get(pk="old2020-1-1").status == "implemented"
    assert findings() == []
    assert_no_drift()


def test_a_ledger_that_has_begun_is_not_begun_again(cast: None) -> None:
    head = ledger.head()
    with pytest.raises(TransitionRefused, match="The ledger has begun"):
        workflow.adopt()
    assert ledger.head() == head


def test_an_empty_record_has_nothing_to_adopt(db: None) -> None:
    assert workflow.adopt() == 0
    assert ledger.head().sequence == 0
