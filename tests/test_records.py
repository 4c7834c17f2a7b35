"""Record documents: own fields only, all languages, references by id, a schema version."""

import json
from datetime import date
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from reforms import workflow
from reforms.dates import timestamp
from reforms.errors import RuleBroken
from reforms.models import (
    Body,
    Citation,
    ErrorReport,
    Import,
    KeptAnswer,
    Key,
    LedgerEntry,
    LedgerPayload,
    LinkCheck,
    Organisation,
    Paragraph,
    Programme,
    Promise,
    PromiseBody,
    PromiseRelation,
    PromiseRendition,
    ProposedReply,
    Publisher,
    Reform,
    Reply,
    SeedRecord,
    Source,
    StatusUpdate,
    Topic,
    UpdateRendition,
    VerdictSpan,
    Webhook,
    WebhookAttempt,
    WebhookErrand,
)
from reforms.records import SCHEMA_VERSION, document, kind_of_edit, restore, type_of
from reforms.vocabulary import EntryAction
from reforms.workflow import Cited
from tests.fixtures import Clock, fresh, make_promise, make_reply, make_update

TEXT = {"en": "Text", "ru": "Текст", "kk": "Мәтін"}
PARAGRAPH = {"ordinal": 7, "fingerprint": "fp1:" + "0" * 64}

# Every key of every document. What is derived, counted, quoted or private is not among them.
KEYS: dict[type[models.Model], str] = {
    Programme: "title summary jurisdiction promisor announced_on time_zone lead_organisation"
    " announced_by licence",
    Reform: "programme number numbered title summary note bounds",
    Promise: "programme reform number title statement kind commitment condition deadline"
    " deadline_wording figures bodies topics relations citations",
    StatusUpdate: "promise organisation status effective_on assessed_on note review_state"
    " published_at ended_at ended_reason successor citations",
    Source: "title kind publisher url archived_url published_on language edition_of note"
    " public_since",
    Publisher: "name aliases type country",
    Body: "name note successor",
    Topic: "name",
    Organisation: "name affiliation url",
    Reply: "promise signed_by dated_on text url",
}
CITATION_KEYS = "source stance basis origin locator paragraphs note"

# Columns that no document holds, each with its reason. A new column has to be put into one or other.
LEDGERS = {"public_since": "the ledger's", "withdrawn_at": "the ledger's"}
LEFT_OUT: dict[type[models.Model], dict[str, str]] = {
    Programme: {"announced_precision": "part of announced_on"},
    Reform: {"position": "derived"},
    Promise: {
        "position": "derived",
        "deadline_on": "as deadline",
        "deadline_precision": "part of deadline",
        "status": "derived",
        "status_since": "derived",
        "status_since_precision": "derived",
        "verification": "derived",
        "contested": "derived",
        "implemented_from": "derived",
        "implemented_to": "derived",
        "last_published_at": "derived",
        "changed_at": "derived",
    },
    StatusUpdate: {
        "effective_precision": "part of effective_on",
        "assessed_precision": "part of assessed_on",
        "external_id": "the organisation's own affair",
        "submitted_by": "private",
        "submitted_at": "private",
        "review_note": "private",
        "counts_from": "derived",
        "version": "counts the changes, also those before it was public",
        "replaces": "said by the entry that supersedes",
        "replaces_reason": "said by the entry that supersedes",
    },
    Source: {
        "published_precision": "part of published_on",
        "address_digest": "derived",
        "submitted_by": "private",
    },
    Publisher: {"submitted_by": "private"},
    Body: {},
    Topic: {},
    Organisation: {
        "members": "private",
        "legal_name": "private",
        "trusted": "private",
        "pseudonymous": "as pseudonym, where it is one",
        "licence_accepted": "between it and the curators",
        "licence_accepted_at": "between it and the curators",
    },
    Reply: {"verified_how": "private"},
}
PARTS_OF_OTHERS = (Citation, PromiseBody, PromiseRelation)
NO_RECORD = (
    *(Paragraph, SeedRecord, LedgerEntry, LedgerPayload, VerdictSpan, Key, KeptAnswer),
    LinkCheck,
    Import,
    ErrorReport,
    ProposedReply,
    Webhook,
    WebhookAttempt,
    WebhookErrand,
    PromiseRendition,
    UpdateRendition,
)


