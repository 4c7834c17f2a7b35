"""Nobody publishes, rejects or sends back what they submitted, unless their organisation is trusted
to publish unseen: not by buttons, not by posting past them, not in bulk.
"""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group

from reforms import ledger
from reforms.models import LedgerEntry, Organisation, Programme, Promise, StatusUpdate
from reforms.vocabulary import ReviewState
from tests.admin.browser import Person, list_of, page_of, step_of
from tests.admin.conftest import Staff
from tests.fixtures import assert_no_drift, fresh, make_update, make_update_in

OWN = "You or your organisation submitted this: somebody else has to review it."
JUDGEMENTS = ("publish", "request_changes", "reject")


def offered(person: Person, update: StatusUpdate) -> set[str]:
    """The steps whose buttons the update's page shows."""
    return {
        action
        for action in (*JUDGEMENTS, "withdraw", "resubmit", "retract", "supersede", "remove")
        if step_of(update, action) in person.get(page_of(update)).text
    }


def bulk_actions(person: Person) -> set[str]:
    form = person.get(list_of(StatusUpdate), state="all").response.context["action_form"]
    return {name for name, _ in form.fields["action"].choices if name}


@pytest.fixture
def both(staff: Staff) -> Person:
    """Anna of lantern, who is a reviewer too."""
    staff.anna.user.groups.add(Group.objects.get(name="reviewer"))
    return staff.anna


# Untrusted ----------------------------------------------------------------------------------------


def test_a_reviewer_is_not_offered_to_judge_their_own(both: Person, promise: Promise) -> None:
    own = make_update(promise, "stalled", organisation="lantern", publish=False)
    others = make_update(promise, "stalled", organisation="compass", publish=False)
    assert offered(both, own) == {"withdraw"}
    assert offered(both, others) == set(JUDGEMENTS)


@pytest.mark.parametrize("action", JUDGEMENTS)
def test_posting_past_the_buttons_is_refused_in_words(
    both: Person, promise: Promise, action: str
) -> None:
    own = make_update(promise, "stalled", organisation="lantern", publish=False)
    page = both.post(step_of(own, action), {"reason": "Because."})
    assert (page.status, OWN in page.text) == (403, True)
    assert fresh(own).review_state == "submitted"
    assert not LogEntry.objects.exists()


@pytest.mark.parametrize("action", JUDGEMENTS)
def test_in_bulk_each_row_is_told(both: Person, promise: Promise, action: str) -> None:
    own = make_update(promise, "stalled", organisation="lantern", publish=False)
    others = make_update(promise, "stalled", organisation="compass", publish=False)
    results = both.act(action, own, others, reason="Because.").results
    assert results[str(own)] == f"Refused: {OWN}"
    assert not results[str(others)].startswith("Refused")
    assert fresh(own).review_state == "submitted"
    assert fresh(others).review_state != "submitted"


def test_who_wrote_it_does_not_judge_it_either(staff: Staff, promise: Promise) -> None:
    """A curator who submits for an organisation leaves the review to somebody else."""
    update = make_update(
        promise, "stalled", organisation="lantern", publish=False, user=staff.curator.user
    )
    assert offered(staff.curator, update) == {"withdraw"}
    page = staff.curator.post(step_of(update, "publish"), {})
    assert (page.status, OWN in page.text) == (403, True)
    staff.reviewer.post(step_of(update, "publish"), {})
    assert fresh(update).review_state == "published"


def test_contributors_are_told_who_reviews(staff: Staff, promise: Promise) -> None:
    """Publishing for a trusted organisation is a permission of every contributor now: alone it
    opens nothing.
    """
    own = make_update(promise, "stalled", organisation="lantern", publish=False)
    assert offered(staff.anna, own) == {"withdraw"}
    assert "publish" not in bulk_actions(staff.anna)
    assert OWN in staff.anna.post(step_of(own, "publish"), {}).text
    published = make_update(promise, "stalled", organisation="compass")
    sentences = {
        "publish": "Only reviewers publish, send back or reject what others submitted.",
        "remove": "Only curators remove published updates.",
        "retract": "Only its own organisation may retract this update.",
        "supersede": "Only its own organisation may supersede this update.",
    }
    for action, sentence in sentences.items():
        page = staff.anna.post(step_of(published, action), {"reason": "Because."})
        assert (page.status, sentence in page.text) == (403, True), action
    assert fresh(published).review_state == "published"


# Trusted ------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("lantern_is_trusted")
@pytest.mark.parametrize("bulk", [True, False], ids=["bulk", "single"])
def test_a_trusted_organisation_publishes_unseen(
    staff: Staff, promise: Promise, bulk: bool
) -> None:
    own = make_update(promise, "implemented", organisation="lantern", publish=False)
    others = make_update(promise, "stalled", organisation="compass", publish=False)
    assert offered(staff.anna, own) == {"withdraw", "publish"}
    assert "publish" in bulk_actions(staff.anna)
    if bulk:
        assert staff.anna.act("publish", own).results == {str(own): "Published."}
    else:
        staff.anna.post(step_of(own, "publish"), {})
    assert fresh(own).review_state == "published"
    entry = LedgerEntry.objects.latest("sequence")
    assert (entry.action, entry.actor) == ("publish", "organisation:lantern")
    # Trust is about what is one's own.
    assert staff.anna.post(step_of(others, "publish"), {}).status == 404
    assert fresh(others).review_state == "submitted"


