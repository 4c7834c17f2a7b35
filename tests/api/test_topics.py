from tests.api.asking import Row
from tests.api.endpoint import DetailTests, ListTests
from tests.api.expected import topic
from tests.api.record import Record


class TestTopics(ListTests):
    basename = "topic"
    path = "/topics/"
    rows = ["courts", "money"]
    orderings = {"id": rows}
    alone = {"limit": "1"}
    queries = ["topic"]

    def row(self, record: Record) -> Row:
        return topic()


class TestTopic(DetailTests):
    basename = "topic"
    path = "/topics/"
    queries = ["topic"]

    def whole(self, record: Record) -> Row:
        return topic()