@pytest.fixture
def things(cast: None) -> dict[type[models.Model], models.Model]:
    """One object of each type with every column filled, in three languages."""
    workflow.save(Publisher(id="agency", name=TEXT, aliases=["A", "Ә"], type="state", country="XD"))
    source = Source(
        id="edition",
        title=TEXT,
        kind="report",
        publisher_id="agency",
        url="https://example.org/a",
        archived_url="https://archive.example/a",
        published_on=date(2022, 6, 30),
        published_precision="month",
        language="kk",
        edition_of_id="daily-page",
        note=TEXT,
        submitted_by_id="lantern",
    )
    workflow.save(source)
    workflow.save(Body(id="old-court", name=TEXT, note=TEXT, successor_id="court"))
    workflow.save(Topic(id="topic", name=TEXT))
    workflow.save(
        Organisation(id="assessor", name=TEXT, affiliation=TEXT, url="https://example.org/")
    )
    programme = Programme.objects.get(pk="demo2020")
    programme.summary = TEXT
    workflow.save(programme, "More was said.", announced_by=["demo2020-address", "daily-page"])
    bounds = {"source": "demo2020-address", "first": PARAGRAPH, "last": PARAGRAPH}
    reform = Reform(
        id="demo2020-3",
        programme=programme,
        number=3,
        title=TEXT,
        summary=TEXT,
        note=TEXT,
        bounds=bounds,
    )
    workflow.save(reform)
    make_promise(2)
    promise = make_promise(
        1,
        "demo2020-3",
        title=TEXT,
        statement=TEXT,
        condition=TEXT,
        deadline="2022-06",
        deadline_wording=TEXT,
        figures=[{"what": "members", "from": 20000, "to": 5000, "unit": "people"}],
        bodies=[("senate", "responsible"), ("court", "affected"), ("old-court", "affected")],
        topics=["topic", "money"],
        relations=[("restates", "demo2020-1-2"), ("depends_on", "demo2020-1-2")],
        citations=[Cited("edition", paragraphs=[PARAGRAPH]), Cited("daily-page", stance="context")],
    )
    wrong = make_update(
        promise,
        "implemented",
        "2022-05",
        assessed="2022",
        note=TEXT,
        external_id="row 1",
        citations=[
            Cited("gazette-page", basis="relays", origin="agency", locator="p. 2", note=TEXT),
            Cited("watch-page", stance="disputes"),
        ],
    )
    right = make_update(promise, "partially_implemented", publish=False)
    workflow.supersede(wrong, right, "Only a part of it.")
    reply = make_reply(promise, signed_by=TEXT, text=TEXT, url="https://example.org/reply")
    there = (
        programme,
        reform,
        promise,
        wrong,
        source,
        Publisher.objects.get(pk="agency"),
        Body.objects.get(pk="old-court"),
        Topic.objects.get(pk="topic"),
        Organisation.objects.get(pk="assessor"),
        reply,
    )
    return {type(thing): fresh(thing) for thing in there}


def test_every_model_is_accounted_for() -> None:
    known = {*KEYS, *PARTS_OF_OTHERS, *NO_RECORD}
    assert set(apps.get_app_config("reforms").get_models()) == known


@pytest.mark.parametrize("model", KEYS, ids=lambda model: model.__name__)
def test_a_document_has_its_own_fields_and_no_others(
    things: Any, model: type[models.Model]
) -> None:
    made = document(things[model])
    assert list(made) == ["schema", "object_type", "id", *KEYS[model].split()]
    assert made["schema"] == SCHEMA_VERSION == 1
    assert made["object_type"] == type_of(model())
    assert made["id"] == str(things[model].pk)
    assert all(value not in (None, "", [], {}) for value in made.values()), "every field is filled"


@pytest.mark.parametrize("model", KEYS, ids=lambda model: model.__name__)
def test_every_column_is_in_it_or_left_out_for_a_reason(model: type[models.Model]) -> None:
    columns = {
        one.name
        for one in (*model._meta.concrete_fields, *model._meta.many_to_many)
        if not one.primary_key
    }
    assert columns - set(KEYS[model].split()) == set(LEFT_OUT[model]) | (
        set(LEDGERS) & columns - set(KEYS[model].split())
    )


@pytest.mark.parametrize("model", KEYS, ids=lambda model: model.__name__)
def test_a_document_is_plain_json(things: Any, model: type[models.Model]) -> None:
    made = document(things[model])
    assert json.loads(json.dumps(made, allow_nan=False)) == made


@pytest.mark.parametrize("model", KEYS, ids=lambda model: model.__name__)
def test_a_document_holds_every_language(things: Any, model: type[models.Model]) -> None:
    made = document(things[model])
    texts = [name for name, value in made.items() if isinstance(value, dict) and "en" in value]
    assert texts
    if model is not Programme:  # the cast's own is in English only, but for its summary
        assert all(made[name] == TEXT for name in texts)
    assert made.get("summary", TEXT) == TEXT


def test_a_promises_document(things: Any) -> None:
    assert document(things[Promise]) == {
        "schema": 1,
        "object_type": "promise",
        "id": "demo2020-3-1",
        "programme": "demo2020",
        "reform": "demo2020-3",
        "number": 1,
        "title": TEXT,
        "statement": TEXT,
        "kind": "legislation",
        "commitment": "specific",
        "condition": TEXT,
        "deadline": "2022-06",
        "deadline_wording": TEXT,
        "figures": [{"what": "members", "from": 20000, "to": 5000, "unit": "people"}],
        "bodies": [
            {"body": "court", "role": "affected"},
            {"body": "old-court", "role": "affected"},
            {"body": "senate", "role": "responsible"},
        ],
        "topics": ["money", "topic"],
        "relations": [
            {"kind": "depends_on", "promise": "demo2020-1-2"},
            {"kind": "restates", "promise": "demo2020-1-2"},
        ],
        "citations": [
            {
                "source": "edition",
                "stance": "supports",
                "basis": "own_finding",
                "origin": "agency",
                "locator": "",
                "paragraphs": [PARAGRAPH],
                "note": {},
            },
            {
                "source": "daily-page",
                "stance": "context",
                "basis": "own_finding",
                "origin": "daily",
                "locator": "",
                "paragraphs": [],
                "note": {},
            },
        ],
    }


