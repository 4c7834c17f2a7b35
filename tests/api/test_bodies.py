from tests.api.asking import Row
from tests.api.endpoint import DetailTests, ListTests, url
from tests.api.record import Record


def council() -> Row:
    return {
        "id": "council",
        "api_url": url("/bodies/council/"),
        "name": "Council",
        "note": None,
        "successor": "court",
        "language": "en",
        "languages": ["en"],
    }


class TestBodies(ListTests):
    basename = "body"
    path = "/bodies/"
    rows = ["council", "court", "senate"]
    filters = {
        "successor": [("court", "council"), ("senate", "")],
        # A body that nothing followed has no successor that could be excluded.
        "successor_not": [("court", "court senate"), ("senate", "council court senate")],
    }
    contradictions = [({"successor": "court", "successor_not": "court"}, ["successor_not"])]
    orderings = {"id": rows}
    alone = {"successor": "court"}
    alone_queries = ["body"]
    queries = ["body"]

    def row(self, record: Record) -> Row:
        return council()


class TestBody(DetailTests):
    basename = "body"
    path = "/bodies/"
    queries = ["body"]

    def whole(self, record: Record) -> Row:
        return council()
