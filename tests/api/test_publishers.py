from tests.api.asking import Row
from tests.api.endpoint import DetailTests, ListTests
from tests.api.expected import publisher
from tests.api.record import Record
from tests.fixtures import PUBLISHERS

NAMES = sorted(PUBLISHERS)


class TestPublishers(ListTests):
    basename = "publisher"
    path = "/publishers/"
    rows = NAMES
    filters = {
        "type": [
            ("state", "ministry neighbour parliament"),
            ("state_media", "gazette"),
            ("party", "unity-party"),
            ("independent_media", "daily"),
            ("ngo", "watch"),
            ("international_organisation", "league"),
            ("academic", "university"),
            ("other", "blog"),
        ],
        "type_not": [
            ("state", " ".join(one for one in NAMES if PUBLISHERS[one][0] != "state")),
        ],
    }
    combinations = [
        ({"type": "state,party", "type_not": "ngo"}, "ministry neighbour parliament unity-party")
    ]
    contradictions = [({"type": "state,party", "type_not": "state"}, ["type_not"])]
    orderings = {"id": NAMES}
    alone = {"type": "state_media"}
    queries = ["publisher"]

    def row(self, record: Record) -> Row:
        return publisher("gazette", "state_media", aliases=["The Gazette", "Газета"])


class TestPublisher(DetailTests):
    basename = "publisher"
    path = "/publishers/"
    queries = ["publisher"]

    def whole(self, record: Record) -> Row:
        return publisher("gazette", "state_media", aliases=["The Gazette", "Газета"])
