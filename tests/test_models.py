"""What the database itself refuses, on both engines, from whoever writes past the workflow."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.core.exceptions import FieldError
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q

from reforms.dates import PartialDate
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
from reforms.querysets import LAST_DAY
from tests.fixtures import make_promise, make_update, make_update_in

DAY = date(2022, 6, 30)
LONG_AGO = date(2019, 1, 1)
EARLIER = date(2022, 6, 29)
MOMENT = datetime(2022, 7, 1, 12, tzinfo=UTC)
BEFORE = datetime(2022, 7, 1, 11, tzinfo=UTC)
MODELS = list(apps.get_app_config("reforms").get_models())

# A good row of every model; each case spoils one thing about it.
GOOD: dict[type[models.Model], dict[str, Any]] = {
    Body: {"id": "new-body", "name": {"en": "New"}},
    Topic: {"id": "new-topic", "name": {"en": "New"}},
    Organisation: {"id": "new-organisation", "name": {"en": "New"}},
    Publisher: {"id": "new-publisher", "name": {"en": "New"}, "type": "ngo"},
    Source: {
        "id": "new-source",
        "title": {"en": "New"},
        "kind": "news",
        "publisher_id": "daily",
        "url": "https://example.org/new",
        "address_digest": "n" * 64,
    },
    Paragraph: {"source_id": "daily-page", "ordinal": 2, "fingerprint": "fp1:0", "text": "Text."},
    Programme: {
        "id": "new2022",
        "title": {"en": "New"},
        "jurisdiction": "XD",
        "promisor": {"en": "Somebody"},
        "announced_on": DAY,
        "time_zone": "UTC",
        "lead_organisation_id": "editors",
    },
    Reform: {
        "id": "demo2020-7",
        "programme_id": "demo2020",
        "number": 7,
        "position": "demo2020-007",
        "title": {"en": "New"},
    },
    Promise: {
        "id": "demo2020-1-7",
        "programme_id": "demo2020",
        "reform_id": "demo2020-1",
        "number": 7,
        "position": "demo2020-001-00007",
        "title": {"en": "New"},
        "statement": {"en": "New."},
        "kind": "legislation",
        "commitment": "specific",
        "changed_at": MOMENT,
    },
    PromiseBody: {"promise_id": "demo2020-1-1", "body_id": "senate", "role": "affected"},
    PromiseRelation: {"promise_id": "demo2020-1-1", "kind": "restates", "to_id": "demo2020-1-2"},
    StatusUpdate: {
        "promise_id": "demo2020-1-1",
        "organisation_id": "editors",
        "status": "implemented",
        "effective_on": DAY,
        "effective_precision": "month",
        "submitted_at": BEFORE,
    },
    Reply: {
        "id": "demo2020-1-1-new",
        "promise_id": "demo2020-1-1",
        "signed_by": {"en": "Office"},
        "dated_on": DAY,
        "text": {"en": "Done."},
    },
    ErrorReport: {"page": "/", "wrong": "It was June.", "digest": "d" * 64, "sent_at": MOMENT},
    ProposedReply: {
        "promise_id": "demo2020-1-1",
        "language": "en",
        "text": "Done.",
        "signed_by": "Office",
        "dated_on": DAY,
        "digest": "d" * 64,
        "sent_at": MOMENT,
    },
    Citation: {"promise_id": "demo2020-1-1", "source_id": "daily-page", "origin_id": "daily"},
    Key: {
        "id": "newkey",
        "organisation_id": "lantern",
        "name": "Spreadsheet",
        "scopes": ["submit"],
        "digest": "d" * 64,
        "created_at": MOMENT,
    },
    LinkCheck: {
        "source_id": "daily-page",
        "url": "https://daily.example/",
        "outcome": "alive",
        "checked_at": MOMENT,
    },
    Import: {
        "kind": "promises",
        "file_name": "promises.csv",
        "content": b"id",
        "user_id": 4242,
        "created_at": MOMENT,
    },
    KeptAnswer: {
        "holder": "key:newkey",
        "name": "monday",
        "request": "r" * 64,
        "status": 201,
        "kept_at": MOMENT,
    },
    SeedRecord: {"object_type": "topic", "object_id": "new", "content": {}, "loaded_at": MOMENT},
    Webhook: {
        "id": uuid.UUID(int=2),
        "organisation_id": "lantern",
        "name": "Newsroom",
        "url": "https://newsroom.example/hooks",
        "origin": "https://tracker.example",
        "secret": "sealed",
        "position": 1,
        "created_at": MOMENT,
    },
    PromiseRendition: {"promise_id": "demo2020-1-1", "part": "promise", "readers": "a"},
    UpdateRendition: {"update_id": uuid.UUID(int=1), "readers": "a", "published_at": MOMENT},
    WebhookErrand: {"webhook_id": uuid.UUID(int=1), "sequence": 1, "asked_at": MOMENT},
    WebhookAttempt: {
        "webhook_id": uuid.UUID(int=1),
        "message": "entry_1",
        "type": "update.publish",
        "sequence": 1,
        "number": 1,
        "at": MOMENT,
        "milliseconds": 20,
        "outcome": "delivered",
    },
    VerdictSpan: {
        "promise_id": "demo2020-1-1",
        "valid_from": LONG_AGO,
        "valid_to": LONG_AGO,
        "known_from": 7,
        "kind": "legislation",
        "commitment": "specific",
    },
}

ASSESSED = {"status": "implemented", "status_since": DAY, "status_since_precision": "day"}
PUBLISHED = {"review_state": "published", "published_at": BEFORE, "counts_from": DAY}
ENDED = {**PUBLISHED, "review_state": "retracted", "ended_at": MOMENT, "ended_reason": "Wrong."}
TAKEN, HERS = {"address_digest": "t" * 64}, {"address_digest": "h" * 64}
SPENT = {"content": None, "finished_at": MOMENT}
NOT_STARTED = {"status": "not_started", "assessed_on": DAY, "assessed_precision": "month"}

# fmt: off
BAD: list[tuple[type[models.Model], str, dict[str, Any], str]] = [
    # model          what                                        spoiled                                         refused by
    (Body,           "no name",                                  {"name": {}},                                   "body_has_name"),
    (Body,           "succeeds itself",                          {"successor_id": "new-body"},                   "body_not_its_own_successor"),
    (Body,           "an id that is taken",                      {"id": "court"},                                ""),
    (Topic,          "no name",                                  {"name": {}},                                   "topic_has_name"),
    (Organisation,   "no name",                                  {"name": {}},                                   "organisation_has_name"),
    (Organisation,   "a licence, accepted never",                {"licence_accepted": "CC-BY-4.0"},              "organisation_accepted_when"),
    (Organisation,   "accepted, but no licence",                 {"licence_accepted_at": MOMENT},                "organisation_accepted_when"),
    (Publisher,      "no name",                                  {"name": {}},                                   "publisher_has_name"),
    (Publisher,      "a type that is none",                      {"type": "newspaper"},                          "publisher_type_known"),
    (Source,         "no title",                                 {"title": {}},                                  "source_has_title"),
    (Source,         "a kind that is none",                      {"kind": "rumour"},                             "source_kind_known"),
    (Source,         "a day without precision",                  {"published_on": DAY},                          "source_published_on_precise"),
    (Source,         "precision without a day",                  {"published_precision": "day"},                 "source_published_on_precise"),
    (Source,         "a precision that is none",                 {"published_on": DAY, "published_precision": "week"}, "source_published_on_precise"),
    (Source,         "an edition of itself",                     {"edition_of_id": "new-source"},                "source_not_its_own_edition"),
    (Source,         "an address that is taken, among public ones", {**TAKEN, "public_since": BEFORE},           "source_address_once"),
    (Source,         "an address that is taken, among its organisation's", {**HERS, "submitted_by_id": "lantern"}, "source_address_once_of_each"),
    (Source,         "an address that is taken, among the curators'", {"address_digest": "c" * 64},              "source_address_once_of_curators"),
    (Paragraph,      "a place that is taken",                    {"ordinal": 1},                                 "paragraph_place_once"),
    (Paragraph,      "place zero",                               {"ordinal": 0},                                 "paragraph_from_one"),
    (Programme,      "no title",                                 {"title": {}},                                  "programme_has_title"),
    (Programme,      "no promisor",                              {"promisor": {}},                               "programme_has_promisor"),
    (Programme,      "announced with no precision",              {"announced_precision": ""},                    "programme_announced_on_precise"),
    (Programme,      "announced with a precision that is none",  {"announced_precision": "week"},                "programme_announced_on_precise"),
    (Reform,         "no title",                                 {"title": {}},                                  "reform_has_title"),
    (Reform,         "an id of another number",                  {"id": "demo2020-8"},                           "reform_id_speaks"),
    (Reform,         "an id of another programme",               {"id": "far2021-7"},                            "reform_id_speaks"),
    (Reform,         "an id with a leading zero",                {"id": "demo2020-07"},                          "reform_id_speaks"),
    (Reform,         "number zero, numbered",                    {"id": "demo2020-0", "number": 0},              "reform_zero_is_unnumbered"),
    (Reform,         "number seven, unnumbered",                 {"numbered": False},                            "reform_zero_is_unnumbered"),
    (Reform,         "a place that is taken",                    {"position": "demo2020-001"},                   ""),
    (Promise,        "no title",                                 {"title": {}},                                  "promise_has_title"),
    (Promise,        "no statement",                             {"statement": {}},                              "promise_has_statement"),
    (Promise,        "a kind that is none",                      {"kind": "wish"},                               "promise_kind_known"),
    (Promise,        "a commitment that is none",                {"commitment": "firm"},                         "promise_commitment_known"),
    (Promise,        "a status that is none",                    {**ASSESSED, "status": "done"},                 "promise_status_known"),
    (Promise,        "a verification that is none",              {**ASSESSED, "verification": "sure"},           "promise_verification_known"),
    (Promise,        "a deadline without precision",             {"deadline_on": DAY},                           "promise_deadline_on_precise"),
    (Promise,        "precision without a deadline",             {"deadline_precision": "year"},                 "promise_deadline_on_precise"),
    (Promise,        "a deadline of a precision that is none",   {"deadline_on": DAY, "deadline_precision": "week"}, "promise_deadline_on_precise"),
    (Promise,        "since, without precision",                 {**ASSESSED, "status_since_precision": ""},     "promise_status_since_precise"),
    (Promise,        "assessed, not since when",                 {"status": "implemented"},                      "promise_assessed_since"),
    (Promise,        "not assessed, but since",                  {**ASSESSED, "status": "not_assessed"},         "promise_assessed_since"),
    (Promise,        "not assessed, but verified",               {"verification": "documented"},                 "promise_assessed_since"),
    (Promise,        "not assessed, but contested",              {"contested": True},                            "promise_assessed_since"),
    (Promise,        "an id of another number",                  {"id": "demo2020-1-8"},                         "promise_id_speaks"),
    (Promise,        "an id of another reform",                  {"id": "demo2020-2-7"},                         "promise_id_speaks"),
    (Promise,        "another programme than its reform's",      {"programme_id": "far2021"},                    "promise_in_its_reforms_programme"),
    (Promise,        "number zero",                              {"id": "demo2020-1-0", "number": 0},            "promise_number_from_one"),
    (Promise,        "a place that is taken",                    {"position": "demo2020-001-00001"},             ""),
    (Promise,        "implemented from, not to",                 {"implemented_from": DAY},                      "promise_implemented_span"),
    (Promise,        "implemented to, not from",                 {"implemented_to": DAY},                        "promise_implemented_span"),
    (Promise,        "implemented from after to",                {"implemented_from": DAY, "implemented_to": EARLIER}, "promise_implemented_span"),
    (PromiseBody,    "a role that is none",                      {"role": "guilty"},                             "promisebody_role_known"),
    (PromiseBody,    "twice in one role",                        {"body_id": "court", "role": "responsible"},    "promisebody_once"),
    (PromiseRelation, "a kind that is none",                     {"kind": "contradicts"},                        "promiserelation_kind_known"),
    (PromiseRelation, "to itself",                               {"to_id": "demo2020-1-1"},                      "promiserelation_not_itself"),
    (PromiseRelation, "twice",                                   {"kind": "depends_on"},                         "promiserelation_once"),
    (StatusUpdate,   "a status that is none",                    {"status": "done"},                             "statusupdate_status_known"),
    (StatusUpdate,   "not assessed",                             {"status": "not_assessed"},                     "statusupdate_assesses"),
    (StatusUpdate,   "a review state that is none",              {"review_state": "draft"},                      "statusupdate_review_state_known"),
    (StatusUpdate,   "effective with no precision",              {"effective_precision": ""},                    "statusupdate_effective_on_precise"),
    (StatusUpdate,   "effective with a precision that is none",  {"effective_precision": "week"},                "statusupdate_effective_on_precise"),
    (StatusUpdate,   "assessed with no precision",               {"assessed_on": DAY},                           "statusupdate_assessed_on_precise"),
    (StatusUpdate,   "not started, not assessed on",             {**NOT_STARTED, "assessed_on": None, "assessed_precision": ""}, "statusupdate_not_started_is_as_assessed"),
    (StatusUpdate,   "not started, assessed on another day",     {**NOT_STARTED, "assessed_on": date(2022, 7, 31)}, "statusupdate_not_started_is_as_assessed"),
    (StatusUpdate,   "not started, assessed in another precision", {**NOT_STARTED, "assessed_precision": "day"}, "statusupdate_not_started_is_as_assessed"),
    (StatusUpdate,   "effective on a day, assessed the day before", {"effective_precision": "day", "assessed_on": EARLIER, "assessed_precision": "day"}, "statusupdate_assessed_after_effect"),
    (StatusUpdate,   "published, not when",                      {**PUBLISHED, "published_at": None},            "statusupdate_public_when_published"),
    (StatusUpdate,   "published, counting from no day",          {**PUBLISHED, "counts_from": None},             "statusupdate_public_when_published"),
    (StatusUpdate,   "submitted, but published once",            {"published_at": BEFORE},                       "statusupdate_public_when_published"),
    (StatusUpdate,   "rejected, but counting",                   {"review_state": "rejected", "counts_from": DAY}, "statusupdate_public_when_published"),
    (StatusUpdate,   "retracted, never published",               {**ENDED, "published_at": None, "counts_from": None}, "statusupdate_public_when_published"),
    (StatusUpdate,   "retracted without reason",                 {**ENDED, "ended_reason": ""},                  "statusupdate_ended_with_reason"),
    (StatusUpdate,   "retracted, not when",                      {**ENDED, "ended_at": None},                    "statusupdate_ended_with_reason"),
    (StatusUpdate,   "retracted before it was published",        {**ENDED, "ended_at": BEFORE, "published_at": MOMENT}, "statusupdate_ended_with_reason"),
    (StatusUpdate,   "removed without reason",                   {**ENDED, "review_state": "removed", "ended_reason": ""}, "statusupdate_ended_with_reason"),
    (StatusUpdate,   "standing, with an end",                    {**ENDED, "review_state": "published"},         "statusupdate_ended_with_reason"),
    (StatusUpdate,   "submitted, with a reason for its end",     {"ended_reason": "Wrong."},                     "statusupdate_ended_with_reason"),
    (StatusUpdate,   "superseded by nothing",                    {**ENDED, "review_state": "superseded"},        "statusupdate_superseded_by"),
    (StatusUpdate,   "an external id that is taken",             {"external_id": "row 1"},                       "statusupdate_external_id_once"),
    (StatusUpdate,   "a reason for replacing nothing",           {"replaces_reason": "Wrong."},                  "statusupdate_replaces_with_reason"),
    (Reply,          "signed by nobody",                         {"signed_by": {}},                              "reply_has_signed_by"),
    (Reply,          "no text",                                  {"text": {}},                                   "reply_has_text"),
    (Reply,          "an id of another promise",                 {"id": "demo2020-1-2-new"},                     "reply_id_speaks"),
    *(
        (letter, what, spoiled, f"{letter.__name__.lower()}_{by}")
        for letter in (ErrorReport, ProposedReply)
        for what, spoiled, by in (
            ("a state that is none", {"state": "read", "decided_at": MOMENT}, "state_known"),
            ("decided, not when", {"state": "declined"}, "decided_when"),
            ("waiting, decided", {"decided_at": MOMENT}, "decided_when"),
            ("waiting twice", {"digest": "w" * 64}, "waits_once"),
        )
    ),
    (Citation,       "of nothing",                               {"promise_id": None},                           "citation_of_promise_or_update"),
    (Citation,       "a stance that is none",                    {"stance": "proves"},                           "citation_stance_known"),
    (Citation,       "a basis that is none",                     {"basis": "hearsay"},                           "citation_basis_known"),
    (Citation,       "of no origin",                             {"origin_id": None},                            ""),
    (Key,            "no name",                                  {"name": ""},                                   "key_has_name"),
    (Key,            "no digest",                                {"digest": ""},                                 "key_has_digest"),
    (LinkCheck,      "an outcome that is none",                  {"outcome": "dead"},                            "linkcheck_outcome_known"),
    (LinkCheck,      "failing, not since when",                  {"failures": 1},                                "linkcheck_failing_since"),
    (Import,         "a kind that is none",                      {"kind": "bodies"},                             "import_kind_known"),
    (Import,         "a state that is none",                     {"state": "half done", **SPENT},                "import_state_known"),
    (Import,         "waiting, without its file",                {"content": None},                              "import_kept_while_it_waits"),
    (Import,         "done, and its file kept",                  {"state": "done", "finished_at": MOMENT},       "import_kept_while_it_waits"),
    (KeptAnswer,     "two to one request",                       {"name": "taken"},                              "keptanswer_once"),
    (SeedRecord,     "twice",                                    {"object_id": "taken"},                         "seedrecord_once"),
    (Webhook,        "no name",                                  {"name": ""},                                   "webhook_has_name"),
    (Webhook,        "no secret",                                {"secret": ""},                                 "webhook_has_secret"),
    (Webhook,        "an old secret that never ends",            {"previous_secret": "sealed"},                  "webhook_previous_secret_ends"),
    (Webhook,        "the end of no old secret",                 {"previous_until": MOMENT},                     "webhook_previous_secret_ends"),
    (Webhook,        "disabled, not why",                        {"state": "disabled", "disabled_at": MOMENT},   "webhook_disabled_why_and_when"),
    (Webhook,        "disabled, not when",                       {"state": "disabled", "disabled_by": "gone"},   "webhook_disabled_why_and_when"),
    (Webhook,        "active, and why it is not",                {"disabled_by": "gone"},                        "webhook_disabled_why_and_when"),
    (Webhook,        "failing, not since when",                  {"failures": 1},                                "webhook_failing_since"),
    (Webhook,        "held for ever",                            {"lease": uuid.UUID(int=3)},                    "webhook_lease_ends"),
    (WebhookErrand,  "neither an event nor a ping",              {"sequence": None},                             "webhookerrand_event_or_ping"),
    (WebhookErrand,  "an event and a ping",                      {"message": "ping_1"},                          "webhookerrand_event_or_ping"),
    (WebhookAttempt, "an outcome that is none",                  {"outcome": "lost"},                            "webhookattempt_outcome_known"),
    (VerdictSpan,    "a status that is none",                    {**ASSESSED, "status": "done"},                 "verdictspan_status_known"),
    (VerdictSpan,    "a verification that is none",              {**ASSESSED, "verification": "sure"},           "verdictspan_verification_known"),
    (VerdictSpan,    "since, without precision",                 {**ASSESSED, "status_since_precision": ""},     "verdictspan_status_since_precise"),
    (VerdictSpan,    "assessed, not since when",                 {"status": "implemented"},                      "verdictspan_assessed_since"),
    (VerdictSpan,    "implemented from, not to",                 {"implemented_from": DAY},                      "verdictspan_implemented_span"),
    (VerdictSpan,    "a kind that is none",                      {"kind": "wish"},                               "verdictspan_kind_known"),
    (VerdictSpan,    "a commitment that is none",                {"commitment": "firm"},                         "verdictspan_commitment_known"),
    (VerdictSpan,    "valid to before from",                     {"valid_to": date(2018, 12, 31)},                    "verdictspan_valid_in_order"),
    (VerdictSpan,    "known to before from",                     {"known_to": 7},                                "verdictspan_known_in_order"),
    (VerdictSpan,    "two known now from one day on",            {"valid_from": DAY, "valid_to": DAY},           "verdictspan_open_once"),
]
# fmt: on

# Rows that need another row beside them.
BAD_WITH_COMPANY = {
    "reforms_statusupdate_superseded_by",
    "reforms_statusupdate_not_its_own_successor",
    "reforms_citation_of_promise_or_update",
}


@pytest.fixture
def company(cast: None) -> StatusUpdate:
    """Rows that take what the bad ones want; returns a published update."""
    first, _ = make_promise(1, bodies=[("court", "responsible")]), make_promise(2)
    PromiseRelation.objects.create(promise=first, kind="depends_on", to_id="demo2020-1-2")
    Paragraph.objects.create(source_id="daily-page", ordinal=1, fingerprint="fp1:1", text="One.")
    Source.objects.filter(pk="blog-page").update(**TAKEN, public_since=BEFORE)
    Source.objects.filter(pk="watch-page").update(**HERS, submitted_by="lantern")
    Source.objects.filter(pk="league-page").update(address_digest="c" * 64)
    User.objects.create(pk=4242, username="somebody")
    Webhook.objects.create(**GOOD[Webhook] | {"id": uuid.UUID(int=1)})
    KeptAnswer.objects.create(**GOOD[KeptAnswer] | {"name": "taken"})
    SeedRecord.objects.create(object_type="topic", object_id="taken", content={}, loaded_at=MOMENT)
    for letter in (ErrorReport, ProposedReply):
        letter._default_manager.create(**GOOD[letter] | {"digest": "w" * 64})
    return make_update(first, "in_progress", external_id="row 1")


@pytest.mark.parametrize("model", GOOD, ids=lambda model: model.__name__)
def test_the_good_row_is_good(company: StatusUpdate, model: type[models.Model]) -> None:
    model._default_manager.bulk_create([model(**GOOD[model])])
    connection.check_constraints()


def test_there_is_a_good_row_of_every_model() -> None:
    """But of the ledger's: they continue a chain, see tests/ledger/test_guard.py."""
    written = {model for model in MODELS if not model._meta.auto_created}
    assert set(GOOD) == written - {LedgerEntry, LedgerPayload}