@pytest.mark.usefixtures("lantern_is_trusted")
def test_trust_is_for_publishing_alone(both: Person, promise: Promise) -> None:
    own = make_update(promise, "implemented", organisation="lantern", publish=False)
    assert offered(both, own) == {"withdraw", "publish"}
    for action in ("request_changes", "reject"):
        assert OWN in both.post(step_of(own, action), {"reason": "Because."}).text
    assert fresh(own).review_state == "submitted"


def test_trust_may_end_while_a_page_is_open(
    staff: Staff, promise: Promise, lantern_is_trusted: None
) -> None:
    own = make_update(promise, "implemented", organisation="lantern", publish=False)
    assert "Publish" in staff.anna.get(step_of(own, "publish")).text
    Organisation.objects.filter(pk="lantern").update(trusted=False)
    assert OWN in staff.anna.post(step_of(own, "publish"), {}).text
    assert fresh(own).review_state == "submitted"


def test_the_lead_organisation_needs_no_trust(staff: Staff, promise: Promise) -> None:
    Programme.objects.filter(pk="demo2020").update(lead_organisation="lantern")
    own = make_update(promise, "implemented", organisation="lantern", publish=False)
    staff.anna.post(step_of(own, "publish"), {})
    assert fresh(own).review_state == "published"


# Superseding --------------------------------------------------------------------------------------


def supersede(person: Person, update: StatusUpdate, **changes: Any) -> StatusUpdate:
    given = {"status": "abandoned", "note_en": "Given up.", "reason": "We misread it."} | changes
    page = person.save(step_of(update, "supersede"), **given)
    assert page.complaints == []
    assert page.messages == [
        f"Submitted. As soon as a reviewer publishes it, it takes the place of {update}"
    ]
    return StatusUpdate.objects.get(replaces=update)


def test_a_successor_waits_for_review(staff: Staff, promise: Promise) -> None:
    old = make_update(promise, "implemented", organisation="lantern", external_id="L-1")
    assert "as soon as a reviewer publishes it" in staff.anna.get(step_of(old, "supersede")).text
    head = ledger.head()
    new = supersede(staff.anna, old)
    # Nothing public has happened yet, and nobody else meets it.
    assert (fresh(old).review_state, new.review_state) == ("published", "submitted")
    assert (ledger.head(), fresh(promise).status) == (head, "implemented")
    assert staff.boris.get(page_of(old)).text.count("We misread it.") == 0
    # Its author cannot publish it; a reviewer sees what it replaces, why, and what differs.
    assert OWN in staff.anna.post(step_of(new, "publish"), {}).text
    seen = staff.reviewer.get(page_of(new)).text
    for words in ("What it is to replace", page_of(old), "We misread it.", "abandoned"):
        assert words in seen
    staff.reviewer.post(step_of(new, "publish"), {})
    old, new = fresh(old), fresh(new)
    assert (old.review_state, old.successor, old.ended_reason) == (
        "superseded",
        new,
        "We misread it.",
    )
    assert (new.review_state, new.external_id, fresh(promise).status) == (
        "published",
        "L-1",
        "abandoned",
    )
    said = LedgerEntry.objects.order_by("-sequence").values_list("action", "actor")[:2]
    assert list(said) == [
        ("supersede", "organisation:lantern"),
        ("publish", "role:reviewer"),
    ]
    assert "What it is to replace" not in staff.reviewer.get(page_of(new)).text
    assert_no_drift()


def test_a_successor_is_mended_with_its_reason(staff: Staff, promise: Promise) -> None:
    old = make_update(promise, "implemented", organisation="lantern")
    new = supersede(staff.anna, old)
    staff.reviewer.post(step_of(new, "request_changes"), {"reason": "Misread what?"})
    assert staff.anna.get(page_of(new)).fields["reason"] == ["We misread it."]
    page = staff.anna.save(page_of(new), note_en="Shelved.", reason=" ")
    assert "Say why, in a sentence." in " ".join(page.complaints)
    page = staff.anna.save(page_of(new), note_en="Shelved.", reason="We misread article 3.")
    assert page.complaints == []
    new = fresh(new)
    assert (new.replaces_reason, new.note, new.replaces) == (
        "We misread article 3.",
        {"en": "Shelved."},
        old,
    )


def test_a_successor_of_what_stands_no_longer_is_not_published(
    staff: Staff, promise: Promise
) -> None:
    old = make_update(promise, "implemented", organisation="lantern")
    new = supersede(staff.anna, old)
    staff.anna.post(step_of(old, "retract"), {"reason": "All of it was wrong."})
    page = staff.reviewer.post(step_of(new, "publish"), {})
    assert "The update that it is to replace is retracted" in " ".join(page.messages)
    assert fresh(new).review_state == "submitted"
    assert staff.reviewer.get(page_of(new)).status == 200


def test_what_is_merely_new_replaces_nothing(staff: Staff, promise: Promise) -> None:
    update = make_update_in(ReviewState.SUBMITTED, promise, organisation="lantern")
    page = staff.reviewer.get(page_of(update))
    assert "What it is to replace" not in page.text
    assert "reason" not in staff.anna.get(page_of(update)).fields
