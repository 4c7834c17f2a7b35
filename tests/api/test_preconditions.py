"""ETag, If-None-Match and If-Match: nobody overwrites what they have not seen."""

import threading
from typing import Any

import pytest
from django.db import connection

from reforms import workflow
from reforms.models import LedgerEntry, StatusUpdate
from tests.api.asking import ask, problem
from tests.api.sending import Sender, key_of, told
from tests.fixtures import fresh, make_promise, make_update


@pytest.fixture
def submission(promise: Any, lantern: Sender) -> Any:
    """The row of a submission of lantern."""
    return lantern.submitted()


@pytest.fixture
def public(promise: Any) -> StatusUpdate:
    """A published update."""
    return make_update(promise, "implemented", organisation="lantern")


# Reading.


def test_everybody_gets_an_etag(public: StatusUpdate) -> None:
    """It is as strong as the representation is the same."""
    path = f"/updates/{public.pk}/"
    first = ask(path)
    tag = first.headers["ETag"]
    assert ask(path).headers["ETag"] == tag
    assert ask(path, {"fields": "id"}).headers["ETag"] != tag
    assert ask(path, {"lang": "ru"}).headers["ETag"] == tag, "it has no Russian text"


def test_strangers_are_not_told_how_often_it_went_to_and_fro(
    public: StatusUpdate, lantern: Sender
) -> None:
    """The number would tell; their ETag is good for If-Match all the same."""
    path = f"/updates/{public.pk}/"
    number, theirs = str(fresh(public).version), ask(path).headers["ETag"]
    assert lantern.get(path).headers["ETag"].startswith(f'"{number}-')
    assert theirs.strip('"').partition("-")[0] != number
    assert len(theirs.partition("-")[0]) > len(number) + 8
    stale = theirs.replace("-", "0-")
    assert lantern.act(public, "retract", "Wrong.", if_match=stale).status_code == 412
    told(lantern.act(public, "retract", "Wrong.", if_match=theirs))


def test_what_somebody_has_is_not_sent_again(public: StatusUpdate) -> None:
    path = f"/updates/{public.pk}/"
    tag = ask(path).headers["ETag"]
    for header in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        response = ask(path, if_none_match=header)
        assert (response.status_code, response.content) == (304, b""), header
        assert response.headers["ETag"] == tag
        assert response.headers["Cache-Control"] == "public, max-age=60"
        assert "Accept-Language" in response.headers["Vary"]
    for header in ('"other"', tag.strip('"'), ""):
        assert ask(path, if_none_match=header).status_code == 200, header


def test_an_end_changes_it(public: StatusUpdate) -> None:
    path = f"/updates/{public.pk}/"
    tag = ask(path).headers["ETag"]
    workflow.retract(public, "We misread the law.")
    response = ask(path, if_none_match=tag)
    assert response.status_code == 200
    assert response.headers["ETag"] != tag


def test_what_happens_around_it_leaves_its_version(public: StatusUpdate) -> None:
    """Another update of the same promise, or a correction of its source, is no change of it."""
    version = fresh(public).version
    make_update(public.promise, "stalled", "2023", organisation="compass")
    assert fresh(public).version == version


def test_the_etag_of_another_moment_is_weak(public: StatusUpdate) -> None:
    """It cannot be changed any more; a weak one is for caches, and refused as a precondition."""
    last = LedgerEntry.objects.count()
    tag = ask(f"/updates/{public.pk}/", {"known_at": last}).headers["ETag"]
    assert tag.startswith('W/"')


# Changing.


def test_the_etag_of_what_was_seen(submission: Any, lantern: Sender) -> None:
    path = submission["api_url"]
    tag = lantern.get(path).headers["ETag"]
    response = lantern.patch(path, {"status": "stalled"}, if_match=tag)
    told(response)
    assert response.headers["ETag"].startswith('"2-')
    assert response.headers["ETag"] == lantern.get(path).headers["ETag"]
    told(lantern.act(submission, "withdraw", if_match=response.headers["ETag"]))


@pytest.mark.parametrize(
    "header", ["*", '"1-x"', '"1"', '"7-x", "1-x"', '"7-x","1-other"', ' "1-x" ']
)
def test_only_the_version_counts(submission: Any, lantern: Sender, header: str) -> None:
    """The ETag of the same version in another language is as good."""
    told(lantern.patch(submission["api_url"], {"status": "stalled"}, if_match=header))