def write(model: type[models.Model], columns: dict[str, Any]) -> None:
    with transaction.atomic():
        model._default_manager.bulk_create([model(**columns)])


@pytest.mark.parametrize(
    ("model", "spoiled", "constraint"),
    [(case[0], *case[2:]) for case in BAD],
    ids=[f"{case[0].__name__}: {case[1]}" for case in BAD],
)
def test_a_bad_row_is_refused(
    company: StatusUpdate, model: type[models.Model], spoiled: dict[str, Any], constraint: str
) -> None:
    with pytest.raises(IntegrityError) as refused:
        write(model, GOOD[model] | spoiled)
    assert_by(constraint, refused.value)


def assert_by(constraint: str, error: IntegrityError) -> None:
    """The named constraint is the one that refused; SQLite names its columns where it is unique."""
    message = str(error)
    if constraint and "UNIQUE constraint failed" not in message:
        assert f"reforms_{constraint}" in message


def superseded_by_none_of_them(update: StatusUpdate) -> None:
    StatusUpdate.objects.filter(pk=update.pk).update(
        successor=make_update(update.promise, "stalled")
    )


def its_own_successor(update: StatusUpdate) -> None:
    StatusUpdate.objects.filter(pk=update.pk).update(
        review_state="superseded", ended_at=datetime.now(UTC), ended_reason="x", successor=update
    )


