"""Adding a missing language to a published update: recorded, and no correction."""

from typing import Any

import pytest

from reforms import search, workflow
from reforms.errors import RuleBroken, TransitionRefused
from reforms.ledger import payload_of
from reforms.models import LedgerEntry, Promise, StatusUpdate
from reforms.vocabulary import CORRECTIONS, EntryAction, ReviewState
from reforms.workflow import Cited
from tests.fixtures import assert_no_drift, fresh, make_update, make_update_in, row

NOTE = {"en": "In force."}
BOTH = {"en": "In force.", "ru": "Действует."}


@pytest.fixture
def update(promise: Promise) -> StatusUpdate:
    return make_update(
        promise,
        "implemented",
        note=NOTE,
        citations=[Cited("daily-page", note={"en": "Page 2"}), Cited("watch-page")],
    )


def test_a_missing_language_is_added_and_recorded(update: StatusUpdate) -> None:
    before, changed_at = row(update), fresh(update.promise).changed_at
    assert workflow.translate(update, BOTH) is True
    assert row(update) == before | {"note": BOTH, "version": before["version"] + 1}
    assert update.note == BOTH
    entry = LedgerEntry.objects.last()
    assert entry is not None
    assert (entry.action, entry.object_id) == (EntryAction.TRANSLATE, str(update.pk))
    assert entry.action not in CORRECTIONS
    payload = payload_of(entry)
    assert (payload["document"]["note"], payload["reason"]) == (BOTH, "")
    assert fresh(update.promise).changed_at == entry.recorded_at > changed_at
    assert_no_drift()


def test_search_finds_the_new_words(update: StatusUpdate) -> None:
    found = Promise.objects.search(search.parse("действует"))
    assert not found.exists()
    workflow.translate(update, BOTH)
    assert found.exists()


def test_the_notes_of_the_citations_are_translated_alike(update: StatusUpdate) -> None:
    assert workflow.translate(update, NOTE, [{"en": "Page 2", "kk": "2-бет"}, {}])
    notes = list(update.citations.values_list("note", flat=True))
    assert notes == [{"en": "Page 2", "kk": "2-бет"}, {}]
    last = LedgerEntry.objects.last()
    assert last is not None
    assert last.action == EntryAction.TRANSLATE


def test_saying_the_same_again_is_no_change(update: StatusUpdate) -> None:
    head = LedgerEntry.objects.count()
    assert workflow.translate(update, NOTE) is False
    assert workflow.translate(update, NOTE, [{"en": "Page 2"}, {}]) is False
    assert LedgerEntry.objects.count() == head


# A note, the notes of the citations, and the field that is named.
REFUSED: dict[str, tuple[Any, Any, str]] = {
    "another text": ({"en": "Not in force.", "ru": "Нет."}, None, "note"),
    "a language taken away": ({}, None, "note"),
    "a language in the place of another": ({"ru": "Действует."}, None, "note"),
    "an empty text": (NOTE | {"ru": " "}, None, "note"),
    "an unknown language": (NOTE | {"fr": "En vigueur."}, None, "note"),
    "a text too long": (NOTE | {"ru": "д" * 5001}, None, "note"),
    "a note where none was": (NOTE, [{"en": "Page 2"}, {"en": "New"}], "citations"),
    "too few notes": (BOTH, [{"en": "Page 2"}], "citations"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_nothing_else_can_be_changed(update: StatusUpdate, name: str) -> None:
    note, cited, field = REFUSED[name]
    before, head = row(update), LedgerEntry.objects.count()
    with pytest.raises(RuleBroken) as refused:
        workflow.translate(update, note, cited)
    assert list(refused.value.fields) == [field]
    assert row(update) == before
    assert LedgerEntry.objects.count() == head


@pytest.mark.parametrize("state", [one for one in ReviewState if one != ReviewState.PUBLISHED])
def test_only_a_published_update_is_translated(promise: Promise, state: ReviewState) -> None:
    update = make_update_in(state, promise, note=NOTE)
    head = LedgerEntry.objects.count()
    with pytest.raises(TransitionRefused, match=f"This update is {state}"):
        workflow.translate(update, BOTH)
    assert fresh(update).note == NOTE
    assert LedgerEntry.objects.count() == head
