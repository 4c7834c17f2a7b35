"""Whoever goes around the application is found out: in the chain, and in the tables."""

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections
from hypothesis import given, settings
from hypothesis import strategies as st

from reforms import ledger, workflow
from reforms.dates import timestamp
from reforms.ledger import chain, checkpoints, comparing, retracing, verifying
from reforms.ledger.verifying import Checked, check_chain, check_checkpoint, one_view
from reforms.models import (
    LedgerEntry,
    LedgerPayload,
    Programme,
    Promise,
    Source,
    StatusUpdate,
    Topic,
    VerdictSpan,
)
from reforms.records import document
from reforms.vocabulary import EntryAction
from reforms.workflow import Cited
from tests.fixtures import PUBLISHERS, fresh, make_promise, make_update, rolled_back
from tests.ledger.telling import findings, unguarded

TEXT = {"en": "Text"}


@pytest.fixture
def record(cast: None) -> Promise:
    """A promise with all its parts and a published, a superseded and a submitted update."""
    make_promise(2)
    promise = make_promise(
        1,
        bodies=[("court", "responsible")],
        topics=["courts", "money"],
        relations=[("depends_on", "demo2020-1-2")],
        citations=[Cited("demo2020-address", locator="p. 1")],
        figures=[{"what": "judges", "value": 1}],
    )
    wrong = make_update(promise, "implemented", note={"en": "Done."})
    right = make_update(promise, "stalled", note={"en": "Not yet."}, publish=False)
    workflow.supersede(wrong, right, "Too early.")
    make_update(promise, "reversed", organisation="lantern", publish=False)
    assert findings() == []
    return promise


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        assert cursor.rowcount > 0, "the statement changed nothing"


# The tables ---------------------------------------------------------------------------------------