def successor_of_two(update: StatusUpdate) -> None:
    one, other = (make_update_in("superseded", update.promise) for _ in range(2))  # type: ignore[arg-type]
    StatusUpdate.objects.filter(pk=one.pk).update(successor=other.successor)


def replacing_without_reason(update: StatusUpdate) -> None:
    replaced = make_update(update.promise, "stalled")
    StatusUpdate.objects.filter(pk=update.pk).update(replaces=replaced)


def replacing_itself(update: StatusUpdate) -> None:
    StatusUpdate.objects.filter(pk=update.pk).update(replaces=update, replaces_reason="Wrong.")


def citation_of_both(update: StatusUpdate) -> None:
    Citation.objects.filter(update=update).update(promise=update.promise)


@pytest.mark.parametrize(
    ("spoil", "constraint"),
    [
        (superseded_by_none_of_them, "statusupdate_superseded_by"),
        (its_own_successor, "statusupdate_not_its_own_successor"),
        (successor_of_two, ""),
        (replacing_without_reason, "statusupdate_replaces_with_reason"),
        (replacing_itself, "statusupdate_replaces_with_reason"),
        (citation_of_both, "citation_of_promise_or_update"),
    ],
)
def test_a_row_is_not_spoiled_by_an_update_either(
    company: StatusUpdate, spoil: Callable[[StatusUpdate], None], constraint: str
) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        spoil(company)
    assert_by(constraint, refused.value)


