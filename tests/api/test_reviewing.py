"""What becomes of a submission: published, sent back, rejected; retracted, superseded, removed."""

from typing import Any

import pytest

from reforms.models import LedgerEntry, Organisation, Source, StatusUpdate
from reforms.vocabulary import ReviewState
from tests.api.asking import answer, problem
from tests.api.sending import (
    ANYBODY,
    ARTICLE,
    Sender,
    content,
    key_of,
    pointers,
    signed_in,
    told,
)
from tests.fixtures import People, assert_no_drift, fresh, make_promise, make_update_in

pytestmark = pytest.mark.usefixtures("promise")

ACTIONS = (
    "publish",
    "request-changes",
    "reject",
    "withdraw",
    "resubmit",
    "retract",
    "supersede",
    "remove",
)


@pytest.fixture
def curator(people: People) -> Sender:
    return signed_in(people.curator)


def entries_of(update: Any) -> list[tuple[str, str, str]]:
    """What the ledger says of a status update: action, actor and public reason."""
    path = f"/changes/?type=update&object={update['id']}"
    return [
        (one["action"], one["actor"], one["payload"]["reason"]) for one in answer(path)["results"]
    ]


# Works.


def test_publish(lantern: Sender, desk: Sender) -> None:
    """The reviewer acts in a role; nobody can tell who it was."""
    row = lantern.submitted(citations=[ARTICLE])
    public = told(desk.act(row, "publish"))
    assert (public["review_state"], public["stands"]) == ("published", True)
    assert public["submission"]["version"] == 2
    assert entries_of(row) == [("publish", "role:reviewer", "")]
    assert answer("/promises/demo2020-1-1/")["status"] == "implemented"
    anonymous = answer(row["api_url"])
    assert "submission" not in anonymous
    source = Source.objects.get(url=ARTICLE["url"])
    assert answer(f"/sources/{source.pk}/")["url"] == ARTICLE["url"]
    assert_no_drift()


def test_request_changes_and_reject(lantern: Sender, desk: Sender) -> None:
    """The reason is shown to the author, and nowhere else."""
    row = lantern.submitted()
    sent_back = told(desk.act(row, "request-changes", "Which article?"))
    assert sent_back["review_state"] == "changes_requested"
    assert told(lantern.get(row["api_url"]))["submission"]["review_note"] == "Which article?"
    rejected = told(desk.act(row, "reject", "About another law."))
    assert (rejected["review_state"], rejected["submission"]["review_note"]) == (
        "rejected",
        "About another law.",
    )
    assert not LedgerEntry.objects.filter(object_id=row["id"]).exists()


def test_retract(trusted: Sender) -> None:
    row = trusted.submitted()
    retracted = told(trusted.act(row, "retract", "We misread the law."))
    assert (retracted["review_state"], retracted["ended_reason"]) == (
        "retracted",
        "We misread the law.",
    )
    assert entries_of(row)[1] == ("retract", "organisation:lantern", "We misread the law.")
    assert answer("/promises/demo2020-1-1/")["status"] == "not_assessed"


def test_remove(trusted: Sender, curator: Sender) -> None:
    row = trusted.submitted()
    removed = told(curator.act(row, "remove", "It names a private person."))
    assert removed["review_state"] == "removed"
    assert entries_of(row)[1] == ("remove", "role:curator", "It names a private person.")


def test_supersede_at_once_where_trusted(trusted: Sender) -> None:
    """The answer is the successor, at its own address."""
    row = trusted.submitted(external_id="row-7")
    body = content(status="stalled", reason="It was put off.")
    del body["promise"]
    response = trusted.post(f"/updates/{row['id']}/supersede/", body, if_match="*")
    successor = told(response, 201)
    assert response.headers["Location"] == successor["api_url"]
    assert (successor["status"], successor["review_state"]) == ("stalled", "published")
    assert successor["submission"]["external_id"] == "row-7"
    old = answer(row["api_url"])
    assert (old["review_state"], old["successor"], old["ended_reason"]) == (
        "superseded",
        successor["id"],
        "It was put off.",
    )
    assert entries_of(row)[1] == ("supersede", "organisation:lantern", "It was put off.")