# SQL that goes around the application, and what is said of it.
# fmt: off
BEHIND_ITS_BACK: dict[str, tuple[str, str]] = {
    "a text":
        ("UPDATE reforms_promise SET title = '{\"en\": \"Nothing\"}' WHERE id = 'demo2020-1-1'",
         'promise demo2020-1-1: title.en is "Nothing", the ledger says "Promise 1"'),
    "another language":
        ("UPDATE reforms_topic SET name = '{\"en\": \"Money\", \"kk\": \"Ақша\"}' WHERE id = 'money'",
         'topic money: name.kk is "Ақша", the ledger says null'),
    "a figure, by its type alone":
        ("UPDATE reforms_promise SET figures = '[{\"what\": \"judges\", \"value\": true}]' WHERE id = 'demo2020-1-1'",
         "promise demo2020-1-1: figures[0].value is true, the ledger says 1"),
    "a citation":
        ("UPDATE reforms_citation SET locator = 'p. 9' WHERE promise_id = 'demo2020-1-1'",
         'promise demo2020-1-1: citations[0].locator is "p. 9", the ledger says "p. 1"'),
    "a citation of an update":
        ("UPDATE reforms_citation SET stance = 'context' WHERE update_id IN (SELECT id FROM reforms_statusupdate WHERE review_state = 'published')",
         'citations[0].stance is "context", the ledger says "supports"'),
    "a citation taken away":
        ("DELETE FROM reforms_citation WHERE promise_id = 'demo2020-1-1'",
         "promise demo2020-1-1: citations is [], the ledger says [{"),
    "a body's role":
        ("UPDATE reforms_promisebody SET role = 'affected'",
         'promise demo2020-1-1: bodies[0].role is "affected", the ledger says "responsible"'),
    "a body's tie":
        ("DELETE FROM reforms_promisebody", "promise demo2020-1-1: bodies is [], the ledger says"),
    "a topic's tie":
        ("DELETE FROM reforms_promise_topics WHERE topic_id = 'money'",
         'promise demo2020-1-1: topics is ["courts"], the ledger says ["courts", "money"]'),
    "a relation":
        ("UPDATE reforms_promiserelation SET kind = 'replaces'",
         'promise demo2020-1-1: relations[0].kind is "replaces", the ledger says "depends_on"'),
    "what announced a programme":
        ("DELETE FROM reforms_programme_announced_by WHERE programme_id = 'far2021'",
         'programme far2021: announced_by is [], the ledger says ["demo2020-address"]'),
    "a date, by its precision":
        ("UPDATE reforms_programme SET announced_on = '2020-01-31', announced_precision = 'month' WHERE id = 'demo2020'",
         'programme demo2020: announced_on is "2020-01", the ledger says "2020-01-15"'),
    "a reference":
        ("UPDATE reforms_source SET publisher_id = 'watch' WHERE id = 'daily-page'",
         'source daily-page: publisher is "watch", the ledger says "daily"'),
    "a publisher's type":
        ("UPDATE reforms_publisher SET type = 'ngo' WHERE id = 'ministry'",
         'publisher ministry: type is "ngo", the ledger says "state"'),
    "a review state":
        ("UPDATE reforms_statusupdate SET review_state = 'retracted', ended_at = published_at, ended_reason = 'x' WHERE review_state = 'published'",
         'review_state is "retracted", the ledger says "published"'),
    "a reason":
        ("UPDATE reforms_statusupdate SET ended_reason = 'We lied.' WHERE review_state = 'superseded'",
         'ended_reason is "We lied.", the ledger says "Too early."'),
    "a publication dated back":
        ("UPDATE reforms_statusupdate SET published_at = '2020-02-01 00:00:00+00:00' WHERE review_state = 'published'",
         'published_at is "2020-02-01T00:00:00.000000Z", the ledger says'),
    "a publication that the ledger has not seen":
        ("UPDATE reforms_statusupdate SET review_state = 'published', published_at = submitted_at, counts_from = effective_on WHERE review_state = 'submitted'",
         "it is public, and the ledger has no entry about it"),
    "an update hidden again":
        ("UPDATE reforms_statusupdate SET review_state = 'submitted', published_at = NULL, counts_from = NULL WHERE review_state = 'published'",
         'review_state is "submitted", the ledger says "published"'),
    "an object that was always there":
        ("INSERT INTO reforms_topic (id, name) VALUES ('forged', '{\"en\": \"Forged\"}')",
         "topic forged: it is public, and the ledger has no entry about it"),
    "an object gone":
        ("DELETE FROM reforms_publisher WHERE id = 'neighbour'",
         "publisher neighbour: the ledger speaks of it, and there is no such row"),
    "a source made public":
        ("UPDATE reforms_source SET public_since = '2020-02-01 00:00:00+00:00' WHERE id = 'blog-page'",
         "source blog-page: it is public, and the ledger has no entry about it"),
    "a source hidden again":
        ("UPDATE reforms_source SET public_since = NULL WHERE id = 'daily-page'",
         "source daily-page: public_since is null, the ledger says"),
    "an object withdrawn":
        ("UPDATE reforms_body SET withdrawn_at = '2020-02-01 00:00:00+00:00' WHERE id = 'senate'",
         'body senate: withdrawn_at is "2020-02-01T00:00:00.000000Z", the ledger says null'),
    "an object dated back":
        ("UPDATE reforms_body SET public_since = '2019-02-01 00:00:00+00:00' WHERE id = 'senate'",
         'body senate: public_since is "2019-02-01T00:00:00.000000Z", the ledger says'),
}
# fmt: on


@pytest.mark.parametrize("way", BEHIND_ITS_BACK)
def test_a_row_changed_behind_the_ledgers_back_is_named(record: Promise, way: str) -> None:
    sql, expected = BEHIND_ITS_BACK[way]
    workflow.delete(Source.objects.get(pk="neighbour-page"))  # it was private, and is used no more
    execute(sql)
    found = findings()
    assert expected in "\n".join(found)
    assert len({one.partition(": ")[0] for one in found}) == 1, "nothing else is suspected"