def test_every_constraint_is_tried() -> None:
    tried = {f"reforms_{case[3]}" for case in BAD} | BAD_WITH_COMPANY
    # The number within a parent is part of the id as well, which the key refuses first.
    twice = {"reforms_reform_number_once", "reforms_promise_number_once"}
    # An entry that does not continue the chain is refused before its columns are looked at.
    twice.add("reforms_ledgerentry_from_one")
    named = {constraint.name for model in MODELS for constraint in model._meta.constraints}
    assert named - tried == twice


@pytest.mark.parametrize(
    ("model", "pk"),
    [
        (Organisation, "editors"),
        (Publisher, "daily"),
        (Source, "daily-page"),
        (Body, "court"),
        (Programme, "demo2020"),
        (Reform, "demo2020-1"),
        (Promise, "demo2020-1-1"),
    ],
)
def test_what_something_rests_on_is_protected(
    company: StatusUpdate, model: type[models.Model], pk: str
) -> None:
    with pytest.raises(models.ProtectedError):
        model._default_manager.get(pk=pk).delete()


@pytest.mark.django_db
def test_every_check_can_also_be_made_before_writing() -> None:
    """A condition over a column's name (`reform_id`) instead of its field's is skipped silently."""
    for model in MODELS:
        columns = model()._get_field_expression_map(meta=model._meta)  # type: ignore[attr-defined]
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.CheckConstraint):
                try:
                    Q(constraint.condition).check(columns)
                except FieldError as error:
                    pytest.fail(f"{constraint.name}: {error}")


