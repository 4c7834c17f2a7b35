"""What the law forces out leaves every place that stores it, and the ledger says that it did."""

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection

from reforms import ledger, search, workflow
from reforms.addresses import digest
from reforms.dates import timestamp
from reforms.errors import RuleBroken
from reforms.ledger import chain, payload_of
from reforms.ledger.redacting import FIELDS, MARKER
from reforms.ledger.verifying import Checked, check_chain
from reforms.models import (
    Body,
    KeptAnswer,
    LedgerEntry,
    LedgerPayload,
    Organisation,
    Paragraph,
    Promise,
    Publisher,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.records import TYPES, document
from reforms.seeding.fingerprints import fingerprint
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited, Redaction, redact
from tests.fixtures import fresh, make_promise, make_update, make_update_in, row
from tests.ledger.telling import findings, last_entry, unguarded
from tests.seeding.tiny import TINY, Address

# A name that a court protects. No text of the tests' cast holds it.
NAME = "Zebulon"
SECRET = {"en": f"Led by {NAME}.", "ru": f"Руководит {NAME}."}
HIDDEN = {"en": MARKER, "ru": MARKER}
COURT = "Order of the district court of 20 November."


def everywhere() -> list[str]:
    """Each table and column of the database that holds the name."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            assert cursor.description is not None
            columns = [column[0] for column in cursor.description]
            for values in cursor.fetchall():
                found += [
                    f"{table}.{column}"
                    for column, value in zip(columns, values, strict=True)
                    if NAME.lower() in str(value).lower()
                ]
    return sorted(set(found))


def hashes(*sequences: int) -> dict[str, str]:
    """The hash of what stands in each payload now."""
    bodies = LedgerPayload.objects.in_bulk(sequences)
    return {
        str(pk): hashlib.sha256(payload.body.encode()).hexdigest() for pk, payload in bodies.items()
    }


@pytest.fixture
def promise(cast: None) -> Promise:
    """A promise whose every text holds the name, edited twice."""
    promise = make_promise(
        title=SECRET,
        statement=SECRET,
        condition=SECRET,
        deadline_wording=SECRET,
        figures=[
            {"what": SECRET, "unit": NAME, "value": 7},
            {"what": NAME, "from": 1, "to": 2},
        ],
        citations=[Cited("demo2020-address", locator=NAME, note=SECRET), Cited("watch-page")],
    )
    promise.number, promise.kind = 1, "study"
    workflow.save(promise, f"{NAME} told us.")
    promise.kind = "policy"
    workflow.save(promise, "Another kind.")
    assert everywhere() != []
    return promise


def test_a_redacted_text_is_nowhere_any_more(promise: Promise) -> None:
    assert [found for found in everywhere() if "search" in found], "the index holds it, too"
    done = redact(promise, [*FIELDS["promise"], "reason"], COURT)
    assert everywhere() == []
    assert findings() == []
    assert set(done.fields) == {*FIELDS["promise"], "reason"}
    stored = fresh(promise)
    assert (stored.title, stored.statement, stored.condition) == (HIDDEN, HIDDEN, HIDDEN)
    assert stored.figures == [
        {"what": HIDDEN, "unit": MARKER, "value": 7},
        {"what": MARKER, "from": 1, "to": 2},
    ]
    cited = document(stored)["citations"]
    assert [(one["locator"], one["note"]) for one in cited] == [(MARKER, HIDDEN), ("", {})]
    assert not Promise.objects.search(search.parse(NAME)).exists()
    assert Promise.objects.search(search.parse("redacted")).exists()


def test_the_ledger_says_what_was_redacted_and_why(promise: Promise) -> None:
    before = {entry.pk: entry for entry in LedgerEntry.objects.all()}
    concerned = [
        pk
        for pk, entry in before.items()
        if (entry.object_type, entry.object_id) == ("promise", promise.pk)
    ]
    done = redact(promise, ["citations.note", "title"], COURT)
    entry = last_entry()
    assert done == Redaction(("title", "citations.note"), tuple(concerned), entry.pk)
    assert (entry.action, entry.object_id, entry.actor) == ("redact", promise.pk, "role:operator")
    assert payload_of(entry) == {
        "document": document(fresh(promise)),
        "reason": COURT,
        "redacted": {
            "fields": ["title", "citations.note"],
            "entries": concerned,
            "payloads": hashes(*concerned),
        },
    }
    assert fresh(promise).changed_at == entry.recorded_at
    for pk, one in before.items():
        assert row(one) == row(LedgerEntry.objects.get(pk=pk)), "entries themselves never change"
    for payload in LedgerPayload.objects.all():
        assert (payload.salt == "") == (payload.pk in concerned)


def test_nothing_else_changes(promise: Promise) -> None:
    before = document(fresh(promise))
    payloads = {one.pk: one.body for one in LedgerPayload.objects.all()}
    redact(promise, ["statement"], COURT)
    assert document(fresh(promise)) == {**before, "statement": HIDDEN}
    for pk, body in payloads.items():
        was, now = json.loads(body), json.loads(LedgerPayload.objects.get(pk=pk).body)
        if was["document"] and "statement" in was["document"]:
            was["document"]["statement"] = HIDDEN
        assert now == was


def test_a_second_redaction_of_the_same_does_nothing(promise: Promise) -> None:
    redact(promise, ["title"], COURT)
    head = ledger.head()
    assert redact(promise, ["title"], COURT) == Redaction((), ())
    assert ledger.head() == head


def test_a_text_that_came_later_can_be_redacted_too(promise: Promise) -> None:
    redact(promise, ["title"], COURT)
    promise = fresh(promise)
    promise.title = {**promise.title, "kk": f"{NAME} қайта"}
    workflow.save(promise, "Another language.")
    first = last_entry().pk
    done = redact(promise, ["title"], COURT)
    assert done.entries == (first,)
    assert fresh(promise).title == {**HIDDEN, "kk": MARKER}
    assert findings() == []


def test_trying_it_changes_nothing(promise: Promise) -> None:
    before = everywhere()
    head = ledger.head()
    planned = redact(promise, ["title", "reason"], COURT, dry_run=True)
    assert planned.fields == ("title", "reason")
    assert planned.entry is None
    assert (everywhere(), ledger.head()) == (before, head)
    assert redact(promise, ["title", "reason"], COURT).entries == planned.entries


# Every type of object -----------------------------------------------------------------------------

TEXTS: dict[str, dict[str, Any]] = {
    "organisation": {"name": SECRET, "affiliation": SECRET, "url": f"https://{NAME}.example/"},
    "publisher": {"name": SECRET, "aliases": [NAME, f"{NAME} and sons"]},
    "source": {
        "title": SECRET,
        "url": f"https://example.org/{NAME}",
        "archived_url": f"https://archive.example/{NAME}",
        "note": SECRET,
    },
    "body": {"name": SECRET, "note": SECRET},
    "topic": {"name": SECRET},
    "programme": {"title": SECRET, "summary": SECRET, "promisor": SECRET},
    "reform": {"title": SECRET, "summary": SECRET, "note": SECRET},
}
IDS = {
    "organisation": "lantern",
    "publisher": "daily",
    "source": "demo2020-address",
    "body": "court",
    "topic": "money",
    "programme": "demo2020",
    "reform": "demo2020-1",
}


@pytest.mark.parametrize("type_", TEXTS)
def test_every_text_of_every_object_can_be_redacted(cast: None, type_: str) -> None:
    make_promise(bodies=[("court", "affected")])
    assert set(FIELDS[type_]) == set(TEXTS[type_])
    thing: Any = TYPES[type_]._default_manager.get(pk=IDS[type_])
    for name, value in TEXTS[type_].items():
        setattr(thing, name, value)
    workflow.save(thing, "All is new.")
    assert everywhere() != []
    redact(thing, FIELDS[type_], COURT)
    assert everywhere() == []
    assert findings() == []


def test_an_address_stays_one_and_stays_its_own(cast: None) -> None:
    for name in ("daily-page", "watch-page"):
        source = Source.objects.get(pk=name)
        source.url = f"https://example.org/{NAME}/{name}"
        source.archived_url = f"https://archive.example/{NAME}/{name}"
        workflow.save(source)
        redact(source, ["url", "archived_url"], COURT)
        assert fresh(source).url == f"https://redacted.invalid/{name}"
        assert fresh(source).archived_url == f"https://redacted.invalid/{name}/archived"
        source = fresh(source)
        source.note = {"en": "It can be edited further."}
        workflow.save(source)


def test_what_is_withdrawn_is_redacted_and_stays_withdrawn(cast: None) -> None:
    topic = Topic(id="passing", name=SECRET)
    workflow.save(topic)
    workflow.withdraw_object(topic, f"{NAME} asked us.")
    redact(topic, ["name", "reason"], COURT)
    assert everywhere() == []
    assert findings() == []
    assert payload_of(last_entry())["document"] is None
    assert fresh(topic).withdrawn_at is not None


# Status updates -----------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["published", "superseded", "retracted", "removed"])
def test_a_public_update_is_redacted(cast: None, state: str) -> None:
    promise = make_promise()
    cited = [Cited("daily-page", locator=NAME, note=SECRET)]
    update = make_update_in(ReviewState(state), promise, note=SECRET, citations=cited)
    verdict = row(promise)
    redact(update, ["note", "citations.note", "citations.locator"], COURT)
    assert everywhere() == []
    assert findings() == []
    assert fresh(update).review_state == state
    assert fresh(promise).status == verdict["status"]


def test_the_reason_why_it_ended_stands_twice_and_leaves_both_places(cast: None) -> None:
    for field in ("reason", "ended_reason"):
        update = make_update(make_promise(len(field)), "implemented")
        workflow.retract(update, f"{NAME} sued us.")
        done = redact(update, [field], COURT)
        assert done.fields == ("ended_reason", "reason")
        assert fresh(update).ended_reason == MARKER
    assert everywhere() == []
    assert findings() == []


@pytest.mark.parametrize("state", ["submitted", "changes_requested", "rejected", "withdrawn"])
def test_what_was_never_public_is_redacted_without_a_word(cast: None, state: str) -> None:
    update = make_update_in(ReviewState(state), make_promise(), note=SECRET)
    StatusUpdate.objects.filter(pk=update.pk).update(review_note=f"Who is {NAME}?")
    head = ledger.head()
    done = redact(update, ["note", "review_note"], COURT)
    assert done == Redaction(("note", "review_note"), ())
    assert ledger.head() == head
    assert everywhere() == []


def test_a_reviewers_word_about_a_public_update_is_not_the_ledgers_affair(cast: None) -> None:
    update = make_update(make_promise(), "implemented", note=SECRET)
    StatusUpdate.objects.filter(pk=update.pk).update(review_note=NAME)
    assert redact(update, ["review_note"], COURT).entry is None
    redact(update, ["note", "review_note"], COURT)
    assert payload_of(last_entry())["redacted"]["fields"] == ["note"]
    assert everywhere() == []


def test_why_it_is_to_replace_another_is_redacted_with_it(cast: None) -> None:
    wrong = make_update(make_promise(), "implemented")
    more = {"replaces": wrong, "replaces_reason": f"{NAME} sued us."}
    right = make_update(wrong.promise, "stalled", publish=False, **more)
    before = fresh(right).version
    assert redact(right, ["replaces_reason"], COURT).entry is None
    assert everywhere() == []
    assert fresh(right).version == before + 1
    workflow.publish(right)
    assert fresh(wrong).ended_reason == MARKER
    assert findings() == []


def test_who_an_organisation_is_can_be_taken_out(cast: None) -> None:
    Organisation.objects.filter(pk="lantern").update(legal_name=NAME)
    assert redact(Organisation.objects.get(pk="lantern"), ["legal_name"], COURT).entry is None
    assert everywhere() == []
    assert findings() == []


def load_text(source: str) -> None:
    for ordinal, text in enumerate(("Nothing.", f"{NAME} will lead."), start=1):
        print_ = fingerprint(text)
        Paragraph(source_id=source, ordinal=ordinal, fingerprint=print_, text=text).save()


def test_the_loaded_text_of_a_source_is_taken_out_whole(cast: None) -> None:
    """It was shown as quotation, so the ledger says it is gone, though it never held it."""
    load_text("demo2020-address")
    source = Source.objects.get(pk="demo2020-address")
    assert redact(source, ["text"], COURT, dry_run=True).fields == ("text",)
    assert everywhere() == ["reforms_paragraph.text"]
    done = redact(source, ["text"], COURT)
    assert payload_of(last_entry())["redacted"] == {
        "fields": ["text"],
        "entries": [],
        "payloads": {},
    }
    assert (done.entry, done.entries) == (last_entry().pk, ())
    assert not Paragraph.objects.exists()
    assert everywhere() == findings() == []
    assert redact(source, ["text"], COURT).fields == ()


def test_the_text_of_a_private_source_goes_without_a_word(cast: None) -> None:
    load_text("blog-page")
    assert redact(Source.objects.get(pk="blog-page"), ["text"], COURT).entry is None
    assert everywhere() == []


def test_where_else_a_text_stands_is_told(cast: None) -> None:
    """Who has to take it out everywhere learns where it is left: in other objects, other fields."""
    court, senate = Body.objects.get(pk="court"), Body.objects.get(pk="senate")
    quoted = 'Led by "Zebulon".\n'
    court.note, senate.note = {"en": quoted}, {"ru": f"См. {quoted}"}
    for body in (court, senate):
        workflow.save(body, "Found out.")
    other = last_entry().pk
    planned = redact(court, ["note"], COURT, dry_run=True)
    done = redact(court, ["note"], COURT)
    assert planned.elsewhere == done.elsewhere == ((other, "body", "senate"),)
    assert redact(senate, ["note"], COURT).elsewhere == ()
    assert everywhere() == []


def test_what_stands_everywhere_is_not_all_told(
    cast: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reforms.ledger.redacting.LISTED", 2)
    for name in ("court", "senate"):
        for note in (NAME, f"{NAME} left.", f"{NAME} came."):
            body = Body.objects.get(pk=name)
            body.note = {"en": note}
            workflow.save(body, "Found out.")
    assert len(redact(Body.objects.get(pk="court"), ["note"], COURT).elsewhere) == 3
    promise = make_promise(figures=[{"what": "law", "value": 1}])
    make_promise(2, figures=[{"what": "law", "value": 1}])
    assert redact(promise, ["figures.what"], COURT).elsewhere == ()


def test_a_forgotten_address_leaves_no_digest(cast: None) -> None:
    """It would confirm a guess."""
    source = Source.objects.get(pk="blog-page")
    source.url = f"https://example.org/{NAME}"
    workflow.save(source)
    redact(source, ["url"], COURT)
    assert fresh(source).address_digest == digest("https://redacted.invalid/blog-page")


def test_answers_kept_for_repeated_requests_are_forgotten(cast: None) -> None:
    update = make_update(make_promise(), "implemented", note=SECRET)
    KeptAnswer.objects.create(
        holder="key:1", name="n", request="r", status=201, body=NAME, kept_at=update.submitted_at
    )
    redact(update, ["note"], COURT, dry_run=True)
    assert KeptAnswer.objects.exists()
    redact(update, ["note"], COURT)
    assert not KeptAnswer.objects.exists()
    assert everywhere() == []


def test_a_private_source_is_redacted_without_a_word(cast: None) -> None:
    source = Source.objects.get(pk="blog-page")
    source.note = SECRET
    workflow.save(source)
    assert redact(source, ["note"], COURT).entry is None
    assert everywhere() == []
    make_update(make_promise(), "implemented", citations=[Cited("blog-page")])
    assert findings() == []


# Redactions of redactions -------------------------------------------------------------------------


def test_the_reason_of_a_redaction_can_be_redacted(promise: Promise) -> None:
    """The last word names all that the first had named: it alone can be checked."""
    first = redact(promise, ["title"], "By order of the court of Zebulonia.")
    second = redact(promise, ["reason"], COURT)
    assert first.entry in second.entries
    assert set(payload_of(last_entry())["redacted"]["entries"]) >= {*first.entries, first.entry}
    assert findings() == []
    redact(promise, [*FIELDS["promise"], "reason"], "Another order.")
    assert everywhere() == []
    assert findings() == []


def test_a_redaction_that_no_entry_names_is_no_redaction(promise: Promise) -> None:
    LedgerPayload.objects.filter(pk=3).update(salt="")
    other = redact(promise, ["title"], COURT)
    assert 3 not in other.entries
    complaint = "its payload has lost its salt, and no later entry says that it was redacted"
    assert findings() == [f"entry 3: {complaint}"]


def test_what_stands_there_after_a_redaction_cannot_be_rewritten(promise: Promise) -> None:
    """Not even once a further redaction has come: the last one tells what stands there."""
    first = redact(promise, ["title"], COURT)
    second = redact(promise, ["statement"], "Another order.")
    assert first.entry is not None
    assert set(second.entries) >= {*first.entries, first.entry}
    assert payload_of(last_entry())["redacted"]["payloads"] == hashes(*second.entries)
    assert findings() == []
    for sequence in (first.entries[0], first.entry):
        before = LedgerPayload.objects.get(pk=sequence)
        forged = before.body.replace('"commitment":"specific"', '"commitment":"process"')
        assert forged != before.body
        with unguarded():
            LedgerPayload.objects.filter(pk=sequence).update(body=forged)
        complaint = f"entry {sequence}: its payload was changed after it was redacted"
        assert list(check_chain(Checked())) == [complaint]
        with unguarded():
            LedgerPayload.objects.filter(pk=sequence).update(body=before.body)
    assert findings() == []


def test_an_earlier_redaction_confirms_no_guess_at_what_came_later(promise: Promise) -> None:
    """The hash of a redacted payload has no salt: it goes when that payload is redacted further."""
    first = redact(promise, ["title"], COURT)
    assert first.entry is not None
    was = hashes(*first.entries)
    redact(promise, ["statement"], "Another order.")
    told = payload_of(LedgerEntry.objects.select_related("payload").get(pk=first.entry))
    assert told["redacted"]["payloads"] == dict.fromkeys(was, MARKER)
    assert not any(one in body for one in was.values() for body in bodies())


def bodies() -> list[str]:
    return list(LedgerPayload.objects.values_list("body", flat=True))


def test_redactions_from_before_they_told_a_hash_are_counted(promise: Promise) -> None:
    """Of a ledger that is older than the hashes: no fault, and no proof either."""
    done = redact(promise, ["title"], COURT)
    last = last_entry()
    said = payload_of(last)
    del said["redacted"]["payloads"]
    with unguarded():
        body, salt = chain.canonical(said), last.payload.salt
        LedgerPayload.objects.filter(pk=last.pk).update(body=body)
        fields = LedgerEntry.objects.values(*chain.HASHED).get(pk=last.pk)
        fields["commitment"] = chain.commitment(salt, body)
        hash_ = chain.entry_hash({**fields, "recorded_at": timestamp(fields["recorded_at"])})
        LedgerEntry.objects.filter(pk=last.pk).update(hash=hash_, commitment=fields["commitment"])
    checked = Checked()
    assert list(check_chain(checked)) == []
    assert checked.redacted == checked.unchecked == len(done.entries)
    # A later redaction has the hashes of them all.
    redact(promise, ["title", "reason"], "Another order.")
    checked = Checked()
    assert list(check_chain(checked)) == []
    assert checked.redacted > checked.unchecked == 0


def test_a_row_that_changes_after_its_redaction_is_drift(promise: Promise) -> None:
    redact(promise, ["title"], COURT)
    Promise.objects.filter(pk=promise.pk).update(title={"en": "Back again", "ru": MARKER})
    assert findings() == [
        f'promise {promise.pk}: title.en is "Back again", the ledger says "[redacted]"'
    ]


# What is refused ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "complaint"),
    [
        ("kind", "kind: it is no text; what can be redacted of promise is title, statement, "),
        ("status", "status: it is no text"),
        ("citations", "citations: it is no text"),
        ("note", "note: it is no text"),
        ("id", "id: it is no text"),
    ],
)
def test_what_is_no_text_stays(promise: Promise, field: str, complaint: str) -> None:
    before = everywhere()
    with pytest.raises(RuleBroken) as broken:
        redact(promise, ["title", field], COURT)
    assert str(broken.value).startswith(complaint)
    assert everywhere() == before


@pytest.mark.parametrize(
    "reason", [f"{NAME} asked.", "Because of “zebulon told  us.”", "LED BY ZEBULON!"]
)
def test_the_reason_does_not_repeat_what_has_to_go(promise: Promise, reason: str) -> None:
    before = everywhere()
    with pytest.raises(RuleBroken, match="reason: it repeats a text that is to be redacted"):
        redact(promise, [*FIELDS["promise"], "reason"], reason)
    assert everywhere() == before


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2001, "\x00"])
def test_a_redaction_needs_a_reason_like_any_other(promise: Promise, reason: str) -> None:
    with pytest.raises(RuleBroken, match="reason: "):
        redact(promise, ["title"], reason)


# What stands beside the record --------------------------------------------------------------------


def test_the_admins_log_forgets_it_and_counts_go_on(
    promise: Promise, people: Any, django_capture_on_commit_callbacks: Any
) -> None:
    def log(thing: Any, message: str) -> LogEntry:
        return LogEntry.objects.create(
            user=people.curator,
            content_type=ContentType.objects.get_for_model(thing),
            object_id=str(thing.pk),
            object_repr=str(thing),
            action_flag=CHANGE,
            change_message=message,
        )

    ours, empty = log(promise, f"Changed {NAME}."), log(promise, "")
    other = log(Body.objects.get(pk="court"), "Changed name.")
    cache.set("count", 7)
    with django_capture_on_commit_callbacks(execute=True):
        redact(promise, [*FIELDS["promise"], "reason"], COURT)
    assert everywhere() == []
    assert fresh(ours).get_change_message() == MARKER
    assert (fresh(empty).change_message, fresh(other).change_message) == ("", "Changed name.")
    assert cache.get("count") == 7, "it holds no texts, and whoever is over a limit stays over it"


@pytest.fixture
def seeds(db: None, tmp_path: Path) -> Address:
    """An address whose texts hold the name, loaded."""
    address = Address(tmp_path / "tiny2021", TINY)
    address.edit("reform-01.yaml", "An inspectorate watches the rivers", NAME)
    address.edit("reform-01.yaml", "note: The act on", f"note: {NAME} on")
    address.edit("reform-01.yaml", 'locator: "art. 1"', f'locator: "{NAME}"')
    address.edit(
        "sources.yaml", "https://daily.example/inspectors", f"https://daily.example/{NAME}"
    )
    address.edit("publishers.yaml", "[Court]", f"[Court, {NAME}]")
    address.load()
    return address


def redact_seeds() -> None:
    promise = Promise.objects.get(pk="tiny2021-1-1")
    update = StatusUpdate.objects.get(status="implemented")
    redact(promise, ["title"], COURT)
    redact(update, ["note", "citations.locator"], COURT)
    redact(Source.objects.get(pk="daily-report"), ["url"], COURT)
    redact(Publisher.objects.get(pk="regency"), ["aliases"], "Ordered so.")


def test_loading_the_files_again_does_not_bring_it_back(seeds: Address) -> None:
    redact_seeds()
    assert everywhere() == []
    head = ledger.head()
    report = seeds.load()
    assert everywhere() == []
    assert ledger.head() == head
    remarks = "\n".join(report.remarks())
    assert "conflict" not in remarks
    assert "source daily-report (url)" in remarks, "the files still hold it, and the load says so"
    assert findings() == []


def test_what_the_files_change_beside_it_is_loaded(seeds: Address) -> None:
    redact_seeds()
    seeds.edit("reform-01.yaml", "kind: institution", "kind: study\n    reason: It is one.")
    seeds.edit(
        "reform-01.yaml", "status: implemented", "status: stalled\n        reason: It rests."
    )
    seeds.load()
    assert everywhere() == []
    promise = Promise.objects.get(pk="tiny2021-1-1")
    assert (promise.kind, promise.title) == ("study", {"en": MARKER})
    successor = StatusUpdate.objects.get(status="stalled")
    assert (successor.note, successor.supersedes.status) == ({"en": MARKER}, "implemented")  # type: ignore[attr-defined]
    seeds.load()
    assert everywhere() == []
    assert findings() == []


def test_files_without_it_agree_with_the_record(seeds: Address) -> None:
    redact_seeds()
    for name in ("reform-01.yaml", "sources.yaml", "publishers.yaml"):
        text = seeds.read(name).replace(
            f"https://daily.example/{NAME}", "https://redacted.invalid/daily-report"
        )
        text = text.replace(f"[Court, {NAME}]", f'["{MARKER}"]')
        text = text.replace(f"{NAME} on the inspectorate is in force.", f'"{MARKER}"')
        seeds.write(name, text.replace(f'"{NAME}"', f'"{MARKER}"').replace(NAME, f'"{MARKER}"'))
    report = seeds.load()
    assert list(report.remarks()) == []
    assert Organisation.objects.get().name == {"en": "Keepers of the record"}