# The same of what follows from the record: verdicts of now and of earlier, places, the index.
# fmt: off
DERIVED_BEHIND_ITS_BACK: dict[str, tuple[str, str]] = {
    "a status":
        ("UPDATE reforms_promise SET status = 'implemented' WHERE id = 'demo2020-1-1'",
         'promise demo2020-1-1: status is "implemented", the ledger says "stalled"'),
    "since when":
        ("UPDATE reforms_promise SET status_since = '2022-06-29' WHERE id = 'demo2020-1-1'",
         'promise demo2020-1-1: status_since is "2022-06-29", the ledger says "2022-06-30"'),
    "how precisely":
        ("UPDATE reforms_promise SET status_since_precision = 'day' WHERE id = 'demo2020-1-1'",
         'status_since_precision is "day", the ledger says "month"'),
    "a verification":
        ("UPDATE reforms_promise SET verification = 'corroborated' WHERE id = 'demo2020-1-1'",
         'verification is "corroborated", the ledger says "independent"'),
    "a contest":
        ("UPDATE reforms_promise SET contested = @true WHERE id = 'demo2020-1-1'",
         "contested is true, the ledger says false"),
    "when it was implemented":
        ("UPDATE reforms_promise SET implemented_from = '2022-06-01', implemented_to = '2022-06-30' WHERE id = 'demo2020-1-1'",
         'implemented_to is "2022-06-30", the ledger says null'),
    "the last publication":
        ("UPDATE reforms_promise SET last_published_at = NULL WHERE id = 'demo2020-1-1'",
         "last_published_at is null, the ledger says"),
    "the last change":
        ("UPDATE reforms_promise SET changed_at = '2020-02-01 00:00:00+00:00' WHERE id = 'demo2020-1-1'",
         'changed_at is "2020-02-01T00:00:00.000000Z", the ledger says'),
    "a place":
        ("UPDATE reforms_promise SET position = 'x' WHERE id = 'demo2020-1-1'",
         "promise demo2020-1-1: position is x, should be demo2020-001-00001"),
    "a reform's place":
        ("UPDATE reforms_reform SET position = 'x' WHERE id = 'demo2020-1'",
         "reform demo2020-1: position is x, should be demo2020-001"),
    "from when an update counts":
        ("UPDATE reforms_statusupdate SET counts_from = '2021-01-01' WHERE review_state = 'published'",
         "counts_from is 2021-01-01, should be 2022-06-30"),
    "the search index":
        ("DELETE FROM reforms_promisesearch WHERE promise_id = 'demo2020-1-1'",
         "promise demo2020-1-1: search index is stale or missing"),
    "what is known now":
        ("UPDATE reforms_verdictspan SET status = 'reversed' WHERE known_to = 9223372036854775807 AND status = 'stalled'",
         'status is "reversed", the ledger says "stalled"'),
    "what was known once":
        ("UPDATE reforms_verdictspan SET status = 'abandoned' WHERE known_to <> 9223372036854775807 AND status = 'implemented'",
         'status is "abandoned", the ledger says "implemented"'),
    "until when it was known":
        ("UPDATE reforms_verdictspan SET known_to = known_to + 1 WHERE known_to <> 9223372036854775807 AND status = 'implemented'",
         "known_to is"),
    "until which day it held":
        ("UPDATE reforms_verdictspan SET valid_to = '2022-12-31' WHERE known_to <> 9223372036854775807 AND status = 'implemented'",
         'valid_to is "2022-12-31", the ledger says "9999-12-31"'),
    "since when it was known":
        ("UPDATE reforms_verdictspan SET known_from = known_from - 1 WHERE status = 'implemented'",
         "the ledger gives no such verdict"),
    "from which day it held":
        ("UPDATE reforms_verdictspan SET valid_from = '2022-06-29' WHERE status = 'implemented'",
         "is missing: it says implemented"),
    "a deadline known once":
        ("UPDATE reforms_verdictspan SET deadline_on = '2023-01-01' WHERE status = 'implemented'",
         'deadline_on is "2023-01-01", the ledger says null'),
    "a verdict of once that is gone":
        ("DELETE FROM reforms_verdictspan WHERE status = 'implemented'",
         "is missing: it says implemented"),
}
# fmt: on


@pytest.mark.parametrize("way", DERIVED_BEHIND_ITS_BACK)
def test_so_is_what_follows_from_the_record(
    record: Promise, way: str, capsys: pytest.CaptureFixture[str]
) -> None:
    sql, expected = DERIVED_BEHIND_ITS_BACK[way]
    with unguarded():
        execute(sql.replace("@true", "true" if connection.vendor == "postgresql" else "1"))
    with pytest.raises(CommandError, match="the record is not what the ledger says it is"):
        call_command("verify_ledger")
    found = capsys.readouterr().err
    assert expected in found
    assert len({one.partition(": ")[0] for one in found.splitlines()}) == 1