@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    said = StringIO()
    call_command("makemigrations", "reforms", check=True, dry_run=True, stdout=said)
    assert "No changes detected" in said.getvalue()


# Types of column ---------------------------------------------------------------------------------

IDS = ["a", "a-1", "a-10", "a-2", "a1", "b", "kz2022", "kz2022-1", "kz2022-10", "kz2022sep"]


@pytest.mark.django_db
def test_ids_order_by_bytes_on_every_engine() -> None:
    Topic.objects.bulk_create(Topic(id=name, name={"en": "x"}) for name in reversed(IDS))
    assert list(Topic.objects.order_by("id").values_list("pk", flat=True)) == sorted(IDS)
    assert list(Topic.objects.filter(pk__gt="a-10").order_by("id")[:1]) == [Topic(id="a-2")]


def test_promises_stand_in_the_order_of_their_numbers(cast: None) -> None:
    made = [
        make_promise(number, reform)
        for reform in ("far2021-1", "demo2020-2", "demo2020-1", "demo2020-0")
        for number in (10, 9, 2)
    ]
    made.sort(key=lambda one: (one.programme_id, int(one.reform_id.split("-")[1]), one.number))
    assert list(Promise.objects.all()) == made


@pytest.mark.parametrize("written", ["2022", "2022-06", "2022-06-30", None])
def test_a_partial_date_is_two_columns(cast: None, written: str | None) -> None:
    source = Source.objects.get(pk="daily-page")
    source.published = PartialDate.parse(written) if written else None
    source.save()
    source = Source.objects.get(pk="daily-page")
    assert (str(source.published) if source.published else None) == written
    assert (source.published_on is None) is (source.published_precision == "") is (written is None)


