"""Tables of status updates: new rows are submitted, open ones revised, public ones never changed."""

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User

from reforms.models import Organisation, Promise, Source, StatusUpdate
from reforms.vocabulary import ReviewState
from reforms.workflow import Cited
from tests.fixtures import BEGINNING, fresh, make_update, make_update_in
from tests.sheets.sending import confirm, counts, differences, edited, exported, said, send

PUBLIC = [
    Cited("daily-page", locator="p. 3", note={"en": "See", "ru": "См."}),
    Cited("watch-page", "disputes", "relays", origin="ministry"),
    *(Cited("blog-page", "context", locator=f"p. {place}") for place in range(10)),
]


@pytest.fixture(autouse=True)
def public_sources(cast: None) -> None:
    """What organisations cite they can see."""
    Source.objects.filter(pk__in=("daily-page", "watch-page", "blog-page")).update(
        public_since=BEGINNING
    )


@pytest.fixture
def lantern(cast: None) -> Organisation:
    return Organisation.objects.get(pk="lantern")


@pytest.fixture
def update(promise: Promise) -> StatusUpdate:
    """One of lantern's that waits for review, with more citations than a batch may have."""
    return make_update(
        promise,
        "stalled",
        organisation="lantern",
        note={"en": "=Note", "kk": "Жазба"},
        external_id="row 1",
        citations=PUBLIC,
        publish=False,
    )


def test_what_was_exported_changes_nothing(anna: User, update: StatusUpdate) -> None:
    make_update_in(ReviewState.PUBLISHED, update.promise, organisation="compass", external_id="x")
    before = list(StatusUpdate.objects.order_by("pk").values())
    attempt = send("updates", exported("updates", anna), anna)
    assert counts(attempt) == {"unchanged": 2}
    assert confirm(attempt)
    assert list(StatusUpdate.objects.order_by("pk").values()) == before


@pytest.mark.parametrize(
    ("column", "cell", "read", "value"),
    [
        ("status", "abandoned", lambda one: one.status, "abandoned"),
        ("effective_on", "2022-05-01", lambda one: str(one.effective), "2022-05-01"),
        ("assessed_on", "2022-09", lambda one: str(one.assessed), "2022-09"),
        ("note_kk", "", lambda one: one.note, {"en": "=Note"}),
        ("external_id", "", lambda one: one.external_id, ""),
        ("locator", "p. 4", lambda one: one.citations.all()[0].locator, "p. 4"),
        ("citation_note_ru", "", lambda one: one.citations.all()[0].note, {"en": "See"}),
        ("locator_12", "p. 99", lambda one: one.citations.all()[11].locator, "p. 99"),
    ],
)
def test_a_changed_cell_is_one_difference(
    anna: User, update: StatusUpdate, column: str, cell: str, read: Any, value: Any
) -> None:
    table = exported("updates", anna)
    was = table[1][table[0].index(column)]
    attempt = send("updates", edited(table, 1, **{column: cell}), anna)
    assert said(attempt) == []
    assert differences(attempt) == [[(column, was, cell)]]
    assert read(fresh(update)) != value
    assert confirm(attempt)
    assert read(fresh(update)) == value


def test_what_a_table_does_not_change(anna: User, curator: User, promise: Promise) -> None:
    ours, theirs, sent_back = (
        make_update_in(state, promise, organisation=whose)
        for state, whose in (("published", "lantern"), ("submitted", "compass"), ("rejected", "lantern"))
    )  # fmt: skip
    hidden = str(theirs.pk)
    nowhere = "12345678-1234-5678-1234-567812345678"
    header = ["id", "status", "organisation", "review_state", "promise"]
    attempt = send("updates", [
        header,
        [str(ours.pk), "stalled", "lantern", "published", promise.pk],
        [hidden, "stalled", "compass", "submitted", promise.pk],
        [nowhere, "stalled", "compass", "submitted", promise.pk],
        [str(sent_back.pk), "implemented", "compass", "published", promise.pk],
        ["nonsense", "", "", "", ""],
    ], anna)  # fmt: skip
    found = said(attempt)
    assert found[0][2].startswith("It is published: what was published is never edited. Supersede")
    assert found[1][2].replace(hidden, nowhere) == found[2][2]
    assert {(row, column) for row, column, _ in found} == {
        (1, ""), (2, "id"), (3, "id"), (4, "review_state"), (4, "organisation"), (4, ""), (5, "id"),
    }  # fmt: skip
    open_ = make_update(promise, "stalled", organisation="compass", publish=False)
    mended = send("updates", [["id", "note_en"], [str(open_.pk), "Said."]], curator)
    assert confirm(mended)
    assert fresh(open_).note == {"en": "Said."}


def test_new_rows_are_submitted_as_a_batch(
    anna: User, lantern: Organisation, promise: Promise
) -> None:
    header = [
        "promise",
        "status",
        "effective_on",
        "external_id",
        "url",
        "title",
        "publisher",
        "citation_note_ru",
    ]
    row = [
        promise.pk,
        "stalled",
        "2022-06",
        "a",
        "https://example.org/1",
        "A page",
        "Zeitung",
        "Там",
    ]
    attempt = send("updates", [header, row, [*row[:3], "b", *row[4:]]], anna, organisation=lantern)
    assert counts(attempt) == {"created": 2}
    assert not StatusUpdate.objects.exists()
    assert confirm(attempt)
    first = StatusUpdate.objects.get(external_id="a")
    assert (first.review_state, first.submitted_by) == ("submitted", anna)
    assert first.citations.get().note == {"ru": "Там"}
    again = send("updates", [header, row], anna, organisation=lantern)
    assert counts(again) == {"unchanged": 1}
    other = send(
        "updates", [header, [promise.pk, "abandoned", *row[2:]]], anna, organisation=lantern
    )
    assert [(number, column) for number, column, _ in said(other)] == [(1, "external_id")]


def test_the_complaints_of_a_batch_stand_in_their_columns(
    anna: User, curator: User, lantern: Organisation, promise: Promise
) -> None:
    header = ["id", "organisation", "review_state", "promise", "status", "effective_on", "source_2"]
    rows = [
        ["", "compass", "published", "demo2020-9-9", "stoled", "soon", "nowhere"],
        ["", "lantern", "", promise.pk, "stalled", "2022", ""],
    ]
    attempt = send("updates", [header, *rows], anna, organisation=lantern)
    assert {column for row, column, _ in said(attempt) if row == 1} == {
        "organisation", "review_state", "promise", "status", "effective_on", "source_2",
    }  # fmt: skip
    assert {row for row, _, _ in said(attempt)} == {1}
    nobody = send("updates", [header, rows[1]], curator)
    assert said(nobody) == [
        (1, "organisation", "Choose the organisation that submits the new rows.")
    ]


@pytest.mark.parametrize(("publish", "state"), [(False, "submitted"), (True, "published")])
def test_trusted_organisations_may_publish_at_once(
    anna: User, lantern: Organisation, promise: Promise, publish: bool, state: str
) -> None:
    anna.user_permissions.add(Permission.objects.get(codename="publish_statusupdate"))
    Organisation.objects.filter(pk="lantern").update(trusted=True)
    user, trusted = User.objects.get(pk=anna.pk), fresh(lantern)
    table = [
        ["promise", "status", "effective_on", "source"],
        [promise.pk, "stalled", "2022", "daily-page"],
    ]
    attempt = send("updates", table, user, organisation=trusted, publish=publish)
    assert ("review_state", "", state) in differences(attempt, "created")[0]
    assert confirm(attempt)
    assert StatusUpdate.objects.get().review_state == state