def test_a_forged_past_is_named_by_its_row(record: Promise) -> None:
    """What `known_at` would answer is held against the documents, also where nothing is closed."""
    span = VerdictSpan.objects.filter(status="implemented").get()
    with unguarded():
        VerdictSpan.objects.filter(pk=span.pk).update(status="reversed")
    assert findings() == [
        f"promise demo2020-1-1: span {span.pk}, from 2022-06-30, known from entry"
        f' {span.known_from}: status is "reversed", the ledger says "implemented"'
    ]


def test_what_no_document_can_be_read_of_is_named(record: Promise) -> None:
    """Somebody who wrote nonsense into the ledger does not stop the check."""
    with ledger.writing():
        document_ = {"schema": 1, "object_type": "promise", "id": "demo2020-1-2"}
        ledger.append(EntryAction.EDIT, "promise", "demo2020-1-2", document_, at=ledger.moment())
    found = findings()
    assert "promise demo2020-1-2: its documents cannot be judged" in found
    with unguarded():
        VerdictSpan.objects.filter(status="implemented").update(status="reversed")
    assert any("demo2020-1-1: span" in one for one in findings()), "others are judged all the same"


def test_a_withdrawn_object_stays_as_it_was(record: Promise) -> None:
    topic = Topic(id="gone", name=TEXT)
    workflow.save(topic)
    workflow.withdraw_object(topic, "It was none.")
    assert findings() == []
    execute("UPDATE reforms_topic SET name = '{\"en\": \"Other\"}' WHERE id = 'gone'")
    assert findings() == ['topic gone: name.en is "Other", the ledger says "Text"']
    execute(
        "UPDATE reforms_topic SET name = '{\"en\": \"Text\"}', withdrawn_at = NULL WHERE id = 'gone'"
    )
    (finding,) = findings()
    assert finding.startswith("topic gone: withdrawn_at is null, the ledger says ")


def test_everything_is_found_page_by_page(record: Promise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparing, "PAGE", 2)
    monkeypatch.setattr(retracing, "PAGE", 1)
    monkeypatch.setattr(verifying, "PAGE", 2)
    assert findings() == []
    execute("UPDATE reforms_publisher SET country = 'XX'")
    execute(
        "INSERT INTO reforms_topic (id, name) VALUES ('a', '{\"en\": \"A\"}'), ('zz', '{\"en\": \"Z\"}')"
    )
    found = findings()
    assert len(found) == len(set(found)) == len(PUBLISHERS) + 2


def test_a_long_value_is_shown_by_its_beginning(record: Promise) -> None:
    statement = json.dumps({"en": "x" * 2000})
    execute(f"UPDATE reforms_promise SET statement = '{statement}' WHERE id = 'demo2020-1-1'")  # noqa: S608
    (finding,) = findings()
    assert len(finding) < 400
    assert "xxx…, the ledger says" in finding


# The chain ----------------------------------------------------------------------------------------


def tamper(sequence: int, **columns: Any) -> None:
    with unguarded():
        LedgerEntry.objects.filter(pk=sequence).update(**columns)


def test_an_entry_that_was_changed_is_named(record: Promise) -> None:
    tamper(5, actor="role:seeding")
    (finding,) = findings()
    assert finding.startswith("entry 5: its hash is ")


@pytest.mark.parametrize(
    "columns",
    [
        {"action": "edit"},
        {"object_type": "body"},
        {"object_id": "senate"},
        {"commitment": "0" * 64},
        {"recorded_at": "2019-01-20T00:00:00.000000Z"},
    ],
)
def test_so_is_each_of_its_fields(record: Promise, columns: dict[str, Any]) -> None:
    tamper(5, **columns)
    assert any(one.startswith("entry 5: its hash is ") for one in findings())


def test_an_entry_hashed_anew_breaks_the_next(record: Promise) -> None:
    tamper(5, actor="role:seeding")
    fields = LedgerEntry.objects.values(*chain.HASHED).get(pk=5)
    fields["recorded_at"] = timestamp(fields["recorded_at"])
    tamper(5, hash=chain.entry_hash(fields))
    (finding,) = findings()
    assert finding.startswith("entry 6: previous is ")


