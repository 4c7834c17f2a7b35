"""What is public is withdrawn in the open; only what never was can be deleted."""

from typing import Any

import pytest

from reforms import search, workflow
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import (
    Body,
    LedgerEntry,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    Topic,
)
from reforms.workflow import Cited
from tests.fixtures import assert_no_drift, fresh, make_promise, make_update

REASON = "It was entered twice."


def last_entry() -> LedgerEntry:
    entry = LedgerEntry.objects.last()
    assert entry is not None
    return entry


@pytest.mark.parametrize(
    ("model", "pk"),
    [
        (Organisation, "compass"),
        (Topic, "money"),
        (Body, "senate"),
        (Reform, "far2021-2"),
        (Promise, "demo2020-1-1"),
    ],
)
def test_what_nothing_rests_on_can_be_withdrawn(promise: Promise, model: Any, pk: str) -> None:
    thing = model.objects.get(pk=pk)
    workflow.withdraw_object(thing, f"  {REASON} ")
    assert fresh(thing).withdrawn_at == thing.withdrawn_at
    assert thing not in model.objects.public()
    entry = last_entry()
    assert (entry.action, entry.object_id) == ("withdraw", pk)
    assert entry.recorded_at == thing.withdrawn_at
    assert f'"reason":"{REASON}"' in entry.payload.body
    assert '"document":null' in entry.payload.body


@pytest.mark.parametrize(
    ("model", "pk", "user"),
    [
        (Organisation, "editors", "programme demo2020"),
        (Organisation, "lantern", "update "),
        (Publisher, "daily", "source daily-page"),
        (Source, "daily-page", "update "),
        (Source, "gazette-page", "promise demo2020-1-1"),
        (Source, "demo2020-address", "programme demo2020"),
        (Topic, "courts", "promise demo2020-1-1"),
        (Body, "court", "promise demo2020-1-1"),
        (Promise, "demo2020-1-1", "update "),
        (Promise, "demo2020-1-2", "promise demo2020-1-1"),
        (Reform, "demo2020-1", "promise demo2020-1-1"),
        (Programme, "demo2020", "reform demo2020-1"),
    ],
)
def test_what_is_used_is_not_withdrawn_and_its_users_are_named(
    cast: None, model: Any, pk: str, user: str
) -> None:
    make_promise(2)
    promise = make_promise(
        bodies=[("court", "affected")],
        topics=["courts"],
        relations=[("restates", "demo2020-1-2")],
        citations=[Cited("gazette-page")],
    )
    make_update(promise, "implemented", organisation="lantern")
    entries = LedgerEntry.objects.count()
    with pytest.raises(RuleBroken, match="is still used by") as broken:
        workflow.withdraw_object(model.objects.get(pk=pk), REASON)
    assert user in str(broken.value)
    assert model.objects.get(pk=pk).withdrawn_at is None
    assert LedgerEntry.objects.count() == entries


def test_what_no_longer_stands_holds_nothing(promise: Promise) -> None:
    update = make_update(promise, "implemented", organisation="lantern")
    workflow.retract(update, "Wrong.")
    for thing in (promise, Source.objects.get(pk="daily-page"), update.organisation):
        workflow.withdraw_object(thing, REASON)
        assert not fresh(thing).is_public


def test_a_withdrawn_promise_is_found_no_more(promise: Promise) -> None:
    assert Promise.objects.search(search.parse("promise")).exists()
    workflow.withdraw_object(promise, REASON)
    assert not Promise.objects.search(search.parse("promise")).exists()
    assert_no_drift()


def test_a_withdrawal_needs_a_reason_and_happens_once(promise: Promise) -> None:
    with pytest.raises(RuleBroken, match="reason: say why"):
        workflow.withdraw_object(promise, " ")
    workflow.withdraw_object(promise, REASON)
    with pytest.raises(TransitionRefused, match="withdrawn already"):
        workflow.withdraw_object(fresh(promise), REASON)


def test_what_was_withdrawn_is_edited_and_referred_to_no_more(promise: Promise) -> None:
    draft = make_update(promise, "implemented", publish=False)
    for thing in (Topic.objects.get(pk="money"), Body.objects.get(pk="senate"), promise):
        workflow.withdraw_object(thing, REASON)
    stale = fresh(promise)
    stale.title = {"en": "Another"}
    with pytest.raises(RuleBroken, match="was withdrawn from the record"):
        workflow.save(stale, REASON)
    with pytest.raises(RuleBroken, match="promise: demo2020-1-1 was withdrawn"):
        workflow.publish(draft)
    other = make_promise(2)
    for parts in (
        {"topics": ["money"]},
        {"bodies": [("senate", "affected")]},
        {"relations": [("restates", "demo2020-1-1")]},
    ):
        with pytest.raises(RuleBroken, match="was withdrawn from the record"):
            workflow.save(other, REASON, **parts)


def test_the_address_of_a_withdrawn_source_is_free_again(cast: None) -> None:
    make_promise(citations=[Cited("blog-page")])
    source = Source.objects.get(pk="blog-page")
    source.url = "https://example.org/a"
    workflow.save(source, "Found.")
    workflow.save(Promise.objects.get(), "Not about it.", citations=[])
    workflow.withdraw_object(source, REASON)
    workflow.save(
        Source(id="again", title={"en": "A"}, kind="news", publisher_id="blog", url=source.url)
    )


# Deletion -----------------------------------------------------------------------------------------


def test_the_public_record_is_never_deleted(promise: Promise) -> None:
    draft = make_update(promise, "implemented", publish=False)
    published = make_update(promise, "stalled")
    context = [Topic.objects.get(pk="money"), Organisation.objects.get(pk="compass")]
    for thing in (promise, promise.reform, draft, published, *context):
        with pytest.raises(RuleBroken, match="never deleted"):
            workflow.delete(thing)
        assert fresh(thing)


def test_a_source_that_nothing_public_ever_cited_can_be_deleted(cast: None) -> None:
    entries = LedgerEntry.objects.count()
    workflow.delete(Source.objects.get(pk="blog-page"))
    assert not Source.objects.filter(pk="blog-page").exists()
    assert LedgerEntry.objects.count() == entries


def test_a_private_source_that_a_submission_cites_is_not_deleted(promise: Promise) -> None:
    make_update(promise, "implemented", publish=False)
    with pytest.raises(RuleBroken, match="daily-page is still used by update"):
        workflow.delete(Source.objects.get(pk="daily-page"))
