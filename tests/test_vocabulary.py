"""The words of design section 2, written out: a word added, dropped or renamed fails here."""

import pytest

from reforms import scopes, vocabulary
from reforms.links import outcomes
from reforms.vocabulary import (
    CHECKABLE,
    ENDED_STATES,
    LANGUAGES,
    OFFICIAL,
    PUBLIC_STATES,
    TRANSITIONS,
    Action,
    ReviewState,
    Status,
    Term,
)

pytestmark = pytest.mark.without_database

WORDS = {
    "Status": "not_assessed not_started in_progress stalled partially_implemented implemented"
    " abandoned reversed",
    "PromiseKind": "constitutional_amendment legislation institution appointment_rule"
    " administrative economic_measure study policy",
    "Commitment": "specific process aspiration",
    "PublisherType": "state state_media party independent_media ngo international_organisation"
    " academic other",
    "SourceKind": "address speech interview article news legal_act report dataset statement",
    "Stance": "supports disputes context",
    "Basis": "own_finding relays act_in_force draft_act",
    "BodyRole": "responsible affected",
    "RelationKind": "restates replaces split_from depends_on",
    "Verification": "none official_claim documented independent corroborated",
    "Timeliness": "no_deadline pending on_time late overdue unassessed undetermined",
    "Precision": "day month year",
    "ReviewState": "submitted changes_requested rejected withdrawn published superseded retracted"
    " removed",
    "EntryAction": "create edit translate correct publish supersede retract remove withdraw redact",
    "Role": "curator reviewer seeding operator",
    "Undefined": "nothing_in_common no_variation",
    "Scope": "submit publish review sources webhooks",
    "LinkOutcome": "alive moved gone failing refused off_limits",
    "Action": "resubmit request_changes reject withdraw publish supersede retract remove",
}

VOCABULARIES = {
    name: thing
    for module in (vocabulary, scopes, outcomes)
    for name, thing in vars(module).items()
    if isinstance(thing, type) and issubclass(thing, Term) and thing is not Term
}


def test_no_vocabulary_is_missing_here() -> None:
    assert set(VOCABULARIES) == set(WORDS)


@pytest.mark.parametrize(("name", "words"), WORDS.items())
def test_words_and_their_order(name: str, words: str) -> None:
    assert VOCABULARIES[name].values() == words.split()


@pytest.mark.parametrize(
    "term", [term for terms in VOCABULARIES.values() for term in terms], ids=repr
)
def test_every_word_says_what_it_means(term: Term) -> None:
    assert term.meaning.strip()
    assert term.label == term.label.strip()
    assert "_" not in term.label
    assert str(term) == term.value == term


@pytest.mark.parametrize("terms", VOCABULARIES.values(), ids=lambda terms: terms.__name__)
def test_no_two_words_mean_the_same(terms: type[Term]) -> None:
    assert len({term.meaning for term in terms}) == len(terms)


def test_not_assessed_and_not_started_are_different_facts() -> None:
    assert Status.NOT_ASSESSED.meaning != Status.NOT_STARTED.meaning


def test_choices_are_pairs_of_value_and_label() -> None:
    assert Status.choices()[4] == ("partially_implemented", "Partially implemented")


def test_groups() -> None:
    assert CHECKABLE == ("specific", "process")
    assert OFFICIAL == ("state", "state_media", "party")
    assert PUBLIC_STATES == ("published", "superseded", "retracted", "removed")
    assert ENDED_STATES == ("superseded", "retracted", "removed")
    assert list(LANGUAGES) == ["en", "ru", "kk"]


def test_every_action_leads_from_known_states_to_a_known_one() -> None:
    assert set(TRANSITIONS) == set(Action)
    for origins, target in TRANSITIONS.values():
        assert origins
        assert target in ReviewState
        assert target not in origins
        assert all(state in ReviewState for state in origins)


def test_every_state_can_be_reached() -> None:
    reached = {ReviewState.SUBMITTED} | {target for _, target in TRANSITIONS.values()}
    assert reached == set(ReviewState)


def test_what_was_public_stays_public() -> None:
    for origins, target in TRANSITIONS.values():
        for state in origins:
            assert state not in PUBLIC_STATES or target in PUBLIC_STATES


def test_nothing_leads_out_of_an_end() -> None:
    ends = {ReviewState.REJECTED, ReviewState.WITHDRAWN, *ENDED_STATES}
    assert not ends & {state for origins, _ in TRANSITIONS.values() for state in origins}
