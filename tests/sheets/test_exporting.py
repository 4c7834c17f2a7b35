"""Exports are read in pieces: each row once, in a bounded number of queries."""

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from reforms import sheets
from reforms.models import Promise, Source
from reforms.sheets import Terms, exporting
from reforms.workflow import Cited
from tests.fixtures import make_promise, make_update
from tests.sheets.sending import exported

PIECE = 3


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporting, "CHUNK", PIECE)


def queries(kind: str, user: User) -> int:
    with CaptureQueriesContext(connection) as asked:
        exported(kind, user)
    return len(asked)


def test_every_row_is_there_once_and_in_order(curator: User) -> None:
    for reform, number in (("demo2020-2", 1), *(("demo2020-1", one) for one in range(1, 12))):
        promise = make_promise(number, reform)
        for _ in range(2):
            make_update(promise, "stalled", citations=[Cited("daily-page")] * (1 + number % 3))
    for kind, model in (("promises", Promise), ("sources", Source)):
        ids = [line[0] for line in exported(kind, curator)[1:]]
        assert ids == list(model._default_manager.values_list("pk", flat=True))
    table = exported("updates", curator)
    keys = [(line[3], line[0]) for line in table[1:]]
    assert keys == sorted(keys)
    assert len(set(keys)) == 24
    assert table[0][-8] == "source_3"


@pytest.mark.parametrize("kind", ["promises", "sources", "updates"])
def test_queries_grow_with_the_pieces_alone(curator: User, kind: str) -> None:
    def fill() -> None:
        first = Promise.objects.count() + 1
        for number in range(first, first + PIECE):
            promise = make_promise(
                number, bodies=[("court", "responsible")], citations=[Cited("daily-page")]
            )
            make_update(promise, "stalled")
            Source.objects.create(
                id=f"more-{number}", title={"en": "T"}, kind="news", publisher_id="daily"
            )

    fill()
    counted = [queries(kind, User.objects.get(pk=curator.pk))]
    for _ in range(2):
        fill()
        counted.append(queries(kind, User.objects.get(pk=curator.pk)))
    assert counted[2] - counted[1] == counted[1] - counted[0] <= 5


def test_citations_that_are_added_meanwhile_are_not_lost(curator: User) -> None:
    """The names of the columns have been sent: a file that lacked some would drop them."""
    promise = make_promise(1)
    sheet = sheets.SHEETS["promises"](Terms(curator))
    lines = sheets.rows(sheet, sheet.visible())
    next(lines)
    for position in (1, 2):
        promise.citations.create(source_id="daily-page", origin_id="daily", position=position)
    with pytest.raises(sheets.TableOutgrown):
        next(lines)
