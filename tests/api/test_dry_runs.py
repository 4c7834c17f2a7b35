"""`?dry_run=true`: all checks and the full answer, and nothing written."""

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps

from reforms import ledger
from reforms.models import StatusUpdate
from tests.api.asking import problem
from tests.api.sending import ARTICLE, PAGE, Sender, content, key_of, pointers, told

pytestmark = pytest.mark.usefixtures("promise")

TRIAL = "dry_run=true"


def everything() -> dict[str, list[Any]]:
    """All rows of all tables of the app, but for when a key was used."""
    found = {}
    for model in apps.get_app_config("reforms").get_models(include_auto_created=True):
        rows = list(model._default_manager.order_by("pk").values())
        for row in rows:
            row.pop("last_used_at", None)
        found[model.__name__] = rows
    return found


def on_trial(send: Callable[[], Any], status: int) -> Any:
    """The body of a dry run, after which everything is as before."""
    before, head = everything(), ledger.head()
    response = send()
    body = told(response, status)
    assert body["dry_run"] is True
    assert "Location" not in response.headers
    assert "ETag" not in response.headers
    assert everything() == before
    assert ledger.head() == head
    return body


def test_submitting(lantern: Sender) -> None:
    body = content(citations=[PAGE, ARTICLE | {"publisher": {"name": "New Paper"}}])
    row = on_trial(lambda: lantern.post("/updates/", body, TRIAL), 201)
    assert row["review_state"] == "submitted"
    assert [one["source"]["title"] for one in row["citations"]] == [
        "Address",
        "Five thousand are enough",
    ]
    real = lantern.submitted(citations=body["citations"])
    assert row.keys() - {"dry_run"} == real.keys()
    assert "dry_run" not in real


def test_submitting_where_it_is_published_at_once(trusted: Sender) -> None:
    row = on_trial(lambda: trusted.post("/updates/", content(), TRIAL), 201)
    assert row["review_state"] == "published"


def test_changing(lantern: Sender) -> None:
    path = lantern.submitted()["api_url"]
    row = on_trial(lambda: lantern.patch(path, {"status": "stalled"}, TRIAL), 200)
    assert (row["status"], row["submission"]["version"]) == ("stalled", 2)


@pytest.mark.parametrize(
    ("action", "reason", "state"),
    [
        ("publish", "", "published"),
        ("request-changes", "Which article?", "changes_requested"),
        ("reject", "About another law.", "rejected"),
    ],
)
def test_judging(lantern: Sender, desk: Sender, action: str, reason: str, state: str) -> None:
    path = f"/updates/{lantern.submitted()['id']}/{action}/"
    body = {"reason": reason} if reason else None
    row = on_trial(lambda: desk.post(path, body, TRIAL, if_match="*"), 200)
    assert row["review_state"] == state


def test_ending(trusted: Sender) -> None:
    path = f"/updates/{trusted.submitted()['id']}"
    reason = {"reason": "We misread the law."}
    row = on_trial(lambda: trusted.post(f"{path}/retract/", reason, TRIAL, if_match="*"), 200)
    assert row["review_state"] == "retracted"
    body = reason | {"status": "stalled", "effective_on": "2023", "citations": [PAGE]}
    row = on_trial(lambda: trusted.post(f"{path}/supersede/", body, TRIAL, if_match="*"), 201)
    assert (row["status"], row["review_state"]) == ("stalled", "published")


def test_sources(lantern: Sender) -> None:
    row = on_trial(lambda: lantern.post("/sources/", ARTICLE, TRIAL), 201)
    assert row["title"] == "Five thousand are enough"


def test_everything_is_checked(lantern: Sender, desk: Sender) -> None:
    """What would be refused is refused."""
    wrong = content(status="implementd")
    assert pointers(lantern.post("/updates/", wrong, TRIAL)) == [("/status", "unknown_value")]
    row = lantern.submitted(citations=[])
    path = f"/updates/{row['id']}/publish/"
    assert pointers(desk.post(path, None, TRIAL, if_match="*"))[0][0] == "/citations"
    problem(desk.post(path, None, TRIAL, if_match='"9-x"'), 412, "precondition-failed")
    problem(desk.post(path, None, TRIAL), 428, "precondition-required")
    problem(lantern.post(path, None, TRIAL, if_match="*"), 403, "forbidden")
    other = key_of("compass", "submit")
    problem(other.post(path, None, TRIAL, if_match="*"), 404, "not-found")


@pytest.mark.parametrize("value", ["True", "1", "yes", "", "true,false"])
def test_a_misspelt_trial_writes_nothing(lantern: Sender, value: str) -> None:
    response = lantern.post("/updates/", content(), f"dry_run={value}")
    [error] = problem(response, 400, "bad-question")["errors"]
    assert error["parameter"] == "dry_run"
    assert not StatusUpdate.objects.exists()


def test_false_is_none(lantern: Sender) -> None:
    row = told(lantern.post("/updates/", content(), "dry_run=false"), 201)
    assert StatusUpdate.objects.filter(pk=row["id"]).exists()


def test_reading_is_no_trial(lantern: Sender) -> None:
    for path in ("/updates/", "/promises/", "/updates/00000000-0000-4000-8000-000000000000/"):
        problem(lantern.get(path, TRIAL), 400, "bad-question")