def test_supersede_after_review(lantern: Sender, desk: Sender) -> None:
    """Until a reviewer publishes the successor, what was published stands."""
    row = lantern.submitted()
    told(desk.act(row, "publish"))
    body = content(status="stalled", reason="It was put off.")
    del body["promise"]
    successor = told(lantern.post(f"/updates/{row['id']}/supersede/", body, if_match="*"), 201)
    assert successor["review_state"] == "submitted"
    assert successor["submission"]["replaces"] == row["id"]
    assert successor["submission"]["replaces_reason"] == "It was put off."
    assert answer(row["api_url"])["stands"]
    told(desk.act(successor, "publish"))
    assert answer(row["api_url"])["successor"] == successor["id"]
    assert entries_of(row)[1] == ("supersede", "organisation:lantern", "It was put off.")


def test_an_organisation_publishes_its_own_in_its_name(trusted: Sender) -> None:
    row = key_of("lantern", "submit").submitted()
    told(trusted.act(row, "publish"))
    assert entries_of(row) == [("publish", "organisation:lantern", "")]


def test_the_lead_organisation_is_trusted_with_its_programme() -> None:
    editors = key_of("editors", "submit", "publish")
    assert editors.submitted()["review_state"] == "published"


def test_a_curator_publishes_in_a_role(lantern: Sender, curator: Sender) -> None:
    row = lantern.submitted()
    told(curator.act(row, "publish"))
    assert entries_of(row) == [("publish", "role:curator", "")]


# Who may not: 403 says what is missing; 404 where nobody is to know that there is anything.


@pytest.mark.parametrize("action", ACTIONS)
def test_nobody_acts_without_a_name(lantern: Sender, action: str) -> None:
    row = lantern.submitted()
    problem(ANYBODY.act(row, action, "Because."), 401, "unauthenticated")


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("publish", "somebody else has to review it"),
        ("request-changes", "somebody else has to review it"),
        ("reject", "somebody else has to review it"),
        ("remove", "Only curators remove"),
    ],
)
def test_of_one_s_own(lantern: Sender, action: str, said: str) -> None:
    row = lantern.submitted()
    assert said in problem(lantern.act(row, action, "Because."), 403, "forbidden")["detail"]
    assert fresh_state(row) == "submitted"


def test_one_s_own_without_the_scope(trusted: Sender) -> None:
    plain = key_of("lantern", "submit")
    row = plain.submitted()
    assert "the scope publish" in problem(plain.act(row, "publish"), 403, "forbidden")["detail"]


def test_a_reviewer_of_the_same_organisation() -> None:
    """The scope review is for what others submitted."""
    reviewer = key_of("lantern", "submit", "review")
    row = reviewer.submitted()
    for action in ("publish", "request-changes", "reject"):
        refusal = problem(reviewer.act(row, action, "Because."), 403, "forbidden")
        assert "somebody else has to review it" in refusal["detail"]


@pytest.mark.parametrize(
    ("action", "scopes", "said"),
    [
        ("publish", ["submit"], "the scope review"),
        ("reject", ["submit"], "the scope review"),
        ("retract", ["review"], "the scope submit"),
        ("retract", ["submit"], "its own organisation"),
        ("supersede", ["submit"], "its own organisation"),
        ("withdraw", ["submit"], "its own organisation"),
        ("remove", ["submit", "review", "publish", "sources"], "Only curators remove"),
    ],
)
def test_of_what_is_public(trusted: Sender, action: str, scopes: list[str], said: str) -> None:
    row = trusted.submitted()
    Organisation.objects.filter(pk="compass").update(trusted=True)
    response = key_of("compass", *scopes).act(row, action, "Because.")
    assert said in problem(response, 403, "forbidden")["detail"]
    assert fresh_state(row) == "published"


@pytest.mark.parametrize("action", ACTIONS)
def test_of_what_others_submitted(lantern: Sender, compass: Sender, action: str) -> None:
    """As if it did not exist, whatever else is wrong with the request."""
    row = lantern.submitted()
    nothing = "00000000-0000-4000-8000-000000000000"
    for headers in ({}, {"if_match": '"1-x"'}):
        for body in ({"reason": "Because."}, {"raison": 1}):
            asked, unknown = (
                compass.post(f"/updates/{one}/{action}/", body, **headers)
                for one in (row["id"], nothing)
            )
            told_of = problem(asked, 404, "not-found")["detail"].replace(row["id"], nothing)
            assert told_of == problem(unknown, 404, "not-found")["detail"]
            assert asked.headers.keys() == unknown.headers.keys()


