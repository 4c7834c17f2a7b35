"""POST /updates/, PATCH /updates/{id}/ and withdrawing: an organisation's own scripts."""

from typing import Any

import pytest

from reforms.models import LedgerEntry, Organisation, Source, StatusUpdate
from reforms.vocabulary import ReviewState
from tests.api.asking import answer, ask, problem
from tests.api.sending import (
    ANYBODY,
    ARTICLE,
    PAGE,
    Sender,
    content,
    key_of,
    pointers,
    signed_in,
    told,
)
from tests.fixtures import People, fresh, make_promise, make_update_in

pytestmark = pytest.mark.usefixtures("promise")


# Works.


def test_submit(lantern: Sender) -> None:
    """The answer is the update as its organisation sees it, at an address of its own."""
    response = lantern.post("/updates/", content(external_id="row-7"))
    row = told(response, 201)
    assert response.headers["Location"] == row["api_url"]
    assert response.headers["ETag"].startswith('"1-')
    update = StatusUpdate.objects.get()
    assert row["id"] == str(update.pk)
    assert (row["promise"], row["organisation"]) == ("demo2020-1-1", "lantern")
    assert (row["status"], row["effective_on"], row["note"]) == (
        "implemented",
        "2022-11",
        "In force.",
    )
    assert (row["review_state"], row["stands"], row["published_at"]) == ("submitted", False, None)
    assert [one["source"]["id"] for one in row["citations"]] == ["demo2020-address"]
    assert row["submission"] == {
        "external_id": "row-7",
        "submitted_at": update.submitted_at.isoformat().replace("+00:00", "Z"),
        "review_note": "",
        "version": 1,
        "replaces": None,
        "replaces_reason": "",
        "actions": ["revise", "withdraw"],
    }
    assert told(lantern.get(response.headers["Location"])) == row


def test_nothing_of_it_is_public(lantern: Sender) -> None:
    before = LedgerEntry.objects.count()
    row = lantern.submitted()
    assert LedgerEntry.objects.count() == before
    assert answer("/updates/")["results"] == []
    assert answer("/promises/demo2020-1-1/")["status"] == "not_assessed"
    problem(ask(row["api_url"]), 404, "not-found")


def test_published_at_once_where_the_organisation_is_trusted(trusted: Sender) -> None:
    row = trusted.submitted()
    assert (row["review_state"], row["stands"]) == ("published", True)
    assert row["submission"]["actions"] == ["supersede", "retract"]
    assert answer("/promises/demo2020-1-1/")["status"] == "implemented"
    entry = LedgerEntry.objects.get(object_id=row["id"])
    assert (entry.action, entry.actor) == ("publish", "organisation:lantern")


def test_a_key_without_the_scope_publish_submits(trusted: Sender) -> None:
    assert key_of("lantern", "submit").submitted()["review_state"] == "submitted"


def test_with_a_new_source(lantern: Sender) -> None:
    """It is private until the update is published; then it is public with it."""
    row = lantern.submitted(citations=[ARTICLE | {"locator": "second paragraph"}])
    [citation] = row["citations"]
    assert citation["source"]["title"] == "Five thousand are enough"
    assert citation["source"]["publisher"]["id"] == "daily"
    assert citation["locator"] == "second paragraph"
    source = Source.objects.get(url=ARTICLE["url"])
    assert (source.public_since, source.submitted_by_id) == (None, "lantern")
    problem(ask(f"/sources/{source.pk}/"), 404, "not-found")


def test_the_language_of_the_answer(lantern: Sender) -> None:
    note = {"en": "In force.", "ru": "Вступил в силу."}
    response = lantern.post("/updates/", content(note=note), "lang=ru")
    assert told(response, 201)["note"] == "Вступил в силу."
    assert "ru" in response.headers["Content-Language"]


def test_only_the_fields_asked_for(lantern: Sender) -> None:
    row = told(lantern.post("/updates/", content(), "fields=id,review_state"), 201)
    assert row.keys() == {"id", "review_state"}


# Somebody who is signed in.


def test_a_member_submits_for_the_organisation(anna: Sender) -> None:
    row = anna.submitted()
    assert row["organisation"] == "lantern"
    assert StatusUpdate.objects.get().submitted_by == anna.user
    assert "anna" not in str(row)


def test_a_member_of_several_says_for_which(anna: Sender, people: People) -> None:
    key_of("compass", "submit")
    Organisation.objects.get(pk="compass").members.add(people.anna)
    missing = anna.post("/updates/", content())
    assert pointers(missing) == [("/organisation", "missing")]
    assert missing.json()["errors"][0]["allowed"] == ["compass", "lantern"]
    assert anna.submitted(organisation="compass")["organisation"] == "compass"
    other = anna.post("/updates/", content(organisation="editors"))
    assert pointers(other) == [("/organisation", "not_yours")]
    worse = anna.post("/updates/", content(organisation="editors", status="done", notes="…"))
    assert {pointer for pointer, _ in pointers(worse)} == {"/organisation", "/status", "/notes"}