def test_an_updates_document(things: Any) -> None:
    update = things[StatusUpdate]
    assert document(update) == {
        "schema": 1,
        "object_type": "update",
        "id": str(update.pk),
        "promise": "demo2020-3-1",
        "organisation": "editors",
        "status": "implemented",
        "effective_on": "2022-05",
        "assessed_on": "2022",
        "note": TEXT,
        "review_state": "superseded",
        "published_at": timestamp(update.published_at),
        "ended_at": timestamp(update.ended_at),
        "ended_reason": "Only a part of it.",
        "successor": str(update.successor_id),
        "citations": [
            {
                "source": "gazette-page",
                "stance": "supports",
                "basis": "relays",
                "origin": "agency",
                "locator": "p. 2",
                "paragraphs": [],
                "note": TEXT,
            },
            {
                "source": "watch-page",
                "stance": "disputes",
                "basis": "own_finding",
                "origin": "watch",
                "locator": "",
                "paragraphs": [],
                "note": {},
            },
        ],
    }
    assert list(document(update)["citations"][0]) == CITATION_KEYS.split()


def test_moments_are_in_utc_with_microseconds(promise: Promise, clock: Clock) -> None:
    clock.at("2022-07-01T12:00:00.000007+06:00")
    update = fresh(make_update(promise, "implemented"))
    assert document(update)["published_at"] == "2022-07-01T06:00:00.000008Z", (
        "a microsecond after its source"
    )


def test_a_document_of_before_there_were_archived_copies_is_as_it_was(cast: None) -> None:
    page = Source.objects.get(pk="demo2020-address")
    before = document(page)
    assert "archived_url" not in before
    assert restore(before).archived_url == ""
    page.archived_url = "https://archive.example/address"
    assert kind_of_edit(before, document(page)) == EntryAction.EDIT
    workflow.save(page)
    page.archived_url = ""
    assert document(page) == before
    assert restore(document(fresh(page))).archived_url == "https://archive.example/address"


def test_an_archived_copy_stands_elsewhere(cast: None) -> None:
    page = Source.objects.get(pk="daily-page")
    page.url, page.archived_url = "https://daily.example/1", "http://www.daily.example/1/"
    with pytest.raises(RuleBroken, match="it is the address of the source itself"):
        workflow.save(page)


def test_empty_fields_are_there_and_empty(promise: Promise) -> None:
    made = document(promise)
    assert made["deadline"] is None
    assert made["condition"] == made["deadline_wording"] == {}
    assert made["bodies"] == made["topics"] == made["relations"] == made["figures"] == []
    draft = document(make_update(promise, "stalled", publish=False))
    assert [draft[name] for name in ("assessed_on", "published_at", "ended_at", "successor")] == [
        None
    ] * 4


def test_what_is_derived_changes_no_document(things: Any) -> None:
    before = {
        model: document(thing) for model, thing in things.items() if model is not StatusUpdate
    }
    make_update(things[Promise], "reversed", "2023-01", citations=[Cited("edition")])
    after = {
        model: document(fresh(thing))
        for model, thing in things.items()
        if model is not StatusUpdate
    }
    assert after == before


def test_a_document_does_not_depend_on_the_order_of_what_it_lists(things: Any) -> None:
    promise = things[Promise]
    before = document(promise)
    workflow.save(
        promise,
        "Nothing changed.",
        bodies=[("old-court", "affected"), ("senate", "responsible"), ("court", "affected")],
        topics=["money", "topic"],
        relations=[("depends_on", "demo2020-1-2"), ("restates", "demo2020-1-2")],
    )
    assert document(fresh(promise)) == before


def test_the_order_of_citations_is_part_of_the_record(things: Any) -> None:
    promise = things[Promise]
    cited = [Cited("daily-page", stance="context"), Cited("edition", paragraphs=[PARAGRAPH])]
    assert workflow.save(promise, "The other way round.", citations=cited) is True
    assert [one["source"] for one in document(promise)["citations"]] == ["daily-page", "edition"]


@pytest.mark.parametrize("model", NO_RECORD)
def test_what_is_no_part_of_the_record_has_no_document(model: type[models.Model]) -> None:
    with pytest.raises(TypeError, match=f"{model.__name__} has no record document"):
        document(model())


# The way back ------------------------------------------------------------------------------------


def test_what_is_restored_has_the_document_that_it_was_restored_from(
    things: dict[type[models.Model], models.Model], django_assert_num_queries: Any
) -> None:
    for thing in things.values():
        written = document(thing)
        with django_assert_num_queries(0):
            assert document(restore(json.loads(json.dumps(written)))) == written
