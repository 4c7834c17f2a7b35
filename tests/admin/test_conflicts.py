"""Two people at one form: the second save is refused, both versions are shown, nothing is lost."""

from typing import Any

from reforms import workflow
from reforms.models import Promise, StatusUpdate
from tests.admin.browser import Page, Person, new_citation, page_of
from tests.admin.conftest import Staff
from tests.fixtures import fresh, make_promise, make_update


def fill_in(page: Page, **changes: Any) -> dict[str, Any]:
    """What the form that was opened sends, with some fields changed."""
    changed = {name.replace("__", "-"): value for name, value in changes.items()}
    return {**page.fields, **changed, "_continue": "Save"}


def compared(page: Page) -> dict[str, tuple[str, str, str]]:
    return {
        one.label: (one.opened, one.stored, one.yours) for one in page.response.context["conflict"]
    }


def save(person: Person, thing: Any, opened: Page, **changes: Any) -> Page:
    return person.post(page_of(thing), fill_in(opened, **changes))


def test_the_second_save_overwrites_nothing(staff: Staff, promise: Promise) -> None:
    opened = staff.root.get(page_of(promise))
    staff.curator.save(page_of(promise), title_en="A court of nine", reason="The text says nine.")

    refused = save(staff.root, promise, opened, title_en="A court of ten", reason="Misread.")
    assert "Somebody else changed this since you opened it" in " ".join(refused.complaints)
    assert fresh(promise).title == {"en": "A court of nine"}
    assert compared(refused) == {
        "Title": ("en: Promise 1", "en: A court of nine", "en: A court of ten")
    }
    for words in ("A court of nine", "A court of ten"):
        assert words in refused.text
    # What was written is still in the form, and may be saved by whoever has seen both.
    assert refused.fields["title_en"] == ["A court of ten"]
    saved = save(staff.root, promise, refused)
    assert saved.complaints == []
    assert fresh(promise).title == {"en": "A court of ten"}


def test_what_saving_would_undo_is_said(staff: Staff, promise: Promise) -> None:
    opened = staff.root.get(page_of(promise))
    staff.curator.save(page_of(promise), statement_en="Nine judges.", reason="The text says nine.")
    refused = save(staff.root, promise, opened, title_en="A court", reason="Shorter.")
    [title, statement] = refused.response.context["conflict"]
    assert (statement.label, statement.undoes) == ("Statement", True)
    assert (title.label, title.undoes) == ("Title", False)
    assert "saving would undo the change" in refused.text
    assert fresh(promise).statement == {"en": "Nine judges."}


def test_evidence_that_changed_meanwhile_is_a_conflict_too(staff: Staff) -> None:
    update = make_update(make_promise(), "stalled", organisation="lantern", publish=False)
    opened = staff.curator.get(page_of(update))
    staff.anna.save(page_of(update), **new_citation(1, source="watch-page", locator="p. 3"))
    refused = save(staff.curator, update, opened, citations__0__locator="p. 1")
    evidence = compared(refused)["Citations"]
    assert ["p. 3" in version for version in evidence] == [False, True, False]
    assert "p. 1" in evidence[2]
    assert [one.locator for one in update.citations.all()] == ["", "p. 3"]


def test_what_the_tracker_derives_is_no_conflict(staff: Staff, promise: Promise) -> None:
    opened = staff.curator.get(page_of(promise))
    make_update(promise, "implemented")
    page = save(staff.curator, promise, opened, title_en="A court", reason="Shorter.")
    assert page.complaints == []
    assert fresh(promise).title == {"en": "A court"}


def test_a_mistake_does_not_hide_what_somebody_else_changes_then(
    staff: Staff, promise: Promise
) -> None:
    opened = staff.root.get(page_of(promise))
    mistaken = save(staff.root, promise, opened, deadline="soon")
    assert "“soon” is no date" in " ".join(mistaken.complaints)
    staff.curator.save(page_of(promise), title_en="A court", reason="Shorter.")
    refused = save(staff.root, promise, mistaken, deadline="2022", reason="It gives a year.")
    assert "Somebody else changed this" in " ".join(refused.complaints)
    assert fresh(promise).deadline is None


def test_a_form_that_does_not_say_what_it_showed_is_refused(staff: Staff, promise: Promise) -> None:
    opened = staff.curator.get(page_of(promise))
    for seen in ("", "nonsense", opened.fields["seen"][0] + "x"):
        page = save(staff.curator, promise, opened, seen=seen, title_en="A court", reason="So.")
        assert "Somebody else changed this" in " ".join(page.complaints)
    assert fresh(promise).title == {"en": "Promise 1"}


def test_a_submission_that_was_published_meanwhile_stays_as_it_was(
    staff: Staff, promise: Promise
) -> None:
    update = make_update(promise, "stalled", organisation="lantern", publish=False)
    opened = staff.anna.get(page_of(update))
    workflow.publish(update)
    assert save(staff.anna, update, opened, note_en="More.").status == 403
    assert StatusUpdate.objects.get().note == {}
