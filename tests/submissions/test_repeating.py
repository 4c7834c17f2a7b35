"""A batch that is sent again does no harm, whatever has become of it meanwhile."""

from typing import Any

import pytest

from reforms import workflow
from reforms.models import StatusUpdate
from reforms.submissions import Outcome
from reforms.vocabulary import ReviewState
from tests.fixtures import make_update
from tests.submissions.batching import counts, numbered, outcomes, run, said
from tests.submissions.saying import ARTICLE, content, key_of

pytestmark = pytest.mark.usefixtures("promise")


def test_sending_it_again_does_no_harm() -> None:
    sent = numbered(3, citations=[ARTICLE], note="Why")
    first = run(*sent)
    again = run(*sent, content(external_id="row-4"))
    assert [one.outcome for one in again.results] == [Outcome.UNCHANGED] * 3 + [Outcome.CREATED]
    assert [one.id for one in again.results[:3]] == [one.id for one in first.results]
    assert StatusUpdate.objects.count() == 4
    assert counts(run(*sent, dry_run=True)) == (3, 0, 0, 3, 0)


@pytest.mark.parametrize("state", list(ReviewState))
def test_whatever_has_become_of_it_meanwhile(state: ReviewState) -> None:
    run(*numbered(1, citations=[ARTICLE], note="Why"))
    _bring(StatusUpdate.objects.get(), state)
    report = run(*numbered(1, citations=[ARTICLE], note="Why"))
    assert outcomes(report) == [(1, "unchanged", state.value)]
    assert not any(one.review_state == "submitted" for one in _others(state))


def _others(state: ReviewState) -> list[StatusUpdate]:
    return [] if state == ReviewState.SUBMITTED else list(StatusUpdate.objects.all())


def _bring(update: StatusUpdate, state: ReviewState) -> None:
    """Bring a submitted update to a review state."""
    match state:
        case ReviewState.CHANGES_REQUESTED:
            workflow.request_changes(update, "Which article?")
        case ReviewState.REJECTED:
            workflow.reject(update, "About another law.")
        case ReviewState.WITHDRAWN:
            workflow.withdraw(update)
        case ReviewState.SUBMITTED:
            pass
        case _:
            workflow.publish(update)
    match state:
        case ReviewState.RETRACTED:
            workflow.retract(update, "We misread it.")
        case ReviewState.REMOVED:
            workflow.remove(update, "It names somebody.")
        case ReviewState.SUPERSEDED:
            successor = make_update(
                update.promise, "stalled", organisation="lantern", publish=False
            )
            workflow.supersede(update, successor, "It stopped.")


def test_a_translation_makes_no_difference() -> None:
    run(*numbered(1, note="Why"))
    update = StatusUpdate.objects.get()
    workflow.publish(update)
    workflow.translate(update, {"en": "Why", "ru": "Почему"})
    assert outcomes(run(*numbered(1, note="Why"))) == [(1, "unchanged", "published")]


CHANGES: list[dict[str, Any]] = [
    {"status": "stalled"},
    {"effective_on": "2022"},
    {"assessed_on": "2023"},
    {"note": "Another"},
    {"note": None},
    {"citations": None},
    {"citations": [ARTICLE]},
    {"citations": [{"source": "demo2020-address", "locator": "line 1"}]},
    {"citations": [{"source": "demo2020-address", "stance": "context"}]},
    {"citations": [{"source": "demo2020-address", "note": "x"}]},
    {"citations": [{"source": "demo2020-address"}] * 2},
]


@pytest.mark.parametrize("change", CHANGES)
def test_other_content_under_the_same_id_is_refused(change: dict[str, Any]) -> None:
    run(*numbered(1, note="Why"))
    update = StatusUpdate.objects.get()
    report = run(*numbered(1, **({"note": "Why"} | change)))
    assert said(report) == [(1, "/external_id", "taken")]
    detail = report.complaints[0].complaint.detail
    assert str(update.pk) in detail
    assert "change that one" in detail
    workflow.publish(update)
    report = run(*numbered(1, **({"note": "Why"} | change)))
    assert "supersede it" in report.complaints[0].complaint.detail


def test_another_organisations_id_says_nothing() -> None:
    run(*numbered(1))
    assert counts(run(*numbered(1), who=key_of("compass"))) == (1, 1, 0, 0, 0)
