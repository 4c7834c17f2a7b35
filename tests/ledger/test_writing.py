"""Every way of writing tells the ledger exactly what the public sees of it, and nothing else."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.db import IntegrityError, transaction

from reforms import ledger, workflow
from reforms.errors import EvidenceMissing, RuleBroken
from reforms.ledger import payload_of
from reforms.models import (
    Body,
    LedgerEntry,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.records import TYPES, document
from reforms.vocabulary import EntryAction, PublisherType, ReviewState, Role
from reforms.workflow import Cited
from tests.fixtures import Clock, People, fresh, make_update, make_update_in
from tests.ledger.telling import WRITING, appended, findings, last_entry

TEXT = {"en": "Text"}
WHY = "We had misread it."


def save(thing: Any, reason: str = "", **columns: Any) -> Any:
    """Store an object with these columns; the parts among them are told by their names."""
    parts = {
        name: columns.pop(name)
        for name in ("bodies", "topics", "relations", "citations", "announced_by")
        if name in columns
    }
    for name, value in columns.items():
        setattr(thing, name, value)
    workflow.save(thing, reason, **parts)
    return thing


def edit(model: Any, id_: str, reason: str = WHY, **columns: Any) -> Any:
    return save(model.objects.get(pk=id_), reason, **columns)


def private(id_: str = "blog-page") -> Any:
    return Source.objects.get(pk=id_)


# Objects ------------------------------------------------------------------------------------------

SOURCE = {"title": TEXT, "kind": "news", "publisher_id": "daily"}
PROMISE: dict[str, Any] = {
    "id": "demo2020-1-9",
    "reform_id": "demo2020-1",
    "number": 9,
    "title": TEXT,
    "statement": TEXT,
    "kind": "legislation",
    "commitment": "specific",
}


def new_programme(**more: Any) -> Any:
    columns = {"jurisdiction": "XD", "promisor": TEXT, "announced_on": date(2020, 1, 1)}
    more |= {"time_zone": "UTC", "lead_organisation_id": "editors"}
    return save(Programme(id="new2020", title=TEXT, **columns), **more)


def edition(of: str) -> None:
    """Blog's page turns out to be an edition of another; it is private still."""
    edit(Source, "blog-page", "", edition_of_id=of)


# What is done, and what the ledger is told. The promise is demo2020-1-1 and cites nothing.
# fmt: off
WAYS: dict[str, tuple[Callable[[Promise], Any], list[str]]] = {
    "a new organisation": (lambda _: save(Organisation(id="new", name=TEXT)), ["create organisation new"]),
    "a new publisher":    (lambda _: save(Publisher(id="new", name=TEXT, type="ngo")), ["create publisher new"]),
    "a new body":         (lambda _: save(Body(id="new", name=TEXT)), ["create body new"]),
    "a new topic":        (lambda _: save(Topic(id="new", name=TEXT)), ["create topic new"]),
    "a new reform":       (lambda _: save(Reform(id="demo2020-7", programme_id="demo2020", number=7, title=TEXT)), ["create reform demo2020-7"]),
    "a new source is private":  (lambda _: save(Source(id="new", **SOURCE)), []),
    "so is its edit":           (lambda _: edit(Source, "blog-page", "", title=TEXT), []),
    "a new programme, behind the source that it makes public":
        (lambda _: new_programme(announced_by=["blog-page"]), ["create source blog-page", "create programme new2020"]),
    "a new promise with all its parts":
        (lambda _: save(Promise(**PROMISE), bodies=[("court", "affected")], topics=["money"], relations=[("restates", "demo2020-1-1")], citations=[Cited("demo2020-address")]),
         ["create promise demo2020-1-9"]),
    "a new promise, behind its sources and their originals":
        (lambda _: (edition("watch-page"), save(Promise(**PROMISE), citations=[Cited("daily-page"), Cited("blog-page")])),
         ["create source watch-page", "create source blog-page", "create source daily-page", "create promise demo2020-1-9"]),

    "a correction":       (lambda p: edit(Promise, p.pk, title=TEXT), ["correct promise demo2020-1-1"]),
    "a minor edit":       (lambda p: edit(Promise, p.pk, "", topics=["money"]), ["edit promise demo2020-1-1"]),
    "a translation":      (lambda p: edit(Promise, p.pk, "", title={**p.title, "kk": "Мәтін"}), ["translate promise demo2020-1-1"]),
    "no change":          (lambda p: edit(Promise, p.pk), []),
    "no change of parts": (lambda p: edit(Promise, p.pk, topics=[], bodies=[], relations=[], citations=[]), []),
    "bodies alone":       (lambda p: edit(Promise, p.pk, bodies=[("court", "affected"), ("senate", "affected")]), ["correct promise demo2020-1-1"]),
    "citations alone":    (lambda p: edit(Promise, p.pk, citations=[Cited("demo2020-address", locator="p. 2")]), ["correct promise demo2020-1-1"]),
    "everything at once": (lambda p: edit(Promise, p.pk, title=TEXT, topics=["money"], bodies=[("court", "affected")]), ["correct promise demo2020-1-1"]),
    "a source that is private until now":
        (lambda p: edit(Promise, p.pk, citations=[Cited("blog-page")]), ["create source blog-page", "correct promise demo2020-1-1"]),
    "a many-to-many edit of a programme":
        (lambda _: edit(Programme, "demo2020", announced_by=["demo2020-address", "blog-page"]), ["create source blog-page", "correct programme demo2020"]),
    "a column that no document holds":
        (lambda _: edit(Source, "demo2020-address", submitted_by_id="lantern"), []),
    "a withdrawal":       (lambda _: workflow.withdraw_object(Topic.objects.get(pk="money"), WHY), ["withdraw topic money"]),
    "a deletion of what was never public": (lambda _: workflow.delete(private()), []),
}
# fmt: on


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("batched", [False, True], ids=["alone", "in a batch"])
def test_what_the_ledger_is_told_of_objects(promise: Promise, way: str, batched: bool) -> None:
    act, expected = WAYS[way]
    with appended() as entries:
        if batched:
            with workflow.batch():
                act(promise)
        else:
            act(promise)
    assert entries == expected


