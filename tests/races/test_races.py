"""Two at once, with real processes on both sides: one truth is left, and each is told which."""

import uuid
from collections import Counter
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest

from tests.races.clients import Answer, Request, Tracker, running
from tests.soak.processes import own_database

ROUNDS = range(4)
PROMISES = 80
_numbers = count(1)


@pytest.fixture(scope="module")
def tracker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracker]:
    """Two workers and four clients; at the end ledger and derived values are checked."""
    folder = tmp_path_factory.mktemp("races")
    with own_database(folder) as url, running(folder, url, PROMISES) as tracker:
        yield tracker


@pytest.fixture(params=ROUNDS)
def promise() -> str:
    """A promise that nobody has assessed yet; each race is run several times."""
    return f"demo2020-1-{next(_numbers)}"


def content(promise: str, **more: Any) -> dict[str, Any]:
    """An assessment that can be published."""
    return {
        "promise": promise,
        "status": "implemented",
        "effective_on": "2022-06",
        "citations": [{"source": "demo2020-address"}],
    } | more


def inline(url: str) -> dict[str, Any]:
    """A citation of a source that is new."""
    return {"url": url, "title": "What became of it", "publisher": "daily"}


def submitted(tracker: Tracker, promise: str, holder: str = "lantern", **more: Any) -> Answer:
    answer = tracker.ask(holder, "POST", "/updates/", content(promise, **more))
    assert answer.status == 201, answer.text
    return answer


def published(tracker: Tracker, promise: str) -> Answer:
    answer = submitted(tracker, promise)
    id_, etag = answer.content["id"], answer.headers["etag"]
    answer = tracker.ask("reviewer", "POST", f"/updates/{id_}/publish/", **{"If-Match": etag})
    assert answer.status == 200, answer.text
    return answer


def change(holder: str, act: str, seen: Answer, reason: str = "") -> Request:
    """An act on what was seen, by somebody who has seen it so."""
    return Request(
        holder,
        "POST",
        f"/updates/{seen.content['id']}/{act}/",
        {"reason": reason} if reason else None,
        {"If-Match": seen.headers["etag"]},
    )


def about(tracker: Tracker, promise: str, holder: str = "lantern") -> list[dict[str, Any]]:
    """All that the holder of a key can see about the promise, in whatever state."""
    states = "submitted,changes_requested,rejected,withdrawn,published,superseded,retracted,removed"
    path = f"/updates/?promise={promise}&review_state={states}&limit=200"
    answer = tracker.ask(holder, "GET", path)
    assert answer.status == 200, answer.text
    rows: list[dict[str, Any]] = answer.content["results"]
    return rows


def entries(tracker: Tracker, promise: str) -> list[str]:
    """What the ledger says happened to status updates about the promise."""
    path = f"/promises/{promise}/history/?type=update&ordering=sequence"
    answer = tracker.ask("lantern", "GET", path)
    return [entry["action"] for entry in answer.content["results"]]


def settled(answers: list[Answer]) -> Answer:
    """The winner's answer; all others were told that they had seen an old version."""
    assert Counter(one.status for one in answers) == {200: 1, 412: len(answers) - 1}, [
        one.text for one in answers
    ]
    [winner] = (one for one in answers if one.status == 200)
    for loser in (one for one in answers if one is not winner):
        problem = loser.content
        assert problem["type"].endswith(":precondition-failed")
        assert problem["current"]["review_state"] == winner.content["review_state"]
    return winner


def test_one_idempotency_key_makes_one_row(tracker: Tracker, promise: str) -> None:
    request = Request(
        "lantern", "POST", "/updates/", content(promise), {"Idempotency-Key": str(uuid.uuid4())}
    )
    answers = tracker.at_once(request, request, request, request)
    assert [one.status for one in answers] == [201] * 4, [one.text for one in answers]
    assert len({one.text for one in answers}) == 1
    assert len({one.headers["location"] for one in answers}) == 1
    replayed = [one.headers.get("idempotency-replayed") for one in answers]
    assert Counter(replayed) == {None: 1, "true": 3}
    assert len(about(tracker, promise)) == 1


def test_one_idempotency_key_serves_one_body(tracker: Tracker, promise: str) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    statuses = ("implemented", "stalled", "in_progress", "abandoned")
    answers = tracker.at_once(
        *(
            Request("lantern", "POST", "/updates/", content(promise, status=one), headers)
            for one in statuses
        )
    )
    assert Counter(one.status for one in answers) == {201: 1, 422: 3}
    [first] = (one for one in answers if one.status == 201)
    for other in (one for one in answers if one is not first):
        assert other.content["type"].endswith(":idempotency-key-reused")
    assert [row["status"] for row in about(tracker, promise)] == [first.content["status"]]


def test_two_reviewers_publish_once(tracker: Tracker, promise: str) -> None:
    seen = submitted(tracker, promise)
    settled(
        tracker.at_once(
            change("reviewer", "publish", seen),
            change("second", "publish", seen),
            change("reviewer", "publish", seen),
        )
    )
    assert entries(tracker, promise) == ["publish"]


def test_publish_or_withdraw_or_send_back(tracker: Tracker, promise: str) -> None:
    seen = submitted(tracker, promise)
    winner = settled(
        tracker.at_once(
            change("reviewer", "publish", seen),
            change("lantern", "withdraw", seen),
            change("second", "request-changes", seen, "Which article?"),
        )
    )
    state = winner.content["review_state"]
    assert [row["review_state"] for row in about(tracker, promise)] == [state]
    assert entries(tracker, promise) == ["publish"] * (state == "published")


