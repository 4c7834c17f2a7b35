"""Webhooks over HTTP: an organisation subscribes, looks after what it has, and sees the log."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from reforms import webhooks
from reforms.models import KeptAnswer, Organisation, Webhook, WebhookAttempt
from reforms.webhooks import signing, subscribing
from tests.api.asking import problem
from tests.api.sending import ANYBODY, Sender, key_of, pointers, signed_in, told
from tests.fixtures import Clock, make_promise, make_update
from tests.tables import everywhere
from tests.webhooks.places import reachable

URL = "https://newsroom.test/hooks?from=tracker"
BODY = {"name": "Newsroom", "url": URL}
NOW = "2026-11-22T22:58:20Z"


@pytest.fixture
def lantern(cast: None) -> Any:
    with reachable():
        yield key_of("lantern", "webhooks")


@pytest.fixture
def made(lantern: Sender) -> dict[str, Any]:
    return told(lantern.post("/webhooks/", BODY), 201)


def address(row: dict[str, Any], name: str = "") -> str:
    return f"/webhooks/{row['id']}/{name}"


# Works --------------------------------------------------------------------------------------------


def test_a_subscription_begins_behind_the_last_entry(lantern: Sender, clock: Clock) -> None:
    clock.at(NOW)
    response = lantern.post("/webhooks/", BODY | {"filters": {"type": ["update"]}})
    row = told(response, 201)
    head = row.pop("head")
    secret = row.pop("secret")
    stored = Webhook.objects.get()
    assert signing.opened(stored.secret) == secret
    assert secret.startswith("whsec_")
    assert row == {
        "id": str(stored.pk),
        "organisation": "lantern",
        "name": "Newsroom",
        "url": URL,
        "filters": {"type": ["update"]},
        "state": "active",
        "disabled_by": None,
        "disabled_at": None,
        "position": head,
        "failures": 0,
        "failing_since": None,
        "next_attempt_at": None,
        "previous_secret_until": None,
        "created_at": NOW,
        "api_url": f"http://testserver/api/v1/webhooks/{stored.pk}/",
    }
    assert response.headers["Location"] == row["api_url"]
    assert told(lantern.get("/webhooks/"))["results"] == [row | {"head": head, "secret": None}]
    assert told(lantern.get(address(row))) == row | {"head": head, "secret": None}
    assert stored.origin == "http://testserver"


def test_a_secret_is_shown_once_and_kept_nowhere(lantern: Sender) -> None:
    named = {"idempotency_key": "monday"}
    first = told(lantern.post("/webhooks/", BODY, **named), 201)
    again = told(lantern.post("/webhooks/", BODY, **named), 201)
    assert again == first | {"secret": None}
    assert everywhere(first["secret"].removeprefix("whsec_")) == []
    assert KeptAnswer.objects.count() == Webhook.objects.count() == 1


def test_where_it_begins(lantern: Sender) -> None:
    assert told(lantern.post("/webhooks/", BODY | {"after": 0}), 201)["position"] == 0
    assert pointers(lantern.post("/webhooks/", BODY | {"after": 9_999})) == [
        ("/after", "rule_broken")
    ]


def test_on_trial_nothing_is_made_and_no_secret_shown(lantern: Sender) -> None:
    row = told(lantern.post("/webhooks/", BODY, "dry_run=true"), 201)
    assert (row["dry_run"], row["secret"]) == (True, None)
    assert not Webhook.objects.exists()


def test_only_what_is_given_changes(lantern: Sender, made: dict[str, Any]) -> None:
    Webhook.objects.update(failures=3, failing_since=NOW, next_attempt_at=NOW)
    row = told(lantern.patch(address(made), {"name": "Desk"}))
    assert (row["name"], row["url"], row["failures"]) == ("Desk", URL, 3)
    row = told(lantern.patch(address(made), {"url": "https://desk.test/", "filters": None}))
    assert (row["url"], row["filters"]) == ("https://desk.test/", {})
    assert (row["failures"], row["next_attempt_at"]) == (0, None), "it is tried at once"


def test_rotation(lantern: Sender, made: dict[str, Any], clock: Clock) -> None:
    clock.at(NOW)
    row = told(lantern.post(address(made, "rotate-secret/"), {"overlap_hours": 2}))
    assert row["secret"] not in (None, made["secret"])
    assert row["previous_secret_until"] == "2026-11-23T00:58:20Z"
    assert told(lantern.post(address(made, "rotate-secret/")))["previous_secret_until"] == (
        "2026-11-23T22:58:20Z"
    )
    row = told(lantern.post(address(made, "rotate-secret/"), {"overlap_hours": 0}))
    assert row["previous_secret_until"] is None
    assert Webhook.objects.get().previous_secret == ""


def test_disabled_and_enabled(lantern: Sender, made: dict[str, Any], clock: Clock) -> None:
    clock.at(NOW)
    row = told(lantern.post(address(made, "disable/")))
    assert (row["state"], row["disabled_by"], row["disabled_at"]) == ("disabled", "owner", NOW)
    make_promise()
    row = told(lantern.post(address(made, "enable/")))
    assert (row["state"], row["disabled_by"]) == ("active", None)
    assert row["position"] == made["position"] < row["head"], "it goes on where it stopped"
    row = told(lantern.post(address(made, "enable/"), {"resume_from": "now"}))
    assert row["position"] == row["head"]


def test_replay_and_ping(lantern: Sender, made: dict[str, Any]) -> None:
    update = make_update(make_promise(), "implemented")
    head = told(lantern.get(address(made)))["head"]
    Webhook.objects.update(position=head)
    replay = address(made, "replay/")
    assert told(lantern.post(replay, {"after": 3})) == {"message": None, "position": 3}
    one = told(lantern.post(replay, {"sequence": head}))
    assert one["message"].startswith("entry_")
    assert told(lantern.post(address(made, "ping/")))["message"].startswith("ping_")
    assert Webhook.objects.get().errands.count() == 2
    assert update.pk
    for body, expected in (
        ({}, [("", "missing")]),
        ({"after": 1, "sequence": 1}, [("", "missing")]),
        ({"after": 4}, [("/after", "rule_broken")]),
        ({"sequence": head + 1}, [("/sequence", "rule_broken")]),
        ({"sequence": "1"}, [("/sequence", "wrong_type")]),
    ):
        assert pointers(lantern.post(replay, body)) == expected, body
    Webhook.objects.update(filters={"type": ["topic"]})
    assert pointers(lantern.post(replay, {"sequence": head})) == [("/sequence", "rule_broken")]


def test_unsubscribing_forgets_the_log(lantern: Sender, made: dict[str, Any]) -> None:
    attempt(1)
    response = lantern.send("DELETE", address(made))
    assert (response.status_code, response.content) == (204, b"")
    assert not Webhook.objects.exists()
    assert not WebhookAttempt.objects.exists()
    problem(lantern.get(address(made)), 404, "not-found")


def attempt(number: int, outcome: str = "delivered") -> None:
    WebhookAttempt.objects.create(
        webhook=Webhook.objects.get(),
        message=f"entry_{number}",
        type="update.publish",
        sequence=number,
        number=1,
        at=NOW,
        milliseconds=20,
        outcome=outcome,
        status=204,
    )


def test_the_log_newest_first(lantern: Sender, made: dict[str, Any]) -> None:
    for number in range(1, 6):
        attempt(number, "refused" if number % 2 else "delivered")
    log = address(made, "deliveries/")
    page = told(lantern.get(log, "limit=3"))
    assert [one["sequence"] for one in page["results"]] == [5, 4, 3]
    page = told(lantern.get(page["next"]))
    assert [one["sequence"] for one in page["results"]] == [2, 1]
    page = told(lantern.get(log, "outcome=delivered&fields=message,outcome"))
    assert page["results"] == [
        {"message": f"entry_{number}", "outcome": "delivered"} for number in (4, 2)
    ]
    problem(lantern.get(log, "outcome=lost"), 400, "bad-question")
    assert "no-store" in lantern.get(log).headers["Cache-Control"]


# Who may ------------------------------------------------------------------------------------------

READS = ("", "deliveries/")
WRITES = ("rotate-secret/", "enable/", "disable/", "replay/", "ping/")


def test_it_is_there_for_its_organisation_alone(lantern: Sender, made: dict[str, Any]) -> None:
    compass, blind = key_of("compass", "webhooks"), key_of("lantern", "submit")
    before = Webhook.objects.values().get()
    for who, status, name in (
        (ANYBODY, 401, "unauthenticated"),
        (blind, 403, "forbidden"),
        (compass, 404, "not-found"),
    ):
        for path in READS:
            problem(who.get(address(made, path)), status, name)
        for path in WRITES:
            body = {"after": 0} if path == "replay/" else None
            problem(who.post(address(made, path), body), status, name)
        problem(who.patch(address(made), {"name": "Mine"}), status, name)
        problem(who.send("DELETE", address(made)), status, name)
    assert told(compass.get("/webhooks/"))["results"] == []
    for who, status in ((ANYBODY, 401), (blind, 403)):
        assert who.get("/webhooks/").status_code == status
        assert who.post("/webhooks/", BODY).status_code == status
    assert "webhooks" in blind.get("/webhooks/").json()["detail"]
    assert Webhook.objects.values().get() == before


def test_members_who_are_signed_in_with_the_permissions(people: Any, made: dict[str, Any]) -> None:
    wanted = ("add_webhook", "change_webhook", "delete_webhook")
    anna = signed_in(people.anna, *wanted)
    assert [one["id"] for one in told(anna.get("/webhooks/"))["results"]] == [made["id"]]
    stranger = signed_in(User.objects.get(username="stranger"), *wanted)
    assert told(stranger.get("/webhooks/"))["results"] == []


def test_answers_are_kept_by_no_cache(lantern: Sender, made: dict[str, Any]) -> None:
    for response in (
        lantern.get("/webhooks/"),
        lantern.get(address(made)),
        lantern.post("/webhooks/", BODY),
        lantern.post(address(made, "rotate-secret/")),
    ):
        assert response.headers["Cache-Control"] == "private, no-store"


# Bad input ----------------------------------------------------------------------------------------

PLACES = [
    ("http://newsroom.test/", "only https"),
    ("https://127.0.0.1/", "no machine on the public internet"),
    ("https://10.1.2.3/", "no machine on the public internet"),
    ("https://169.254.169.254/latest/meta-data/", "no machine on the public internet"),
    ("https://[::1]/", "no machine on the public internet"),
    ("https://[::ffff:10.0.0.1]/", "no machine on the public internet"),
    ("https://inside.test/", "no machine on the public internet"),
    ("https://half.test/", "no machine on the public internet"),
    ("https://newsroom.test:22/", "only the usual ports"),
    ("https://nowhere.example/", "nobody knows a machine"),
]


def resolve(host: str, port: int) -> list[str]:
    """Names of the test, and numbers, which mean themselves."""
    names = {
        "newsroom.test": ["93.184.216.34"],
        "inside.test": ["192.168.1.1"],
        "half.test": ["93.184.216.34", "10.0.0.1"],
        "nowhere.example": [],
    }
    return names.get(host, [host])


@pytest.mark.parametrize(("url", "why"), PLACES)
def test_nothing_is_sent_into_a_private_network(
    cast: None, made: dict[str, Any], url: str, why: str
) -> None:
    from reforms.links.vetting import is_public

    sender = key_of("lantern", "webhooks")
    with reachable(resolve=resolve, may_reach=is_public, ports=(443, 8443)):
        for response in (
            sender.post("/webhooks/", BODY | {"url": url}),
            sender.patch(address(made), {"url": url}),
        ):
            assert pointers(response) == [("/url", "rule_broken")]
            assert why in response.json()["detail"]
        # It was public when it was given, and leads inside now: every attempt looks again.
        Webhook.objects.update(url=url)
        webhooks.ping(Webhook.objects.get())
        webhooks.deliver(made["id"])
    [attempt] = WebhookAttempt.objects.all()
    assert attempt.outcome == ("unreachable" if "nobody" in why else "off_limits")
    assert why in attempt.detail


def test_all_mistakes_at_once(lantern: Sender) -> None:
    body = {
        "nam": "x",
        "url": "mailto:x@y.test",
        "after": -1,
        "filters": {
            "type": ["updat"],
            "action": [],
            "programme": ["demo202"],
            "promise": "demo2020-1-1",
            "status": ["implemented"],
        },
    }
    assert pointers(lantern.post("/webhooks/", body)) == [
        ("/nam", "unknown_field"),
        ("/name", "missing"),
        ("/url", "bad_address"),
        ("/filters/status", "unknown_field"),
        ("/filters/type/0", "unknown_value"),
        ("/filters/action", "empty"),
        ("/filters/programme/0", "unknown_value"),
        ("/filters/promise", "wrong_type"),
        ("/after", "out_of_range"),
    ]
    errors = lantern.post("/webhooks/", body).json()["errors"]
    assert errors[4]["nearest"] == "update"
    assert errors[6]["nearest"] == "demo2020"
    assert not Webhook.objects.exists()


def test_an_organisation_has_only_so_many(lantern: Sender) -> None:
    owner = Organisation.objects.get(pk="lantern")
    for number in range(subscribing.MOST):
        webhooks.subscribe(owner, name=str(number), url=URL, origin="https://t.example")
    assert pointers(lantern.post("/webhooks/", BODY)) == [("", "rule_broken")]


def test_what_waits_is_bounded(lantern: Sender, made: dict[str, Any]) -> None:
    for _ in range(subscribing.MOST_ERRANDS):
        webhooks.ping(Webhook.objects.get())
    assert pointers(lantern.post(address(made, "ping/"))) == [("", "rule_broken")]