def test_a_publisher_is_corrected_and_the_documents_of_others_stay(promise: Promise) -> None:
    make_update(promise, "stalled")
    with appended() as entries:
        edit(Publisher, "daily", type="state")
    assert entries == ["correct publisher daily"]
    assert fresh(promise).verification == "official_claim"


@pytest.mark.parametrize("batched", [False, True], ids=["alone", "in a batch"])
def test_a_sources_publisher_takes_the_origins_along(promise: Promise, batched: bool) -> None:
    """Each document that changes with it is recorded; what relays stays. Why it was corrected is
    said once: what is copied would have to be found again by who redacts it.
    """
    relaying = Cited("daily-page", basis="relays", origin="ministry")
    workflow.save(promise, WHY, citations=[Cited("daily-page")])
    make_update(promise, "stalled")
    make_update(promise, "abandoned", citations=[relaying])
    with appended() as entries, ledger.writing(batched=batched):
        edit(Source, "daily-page", publisher_id="watch")
    assert entries == [
        "correct source daily-page",
        "correct update stalled",
        "correct promise demo2020-1-1",
    ]
    said = LedgerEntry.objects.order_by("-sequence").select_related("payload")[:3]
    followed = "Its source’s publisher was corrected."
    assert [payload_of(entry)["reason"] for entry in said] == [followed, followed, WHY]
    assert [one["origin"] for one in payload_of(said[0])["document"]["citations"]] == ["watch"]


# Status updates -----------------------------------------------------------------------------------


def draft(promise: Promise, status: str = "stalled", **more: Any) -> StatusUpdate:
    return make_update(promise, status, publish=False, **more)


def publish(promise: Promise) -> StatusUpdate:
    return make_update(promise, "implemented", citations=[Cited("demo2020-address")])


# fmt: off
UPDATES: dict[str, tuple[Callable[[Promise], Any], list[str]]] = {
    "submitted":         (lambda p: draft(p), []),
    "revised":           (lambda p: workflow.revise(draft(p), [Cited("watch-page")]), []),
    "sent back":         (lambda p: workflow.request_changes(draft(p), WHY), []),
    "rejected":          (lambda p: workflow.reject(draft(p), WHY), []),
    "taken back before": (lambda p: workflow.withdraw(draft(p)), []),
    "published":         (lambda p: publish(p), ["publish update implemented"]),
    "published, behind its source and that one's original":
        (lambda p: (edition("watch-page"), workflow.publish(draft(p, citations=[Cited("blog-page")]))),
         ["create source watch-page", "create source blog-page", "publish update stalled"]),
    "retracted":         (lambda p: workflow.retract(publish(p), WHY), ["publish update implemented", "retract update implemented"]),
    "removed":           (lambda p: workflow.remove(publish(p), WHY), ["publish update implemented", "remove update implemented"]),
    "superseded, behind its successor":
        (lambda p: workflow.supersede(publish(p), draft(p, citations=[Cited("demo2020-address")]), WHY),
         ["publish update implemented", "publish update stalled", "supersede update implemented"]),
    "succeeded by a later one, which is no correction":
        (lambda p: (publish(p), make_update(p, "reversed", "2023", citations=[Cited("demo2020-address")])),
         ["publish update implemented", "publish update reversed"]),
}
# fmt: on