# Indexes for the documented filters and orders ----------------------------------------------------

# What each serves: equality on all columns but the last one or two, which give the order.
INDEXED: list[tuple[type[models.Model], str, str]] = [
    (Promise, "promise_by_programme", "programme_id position"),
    (Promise, "promise_by_reform", "reform_id position"),
    (Promise, "promise_by_reform_status", "reform_id status position"),
    (Promise, "promise_by_status", "status position"),
    (Promise, "promise_by_verification", "verification position"),
    (Promise, "promise_by_kind", "kind position"),
    (Promise, "promise_by_commitment", "commitment position"),
    (Promise, "promise_by_contested", "contested position"),
    (Promise, "promise_by_change", "changed_at position"),
    (Promise, "promise_by_publication", "last_published_at position"),
    (Promise, "promise_by_deadline", "(deadline_on) position"),
    (Promise, "promise_by_since", "(status_since) position"),
    (Promise, "promise_counted", "reform_id status commitment"),
    (StatusUpdate, "update_by_promise", "promise_id review_state counts_from"),
    (StatusUpdate, "update_by_organisation", "organisation_id review_state promise_id"),
    (StatusUpdate, "update_by_review", "review_state submitted_at id"),
    (StatusUpdate, "update_by_submission", "submitted_at id"),
    (StatusUpdate, "update_by_sender", "organisation_id submitted_at id"),
    (StatusUpdate, "update_by_published_at", "published_at id review_state"),
    (StatusUpdate, "update_by_effect", "counts_from published_at id"),
    (StatusUpdate, "update_by_status", "status published_at id"),
    (Citation, "citation_by_promise", "promise_id position"),
    (Citation, "citation_by_update", "update_id position"),
    (Citation, "citation_by_source", "source_id"),
    (Citation, "citation_by_origin", "origin_id"),
    (Citation, "citation_by_stance", "stance id"),
    (Citation, "citation_by_basis", "basis id"),
    (PromiseBody, "promisebody_by_body", "body_id promise_id"),
    (Paragraph, "paragraph_by_print", "source_id fingerprint"),
    (Source, "source_private", "id"),
    (Source, "source_by_publisher", "publisher_id id"),
    (Source, "source_by_kind", "kind id"),
    (Source, "source_by_language", "language id"),
    (Source, "source_by_date", "(published_on) id"),
    (Source, "source_unarchived", "id"),
    (LinkCheck, "link_check_by_outcome", "outcome source_id"),
    (LinkCheck, "link_check_by_time", "checked_at"),
    (LinkCheck, "link_check_dead", "source_id"),
    (Publisher, "publisher_by_type", "type id"),
    (Publisher, "publisher_by_country", "country id"),
    (VerdictSpan, "span_by_promise", "promise_id known_to valid_to known_from valid_from"),
    (VerdictSpan, "span_by_status", "status promise_id valid_to"),
    (Reply, "reply_by_promise", "promise_id dated_on"),
    (Reply, "reply_by_publication", "public_since id"),
    (ErrorReport, "report_by_state", "state sent_at"),
    (ProposedReply, "proposal_by_state", "state sent_at"),
    (WebhookAttempt, "attempt_by_webhook", "webhook_id id"),
    (PromiseRendition, "promise_unrendered", "promise_id"),
    (UpdateRendition, "update_unrendered", "published_at update_id"),
    (UpdateRendition, "update_rendered", "published_at update_id form readers"),
    (Import, "import_by_state", "state created_at"),
    (Import, "import_by_user", "user_id created_at"),
    (LedgerEntry, "entry_by_object", "object_type object_id sequence"),
    (LedgerEntry, "entry_by_action", "action sequence"),
    (LedgerEntry, "entry_by_type", "object_type sequence"),
]