def test_a_curator_submits_for_any_organisation(people: People) -> None:
    key_of("compass", "submit")
    curator = signed_in(people.curator, "add_statusupdate", "change_statusupdate")
    assert pointers(curator.post("/updates/", content())) == [("/organisation", "missing")]
    assert curator.submitted(organisation="compass")["organisation"] == "compass"


def test_a_form_of_another_site_submits_nothing(anna: Sender) -> None:
    """A session is not enough: whoever writes with it shows the token of a page of ours."""
    from django.test import Client

    client = Client(enforce_csrf_checks=True)
    assert anna.user is not None
    client.force_login(anna.user)
    response = client.post("/api/v1/updates/", content(), "application/json")
    detail = problem(response, 403, "forbidden")["detail"]
    assert "CSRF" in detail
    assert not StatusUpdate.objects.exists()
    token = client.get("/api/docs/").cookies["csrftoken"].value
    response = client.post(
        "/api/v1/updates/", content(), "application/json", headers={"x-csrftoken": token}
    )
    told(response, 201)


# Who may not.


def test_nobody_submits_without_a_name() -> None:
    response = ANYBODY.post("/updates/", content())
    assert "Authorization: Bearer" in problem(response, 401, "unauthenticated")["detail"]
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


def test_a_key_without_the_scope() -> None:
    response = key_of("lantern", "sources").post("/updates/", content())
    assert "lacks the scope submit" in problem(response, 403, "forbidden")["detail"]


def test_an_account_without_the_permission(people: People) -> None:
    response = Sender(user=people.boris).post("/updates/", content())
    assert "add_statusupdate" in problem(response, 403, "forbidden")["detail"]


def test_an_account_of_no_organisation(people: People) -> None:
    stranger = signed_in(people.stranger, "add_statusupdate", "change_statusupdate")
    response = stranger.post("/updates/", content())
    assert "speaks for no organisation" in problem(response, 403, "forbidden")["detail"]


def test_an_organisation_without_the_licence(people: People) -> None:
    boris = signed_in(people.boris, "add_statusupdate", "change_statusupdate")
    response = boris.post("/updates/", content())
    assert "has not accepted the data licence" in problem(response, 403, "forbidden")["detail"]


def test_a_key_speaks_for_its_own_organisation(lantern: Sender) -> None:
    assert lantern.submitted(organisation="lantern")["organisation"] == "lantern"
    for named in ("compass", "nobody", 7, ["lantern"]):
        response = lantern.post("/updates/", content(organisation=named))
        assert pointers(response) == [("/organisation", "not_yours")]
        assert response.json()["errors"][0]["allowed"] == ["lantern"]


def test_a_key_for_another_programme() -> None:
    far = key_of("lantern", "submit", programme="far2021")
    assert pointers(far.post("/updates/", content())) == [("/promise", "out_of_reach")]
    promise = make_promise(1, "far2021-1")
    assert far.submitted(promise=promise.pk)["promise"] == "far2021-1-1"


# Bad input.


def test_everything_wrong_is_said_at_once(lantern: Sender) -> None:
    response = lantern.post(
        "/updates/",
        {
            "promise": "demo2020-1-99",
            "status": "implementd",
            "effective_on": "2022-13",
            "note": {"en": "A bell: \x07"},
            "stutus": "x",
            "citations": [{"source": "daly-page"}, {"url": "javascript:alert(1)"}],
        },
    )
    assert set(pointers(response)) >= {
        ("/promise", "not_found"),
        ("/status", "unknown_value"),
        ("/effective_on", "bad_date"),
        ("/note/en", "bad_character"),
        ("/stutus", "unknown_field"),
        ("/citations/0/source", "not_found"),
        ("/citations/1/url", "bad_address"),
    }
    errors = {one["pointer"]: one for one in response.json()["errors"]}
    assert errors["/status"]["nearest"] == "implemented"
    assert errors["/stutus"]["nearest"] == "status"
    assert "more to mend: see errors" in response.json()["detail"]
    assert not StatusUpdate.objects.exists()


def test_an_external_id_is_given_once(lantern: Sender, compass: Sender) -> None:
    lantern.submitted(external_id="row-7")
    again = lantern.post("/updates/", content(external_id="row-7"))
    assert pointers(again) == [("/external_id", "taken")]
    assert compass.submitted(external_id="row-7"), "another organisation's ids are its own"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no body"),
        (b"{", "no JSON"),
        (b"[]", "a JSON object"),
        (b'"text"', "a JSON object"),
        (b'{"a": 1, "a": 2}', "“a” is given twice"),
        (b'{"a": NaN}', "NaN is no number"),
        (b'{"a": "\xff"}', "not UTF-8"),
        (b'{"a": ' + b"[" * 100_000, "too deeply"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "cannot be read"),
    ],
)
def test_a_body_that_cannot_be_read(lantern: Sender, body: bytes, said: str) -> None:
    response = lantern.post("/updates/", body)
    assert said in problem(response, 400, "bad-request-body")["detail"]


