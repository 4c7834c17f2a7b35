"""The way of a new organisation: from the curator who records it to a view that counts.

It goes through commands, the admin and HTTP only, as it would for them. Every refusal on the way
says in words what would be right.
"""

import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from reforms.models import Key, Organisation, Promise
from tests.admin.browser import Person, add
from tests.admin.conftest import create_roles
from tests.api.asking import Row
from tests.api.sending import ANYBODY, Sender, told
from tests.fixtures import make_promise, make_update

EVIDENCE = {
    "url": "https://observer.example/threshold",
    "title": "Who was registered, and who was not",
    "publisher": "Example Observer",
    "published_on": "2022-11-20",
}
ASSESSMENT = {
    "promise": "demo2020-1-1",
    "status": "partially_implemented",
    "effective_on": "2022-11",
    "note": "The law is in force; registrations that meet it are refused.",
    "citations": [EVIDENCE],
}


def command(*words: str) -> str:
    """What a command prints, on both of its channels."""
    out = io.StringIO()
    call_command(*words, stdout=out, stderr=out)
    return out.getvalue()


def key_in(text: str) -> Sender:
    """Whoever holds the key that is shown once, here."""
    [key] = re.findall(r"rt_[a-z0-9]{12}_[\w-]{43}", text)
    return Sender(bearer=key)


def enrolled_by_command() -> Sender:
    said = command(
        *("create_organisation", "beacon", "--name", "Beacon"),
        *("--affiliation", "Its members pay.", "--accept-licence"),
    )
    assert said == "beacon is recorded, and gives its data under CC-BY-4.0.\n"
    said = command("issue_key", "beacon", "--name", "spreadsheets", "--scope", "submit")
    assert "Nobody can read it again" in said
    return key_in(said)


def enrolled_at_the_admin() -> Sender:
    curator = Person(User.objects.get(username="carla"))
    curator.save(
        add(Organisation),
        id="beacon",
        name_en="Beacon",
        affiliation_en="Its members pay.",
        accepts_licence="on",
    )
    page = curator.save(add(Key), organisation="beacon", name="spreadsheets", scopes=["submit"])
    return key_in(page.text)


@pytest.fixture
def reviewer(cast: None, monkeypatch: pytest.MonkeyPatch) -> Sender:
    """A curator's account, and the key with which the editors review."""
    create_roles()
    monkeypatch.setenv("CURATOR_PASSWORD", "correct horse battery staple")
    command("create_curator", "carla")
    command("accept_licence", "editors")
    return key_in(command("issue_key", "editors", "--name", "desk", "--scope", "review"))


@pytest.fixture
def beacon(reviewer: Sender) -> Sender:
    return enrolled_by_command()


@pytest.fixture
def promises(cast: None) -> tuple[Promise, Promise]:
    """Nobody has looked at the first; the lead organisation says that the second was kept."""
    unseen, kept = make_promise(1), make_promise(2)
    make_update(kept, "implemented", "2022-01")
    return unseen, kept


@pytest.fixture(autouse=True)
def sound(db: None) -> Any:
    """After each walk the ledger and all that is derived from it are as they have to be."""
    yield
    assert command("verify_ledger").startswith("All is well")
    assert command("check_integrity").startswith("All is well")


def view_of(promise: str) -> tuple[Row, dict[str, Row]]:
    """What anybody sees of a promise, and each organisation's view of it."""
    views = told(ANYBODY.get(f"/promises/{promise}/assessments/"))["results"]
    return told(ANYBODY.get(f"/promises/{promise}/")), {
        one["organisation"]["id"]: one for one in views
    }


def reviewed(beacon: Sender, reviewer: Sender, content: Row) -> Row:
    """A submission on its whole way: tried, sent, sent back, mended, published."""
    tried = told(beacon.post("/updates/", content, "dry_run=true"), 201)
    assert (tried["dry_run"], tried["review_state"]) == (True, "submitted")
    assert ANYBODY.get(f"/updates/{tried['id']}/").status_code == 404

    response = beacon.post("/updates/", content)
    sent = told(response, 201)
    assert response.headers["Location"].endswith(f"/api/v1/updates/{sent['id']}/")
    assert ANYBODY.get(response.headers["Location"]).status_code == 404

    [waiting] = told(reviewer.get("/updates/", "review_state=submitted"))["results"]
    assert waiting["submission"]["actions"] == ["request-changes", "reject", "publish"]
    etag = f'"{waiting["submission"]["version"]}"'
    told(reviewer.act(waiting, "request-changes", "Which article?", if_match=etag))

    [mine] = told(beacon.get("/updates/", "review_state=changes_requested"))["results"]
    assert mine["submission"]["review_note"] == "Which article?"
    response = beacon.get(f"/updates/{mine['id']}/")
    mended = {"note": "Article 6 is in force; registrations that meet it are refused."}
    response = beacon.patch(f"/updates/{mine['id']}/", mended, if_match=response.headers["ETag"])
    assert told(response)["note"] == mended["note"]
    response = beacon.act(mine, "resubmit", if_match=response.headers["ETag"])
    assert told(response)["review_state"] == "submitted"
    response = reviewer.act(mine, "publish", if_match=response.headers["ETag"])
    return told(response)