def test_a_missing_entry_is_named(record: Promise) -> None:
    with unguarded():
        LedgerPayload.objects.filter(pk=5).delete()
        LedgerEntry.objects.filter(pk=5).delete()
    found = list(check_chain(Checked()))
    assert found[0] == "entry 6: the one before it is 4; what stood between is missing"
    assert found[1].startswith("entry 6: previous is ")


def test_a_lost_end_shows_in_the_tables(record: Promise) -> None:
    last = ledger.head().sequence
    with unguarded():
        LedgerPayload.objects.filter(pk=last).delete()
        LedgerEntry.objects.filter(pk=last).delete()
    assert list(check_chain(Checked())) == []
    assert any(
        'review_state is "superseded", the ledger says "published"' in one for one in findings()
    )


def test_moments_that_do_not_increase_are_named(record: Promise) -> None:
    tamper(5, recorded_at=LedgerEntry.objects.get(pk=4).recorded_at - timedelta(days=1))
    assert "entry 5: it is not recorded later than the one before it" in findings()


PAYLOADS: list[tuple[dict[str, Any], str]] = [
    ({"body": '{"document":null,"reason":""}'}, "its payload is not the one that it commits to"),
    ({"salt": "00" * 32}, "its payload is not the one that it commits to"),
    ({"salt": "no salt"}, "its payload is not the one that it commits to"),
    ({"salt": ""}, "its payload has lost its salt, and no later entry says that it was redacted"),
    ({"body": "{", "salt": ""}, "its payload has lost its salt, and no later entry says"),
]


@pytest.mark.parametrize(("columns", "complaint"), PAYLOADS)
def test_a_payload_that_was_changed_is_named(
    record: Promise, columns: dict[str, Any], complaint: str
) -> None:
    with unguarded():
        LedgerPayload.objects.filter(pk=5).update(**columns)
    assert findings()[0].startswith(f"entry 5: {complaint}")


def test_a_payload_that_is_gone_is_named(record: Promise) -> None:
    with unguarded():
        LedgerPayload.objects.filter(pk=5).delete()
    assert findings()[0] == "entry 5: its payload is missing"


def test_an_entry_about_nothing_known_is_named(record: Promise) -> None:
    with ledger.writing():
        ledger.append(EntryAction.CREATE, "rumour", "x", {}, at=ledger.moment())
        ledger.append(EntryAction.PUBLISH, "update", "no uuid", {}, at=ledger.moment())
    last = ledger.head().sequence
    assert findings() == [
        f"entry {last - 1}: there is no type of object called rumour",
        "update no uuid: the ledger speaks of it, and there is no such row",
    ]


def test_an_object_cannot_become_public_twice(record: Promise) -> None:
    topic = fresh(Topic(pk="money"))
    with ledger.writing():
        ledger.append(EntryAction.CREATE, "topic", "money", document(topic), at=ledger.moment())
    found = findings()
    assert found[0] == "topic money: it became public once, the ledger says so 2 times"


def test_the_chain_is_checked_from_where_one_says(record: Promise) -> None:
    tamper(5, actor="role:seeding")
    checked = Checked()
    assert list(check_chain(checked, since=5)) == []
    assert checked.entries == ledger.head().sequence - 5
    assert checked.head == ledger.head()
    assert list(check_chain(Checked(), since=9999)) == ["there is no entry 9999 to begin with"]
    assert list(check_chain(Checked(), since=4)) != []


# Checkpoints --------------------------------------------------------------------------------------


def checkpoint(**changes: Any) -> Any:
    head = ledger.head()
    assert head.recorded_at is not None
    fields: dict[str, Any] = {
        "sequence": head.sequence,
        "hash_": head.hash,
        "recorded_at": timestamp(head.recorded_at),
    }
    return checkpoints.sign(**fields | changes)


def test_a_kept_head_is_part_of_what_came_after_it(record: Promise) -> None:
    kept = [checkpoint(), checkpoints.sign(0, chain.BEGINNING, None)]
    make_update(record, "implemented", "2023")
    for one in kept:
        assert list(check_checkpoint(one)) == []