def test_it_has_to_be_there(submission: Any, lantern: Sender) -> None:
    path = submission["api_url"]
    for response in (
        lantern.send("PATCH", path, {"status": "stalled"}),
        lantern.post(f"{path}withdraw/"),
    ):
        assert "If-Match" in problem(response, 428, "precondition-required")["detail"]
    assert told(lantern.get(path))["submission"]["version"] == 1


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ('"0-x"', "has changed it since"),
        ('"2-x"', "has changed it since"),
        ('"11-x"', "has changed it since"),
        ('"x"', "has changed it since"),
        ('""', "has changed it since"),
        ('W/"1-x"', "weak ETag"),
        ("1-x", "holds no ETag"),
        ("", "holds no ETag"),
    ],
)
def test_another_version(submission: Any, lantern: Sender, header: str, said: str) -> None:
    """The answer shows what it is now, and what to send next time."""
    response = lantern.patch(submission["api_url"], {"status": "stalled"}, if_match=header)
    refusal = problem(response, 412, "precondition-failed")
    assert said in refusal["detail"]
    now = lantern.get(submission["api_url"])
    assert refusal["current"] == now.json()
    assert response.headers["ETag"] == now.headers["ETag"]
    assert now.json()["submission"]["version"] == 1


def test_what_is_shown_is_what_the_asker_may_see(public: StatusUpdate) -> None:
    """Of what is public, somebody else's answer says nothing of how it came in."""
    stale = key_of("lantern", "submit").act(public, "retract", "Wrong.", if_match='"0-x"')
    assert "submission" in problem(stale, 412, "precondition-failed")["current"]
    stranger = key_of("compass", "submit").act(public, "retract", "Wrong.", if_match='"0-x"')
    assert "current" not in problem(stranger, 403, "forbidden")


def test_each_write_is_another_version(submission: Any, lantern: Sender, desk: Sender) -> None:
    seen = []
    for change in (
        lambda tag: lantern.patch(submission["api_url"], {"note": "Soon."}, if_match=tag),
        lambda tag: desk.act(submission, "request-changes", "Which?", if_match=tag),
        lambda tag: lantern.act(submission, "resubmit", if_match=tag),
        lambda tag: desk.act(submission, "publish", if_match=tag),
        lambda tag: lantern.act(submission, "retract", "Wrong.", if_match=tag),
    ):
        tag = seen[-1] if seen else lantern.get(submission["api_url"]).headers["ETag"]
        response = change(tag)
        told(response)
        seen.append(response.headers["ETag"])
    assert [tag.partition("-")[0] for tag in seen] == ['"2', '"3', '"4', '"5', '"6']


def test_two_reviewers_one_after_the_other(submission: Any, desk: Sender) -> None:
    """Both have seen the same; the second is told what the first has done."""
    second = key_of("compass", "review")
    tag = desk.get(submission["api_url"]).headers["ETag"]
    told(desk.act(submission, "publish", if_match=tag))
    late = second.act(submission, "reject", "Wrong law.", if_match=tag)
    assert problem(late, 412, "precondition-failed")["current"]["review_state"] == "published"
    late = second.act(submission, "reject", "Wrong law.")
    assert problem(late, 409, "conflict")["current"]["review_state"] == "published"


@pytest.mark.usefixtures("committed_cast")
def test_two_reviewers_at_once() -> None:
    make_promise()
    row = key_of("lantern", "submit").submitted()
    reviewers = [key_of("editors", "review"), key_of("compass", "review")]
    tag = reviewers[0].get(row["api_url"]).headers["ETag"]
    start, answers = threading.Barrier(2), []

    def judge(number: int) -> None:
        action = ("publish", "reject")[number]
        start.wait()
        answers.append(reviewers[number].act(row, action, "No." * number, if_match=tag))
        connection.close()

    threads = [threading.Thread(target=judge, args=(number,)) for number in (0, 1)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert sorted(one.status_code for one in answers) == [200, 412]
    [lost] = [one for one in answers if one.status_code == 412]
    [won] = [one for one in answers if one.status_code == 200]
    assert lost.json()["current"]["review_state"] == won.json()["review_state"]
