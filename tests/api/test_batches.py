"""POST /updates/batch/: many status updates in one request."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from reforms.models import LedgerEntry, Organisation, Source, StatusUpdate
from tests.api.asking import ask, problem
from tests.api.sending import ANYBODY, ARTICLE, Sender, content, key_of, signed_in, told
from tests.fixtures import People, assert_no_drift

pytestmark = pytest.mark.usefixtures("promise")

BATCH = "/updates/batch/"
CSV = "text/csv"
TABLE = """\
promise,status,effective_on,external_id,note,url,title,publisher
demo2020-1-1,implemented,2022-11,a,In force.,https://daily.example/a,Why,Daily
demo2020-1-1,stalled,2022-12,b,,https://daily.example/a?utm_source=x,,
"""
SPOILED = TABLE.replace("stalled", "stald").replace("2022-11", "11/2022")


def numbered(count: int, **more: Any) -> list[dict[str, Any]]:
    return [content(external_id=f"row-{number}", **more) for number in range(1, count + 1)]


def refusal(response: Any, status: int = 422, name: str = "refused") -> dict[str, Any]:
    return problem(response, status, name)


# Works.


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("application/json", json.dumps(numbered(2))),
        ("application/json", json.dumps({"updates": numbered(2)})),
        ("application/jsonl", "\n".join(map(json.dumps, numbered(2)))),
        ("application/x-ndjson", "\n".join(map(json.dumps, numbered(2)))),
        ("application/json-lines", "\n".join(map(json.dumps, numbered(2)))),
        ("text/csv", TABLE),
        ("text/csv; charset=utf-8", TABLE.replace(",", ";")),
    ],
)
def test_every_form(lantern: Sender, media_type: str, text: str) -> None:
    report = told(lantern.post(BATCH, text, content_type=media_type))
    assert (report["rows"], report["created"], report["failed"]) == (2, 2, 0)
    assert report.keys() == {
        *("rows", "created", "published", "unchanged", "failed", "results"),
        *("errors", "errors_total"),
    }
    ids = {str(pk) for pk in StatusUpdate.objects.values_list("pk", flat=True)}
    assert {one["id"] for one in report["results"]} == ids
    for one in report["results"]:
        shown = told(lantern.get(f"/updates/{one['id']}/"))
        assert shown["review_state"] == one["review_state"] == "submitted"
        assert shown["submission"]["external_id"] == one["external_id"]


def test_what_was_sent_is_seen_by_nobody_else(lantern: Sender, compass: Sender) -> None:
    [one] = told(lantern.post(BATCH, numbered(1, citations=[ARTICLE])))["results"]
    source = Source.objects.get(url=ARTICLE["url"])
    for asker in (ANYBODY, compass):
        assert asker.get(f"/updates/{one['id']}/").status_code == 404
        assert asker.get(f"/sources/{source.pk}/").status_code == 404


def test_whoever_may_publishes_at_once(trusted: Sender) -> None:
    report = told(trusted.post(BATCH, TABLE, content_type=CSV))
    assert (report["created"], report["published"]) == (2, 2)
    assert {one["review_state"] for one in report["results"]} == {"published"}
    entry = LedgerEntry.objects.last()
    assert entry is not None
    assert (entry.action, entry.actor) == ("publish", "organisation:lantern")
    assert_no_drift()
    shown = ask(f"/updates/{report['results'][0]['id']}/").json()
    assert shown["citations"][0]["source"]["title"] == "Why"


def test_sending_it_again_does_no_harm(lantern: Sender) -> None:
    first = told(lantern.post(BATCH, TABLE, content_type=CSV))
    again = told(lantern.post(BATCH, TABLE, content_type=CSV))
    assert [one["outcome"] for one in again["results"]] == ["unchanged", "unchanged"]
    assert [one["id"] for one in again["results"]] == [one["id"] for one in first["results"]]


def test_a_member_who_is_signed_in(anna: Sender) -> None:
    assert told(anna.post(BATCH, numbered(1)))["created"] == 1
    assert StatusUpdate.objects.get().submitted_by == anna.user


# Once only, and on trial.


def test_the_same_request_again_gets_the_first_answer(lantern: Sender) -> None:
    once = {"idempotency_key": "batch-1"}
    rows = [content(), content()]
    first = lantern.post(BATCH, rows, **once)
    again = lantern.post(BATCH, rows, **once)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert told(first) == told(again)
    assert StatusUpdate.objects.count() == 2
    refusal(lantern.post(BATCH, [content()], **once), name="idempotency-key-reused")
    refusal(lantern.post(BATCH, rows, "partial=true", **once), name="idempotency-key-reused")


@pytest.mark.parametrize("sender", ["lantern", "trusted"])
def test_a_dry_run(sender: str, request: pytest.FixtureRequest) -> None:
    who: Sender = request.getfixturevalue(sender)
    entries = LedgerEntry.objects.count()
    report = told(who.post(BATCH, TABLE, "dry_run=true", content_type=CSV))
    assert report["dry_run"] is True
    assert (report["created"], [one["id"] for one in report["results"]]) == (2, [None, None])
    assert not StatusUpdate.objects.exists()
    assert not Source.objects.filter(submitted_by="lantern").exists()
    assert LedgerEntry.objects.count() == entries
    errors = refusal(who.post(BATCH, SPOILED, "dry_run=true", content_type=CSV))["errors"]
    assert len(errors) == 2


# Errors.


def test_all_that_is_wrong_by_row_line_and_column(lantern: Sender) -> None:
    body = refusal(lantern.post(BATCH, SPOILED, content_type=CSV))
    assert (body["rows"], body["failed"], body["errors_total"]) == (2, 2, 2)
    first, second = body["errors"]
    place = ("row", "line", "column", "pointer", "code")
    assert [first[name] for name in place] == [1, 2, "effective_on", "/effective_on", "bad_date"]
    assert [second[name] for name in place] == [2, 3, "status", "/status", "unknown_value"]
    assert (second["nearest"], "stalled" in second["allowed"]) == ("stalled", True)
    assert not StatusUpdate.objects.exists()


def test_in_json_by_row_and_pointer(lantern: Sender) -> None:
    rows = [content(), content(citations=[{"source": "nobody"}]), 7]
    errors = refusal(lantern.post(BATCH, rows))["errors"]
    assert [(one["row"], one["pointer"], one["code"]) for one in errors] == [
        (2, "/citations/0/source", "not_found"),
        (3, "", "wrong_type"),
    ]
    assert "line" not in errors[0]


def test_partial_writes_what_is_right(lantern: Sender) -> None:
    text = TABLE.replace("stalled", "stald")
    report = told(lantern.post(BATCH, text, "partial=true", content_type=CSV))
    assert (report["created"], report["failed"], report["errors_total"]) == (1, 1, 1)
    assert [one["outcome"] for one in report["results"]] == ["created", "failed"]
    assert [(one["row"], one["column"]) for one in report["errors"]] == [(2, "status")]
    assert StatusUpdate.objects.get().external_id == "a"


def test_a_header_that_is_wrong(lantern: Sender) -> None:
    text = TABLE.replace("status", "stauts").replace("title", "titel")
    for query in ("", "partial=true"):
        errors = refusal(lantern.post(BATCH, text, query, content_type=CSV))["errors"]
        assert [(one["line"], one["column"], one["code"]) for one in errors] == [
            (1, "stauts", "unknown_column"),
            (1, "titel", "unknown_column"),
            (1, "status", "missing"),
        ]
        assert [one.get("nearest") for one in errors] == ["status", "title", None]


@pytest.mark.parametrize(
    ("media_type", "text", "said"),
    [
        ("application/json", "[{]", "at its beginning"),
        ("application/json", '{"rows": []}', "“rows” is unknown"),
        ("text/csv", TABLE.encode("utf-16"), "UTF-16"),
        ("text/csv", TABLE.encode() + "p,é".encode("latin-1"), "at line 4"),
        ("text/csv", TABLE + '"a', "never closed"),
        ("text/csv", "\n", "empty"),
    ],
)
def test_what_cannot_be_read(
    lantern: Sender, media_type: str, text: str | bytes, said: str
) -> None:
    response = lantern.post(BATCH, text, "partial=true", content_type=media_type)
    assert said in refusal(response, 400, "bad-request-body")["detail"]
    assert not StatusUpdate.objects.exists()


@pytest.mark.parametrize("text", ["[]", '{"updates": []}'])
def test_no_rows(lantern: Sender, text: str) -> None:
    [error] = refusal(lantern.post(BATCH, text))["errors"]
    assert (error["pointer"], error["code"]) == ("", "empty")


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/xml", "text/csv; charset=cp1251"]
)
def test_other_media_types(lantern: Sender, media_type: str) -> None:
    response = lantern.post(BATCH, TABLE, content_type=media_type)
    refusal(response, 415, "unsupported-media-type")
    assert "text/csv" in response.headers["Accept"]


# Limits.


def test_the_most_rows(lantern: Sender, settings: Any) -> None:
    settings.MAX_BATCH_ROWS = 2
    [error] = refusal(lantern.post(BATCH, numbered(3)))["errors"]
    assert error["code"] == "too_many"
    assert told(lantern.post(BATCH, numbered(2)))["created"] == 2


def test_the_most_bytes(lantern: Sender, settings: Any) -> None:
    settings.MAX_BATCH_BYTES = 200
    refusal(lantern.post(BATCH, TABLE, content_type=CSV), 413, "too-large")


def test_rows_are_counted(lantern: Sender, settings: Any) -> None:
    settings.LIMITS = settings.LIMITS | {"key-rows": [(3, "day", 86_400)]}
    first = lantern.post(BATCH, numbered(2))
    assert told(first)["created"] == 2
    assert '"key-rows-day";r=1' in first.headers["RateLimit"]
    response = lantern.post(BATCH, numbered(2))
    refusal(response, 429, "too-many-requests")
    assert int(response.headers["Retry-After"]) > 0


# Who may.


def test_nobody_writes_without_saying_who() -> None:
    refusal(ANYBODY.post(BATCH, numbered(1)), 401, "unauthenticated")


def test_a_key_needs_the_scope(promise: Any) -> None:
    body = refusal(key_of("lantern", "sources").post(BATCH, numbered(1)), 403, "forbidden")
    assert "submit" in body["detail"]


def test_a_key_for_one_programme(promise: Any) -> None:
    key = key_of("lantern", "submit", programme="far2021")
    [error] = refusal(key.post(BATCH, numbered(1)))["errors"]
    assert (error["pointer"], error["code"]) == ("/promise", "out_of_reach")


def test_whoever_speaks_for_several_sends_with_a_key(anna: Sender) -> None:
    assert isinstance(anna.user, User)
    Organisation.objects.get(pk="compass").members.add(anna.user)
    body = refusal(anna.post(BATCH, numbered(1)), 403, "forbidden")
    assert "with a key" in body["detail"]


def test_a_reader_does_not_write(people: People) -> None:
    stranger = signed_in(people.stranger)
    refusal(stranger.post(BATCH, numbered(1)), 403, "forbidden")


# Strict questions.


def test_parameters_are_strict(lantern: Sender) -> None:
    for query, parameter in (("partail=true", "partail"), ("partial=yes", "partial")):
        response = lantern.post(BATCH, numbered(1), query)
        assert [bad["parameter"] for bad in refusal(response, 400, "bad-question")["errors"]] == [
            parameter
        ]
    assert lantern.get(BATCH).status_code == 405