def test_a_chain_written_anew_does_not_hold_a_kept_head(record: Promise) -> None:
    kept = checkpoint()
    with unguarded():
        LedgerPayload.objects.all().delete()
        LedgerEntry.objects.all().delete()
        VerdictSpan.objects.all().delete()
    workflow.adopt()
    assert findings() == [], "the new chain is sound in itself"
    found = list(check_checkpoint(kept))
    assert found, "whoever kept a head finds out"
    assert found[0].startswith(f"the checkpoint at {kept['sequence']}: ")


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"sequence": 9999}, "the checkpoint at 9999: the ledger has no such entry"),
        ({"hash_": "0" * 64}, ": the hash was 000"),
        ({"recorded_at": "2020-01-01T00:00:00.000000Z"}, ": it was recorded at 2020-01-01T"),
        ({"sequence": 0}, "the checkpoint at 0: the hash was "),
    ],
)
def test_what_the_ledger_does_not_hold_is_named(
    record: Promise, changes: dict[str, Any], complaint: str
) -> None:
    assert complaint in next(check_checkpoint(checkpoint(**changes)))


def test_a_forged_checkpoint_is_named(record: Promise, settings: Any) -> None:
    forged = {**checkpoint(), "hash": "0" * 64}
    assert list(check_checkpoint(forged)) == [
        f"the checkpoint at {forged['sequence']}: its signature does not fit"
    ]
    settings.CHECKPOINT_KEY = "A" * 43 + "="
    other = checkpoint()
    settings.CHECKPOINT_KEY = "B" * 42 + "A="
    (finding,) = check_checkpoint(other)
    assert finding.endswith(f"it is signed with another key than ours, {other['key']}")


# Any history --------------------------------------------------------------------------------------

STEPS: dict[str, Callable[[Promise, int], Any]] = {
    "publish": lambda p, n: make_update(p, "stalled", organisation=("editors", "lantern")[n % 2]),
    "retract": lambda p, n: [workflow.retract(one, "No.") for one in p.updates.standing()[:1]],
    "remove": lambda p, n: [workflow.remove(one, "No.") for one in p.updates.standing()[:1]],
    "submit": lambda p, n: make_update(p, "implemented", publish=False),
    "retitle": lambda p, n: edit(p, title={"en": f"Title {n}"}),
    "retie": lambda p, n: workflow.save(fresh(p), "Why.", topics=["money", "courts"][: n % 3]),
    "cite": lambda p, n: workflow.save(fresh(p), "Why.", citations=[Cited("watch-page")] * (n % 2)),
    "rename": lambda p, n: edit(fresh(p).programme, title={"en": f"Programme {n}"}),
    "withdraw": lambda p, n: withdraw_one(n),
}


def edit(thing: Any, **columns: Any) -> None:
    thing = fresh(thing)
    for name, value in columns.items():
        setattr(thing, name, value)
    workflow.save(thing, "Why.")


def withdraw_one(number: int) -> None:
    topic = Topic(id=f"passing-{ledger.head().sequence}", name=TEXT)
    workflow.save(topic)
    if number % 2:
        workflow.withdraw_object(topic, "No.")


@given(steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.integers(0, 5)), max_size=8))
@settings(max_examples=15, deadline=None)
@pytest.mark.usefixtures("cast")
def test_whatever_is_written_the_ledger_tells_all_of_it(steps: list[tuple[str, int]]) -> None:
    with rolled_back():
        promise = make_promise()
        for name, number in steps:
            STEPS[name](promise, number)
        assert findings() == []


# The command --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("committed_cast")
def test_it_looks_at_one_moment_while_others_write() -> None:
    """What is written meanwhile is no drift."""
    with one_view():
        seen = ledger.head()
        write_elsewhere()
        assert findings() == []
        assert ledger.head() == seen
    assert findings() == []
    assert ledger.head().sequence == seen.sequence + 1


def write_elsewhere() -> None:
    def write() -> None:
        edit(Programme.objects.get(pk="demo2020"), title={"en": "Another"})
        connections.close_all()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join(30)
    assert not thread.is_alive(), "the look kept a writer waiting"


def test_the_command_stops_listing_after_a_while(
    record: Promise, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("reforms.management.commands.verify_ledger.LISTED", 3)
    execute("UPDATE reforms_publisher SET country = 'XX'")
    with pytest.raises(CommandError, match="10 findings: the record is not what the ledger says"):
        call_command("verify_ledger")
    assert capsys.readouterr().err.splitlines()[3:] == ["… and 7 more"]
    assert StatusUpdate.objects.count() == 3
