"""Persons are forgotten in time, and nothing public with them."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.test import Client
from django_q.models import Task

from reforms import dates, integrity, keys, ledger, letters, records, workflow
from reforms.models import (
    Import,
    KeptAnswer,
    Key,
    LetterState,
    Organisation,
    Promise,
    StatusUpdate,
    Webhook,
    WebhookAttempt,
)
from reforms.vocabulary import PUBLIC_STATES, ReviewState
from tests.fixtures import (
    Clock,
    People,
    fresh,
    make_promise,
    make_reply,
    make_report,
    make_update,
    make_update_in,
    propose_reply,
    row,
)
from tests.ledger.telling import findings
from tests.tables import holding

WAITING = (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED)
# Nothing else in the tests' database has this number, or holds this name.
NUMBER, NAME = 987_654_321, "zebulon"
# What an account is made of.
ACCOUNT = {"auth_user.id", "auth_user.username"}


def later(clock: Clock, **time: int) -> None:
    clock.at((clock.moment + timedelta(**time)).isoformat())


@pytest.fixture
def zebulon(people: People, clock: Clock) -> Any:
    """An account that was used for all that leaves a trace, a while ago."""
    user = type(people.anna).objects.create_user(NAME, pk=NUMBER, is_staff=True)
    lantern = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(lantern)
    promise = make_promise(7)
    for state in set(ReviewState) - set(WAITING):
        make_update_in(state, promise, organisation="lantern", user=user)
    key, _ = keys.issue(lantern, "Nightly", ["submit"], by=user)
    keys.note_use(key)
    ended, _ = keys.issue(lantern, "Trial", ["submit"], by=user)
    keys.revoke(ended)
    content_type = ContentType.objects.get_for_model(Promise)
    LogEntry.objects.create(
        user=user,
        content_type=content_type,
        object_id=promise.pk,
        object_repr=str(promise),
        action_flag=CHANGE,
        change_message=f"{NAME} said so.",
    )
    KeptAnswer.objects.create(
        holder=f"user:{NUMBER}",
        name="one",
        request="0" * 64,
        status=201,
        kept_at=clock.moment,
    )
    for waits in (False, True):
        Import.objects.create(
            kind="updates",
            file_name="updates.csv",
            user=user,
            created_at=clock.moment,
            **({"content": b"id"} if waits else {"state": "failed", "finished_at": clock.moment}),
        )
    for letter in (make_report(contact=NAME), propose_reply(promise, contact=NAME)):
        letters.decide(letter, LetterState.DECLINED, user, "No.")
    forged = make_reply(promise, verified_how=f"{NAME} said so.")
    workflow.withdraw_object(forged, "It was forged.")
    Client().force_login(user)
    return user


def traces() -> set[str]:
    return set(
        holding(
            lambda value: (
                value == NUMBER
                or (isinstance(value, str) and (str(NUMBER) in value or NAME in value.lower()))
            )
        )
    )


def test_no_table_holds_the_person_beyond_the_account(zebulon: Any, clock: Clock) -> None:
    assert traces() - ACCOUNT == {
        "django_admin_log.change_message",
        "django_admin_log.user_id",
        "reforms_errorreport.contact",
        "reforms_errorreport.decided_by_id",
        "reforms_import.user_id",
        "reforms_keptanswer.holder",
        "reforms_key.created_by_id",
        "reforms_proposedreply.contact",
        "reforms_proposedreply.decided_by_id",
        "reforms_reply.verified_how",
        "reforms_statusupdate.submitted_by_id",
    }
    assert [one.get_decoded()["_auth_user_id"] for one in Session.objects.all()] == [str(NUMBER)]
    clock.at("2999-01-01T00:00Z")
    workflow.forget()
    assert traces() == ACCOUNT
    assert not Session.objects.exists()
    zebulon.refresh_from_db()
    assert zebulon.username == NAME


def test_nothing_public_changes(zebulon: Any, clock: Clock) -> None:
    def record() -> Any:
        documents = [
            records.document(thing)
            for model in records.TYPES.values()
            for thing in model._default_manager.order_by("pk")
        ]
        return documents, list(StatusUpdate.objects.order_by("pk").values_list("pk", "version"))

    before, head = record(), ledger.head()
    clock.at("2999-01-01T00:00Z")
    assert sum(workflow.forget().values()) > 0
    assert (record(), ledger.head()) == (before, head)
    assert findings() == []
    assert list(integrity.find_drift()) == []


def test_what_is_young_stays(zebulon: Any, clock: Clock, settings: Any) -> None:
    settings.PRIVATE_DATA_DAYS = 30
    later(clock, days=29)
    before = traces()
    assert workflow.forget()["authors of status updates"] == 0
    # An answer to a repeated request lives for hours only.
    assert before - traces() == {"reforms_keptanswer.holder"}
    later(clock, days=2)
    found = workflow.forget()
    assert (found["authors of status updates"], found["keys that ended"]) == (6, 1)
    assert traces() == ACCOUNT


def test_what_it_counts_is_what_it_does(zebulon: Any, clock: Clock) -> None:
    Organisation.objects.filter(pk="compass").update(legal_name="Zebulon")
    workflow.withdraw_object(Organisation.objects.get(pk="compass"), "It dissolved.")
    deliver_in_vain()
    clock.at("2999-01-01T00:00Z")
    before = traces()
    planned = workflow.forget(dry_run=True)
    assert traces() == before
    assert planned == {
        # A successor is another's word: nobody submitted it here.
        "authors of status updates": 6,
        "contacts of error reports": 1,
        "deciders of error reports": 1,
        "contacts of proposed replies": 1,
        "deciders of proposed replies": 1,
        "how replies were verified": 1,
        "lines of the internal history": 1,
        "sessions that ended": 1,
        "kept answers": 1,
        "files that nobody confirmed": 1,
        "imports from files": 2,
        "keys that ended": 1,
        "last uses of keys": 1,
        "makers of keys": 1,
        "legal names": 1,
        "members": 1,
        "deliveries to webhooks": 1,
        "failed tasks of the queue": 1,
    }
    assert workflow.forget() == planned
    assert set(workflow.forget().values()) == {0}


def deliver_in_vain() -> None:
    """An attempt to send something that failed, and a task of the queue that did."""
    at = dates.now()
    lantern = Organisation.objects.get(pk="lantern")
    webhook = Webhook.objects.create(
        organisation=lantern,
        name="x",
        url="https://x.example/",
        secret="sealed",
        position=0,
        created_at=at,
    )
    WebhookAttempt.objects.create(
        webhook=webhook,
        message="entry_1",
        type="promise.create",
        number=1,
        at=at,
        milliseconds=1,
        outcome="refused",
    )
    Task.objects.create(id="1", name="x", func="x", started=at, stopped=at, success=False)


@pytest.mark.parametrize("state", ReviewState)
def test_authors_are_known_while_somebody_reviews(
    people: People, promise: Promise, clock: Clock, state: ReviewState
) -> None:
    """Who submitted it may not publish it: that has to be known for as long as it waits."""
    update = make_update_in(state, promise, organisation="lantern", user=people.anna)
    later(clock, days=91)
    before = row(update)
    workflow.forget()
    expected = people.anna.pk if state in WAITING else None
    assert row(update) == before | {"submitted_by_id": expected}
    assert (update.review_state in PUBLIC_STATES) == fresh(update).is_public


def test_a_key_that_is_used_stays(people: People, clock: Clock) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(lantern)
    key, text = keys.issue(lantern, "Nightly", ["submit"], by=people.curator)
    later(clock, days=200)
    keys.note_use(key)
    used = fresh(key).last_used_at
    workflow.forget()
    assert keys.find(text) == key
    assert (fresh(key).last_used_at, fresh(key).created_by) == (used, None)


ENDS: dict[str, Callable[[Key], Any]] = {
    "revoked": keys.revoke,
    "expired": lambda key: Key.objects.filter(pk=key.pk).update(expires_at=key.created_at),
}


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_keys_that_ended_go(cast: None, clock: Clock, end: Callable[[Key], Any]) -> None:
    lantern = Organisation.objects.get(pk="lantern")
    workflow.accept_licence(lantern)
    key, _ = keys.issue(lantern, "Trial", ["submit"])
    end(key)
    later(clock, days=90)
    workflow.forget()
    assert Key.objects.exists()
    later(clock, seconds=1)
    workflow.forget()
    assert not Key.objects.exists()


def test_the_legal_name_of_who_is_gone_goes(people: People, clock: Clock) -> None:
    Organisation.objects.update(legal_name="Zebulon & Daughters")
    workflow.withdraw_object(Organisation.objects.get(pk="compass"), "It dissolved.")
    later(clock, days=91)
    workflow.forget()
    assert Organisation.objects.get(pk="compass").legal_name == ""
    assert not Organisation.objects.get(pk="compass").members.exists()
    assert Organisation.objects.get(pk="lantern").legal_name == "Zebulon & Daughters"
    assert list(Organisation.objects.get(pk="lantern").members.all()) == [people.anna]


def test_drafts_stay_as_they_are(people: People, promise: Promise, clock: Clock) -> None:
    update = make_update(
        promise, "stalled", organisation="lantern", user=people.anna, publish=False
    )
    later(clock, days=400)
    workflow.forget()
    workflow.publish(update)
    assert fresh(update).submitted_by == people.anna
    later(clock, days=91)
    workflow.forget()
    assert fresh(update).submitted_by is None
