"""What a subscriber is sent, in which order, how often, and until when it is tried."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from hypothesis import HealthCheck, given, settings, strategies

from reforms import ledger, webhooks, workflow
from reforms.links.posting import DeliveryOutcome, Posted
from reforms.models import (
    DisabledBy,
    LedgerEntry,
    Organisation,
    Promise,
    Webhook,
    WebhookAttempt,
)
from reforms.webhooks import addresses, delivering, messages, retrying, signing, waking
from tests.api.asking import answer
from tests.fixtures import (
    Clock,
    make_promise,
    make_reply,
    make_update,
    make_update_in,
    rolled_back,
)
from tests.webhooks.conftest import Consumer, Subscription, subscribe


def attempts(hook: Subscription) -> list[tuple[str, int | None]]:
    """What came of each attempt, oldest first."""
    found = WebhookAttempt.objects.filter(webhook=hook.pk).order_by("id")
    return list(found.values_list("outcome", "status"))


# What is sent -------------------------------------------------------------------------------------


def test_every_kind_of_change_is_an_event(hook: Subscription, consumer: Consumer) -> None:
    promise = make_promise()
    for state in ("superseded", "retracted", "removed"):
        make_update_in(state, promise)  # type: ignore[arg-type]
    with workflow.change(promise, "We misread it."):
        promise.title = {"en": "Another title"}
        workflow.save(promise)
    workflow.redact(promise, ["title"], "A court said so.")
    workflow.withdraw_object(make_promise(2), "It was none.")
    hook.deliver()
    entries = list(LedgerEntry.objects.filter(sequence__gt=hook.row.position - len(consumer.got)))
    assert consumer.sequences == [entry.sequence for entry in entries]
    assert {one["type"] for one in consumer.events} >= {
        "promise.create", "update.publish", "update.supersede", "update.retract", "update.remove",
        "promise.correct", "promise.redact", "promise.withdraw",
    }  # fmt: skip
    assert hook.row.position == ledger.head().sequence


def test_an_event_says_what_the_feed_says(hook: Subscription, consumer: Consumer) -> None:
    promise = make_promise()
    update = make_update(promise, "implemented", organisation="lantern")
    workflow.retract(update, "We misread the law.")
    hook.deliver()
    said = consumer.events[-1]
    [entry] = answer("/changes/", {"after": str(said["data"]["sequence"] - 1), "limit": "1"})[
        "results"
    ]
    shared = ("sequence", "recorded_at", "action", "object_type", "object_id", "actor", "hash")
    assert said["type"] == "update.retract"
    assert said["timestamp"] == entry["recorded_at"]
    assert {name: said["data"][name] for name in shared} == {name: entry[name] for name in shared}
    assert said["data"] == {name: entry[name] for name in shared} | {
        "programme": "demo2020",
        "reform": "demo2020-1",
        "promise": "demo2020-1-1",
        "organisation": "lantern",
        "reason": "We misread the law.",
        "redacted": False,
        "links": {
            "entry": f"https://tracker.example/api/v1/changes/?after={entry['sequence'] - 1}&limit=1",
            "object": f"https://tracker.example/api/v1/updates/{update.pk}/",
        },
    }
    assert max(len(body) for _, body in consumer.got) < 2_000


def test_an_event_about_a_reply_says_to_what_it_belongs(
    hook: Subscription, consumer: Consumer
) -> None:
    reply = make_reply(make_promise())
    hook.deliver()
    workflow.withdraw_object(reply, "The office did not write it.")
    hook.deliver()
    told = [one["data"] for one in consumer.events if one["data"]["object_type"] == "reply"]
    belongings = [(one["programme"], one["reform"], one["promise"]) for one in told]
    assert [one["action"] for one in told] == ["create", "withdraw"]
    assert belongings == [("demo2020", "demo2020-1", "demo2020-1-1")] * 2


def test_what_is_private_is_no_event(hook: Subscription, consumer: Consumer) -> None:
    promise = make_promise()
    hook.deliver()
    before = len(consumer.got)
    note = {"en": "Nobody may read this yet."}
    for state in ("submitted", "changes_requested", "rejected", "withdrawn"):
        make_update_in(state, promise, note=note)  # type: ignore[arg-type]
    assert hook.deliver() == 0
    assert len(consumer.got) == before


def test_what_was_redacted_meanwhile_is_not_sent(hook: Subscription, consumer: Consumer) -> None:
    promise = make_promise()
    update = make_update(promise, "implemented")
    workflow.retract(update, "John Doe of 5 Elm Street told us.")
    workflow.redact(update, ["reason"], "A court said so.")
    hook.deliver()
    sent = b"".join(body for _, body in consumer.got)
    assert b"Elm Street" not in sent
    retraction = next(one for one in consumer.events if one["type"] == "update.retract")
    assert (retraction["data"]["reason"], retraction["data"]["redacted"]) == ("[redacted]", True)


FILTERS: list[tuple[dict[str, list[str]], set[str]]] = [
    ({}, {"p1", "p2", "u1", "u2", "r1", "name"}),
    ({"type": ["promise"]}, {"p1", "p2"}),
    ({"action": ["retract", "publish"]}, {"u1", "u2", "r1"}),
    ({"action": ["retract"], "type": ["promise"]}, set()),
    ({"programme": ["far2021"]}, {"p2", "u2"}),
    ({"programme": ["far2021", "demo2020"]}, {"p1", "p2", "u1", "u2", "r1"}),
    ({"reform": ["demo2020-1"]}, {"p1", "u1", "r1"}),
    ({"promise": ["far2021-1-1"], "type": ["update"]}, {"u2"}),
    ({"organisation": ["compass"]}, {"u2", "name"}),
]


@pytest.mark.parametrize(("filters", "expected"), FILTERS)
def test_filters(
    cast: None, consumer: Consumer, filters: dict[str, list[str]], expected: set[str]
) -> None:
    hook = subscribe(consumer.url.replace("https", "http"), filters=filters)
    one, other = make_promise(), make_promise(reform="far2021-1")
    first = make_update(one, "implemented", organisation="lantern")
    make_update(other, "stalled", organisation="compass")
    workflow.retract(first, "Wrong.")
    compass = Organisation.objects.get(pk="compass")
    with workflow.change(compass, "It changed its name."):
        compass.name = {"en": "Another name"}
        workflow.save(compass)
    hook.deliver()
    names = {
        ("promise", "demo2020-1-1"): "p1",
        ("promise", "far2021-1-1"): "p2",
        ("organisation", "compass"): "name",
    }
    found = set()
    for event in consumer.events:
        data = event["data"]
        if data["object_type"] == "update":
            found.add(
                f"{'r' if data['action'] == 'retract' else 'u'}{1 if data['promise'] == one.pk else 2}"
            )
        elif (data["object_type"], data["object_id"]) in names:
            found.add(names[data["object_type"], data["object_id"]])
    assert found == expected
    assert hook.row.position == ledger.head().sequence, "what is not wanted is passed over"


# Signed -------------------------------------------------------------------------------------------


def test_the_specifications_own_library_verifies(hook: Subscription, consumer: Consumer) -> None:
    webhooks.ping(hook.row)
    hook.deliver()
    assert consumer.verified_by(hook.secret) == [True]
    assert consumer.verified_by(signing.new_secret()) == [False]
    headers, body = consumer.got[0]
    assert headers["Content-Type"] == "application/json"
    assert headers["webhook-id"].startswith("ping_")
    assert json.loads(body)["type"] == "ping"
    consumer.got[0] = (headers, body.replace(b"ping", b"pong"))
    assert consumer.verified_by(hook.secret) == [False]


def test_both_secrets_sign_until_the_old_one_ends(
    hook: Subscription, consumer: Consumer, clock: Clock
) -> None:
    secrets = [hook.secret, webhooks.rotate(hook.row, timedelta(hours=24))]
    for hours in (23, 2):
        webhooks.ping(hook.row)
        clock.moment += timedelta(hours=hours)
        hook.deliver()
    signatures = [headers["webhook-signature"].split(" ") for headers, _ in consumer.got]
    assert [len(one) for one in signatures] == [2, 1]
    moments = {int(headers["webhook-timestamp"]) for headers, _ in consumer.got}
    assert int(clock.moment.timestamp()) in moments
    # By hand, because the library believes no message of tomorrow.
    for (headers, body), some in zip(consumer.got, signatures, strict=True):
        of = {
            secret: signing._signature(
                secret, headers["webhook-id"], headers["webhook-timestamp"], body
            )
            for secret in secrets
        }
        assert some == [of[secret] for secret in reversed(secrets)][: len(some)]


def test_a_secret_lies_encrypted_and_ends_with_the_secret_key(hook: Subscription) -> None:
    assert hook.secret.removeprefix("whsec_") not in hook.row.secret
    assert signing.opened(hook.row.secret) == hook.secret
    make_promise()
    with override_settings(SECRET_KEY="another"):
        assert hook.deliver() == 0
    row = hook.row
    assert (row.state, row.disabled_by) == ("disabled", "secret")
    webhooks.rotate(row, timedelta(0))
    webhooks.enable(row)
    assert hook.deliver() > 0


# In order, at least once --------------------------------------------------------------------------


def test_a_failing_event_holds_back_its_own_webhook_alone(
    hook: Subscription, consumer: Consumer
) -> None:
    other = subscribe(hook.row.url)
    make_promise()
    head = ledger.head().sequence
    consumer.answers = [500]
    assert hook.deliver() == 1
    assert hook.deliver() == 0, "it waits"
    assert attempts(hook) == [("refused", 500)]
    start = hook.row.position
    assert other.deliver() == head - start
    Webhook.objects.filter(pk=hook.pk).update(next_attempt_at=None)
    hook.deliver()
    assert consumer.sequences[-(head - start) :] == list(range(start + 1, head + 1))
    assert consumer.ids[0] == consumer.ids[-(head - start)], "the same event has the same id"


def test_whoever_is_killed_in_the_middle_leaves_the_event_to_the_next(
    hook: Subscription, consumer: Consumer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_promise()
    position = hook.row.position

    def killed(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as dying:
        dying.setattr(WebhookAttempt.objects, "create", killed)
        with pytest.raises(SystemExit):
            hook.deliver()
    assert hook.row.position == position
    # As if not even the lease had been given back.
    Webhook.objects.filter(pk=hook.pk).update(
        lease=hook.pk, leased_until=clock.moment + delivering.LEASE
    )
    assert hook.deliver() == 0
    clock.moment += delivering.LEASE + timedelta(seconds=1)
    hook.deliver()
    assert consumer.ids[0] == consumer.ids[1]
    assert hook.row.position == ledger.head().sequence


def test_two_deliverers_never_hold_one_webhook(hook: Subscription, consumer: Consumer) -> None:
    make_promise()
    inner = []
    send = addresses.hand_over

    def meddle(*arguments: Any) -> Posted:
        inner.append(hook.deliver())
        return send(*arguments)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "hand_over", meddle)
        hook.deliver()
    assert inner
    assert set(inner) == {0}
    assert consumer.sequences == sorted(set(consumer.sequences))


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(script=strategies.lists(strategies.sampled_from(["ok", "fail", "die"]), max_size=12))
def test_whatever_goes_wrong_the_first_receipts_are_the_ledger(
    shared: Subscription, script: list[str]
) -> None:
    """Each event at least once, and the first of each in the order of the ledger."""
    received: list[int] = []
    left = list(script)

    def answer_by_script(_url: str, body: bytes, _headers: Any) -> Posted:
        word = left.pop(0) if left else "ok"
        if word == "fail":
            return Posted(DeliveryOutcome.REFUSED, status=500)
        received.append(json.loads(body)["data"]["sequence"])
        if word == "die":
            raise SystemExit
        return Posted(DeliveryOutcome.DELIVERED, status=204)

    with rolled_back(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "hand_over", answer_by_script)
        start, head = shared.row.position, ledger.head().sequence
        for _ in range(len(script) + 1):
            Webhook.objects.update(next_attempt_at=None, lease=None, leased_until=None)
            try:
                shared.deliver()
            except SystemExit:
                continue
        assert list(dict.fromkeys(received)) == list(range(start + 1, head + 1))


@pytest.fixture
def shared(hook: Subscription) -> Subscription:
    promise = make_promise()
    for number in range(4):
        make_update(promise, "in_progress", f"2021-0{number + 1}")
    return hook


def test_many_events_take_few_queries_each(
    hook: Subscription, consumer: Consumer, django_assert_max_num_queries: Any
) -> None:
    for number in range(1, 41):
        make_promise(number)
    due = ledger.head().sequence - hook.row.position
    with django_assert_max_num_queries(12 * due + 10):
        assert hook.deliver() == due
    assert consumer.sequences == list(range(hook.row.position - due + 1, hook.row.position + 1))


# Again, and to the end ----------------------------------------------------------------------------


def test_the_schedule_of_attempts(
    hook: Subscription, consumer: Consumer, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retrying, "JITTER", 0)
    make_promise()
    consumer.answers = [500] * retrying.MOST_ATTEMPTS
    began = clock.moment
    waits = []
    while hook.row.state == "active":
        assert hook.deliver() == 1
        row = hook.row
        if row.next_attempt_at is not None:
            assert row.failing_since == began
            waits.append(row.next_attempt_at - clock.moment)
            clock.moment = row.next_attempt_at - timedelta(milliseconds=1)
            assert hook.deliver() == 0
            clock.moment = row.next_attempt_at
    assert waits == list(retrying.DELAYS)
    assert (
        clock.moment - began
        == retrying.IN_ALL
        == timedelta(days=3, hours=3, minutes=42, seconds=35)
    )
    assert (row.disabled_by, row.disabled_at) == (DisabledBy.FAILING, clock.moment)
    assert attempts(hook) == [("refused", 500)] * 12
    assert hook.deliver() == 0, "nothing is sent any more"
    # It goes on where it stopped.
    position = row.position
    webhooks.enable(row)
    hook.deliver()
    assert consumer.sequences[-1] == ledger.head().sequence
    assert consumer.sequences[12] == position + 1


@pytest.mark.without_database
@given(failures=strategies.integers(1, 11), asked=strategies.floats(0, 10**6))
@settings(max_examples=50)
def test_a_delay_is_about_what_the_schedule_says_and_heeds_what_is_asked(
    failures: int, asked: float
) -> None:
    wait = retrying.delay(failures, asked)
    assert wait is not None
    usual = retrying.DELAYS[failures - 1]
    wished = timedelta(seconds=min(asked, 86_400))
    assert max(0.9 * usual, wished) <= wait <= max(1.1 * usual, wished)
    assert retrying.delay(12, asked) is None


@pytest.mark.parametrize(
    ("said", "outcome", "seconds"),
    [
        ((429, {"Retry-After": "3600"}, ""), "busy", 3_600),
        ((503, {"Retry-After": "Tue, 01 Mar 2022 13:00:00 GMT"}, ""), "busy", 3_600),
        ((503, {"Retry-After": "soon"}, ""), "busy", 5),
        ((503, {"Retry-After": "999999"}, ""), "busy", 86_400),
        (404, "refused", 5),
        ((302, {"Location": "http://10.0.0.1/"}, ""), "redirected", 5),
    ],
)
def test_what_is_not_taken(
    hook: Subscription, consumer: Consumer, clock: Clock, monkeypatch: pytest.MonkeyPatch,
    said: Any, outcome: str, seconds: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(retrying, "JITTER", 0)
    clock.at("2022-03-01T12:00:00Z")
    make_promise()
    consumer.answers = [said]
    hook.deliver()
    assert attempts(hook)[0][0] == outcome
    assert hook.row.next_attempt_at == clock.moment + timedelta(seconds=seconds)
    assert len(consumer.got) == 1, "nothing is followed"


def test_gone_ends_it_at_once(
    hook: Subscription, consumer: Consumer, caplog: pytest.LogCaptureFixture
) -> None:
    make_promise()
    consumer.answers = [410]
    hook.deliver()
    assert (hook.row.state, hook.row.disabled_by) == ("disabled", "gone")
    assert f"Webhook {hook.pk} of lantern is disabled" in caplog.text
    webhooks.enable(hook.row, skip=True)
    assert hook.deliver() == 0
    assert hook.row.position == ledger.head().sequence


def test_the_log_tells_how_the_answer_began(hook: Subscription, consumer: Consumer) -> None:
    consumer.answers = [(500, {}, "x" * 9_000)]
    webhooks.ping(hook.row)
    hook.deliver()
    [attempt] = WebhookAttempt.objects.all()
    assert (attempt.answer, attempt.status, attempt.detail) == ("x" * 500, 500, "It answered 500.")
    assert (attempt.type, attempt.sequence, attempt.number) == ("ping", None, 1)


def test_the_log_is_forgotten(hook: Subscription, clock: Clock) -> None:
    webhooks.ping(hook.row)
    hook.deliver()
    clock.moment += timedelta(days=29)
    assert workflow.forget()["deliveries to webhooks"] == 0
    clock.moment += timedelta(days=2)
    assert workflow.forget()["deliveries to webhooks"] == 1


# Replay -------------------------------------------------------------------------------------------


def test_one_event_again_and_all_behind_one(hook: Subscription, consumer: Consumer) -> None:
    make_promise()
    make_promise(2)
    hook.deliver()
    first, *_, last = consumer.sequences
    ids = list(consumer.ids)
    consumer.got.clear()
    assert webhooks.send_again(hook.row, first) == ids[0]
    hook.deliver()
    assert (consumer.ids, hook.row.position) == (ids[:1], last)
    consumer.got.clear()
    webhooks.go_back(hook.row, first - 1)
    hook.deliver()
    assert consumer.ids == ids


def test_whoever_goes_back_while_something_is_sent_is_not_overruled(
    hook: Subscription, consumer: Consumer
) -> None:
    make_promise()
    make_promise(2)
    start = hook.row.position
    send = addresses.hand_over

    def go_back(*arguments: Any) -> Posted:
        posted = send(*arguments)
        if len(consumer.got) == 2:
            webhooks.go_back(hook.row, start)
        return posted

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(addresses, "hand_over", go_back)
        hook.deliver()
    expected = list(range(start + 1, ledger.head().sequence + 1))
    assert consumer.sequences == [*expected[:2], *expected]


# Who is woken -------------------------------------------------------------------------------------


def test_the_bell_wakes_for_what_is_due_and_nothing_else(
    hook: Subscription, monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    woken: list[Any] = []
    monkeypatch.setattr(waking, "wake", woken.append)
    times = iter([0.0, 1.0, 2.0, 7.5, 8.5, 9.5, 10.5])
    bell = waking.Bell(lambda: next(times))
    with django_assert_max_num_queries(2):
        assert bell.ring() == 0
    make_promise()
    assert [bell.ring() for _ in range(3)] == [1, 0, 1], "once more when nothing came of it"
    assert woken == [hook.pk, hook.pk]
    hook.deliver()
    assert bell.ring() == 0
    make_promise(2)
    assert [bell.ring() for _ in range(2)] == [1, 0], "at once after something came of it"


def test_nothing_is_sent_for_an_organisation_that_was_withdrawn(
    hook: Subscription, consumer: Consumer
) -> None:
    workflow.withdraw_object(Organisation.objects.get(pk="lantern"), "It ended.")
    assert hook.deliver() == 0
    assert consumer.got == []


def test_whoever_writes_does_nothing_for_webhooks(hook: Subscription) -> None:
    """Neither a row of ours nor one of the queue comes with an entry."""
    from django_q.models import OrmQ

    before = Webhook.objects.values().get()
    make_update(make_promise(), "implemented")
    assert Webhook.objects.values().get() == before
    assert OrmQ.objects.count() == 0
    assert Promise.objects.count() == 1


def test_names_of_messages_have_no_full_stop(hook: Subscription) -> None:
    """The specification forbids it: it separates what is signed."""
    names = [messages.name_of(one) for one in LedgerEntry.objects.all()]
    assert not any("." in name for name in [*names, messages.new_ping()])
    assert len(set(names)) == len(names)