@pytest.mark.parametrize("enrolled", [enrolled_by_command, enrolled_at_the_admin])
def test_where_nobody_looked_its_view_becomes_the_headline(
    reviewer: Sender, promises: tuple[Promise, Promise], enrolled: Callable[[], Sender]
) -> None:
    beacon = enrolled()
    assert told(beacon.get("/key/"))["organisation"] == "beacon"
    assert told(ANYBODY.get("/organisations/beacon/"))["name"] == "Beacon"
    before, views = view_of("demo2020-1-1")
    assert (before["status"], views) == ("not_assessed", {})

    update = reviewed(beacon, reviewer, ASSESSMENT)

    after, views = view_of("demo2020-1-1")
    assert (after["status"], after["status_since"]) == ("partially_implemented", "2022-11")
    assert after["contested"] is False
    assert views.keys() == {"beacon"}
    assert views["beacon"]["headline"] is True
    assert views["beacon"]["update"]["id"] == update["id"]
    [citation] = views["beacon"]["update"]["citations"]
    assert citation["source"]["url"] == EVIDENCE["url"]
    assert told(ANYBODY.get(f"/sources/{citation['source']['id']}/"))["title"] == EVIDENCE["title"]
    newest = told(ANYBODY.get("/promises/demo2020-1-1/history/"))["results"][0]
    assert (newest["action"], newest["actor"]) == ("publish", "role:reviewer")


def test_where_the_lead_organisation_looked_its_view_is_dissent(
    reviewer: Sender, beacon: Sender, promises: tuple[Promise, Promise]
) -> None:
    reviewed(beacon, reviewer, ASSESSMENT | {"promise": "demo2020-1-2"})
    promise, views = view_of("demo2020-1-2")
    assert (promise["status"], promise["contested"]) == ("implemented", True)
    assert {name: (one["headline"], one["dissents"]) for name, one in views.items()} == {
        "editors": (True, False),
        "beacon": (False, True),
    }


def test_what_it_takes_back_counts_no_more_and_stays_readable(
    reviewer: Sender, beacon: Sender, promises: tuple[Promise, Promise]
) -> None:
    update = reviewed(beacon, reviewer, ASSESSMENT)
    corrected = {
        "status": "stalled",
        "effective_on": "2023-02",
        "reason": "We had overlooked that the registrar stopped.",
        "citations": [EVIDENCE],
    }
    successor = told(
        beacon.post(f"/updates/{update['id']}/supersede/", corrected, if_match='"5"'), 201
    )
    assert successor["review_state"] == "submitted"
    assert view_of("demo2020-1-1")[0]["status"] == "partially_implemented"
    told(reviewer.act(successor, "publish", if_match='"1"'))
    assert view_of("demo2020-1-1")[0]["status"] == "stalled"
    old = told(ANYBODY.get(f"/updates/{update['id']}/"))
    assert (old["review_state"], old["successor"]) == ("superseded", successor["id"])
    told(beacon.act(successor, "retract", "We cannot show it.", if_match='"2"'))
    assert view_of("demo2020-1-1")[0]["status"] == "not_assessed"
    said = told(ANYBODY.get("/corrections/", "promise=demo2020-1-1&ordering=sequence"))["results"]
    assert [(one["action"], one["actor"], one["reason"]) for one in said] == [
        ("supersede", "organisation:beacon", corrected["reason"]),
        ("retract", "organisation:beacon", "We cannot show it."),
    ]


# Refusals before there is a key -----------------------------------------------------------------

COMMANDS = {
    "without the licence": (
        ["create_organisation", "mast", "--name", "Mast", "--affiliation", "Nobody's."],
        "Where it has accepted that, say so: --accept-licence",
    ),
    "without an affiliation": (
        ["create_organisation", "mast", "--name", "Mast", "--accept-licence"],
        "affiliation",
    ),
    "for nobody": (
        ["issue_key", "mast", "--name", "x", "--scope", "submit"],
        "mast",
    ),
    "to publish unreviewed": (
        ["issue_key", "beacon", "--name", "x", "--scope", "publish"],
        "beacon is not trusted to publish without review; leave out publish",
    ),
}


@pytest.mark.parametrize(("words", "said"), COMMANDS.values(), ids=COMMANDS)
def test_a_command_says_what_is_missing(beacon: Sender, words: list[str], said: str) -> None:
    with pytest.raises(CommandError, match=re.escape(said)):
        command(*words)


# Refusals on the way ----------------------------------------------------------------------------


@pytest.fixture
def submitted(beacon: Sender, promises: tuple[Promise, Promise]) -> Row:
    return told(beacon.post("/updates/", ASSESSMENT | {"external_id": "b-1"}), 201)


