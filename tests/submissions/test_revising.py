"""Changing, superseding, and sources by themselves."""

from typing import Any

import pytest

from reforms import submissions, workflow
from reforms.errors import TransitionRefused
from reforms.models import Organisation
from reforms.vocabulary import ReviewState
from tests.fixtures import fresh, make_promise, make_update, make_update_in
from tests.submissions.saying import ARTICLE, FULL, content, key_of, submit, wrong

pytestmark = pytest.mark.usefixtures("promise")


# Changing what is not public yet.


def test_revise_changes_only_what_is_given() -> None:
    update = submit(**FULL)
    before = list(update.citations.values_list("source", "position", "origin"))
    submissions.revise(update, {"effective_on": "2022-12"})
    assert (str(update.effective), str(update.assessed)) == ("2022-12", "2023-01-10")
    assert (update.version, update.note) == (2, FULL["note"])
    assert list(update.citations.values_list("source", "position", "origin")) == before
    submissions.revise(update, {"note": None, "assessed_on": None, "citations": [ARTICLE]})
    assert (update.note, update.assessed, update.external_id) == ({}, None, "row-7")
    assert update.citations.get().basis == "own_finding"
    submissions.revise(update, {"status": "not_started"})
    assert str(update.assessed) == "2022-12"
    submissions.revise(update, {"effective_on": "2023"})
    assert (update.status, str(update.assessed)) == ("not_started", "2023")


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        ({"promise": "demo2020-1-2"}, "/promise", "contradiction"),
        ({"status": None}, "/status", "missing"),
        ({"effective_on": None}, "/effective_on", "missing"),
        ({"effective_on": "2999", "assessed_on": None}, "/effective_on", "bad_date"),
        ({"effective_on": "2024"}, "/assessed_on", "bad_date"),
        ({"reason": "x"}, "/reason", "contradiction"),
        ({"external_id": "other"}, "/external_id", "taken"),
        ({"citations": [{"source": "nobody"}]}, "/citations/0/source", "not_found"),
        ({"nota": "x"}, "/nota", "unknown_field"),
    ],
)
def test_a_revision_is_checked_like_a_submission(
    change: dict[str, Any], pointer: str, code: str
) -> None:
    submit(external_id="other")
    update = submit(**FULL)
    assert wrong(submissions.revise, update, change) == [(pointer, code)]
    assert (fresh(update).version, str(update.effective)) == (1, "2022-11")


def test_what_is_public_is_not_revised() -> None:
    update = make_update_in(ReviewState.PUBLISHED, fresh(submit().promise), organisation="lantern")
    with pytest.raises(TransitionRefused):
        submissions.revise(update, {"status": "stalled"})


# Superseding.


def test_supersede_waits_for_review() -> None:
    old = make_update(make_promise(2), "implemented", organisation="lantern", external_id="a")
    correction = content(promise=None, reason="We misread it.", status="stalled", external_id="a")
    new = submissions.supersede(old, correction, key_of("lantern")).update
    assert (new.review_state, new.replaces_id, new.external_id) == ("submitted", old.pk, "")
    submissions.revise(new, {"reason": "We misread article 5."})
    workflow.publish(new)
    old, new = fresh(old), fresh(new)
    assert (old.review_state, old.ended_reason) == ("superseded", "We misread article 5.")
    assert (old.successor_id, new.external_id) == (new.pk, "a")


def test_supersede_happens_at_once_where_that_is_allowed() -> None:
    Organisation.objects.filter(pk="lantern").update(trusted=True)
    old = make_update(make_promise(2), "implemented", organisation="lantern")
    correction = content(promise=None, reason="We misread it.", status="stalled")
    new = submissions.supersede(old, correction, key_of("lantern", "submit", "publish")).update
    assert (new.review_state, fresh(old).review_state) == ("published", "superseded")


def test_what_is_wrong_with_a_correction() -> None:
    old = make_update(make_promise(2), "implemented", organisation="lantern")
    who = key_of("lantern")
    assert wrong(submissions.supersede, old, content(status="stalledd"), who) == [
        ("/promise", "unknown_field"),
        ("/status", "unknown_value"),
        ("/reason", "missing"),
    ]
    waiting = submit()
    with pytest.raises(TransitionRefused, match="is submitted"):
        submissions.supersede(waiting, content(promise=None, reason="x"), who)


# Sources by themselves.


def test_add_source() -> None:
    lantern = Organisation.objects.get(pk="lantern")
    sent = ARTICLE | {"title": {"kk": "Бес мың"}, "publisher": "Gleaner", "language": "ru"}
    source, is_new = submissions.add_source(sent, lantern)
    assert is_new
    assert (source.submitted_by_id, source.is_public, source.pk[:2]) == ("lantern", False, "s-")
    assert (source.title, source.publisher.name) == ({"kk": "Бес мың"}, {"ru": "Gleaner"})
    assert submissions.add_source({"url": ARTICLE["url"] + "/"}, lantern) == (source, False)
    assert submissions.add_source(sent | {"title": "Other"}, lantern) == (source, False)
    assert fresh(source).title == {"kk": "Бес мың"}
    other, is_new = submissions.add_source(ARTICLE, Organisation.objects.get(pk="compass"))
    assert is_new
    assert other != source


def test_what_is_wrong_with_a_source() -> None:
    lantern = Organisation.objects.get(pk="lantern")
    assert wrong(submissions.add_source, {}, lantern) == [("/url", "missing")]
    assert wrong(submissions.add_source, {"url": "x", "stance": "supports"}, lantern) == [
        ("/stance", "unknown_field"),
        ("/url", "bad_address"),
    ]
    assert wrong(submissions.add_source, {"url": "https://new.example", "kind": "x"}, lantern) == [
        ("/kind", "unknown_value"),
        ("/title", "missing"),
        ("/publisher", "missing"),
    ]