@pytest.mark.parametrize("way", UPDATES)
@pytest.mark.parametrize("batched", [False, True], ids=["alone", "in a batch"])
def test_what_the_ledger_is_told_of_updates(promise: Promise, way: str, batched: bool) -> None:
    act, expected = UPDATES[way]
    with appended() as entries:
        if batched:
            with workflow.batch():
                act(promise)
        else:
            act(promise)
    assert entries == expected


# What an entry says -------------------------------------------------------------------------------


def test_an_entry_holds_the_document_and_the_reason(promise: Promise) -> None:
    edit(Promise, promise.pk, "  The decree says so.\n", title=TEXT)
    entry = last_entry()
    expected = {"document": document(fresh(promise)), "reason": "The decree says so."}
    assert payload_of(entry) == expected
    workflow.withdraw_object(fresh(promise), WHY)
    assert payload_of(last_entry()) == {"document": None, "reason": WHY}


def test_an_entry_names_a_role_or_an_organisation(promise: Promise) -> None:
    theirs = make_update(promise, "stalled", organisation="lantern")
    assert last_entry().actor == "role:reviewer"
    workflow.retract(theirs, WHY)
    assert last_entry().actor == "organisation:lantern"
    workflow.remove(publish(promise), WHY)
    assert last_entry().actor == "role:curator"
    with ledger.acting(ledger.by_role(Role.SEEDING)):
        edit(Promise, promise.pk, title=TEXT)
        with ledger.acting(ledger.by_organisation("compass")):
            edit(Promise, promise.pk, statement=TEXT)
        assert last_entry().actor == "organisation:compass"
        edit(Promise, promise.pk, condition=TEXT)
    assert last_entry().actor == "role:seeding"
    edit(Promise, promise.pk, deadline_wording=TEXT)
    assert last_entry().actor == "role:curator"


def test_who_submitted_is_not_in_the_ledger(promise: Promise, people: People) -> None:
    update = draft(promise, user=people.anna)
    workflow.publish(update)
    bodies = LedgerEntry.objects.values_list("payload__body", flat=True)
    assert not any("anna" in body for body in bodies)
    head = ledger.head()
    people.anna.delete()
    Group.objects.create(name="curator").delete()
    User.objects.all().delete()
    assert ledger.head() == head
    assert fresh(update).submitted_by is None
    assert findings() == []


# Moments ------------------------------------------------------------------------------------------


def test_the_moments_of_the_record_are_the_ledgers(promise: Promise) -> None:
    wrong = publish(promise)
    right = draft(promise, citations=[Cited("blog-page")])
    workflow.supersede(wrong, right, WHY)
    topic = Topic.objects.get(pk="money")
    workflow.withdraw_object(topic, WHY)
    at = {(entry.action, entry.object_id): entry.recorded_at for entry in LedgerEntry.objects.all()}
    wrong, right = fresh(wrong), fresh(right)
    assert wrong.published_at == at["publish", str(wrong.pk)]
    assert wrong.ended_at == at["supersede", str(wrong.pk)]
    assert right.published_at == at["publish", str(right.pk)]
    assert fresh(promise).public_since == at["create", promise.pk]
    assert fresh(promise).changed_at == at["supersede", str(wrong.pk)]
    assert private().public_since == at["create", "blog-page"]
    assert fresh(topic).withdrawn_at == at["withdraw", "money"]


def test_the_ledgers_clock_never_steps_back(promise: Promise, clock: Clock) -> None:
    clock.at("2022-07-01T12:00:00+00:00")
    edit(Promise, promise.pk, title=TEXT)
    clock.at("2022-06-01T12:00:00+00:00")
    moments = []
    for number in range(3):
        edit(Promise, promise.pk, title={"en": f"Title {number}"})
        moments.append(last_entry().recorded_at)
    first = datetime(2022, 7, 1, 12, tzinfo=UTC) + timedelta(microseconds=1)
    assert moments == [first + number * timedelta(microseconds=1) for number in range(3)]
    update = fresh(publish(promise))
    assert update.published_at == last_entry().recorded_at > moments[-1]
    clock.at("2022-07-02T12:00:00+00:00")
    edit(Promise, promise.pk, title=TEXT)
    assert last_entry().recorded_at == clock.moment
    assert findings() == []


# What fails was never said ------------------------------------------------------------------------


def refused(act: Callable[[], Any]) -> None:
    with pytest.raises((RuleBroken, EvidenceMissing)):
        act()


