"""An import is confirmed once, as it was shown, or not at all; its file is kept no longer."""

from datetime import timedelta
from typing import Any
from unittest import mock

import pytest
from django.contrib.auth.models import User

from reforms import ledger, sheets, workflow
from reforms.errors import TransitionRefused
from reforms.models import Import, Promise
from reforms.sheets import planning
from tests.fixtures import Clock, fresh, make_promise, row
from tests.ledger.telling import findings
from tests.sheets.sending import confirm, counts, edited, exported, said, send
from tests.tables import everywhere

NEW = [
    ["reform", "title_en", "statement_en", "kind", "commitment"],
    ["demo2020-1", "New", "N.", "study", "process"],
]


def test_a_preview_leaves_nothing_behind(curator: User) -> None:
    before = ledger.head()
    attempt = send("promises", NEW, curator)
    assert counts(attempt) == {"created": 1}
    assert (ledger.head(), Promise.objects.count()) == (before, 0)
    # The file itself, and what is shown of it.
    assert {*everywhere("New")} - {"reforms_import.content"} == {"reforms_import.report"}
    assert confirm(attempt)
    assert findings() == []


def test_it_is_confirmed_once(curator: User) -> None:
    attempt = send("promises", NEW, curator)
    other = Import.objects.get()
    assert confirm(attempt)
    with pytest.raises(TransitionRefused, match="is done already"):
        confirm(other)
    with pytest.raises(TransitionRefused, match="has ended"):
        sheets.cancel(other)
    assert Promise.objects.count() == 1


def test_a_process_that_dies_leaves_the_preview(curator: User) -> None:
    attempt = send("promises", NEW, curator)
    before = row(attempt)
    with (
        mock.patch("reforms.sheets.importing._end", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        confirm(attempt)
    assert row(attempt) == before
    assert not Promise.objects.exists()
    assert confirm(fresh(attempt))


def test_another_plan_is_not_carried_out(curator: User) -> None:
    """The next number has been given to another promise: what was shown would be untrue."""
    attempt = send("promises", NEW, curator)
    assert attempt.report["shown"]["created"][0]["id"] == "demo2020-1-1"
    make_promise(1)
    assert not confirm(attempt)
    assert attempt.state == "previewed"
    assert attempt.report["shown"]["created"][0]["id"] == "demo2020-1-2"
    assert confirm(attempt)


def test_what_became_wrong_meanwhile_fails(curator: User) -> None:
    promise = make_promise(1)
    attempt = send("promises", edited(exported("promises", curator), 1, kind="study"), curator)
    workflow.withdraw_object(promise, "Entered twice.")
    assert not confirm(attempt, "It is one.")
    assert (attempt.state, attempt.content) == ("failed", None)
    assert [detail for _, _, detail in said(attempt)] == [
        "It was withdrawn from the record and stays as it was."
    ]


def test_one_wrong_row_stops_all(curator: User) -> None:
    attempt = send("promises", [*NEW, ["demo2020-1", "", "N.", "study", "process"]], curator)
    assert counts(attempt) == {"created": 1, "failed": 1}
    with pytest.raises(TransitionRefused, match="is failed already"):
        confirm(attempt)
    assert not Promise.objects.exists()


def test_a_later_attempt_takes_the_place_of_an_earlier_one(curator: User, anna: User) -> None:
    failed = send("promises", b"nonsense", curator)
    assert failed.report == {"unreadable": "line 1: There is no column “nonsense”."}
    other = send("sources", b"nonsense", curator)
    send("promises", NEW, curator)
    assert [fresh(one).state for one in (failed, other)] == ["cancelled", "failed"]


@pytest.mark.parametrize("setting", ["settings.MAX_BATCH_ROWS", "MOST_WRITTEN"])
def test_there_is_a_limit(curator: User, monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setattr(f"reforms.sheets.planning.{setting}", 2)
    assert counts(send("promises", [*NEW, *NEW[1:]], curator)) == {"created": 2}
    attempt = send("promises", [*NEW, *NEW[1:], *NEW[1:]], curator)
    assert "send them in parts" in attempt.report["unreadable"]


def test_much_is_counted_and_some_of_it_shown(
    curator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(planning, "MOST_SHOWN", 2)
    monkeypatch.setattr(planning, "MOST_COMPLAINTS", 3)
    wrong = ["demo2020-1", "", "N.", "studdy", "process"]
    attempt = send("promises", [*NEW, *NEW[1:] * 2, *[wrong] * 3], curator)
    assert counts(attempt) == {"created": 3, "failed": 3}
    assert len(attempt.report["shown"]["created"]) == 2
    assert (len(attempt.report["complaints"]), attempt.report["complaints_total"]) == (3, 6)


def test_files_are_forgotten(curator: User, clock: Clock, settings: Any) -> None:
    waiting = send("promises", NEW, curator)
    clock.moment += timedelta(days=4)
    workflow.forget()
    assert (fresh(waiting).state, fresh(waiting).content) == ("cancelled", None)
    clock.moment += timedelta(days=settings.PRIVATE_DATA_DAYS)
    workflow.forget()
    assert not Import.objects.exists()
