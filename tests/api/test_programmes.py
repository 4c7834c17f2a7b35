from tests.api.asking import Row
from tests.api.endpoint import DetailTests, ListTests
from tests.api.expected import address, organisation, programme
from tests.api.record import Record


class TestProgrammes(ListTests):
    basename = "programme"
    path = "/programmes/"
    rows = ["demo2020", "far2021"]
    orderings = {"id": rows}
    alone = {"limit": "1"}
    queries = ["programme", "source"]
    expansion_queries = {"lead_organisation": queries, "announced_by": queries}
    expansions = {
        "lead_organisation": lambda self, record: {"lead_organisation": organisation()},
        "announced_by": lambda self, record: {"announced_by": [address()]},
    }

    def row(self, record: Record) -> Row:
        return programme()


class TestProgramme(DetailTests):
    basename = "programme"
    path = "/programmes/"
    queries = TestProgrammes.queries
    expansions = TestProgrammes.expansions
    expansion_queries = TestProgrammes.expansion_queries

    def whole(self, record: Record) -> Row:
        return programme()