@pytest.mark.parametrize(
    "act",
    [
        lambda p: edit(Promise, p.pk, "", title=TEXT),
        lambda p: edit(Promise, p.pk, title={}),
        lambda p: edit(Promise, p.pk, title=TEXT, citations=[Cited("blog-page"), Cited("nowhere")]),
        lambda p: save(Promise(**PROMISE), citations=[Cited("blog-page", basis="relays")]),
        lambda p: workflow.publish(draft(p, citations=[Cited("blog-page", stance="disputes")])),
        lambda p: workflow.withdraw_object(Reform.objects.get(pk="demo2020-1"), WHY),
        lambda p: workflow.delete(p),
        lambda p: workflow.supersede(publish(p), draft(p, citations=[]), WHY),
    ],
)
def test_a_change_that_fails_leaves_no_entry(promise: Promise, act: Callable[[Any], Any]) -> None:
    with appended() as entries:
        refused(lambda: act(promise))
    assert entries in ([], ["publish update implemented"])
    assert private().public_since is None


def test_changes_inside_a_change_are_one_entry(promise: Promise) -> None:
    with appended() as entries, workflow.change(promise, WHY):
        edit(Promise, promise.pk, "", title=TEXT)
        edit(Promise, promise.pk, "", statement=TEXT)
    assert entries == ["correct promise demo2020-1-1"]
    assert payload_of(last_entry())["reason"] == WHY


def test_changes_that_cancel_each_other_are_none(promise: Promise) -> None:
    title = promise.title
    with appended() as entries, workflow.change(promise):
        edit(Promise, promise.pk, "", title=TEXT)
        edit(Promise, promise.pk, "", title=title)
    assert entries == []


@pytest.mark.parametrize("buffer", [1, 2, 2000])
@pytest.mark.parametrize("batched", [False, True])
def test_a_part_that_fails_leaves_the_chain_right(
    cast: None, monkeypatch: pytest.MonkeyPatch, buffer: int, batched: bool
) -> None:
    monkeypatch.setattr(WRITING, "BUFFER", buffer)

    def topic(name: str) -> None:
        save(Topic(id=name, name=TEXT))

    def failing(*names: str) -> None:
        with ledger.writing():
            for name in names:
                topic(name)
            raise RuleBroken("no")

    with appended() as entries, ledger.writing(batched=batched):
        topic("a")
        refused(lambda: failing("b", "c"))
        topic("d")
        with ledger.writing():
            topic("e")
            refused(lambda: failing("f"))
            topic("g")
        with pytest.raises(IntegrityError), ledger.writing():  # noqa: PT012
            topic("h")
            Topic.objects.create(id="d", name=TEXT)
        topic("i")
    assert entries == [f"create topic {name}" for name in "adegi"]


def test_a_batch_that_fails_leaves_nothing(cast: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WRITING, "BUFFER", 1)

    def failing() -> None:
        with workflow.batch():
            for name in "abc":
                save(Topic(id=name, name=TEXT))
            raise RuleBroken("no")

    with appended() as entries:
        refused(failing)
    assert entries == []


def test_nothing_is_appended_outside_a_transaction_that_holds_the_ledger(cast: None) -> None:
    with pytest.raises(AssertionError, match=r"inside `ledger.writing\(\)`"):
        ledger.append(EntryAction.CREATE, "topic", "x", None, at=datetime.now(UTC))
    with pytest.raises(AssertionError, match=r"inside `ledger.writing\(\)`"):
        ledger.moment()


def test_an_outer_transaction_takes_its_entries_with_it(cast: None) -> None:
    with appended() as entries:
        with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012
            save(Topic(id="a", name=TEXT))
            raise RuntimeError
        save(Topic(id="b", name=TEXT))
    assert entries == ["create topic b"]


# Nothing public goes away -------------------------------------------------------------------------


@pytest.mark.parametrize("type_", TYPES)
def test_nothing_public_can_be_deleted(promise: Promise, type_: str) -> None:
    make_update_in(ReviewState.RETRACTED, promise)
    with appended() as entries:
        for thing in TYPES[type_]._default_manager.all():
            if not (isinstance(thing, Source) and thing.public_since is None):
                refused(lambda thing=thing: workflow.delete(thing))  # type: ignore[misc]
                assert fresh(thing)
    assert entries == []


def test_every_type_of_publisher_is_recorded_as_it_is(cast: None) -> None:
    for type_ in PublisherType:
        save(Publisher(id=f"new-{type_.replace('_', '-')}", name=TEXT, type=type_.value))
        assert payload_of(last_entry())["document"]["type"] == type_.value
    assert findings() == []
