"""Tables of promises: what is exported and sent again changes nothing but what was edited."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from reforms import ledger, workflow
from reforms.models import Paragraph, Promise
from reforms.workflow import Cited
from tests.fixtures import fresh, make_promise
from tests.sheets.sending import confirm, counts, differences, edited, exported, said, send

PRINTS = ["fp1:" + 2 * digit * 32 for digit in "abc"]
FIGURES = [{"what": "deputies", "from": 107, "to": 98.5}, {"what": {"ru": "доля"}, "value": -1}]


@pytest.fixture
def promises(curator: User) -> list[Promise]:
    """Two promises: one with all that a promise may have, one with the least."""
    second = make_promise(2)
    first = make_promise(
        1,
        title={"en": "=A title", "ru": " Название", "kk": "Атау"},
        statement={"en": "“A”, b;\nc", "ru": "'Что"},
        condition={"en": "If so"},
        deadline="2022-11",
        deadline_wording={"en": "soon"},
        figures=FIGURES,
        bodies=[("court", "responsible"), ("senate", "affected"), ("court", "affected")],
        topics=["money", "courts"],
        relations=[("restates", second.pk)],
        citations=[
            Cited(
                "demo2020-address",
                paragraphs=[{"ordinal": 7, "fingerprint": PRINTS[0]}],
                note={"en": "See there"},
            ),
            Cited("daily-page", "context", "relays", origin="ministry", locator="-p. 3"),
        ],
    )
    Paragraph.objects.bulk_create(
        Paragraph(source_id="demo2020-address", ordinal=place, fingerprint=one, text="We will.")
        for place, one in enumerate(PRINTS, start=7)
    )
    return [first, second]


def test_what_was_exported_changes_nothing(curator: User, promises: list[Promise]) -> None:
    before = ledger.head()
    table = exported("promises", curator)
    attempt = send("promises", table, curator)
    assert counts(attempt) == {"unchanged": 2}
    assert len(table) == 3
    assert len(table[0]) == len(set(table[0]))
    assert confirm(attempt)
    assert ledger.head() == before


CHANGES: list[tuple[str, str, str, Any]] = [
    ("title_en", "A better title", "title", {"en": "A better title", "ru": " Название", "kk": "Атау"}),
    ("title_kk", "", "title", {"en": "=A title", "ru": " Название"}),
    ("kind", "study", "kind", "study"),
    ("commitment", "aspiration", "commitment", "aspiration"),
    ("condition_ru", "Если", "condition", {"en": "If so", "ru": "Если"}),
    ("condition_en", "", "condition", {}),
    ("deadline_wording_en", "later", "deadline_wording", {"en": "later"}),
    ("figures", '[{"what": "seats", "value": 3}]', "figures", [{"what": "seats", "value": 3}]),
    ("figures", "", "figures", []),
]  # fmt: skip


@pytest.mark.parametrize(("column", "cell", "field", "value"), CHANGES)
def test_a_changed_cell_is_one_difference(
    curator: User, promises: list[Promise], column: str, cell: str, field: str, value: Any
) -> None:
    table = exported("promises", curator)
    was = table[1][table[0].index(column)]
    attempt = send("promises", edited(table, 1, **{column: cell}), curator)
    assert counts(attempt) == {"changed": 1, "unchanged": 1}
    assert differences(attempt) == [[(column, was, cell)]]
    assert getattr(fresh(promises[0]), field) != value
    assert confirm(attempt, "The text says so.")
    assert getattr(fresh(promises[0]), field) == value


def test_parts_are_written_as_lists(curator: User, promises: list[Promise]) -> None:
    table = edited(
        exported("promises", curator),
        1,
        deadline="2023",
        responsible="senate; court",
        affected="",
        topics="courts",
        relations=f"depends_on {promises[1].pk}",
    )
    attempt = send("promises", table, curator)
    assert [one for one, _, _ in differences(attempt)[0]] == [
        "deadline",
        "responsible",
        "affected",
        "topics",
        "relations",
    ]
    assert confirm(attempt, "The text says so.")
    promise = fresh(promises[0])
    assert str(promise.deadline) == "2023"
    assert [(one.body_id, one.role) for one in promise.body_ties.all()] == [
        ("court", "responsible"),
        ("senate", "responsible"),
    ]
    assert [one.pk for one in promise.topics.all()] == ["courts"]
    assert [(one.kind, one.to_id) for one in promise.relations.all()] == [
        ("depends_on", promises[1].pk)
    ]


def test_passages(curator: User, promises: list[Promise]) -> None:
    """Numbers are enough where the text is loaded; what is not touched stays as it is."""
    header = ["id", "paragraphs", "source_2", "stance_2", "basis_2", "origin_2", "locator_2"]
    table = [
        [*header, "source_3", "basis_3"],
        [promises[0].pk, "7; 8-9", *[""] * 5, "watch-page", ""],
    ]
    attempt = send("promises", table, curator)
    assert said(attempt) == []
    assert confirm(attempt, "It also rests on that.")
    first, second = fresh(promises[0]).citations.all()
    assert [one["fingerprint"] for one in first.paragraphs] == PRINTS
    assert first.note == {"en": "See there"}
    assert (second.source_id, second.basis, second.origin_id) == (
        "watch-page",
        "own_finding",
        "watch",
    )


def test_new_promises_get_the_next_numbers(curator: User, promises: list[Promise]) -> None:
    header = ["reform", "title_en", "statement_ru", "kind", "commitment", "deadline", "source"]
    row = ["demo2020-1", "New", "Новое", "study", "process", "2022-11-05", "demo2020-address"]
    attempt = send("promises", [header, row, row], curator)
    assert [one["id"] for one in attempt.report["shown"]["created"]] == [
        "demo2020-1-3",
        "demo2020-1-4",
    ]
    assert Promise.objects.count() == 2
    assert attempt.report["due"] == 0
    assert confirm(attempt)
    assert Promise.objects.get(pk="demo2020-1-4").citations.get().source_id == "demo2020-address"


def test_all_that_is_wrong_is_said_at_once(curator: User, promises: list[Promise]) -> None:
    workflow.withdraw_object(make_promise(9), "Entered twice.")
    header = ["id", "reform", "title_en", "statement_en", "kind", "commitment", "deadline", "figures",
              "responsible", "relations", "source", "paragraphs", "basis", "origin"]  # fmt: skip
    first, second = (one.pk for one in promises)
    table = [
        header,
        [first, "demo2020-2", "x" * 301, "", "studdy", "specific", "soon", "[1", "curt; senate; senate",
         "restate x; restates demo2020-9-9", "dayly-page", "3", "relays", ""],
        ["demo2020-1-77", "", "", "", "", "", "", "", "", "", "", "", "", ""],
        ["", "demo2020-9", "New", "", "", "", "", '[{"what": "a"}]', "", "", "", "", "", "daily"],
        [second, "", "", "", "", "", "", "", "", "", "demo2020-address", "99", "own_finding", ""],
        [first, "", "", "", "", "", "", "", "", "", "daily-page", "x", "relays", "daily"],
        ["demo2020-1-9", "demo2020-1", "Other", "", "", "", "", "", "", "", "", "", "", ""],
        [second],
        [second, *[""] * 14, "more"],
    ]  # fmt: skip
    attempt = send("promises", table, curator)
    assert attempt.state == "failed"
    assert attempt.content is None
    assert {(row, column) for row, column, _ in said(attempt)} == {
        (1, "reform"), (1, "title_en"), (1, "kind"), (1, "deadline"), (1, "figures"),
        (1, "responsible"), (1, "relations"), (1, "source"),
        (2, "id"),
        (3, "reform"), (3, "statement_en"), (3, "kind"), (3, "commitment"), (3, "figures"), (3, "source"),
        (4, "reform"), (4, "title_en"), (4, "statement_en"), (4, "kind"), (4, "commitment"), (4, "paragraphs"),
        (5, "id"), (5, "reform"), (5, "kind"), (5, "commitment"), (5, "paragraphs"),
        (6, ""), (7, ""), (8, ""),
    }  # fmt: skip
    sentences = [detail for _, _, detail in said(attempt)]
    assert "“studdy” is not allowed here. Did you mean “study”?" in sentences
    assert "Row 1 has the same id; give each one row." in sentences
    assert "It was withdrawn from the record and stays as it was." in sentences