def constraints_of(model: type[models.Model]) -> dict[str, Any]:
    with connection.cursor() as cursor:
        return connection.introspection.get_constraints(cursor, model._meta.db_table)


@pytest.mark.django_db
@pytest.mark.parametrize(("model", "name", "columns"), INDEXED, ids=[case[1] for case in INDEXED])
def test_the_index_is_there(model: type[models.Model], name: str, columns: str) -> None:
    expected = [None if column.startswith("(") else column for column in columns.split()]
    found = constraints_of(model)[name]
    assert found["index"]
    assert found["columns"] in (
        expected,
        [],
    )  # no columns where an engine tells none of expressions


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("model", "name", "columns"), [case for case in INDEXED if case[2].startswith("(")]
)
def test_an_order_in_which_what_has_no_date_stands_last_is_served(
    model: type[models.Model], name: str, columns: str
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite compares a parameter with no index over an expression: it sorts")
    date_column, key = columns.split()
    last = models.functions.Coalesce(date_column.strip("()"), models.Value(LAST_DAY))
    with connection.cursor() as cursor:
        # A table without rows would be read whole: what is asked is whether the index could serve.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
    assert name in model._default_manager.order_by(last, key).explain()


def test_every_index_is_in_the_table() -> None:
    assert {index.name for model in MODELS for index in model._meta.indexes} == {
        case[1] for case in INDEXED
    }


@pytest.mark.django_db
def test_every_foreign_key_can_be_followed_backwards() -> None:
    """Deleting and prefetching ask by it; an index of more columns begins with it."""
    for model in MODELS:
        leading = {
            one["columns"][0]
            for one in constraints_of(model).values()
            if one["columns"] and (one["index"] or one["unique"] or one["primary_key"])
        }
        # Of a key of several, SQLite tells the columns in the order of the table.
        leading.add(model._meta.pk_fields[0].column)
        for column in model._meta.local_concrete_fields:
            if column.remote_field:
                assert column.column in leading, f"{model.__name__}.{column.name}"