def test_halves_of_characters(lantern: Sender) -> None:
    """A lone surrogate is refused where it stands, also in the name of a field."""
    body = b'{"promise": "demo2020-1-1", "no\\ud800te": "x", "note": "\\udfff"}'
    found = pointers(lantern.post("/updates/", body))
    assert ("/note", "bad_character") in found
    assert "unknown_field" in [code for _, code in found]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_another_media_type(lantern: Sender, media_type: str) -> None:
    response = lantern.post("/updates/", content(), content_type=media_type)
    problem(response, 415, "unsupported-media-type")
    assert response.headers["Accept"] == "application/json"


def test_another_charset(lantern: Sender) -> None:
    kinds = {"content_type": "application/json; charset=utf-16"}
    problem(lantern.post("/updates/", content(), **kinds), 415, "unsupported-media-type")
    kinds = {"content_type": 'application/json; charset="UTF-8"'}
    told(lantern.post("/updates/", content(), **kinds), 201)


def test_too_much(lantern: Sender) -> None:
    """The length that is announced is enough to refuse it: nothing of it is read."""
    response = lantern.post("/updates/", content(note="x" * 1_000_000))
    assert "1,000,000 bytes" in problem(response, 413, "too-large")["detail"]


def test_unknown_parameters(lantern: Sender) -> None:
    response = lantern.post("/updates/", content(), "dryrun=true")
    [error] = problem(response, 400, "bad-question")["errors"]
    assert (error["parameter"], error["nearest"]) == ("dryrun", "dry_run")
    assert not StatusUpdate.objects.exists()


# Changing it.


def test_revise(lantern: Sender) -> None:
    """What is given changes, and nothing else."""
    row = lantern.submitted(external_id="row-7")
    changed = told(lantern.patch(row["api_url"], {"status": "in_progress", "note": None}))
    expected = row | {"status": "in_progress", "note": None, "language": None, "languages": []}
    expected["submission"] = row["submission"] | {"version": 2}
    assert changed == expected
    assert told(lantern.get(row["api_url"])) == changed


def test_revise_the_evidence(lantern: Sender) -> None:
    row = lantern.submitted()
    changed = told(lantern.patch(row["api_url"], {"citations": [PAGE, ARTICLE]}))
    assert [one["source"]["title"] for one in changed["citations"]] == [
        "Address",
        "Five thousand are enough",
    ]


def test_what_was_sent_back_is_changed_and_handed_in_again(lantern: Sender, desk: Sender) -> None:
    row = lantern.submitted()
    told(desk.act(row, "request-changes", "Which article?"))
    seen = told(lantern.get(row["api_url"]))
    assert seen["submission"]["review_note"] == "Which article?"
    assert seen["submission"]["actions"] == ["revise", "resubmit", "withdraw"]
    told(lantern.patch(row["api_url"], {"note": "Article 28."}))
    assert told(lantern.act(row, "resubmit"))["review_state"] == "submitted"


def test_withdraw(lantern: Sender) -> None:
    row = lantern.submitted()
    withdrawn = told(lantern.act(row, "withdraw"))
    assert (withdrawn["review_state"], withdrawn["submission"]["actions"]) == ("withdrawn", [])


@pytest.mark.parametrize("state", ["rejected", "withdrawn", "published", "retracted"])
def test_too_late_to_change(lantern: Sender, promise: Any, state: str) -> None:
    """The refusal shows what it has become."""
    update = make_update_in(ReviewState(state), promise, organisation="lantern")
    for response in (
        lantern.patch(f"/updates/{update.pk}/", {"status": "stalled"}),
        lantern.act(update, "withdraw"),
    ):
        refusal = problem(response, 409, "conflict")
        assert refusal["current"]["review_state"] == state
        assert refusal["current"]["submission"]["version"] == fresh(update).version
        assert response.headers["ETag"].startswith(f'"{fresh(update).version}-')


def test_what_is_wrong_with_a_change(lantern: Sender) -> None:
    row = lantern.submitted()
    response = lantern.patch(
        row["api_url"], {"promise": "demo2020-1-2", "status": "no", "organisation": "compass"}
    )
    assert {pointer for pointer, _ in pointers(response)} == {
        "/promise",
        "/status",
        "/organisation",
    }


def test_another_organisation_changes_nothing(lantern: Sender, compass: Sender) -> None:
    """To them it is as if it did not exist; of what is public they are told whose it is."""
    row = lantern.submitted()
    for response in (
        compass.get(row["api_url"]),
        compass.patch(row["api_url"], {"status": "stalled"}),
        compass.act(row, "withdraw"),
    ):
        problem(response, 404, "not-found")
    make_update_in(ReviewState.PUBLISHED, fresh_promise(), organisation="lantern")
    public = StatusUpdate.objects.public().get()
    refused = compass.patch(f"/updates/{public.pk}/", {"status": "stalled"})
    problem(refused, 403, "forbidden")
    refused = compass.act(public, "retract", "We know better.")
    assert "its own organisation" in problem(refused, 403, "forbidden")["detail"]


def fresh_promise() -> Any:
    return make_promise(2)