def refusal(response: Any, status: int, problem: str) -> str:
    """What a refusal says, in one text."""
    assert response.status_code == status, response.content.decode()
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["type"]) == (status, f"urn:reform-tracker:problem:{problem}")
    return "\n".join([body["detail"], *(one["detail"] for one in body.get("errors", ()))])


def test_who_is_not_let_in_is_told_why(reviewer: Sender, beacon: Sender, submitted: Row) -> None:
    said = refusal(ANYBODY.post("/updates/", ASSESSMENT), 401, "unauthenticated")
    assert "Writing needs a key" in said
    wrong = Sender(bearer=beacon.bearer[:-1] + ("a" if beacon.bearer[-1] != "a" else "b"))
    said = refusal(wrong.post("/updates/", ASSESSMENT), 401, "unauthenticated")
    assert "There is no such key. Copy it again" in said
    said = refusal(reviewer.post("/updates/", ASSESSMENT), 403, "forbidden")
    assert said == "This key lacks the scope submit; a curator can issue one that has it."
    said = refusal(beacon.act(submitted, "publish"), 403, "forbidden")
    assert said == "You or your organisation submitted this: somebody else has to review it."
    key = told(beacon.get("/key/"))["id"]
    command("revoke_key", key)
    said = refusal(beacon.post("/updates/", ASSESSMENT), 401, "unauthenticated")
    assert said == f"The key {key} was revoked. Ask a curator for another one."


def test_all_that_is_wrong_is_said_at_once(beacon: Sender, submitted: Row) -> None:
    wrong = {
        "promise": "demo2020-1-9",
        "status": "implementd",
        "effective_on": "November",
        "notes": "In force.",
        "external_id": "b-1",
        "citations": [{"url": "observer.example/threshold"}, {"source": "no-such-page"}],
    }
    response = beacon.post("/updates/", wrong)
    said = refusal(response, 422, "refused")
    for words in (
        "There is no public promise “demo2020-1-9”",
        "Did you mean “implemented”?",
        "“November” is no date: write a day as 2022-11-05, a month as 2022-11, a year as 2022",
        "There is no field “notes” here. Did you mean “note”?",
        f"Your update {submitted['id']} has this id and is submitted",
        "write https://… or http://… in full",
        "There is no source “no-such-page”",
    ):
        assert words in said
    assert {one["pointer"] for one in response.json()["errors"]} == {
        "/promise",
        "/status",
        "/effective_on",
        "/notes",
        "/external_id",
        "/citations/0/url",
        "/citations/1/source",
    }


def test_what_cannot_be_read_is_told_where(beacon: Sender, promises: tuple[Promise, ...]) -> None:
    said = refusal(beacon.post("/updates/", '{"promise": '), 400, "bad-request-body")
    assert "line 1, column" in said
    form = beacon.post("/updates/", "a=b", content_type="application/x-www-form-urlencoded")
    said = refusal(form, 415, "unsupported-media-type")
    assert "send application/json in UTF-8, and say so in Content-Type" in said


def test_without_evidence_there_is_no_publication(
    reviewer: Sender, beacon: Sender, promises: tuple[Promise, Promise]
) -> None:
    bare = told(beacon.post("/updates/", ASSESSMENT | {"citations": []}), 201)
    said = refusal(reviewer.act(bare, "publish"), 422, "refused")
    assert "supporting citation" in said
    assert view_of("demo2020-1-1")[0]["status"] == "not_assessed"


def test_who_comes_late_is_told_what_it_is_now(
    reviewer: Sender, beacon: Sender, submitted: Row
) -> None:
    path = f"/updates/{submitted['id']}/"
    said = refusal(beacon.send("PATCH", path, {"note": "x"}), 428, "precondition-required")
    assert "the ETag of what you have seen" in said
    told(reviewer.act(submitted, "publish", if_match='"1"'))
    late = beacon.patch(path, {"note": "x"}, if_match='"1"')
    said = refusal(late, 412, "precondition-failed")
    assert f"its ETag is now {late.headers['ETag']}" in said
    assert late.json()["current"]["review_state"] == "published"
    said = refusal(beacon.patch(path, {"note": "x"}), 409, "conflict")
    assert "A published one is superseded or retracted instead." in said
    said = refusal(beacon.act(submitted, "retract"), 422, "refused")
    assert "Why, in a sentence" in said


def test_a_repeated_request_is_answered_again(
    beacon: Sender, promises: tuple[Promise, Promise]
) -> None:
    first = beacon.post("/updates/", ASSESSMENT, idempotency_key="monday")
    again = beacon.post("/updates/", ASSESSMENT, idempotency_key="monday")
    assert told(again, 201) == told(first, 201)
    assert (again.headers.get("Idempotency-Replayed"), "Idempotency-Replayed" in first.headers) == (
        "true",
        False,
    )
    other = beacon.post("/updates/", ASSESSMENT | {"status": "stalled"}, idempotency_key="monday")
    said = refusal(other, 422, "idempotency-key-reused")
    assert "Take a new one for each request" in said
