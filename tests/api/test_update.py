import uuid

import pytest

from tests.api.asking import Row, answer, ask, problem
from tests.api.endpoint import DetailTests
from tests.api.expected import update
from tests.api.record import Record
from tests.api.test_updates_list import TestUpdates as Updates


class TestUpdate(DetailTests):
    basename = "update"
    path = "/updates/"
    queries = Updates.queries
    expansions = Updates.expansions
    expansion_queries = Updates.expansion_queries
    absent = (
        "no-such-thing",
        "1",
        "00000000-0000-4000-8000-000000000000",
        "FFFFFFFF-FFFF-4FFF-8FFF-FFFFFFFFFFFF",
        "00000000000040008000000000000000",
    )

    def whole(self, record: Record) -> Row:
        return update(record, "court")

    @pytest.mark.parametrize("name", ["superseded", "retracted", "removed", "still-open", "closed"])
    def test_one_that_ended_says_why(self, record: Record, name: str) -> None:
        assert answer(f"/updates/{record.id_of(name)}/") == update(record, name)

    @pytest.mark.parametrize("state", ["submitted", "changes_requested", "rejected", "withdrawn"])
    def test_hidden_ones_are_not_there(self, record: Record, state: str) -> None:
        hidden = record.hidden[state].pk
        told = problem(ask(f"/updates/{hidden}/"), 404, "not-found")
        unknown = uuid.uuid4()
        like = problem(ask(f"/updates/{unknown}/"), 404, "not-found")
        assert told["detail"] == like["detail"].replace(str(unknown), str(hidden))