def test_publish_against_retract(tracker: Tracker, promise: str) -> None:
    """Nothing is retracted before it is published, also by whoever asks for whatever is there."""
    seen = submitted(tracker, promise)
    anyhow = Request(
        "lantern",
        "POST",
        f"/updates/{seen.content['id']}/retract/",
        {"reason": "We misread it."},
        {"If-Match": "*"},
    )
    publish, retract = tracker.at_once(change("reviewer", "publish", seen), anyhow)
    assert publish.status == 200
    [row] = about(tracker, promise)
    if retract.status == 200:
        assert row["review_state"] == "retracted"
        assert entries(tracker, promise) == ["publish", "retract"]
    else:
        assert (retract.status, retract.content["type"][-9:]) == (409, ":conflict")
        assert row["review_state"] == "published"
        assert entries(tracker, promise) == ["publish"]


def test_retract_or_supersede(tracker: Tracker, promise: str) -> None:
    """What waits to supersede an update takes its place once, and not if it was retracted first."""
    seen = published(tracker, promise)
    id_ = seen.content["id"]
    corrected = content(promise, status="stalled", reason="It stopped.")
    del corrected["promise"]
    headers = {"If-Match": seen.headers["etag"]}
    successor = tracker.ask("lantern", "POST", f"/updates/{id_}/supersede/", corrected, **headers)
    assert successor.status == 201, successor.text
    seen = tracker.ask("lantern", "GET", f"/updates/{id_}/")
    publish, retract = tracker.at_once(
        change("reviewer", "publish", successor), change("lantern", "retract", seen, "It misled.")
    )
    assert sorted((publish.status, retract.status)) in ([200, 409], [200, 412])
    states = {row["id"]: row["review_state"] for row in about(tracker, promise)}
    if publish.status == 200:
        assert states == {id_: "superseded", successor.content["id"]: "published"}
    else:
        assert states == {id_: "retracted", successor.content["id"]: "submitted"}


def test_of_two_successors_one_takes_the_place(tracker: Tracker, promise: str) -> None:
    seen = published(tracker, promise)
    path, headers = f"/updates/{seen.content['id']}/supersede/", {"If-Match": seen.headers["etag"]}
    corrected = content(promise, reason="It stopped.")
    del corrected["promise"]
    answers = tracker.at_once(
        *(
            Request("lantern", "POST", path, corrected | {"status": status}, headers)
            for status in ("stalled", "abandoned")
        )
    )
    assert [one.status for one in answers] == [201, 201], [one.text for one in answers]
    published_too = tracker.at_once(
        *(
            change(reviewer, "publish", successor)
            for reviewer, successor in zip(("reviewer", "second"), answers, strict=True)
        )
    )
    assert sorted(one.status for one in published_too) == [200, 409]
    states = Counter(row["review_state"] for row in about(tracker, promise))
    assert states == {"superseded": 1, "published": 1, "submitted": 1}
    assert entries(tracker, promise) == ["publish", "publish", "supersede"]


def test_what_is_published_is_what_was_read(tracker: Tracker, promise: str) -> None:
    seen = submitted(tracker, promise)
    path = f"/updates/{seen.content['id']}/"
    patch = Request(
        "lantern", "PATCH", path, {"status": "stalled"}, {"If-Match": seen.headers["etag"]}
    )
    winner = settled(tracker.at_once(change("reviewer", "publish", seen), patch))
    [row] = about(tracker, promise)
    if winner.content["review_state"] == "published":
        assert (row["status"], row["review_state"]) == ("implemented", "published")
    else:
        assert (row["status"], row["review_state"]) == ("stalled", "submitted")


def test_batches_with_the_same_external_ids(tracker: Tracker, promise: str) -> None:
    rows = [content(promise, external_id=f"{promise}-{number}") for number in range(30)]
    answers = tracker.at_once(*(Request("lantern", "POST", "/updates/batch/", rows),) * 3)
    assert all(one.status < 300 for one in answers), [one.text for one in answers]
    stored = Counter(row["submission"]["external_id"] for row in about(tracker, promise))
    assert stored == {row["external_id"]: 1 for row in rows}
    outcomes = Counter(row["outcome"] for one in answers for row in one.content["results"])
    assert outcomes == {"created": 30, "unchanged": 60}


def test_one_address_sent_at_once_is_one_source(tracker: Tracker, promise: str) -> None:
    spellings = [f"https://daily.example/{promise}", f"http://DAILY.example/{promise}#top"]
    answers = tracker.at_once(
        *(Request("lantern", "POST", "/sources/", inline(one)) for one in spellings * 2)
    )
    assert Counter(one.status for one in answers) == {201: 1, 200: 3}, [one.text for one in answers]
    assert len({one.content["id"] for one in answers}) == 1


def test_two_private_sources_of_one_address_become_one(tracker: Tracker, promise: str) -> None:
    address = f"https://daily.example/{promise}"
    seen = [
        submitted(tracker, promise, "lantern", citations=[inline(address)]),
        submitted(tracker, promise, "compass", citations=[inline(f"{address}?utm_source=feed")]),
    ]
    private = {one.content["citations"][0]["source"]["id"] for one in seen}
    assert len(private) == 2
    answers = tracker.at_once(
        *(
            change(holder, "publish", one)
            for holder, one in zip(("reviewer", "second"), seen, strict=True)
        )
    )
    assert [one.status for one in answers] == [200, 200], [one.text for one in answers]
    [cited] = {row["citations"][0]["source"]["id"] for row in about(tracker, promise, "compass")}
    assert tracker.ask("compass", "GET", f"/sources/{cited}/").status == 200
    for gone in private - {cited}:
        assert tracker.ask("lantern", "GET", f"/sources/{gone}/").status == 404
    told = tracker.ask("compass", "GET", f"/changes/?object={cited}").content["results"]
    assert [entry["action"] for entry in told] == ["create"]