def test_a_reviewer_limited_to_another_programme(lantern: Sender) -> None:
    limited = key_of("editors", "review", programme="far2021")
    row = lantern.submitted()
    problem(limited.act(row, "publish"), 404, "not-found")
    far = make_promise(1, "far2021-1")
    other = lantern.submitted(promise=far.pk)
    assert told(limited.act(other, "publish"))["stands"]


# What the state does not allow.


@pytest.mark.parametrize(
    ("state", "action"),
    [
        ("published", "publish"),
        ("rejected", "publish"),
        ("changes_requested", "publish"),
        ("withdrawn", "reject"),
        ("published", "request-changes"),
    ],
)
def test_conflict(promise: Any, desk: Sender, state: str, action: str) -> None:
    update = make_update_in(ReviewState(state), promise, organisation="lantern")
    before = LedgerEntry.objects.count()
    reason = "" if action == "publish" else "Because."
    refusal = problem(desk.act(update, action, reason), 409, "conflict")
    assert f"This update is {state}" in refusal["detail"]
    assert refusal["current"]["review_state"] == state
    assert LedgerEntry.objects.count() == before


def test_no_evidence_no_publication(lantern: Sender, desk: Sender) -> None:
    row = lantern.submitted(citations=[])
    response = desk.act(row, "publish")
    assert [pointer for pointer, _ in pointers(response)] == ["/citations"]
    assert "supporting citation" in response.json()["detail"]
    assert fresh_state(row) == "submitted"


def test_supersede_what_does_not_stand(trusted: Sender) -> None:
    row = trusted.submitted()
    told(trusted.act(row, "retract", "We misread the law."))
    body = content(reason="It was put off.")
    del body["promise"]
    response = trusted.post(f"/updates/{row['id']}/supersede/", body, if_match="*")
    assert problem(response, 409, "conflict")["current"]["review_state"] == "retracted"
    assert StatusUpdate.objects.count() == 1


# Bad input.


@pytest.mark.parametrize("action", ["request-changes", "reject"])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, [("/reason", "missing")]),
        ({"reason": ""}, [("/reason", "empty")]),
        ({"reason": "  "}, [("/reason", "empty")]),
        ({"reason": 7}, [("/reason", "wrong_type")]),
        ({"reason": "x" * 2001}, [("/reason", "too_long")]),
        ({"reason": "A bell: \x07"}, [("/reason", "bad_character")]),
        ({"raison": "x"}, [("/raison", "unknown_field"), ("/reason", "missing")]),
    ],
)
def test_reasons(
    lantern: Sender, desk: Sender, action: str, body: Any, expected: list[tuple[str, str]]
) -> None:
    row = lantern.submitted()
    response = desk.post(f"/updates/{row['id']}/{action}/", body, if_match="*")
    assert pointers(response) == expected
    assert fresh_state(row) == "submitted"


@pytest.mark.parametrize("action", ["retract", "supersede"])
def test_what_is_public_needs_a_public_reason(trusted: Sender, action: str) -> None:
    row = trusted.submitted()
    body = {} if action == "retract" else {"status": "stalled", "effective_on": "2022"}
    response = trusted.post(f"/updates/{row['id']}/{action}/", body, if_match="*")
    assert ("/reason", "missing") in pointers(response)
    assert fresh_state(row) == "published"


def test_an_action_without_a_reason_takes_none(lantern: Sender, desk: Sender) -> None:
    row = lantern.submitted()
    response = desk.post(f"/updates/{row['id']}/publish/", {"reason": "x"}, if_match="*")
    assert pointers(response) == [("/reason", "unknown_field")]
    told(desk.post(f"/updates/{row['id']}/publish/", {}, if_match="*"))


def test_no_such_action(lantern: Sender) -> None:
    row = lantern.submitted()
    for path in (f"/updates/{row['id']}/approve/", f"/updates/{row['id']}/request_changes/"):
        problem(lantern.post(path), 404, "not-found")
    response = lantern.get(f"/updates/{row['id']}/publish/")
    problem(response, 405, "method-not-allowed")
    assert response.headers["Allow"] == "POST"


def fresh_state(row: Any) -> str:
    """The review state that is stored."""
    return str(fresh(StatusUpdate(pk=row["id"])).review_state)
