from tests.api.asking import Row
from tests.api.endpoint import DetailTests, ListTests
from tests.api.expected import organisation
from tests.api.record import Record


class TestOrganisations(ListTests):
    basename = "organisation"
    path = "/organisations/"
    rows = ["compass", "editors", "lantern"]
    orderings = {"id": rows}
    alone = {"ordering": "-id", "limit": "1"}
    queries = ["organisation"]

    def row(self, record: Record) -> Row:
        return organisation("lantern")


class TestOrganisation(DetailTests):
    basename = "organisation"
    path = "/organisations/"
    queries = ["organisation"]

    def whole(self, record: Record) -> Row:
        return organisation("lantern")
