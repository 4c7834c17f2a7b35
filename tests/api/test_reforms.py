from tests.api.asking import Row, answer, queries, results
from tests.api.endpoint import DetailTests, ListTests, url
from tests.api.expected import programme
from tests.api.record import ONCE, TWICE, Record

DEMO = ["demo2020-0", "demo2020-1", "demo2020-2", "demo2020-10"]
FAR = ["far2021-0", "far2021-1", "far2021-2"]
NONE = {
    "not_assessed": 0,
    "not_started": 0,
    "in_progress": 0,
    "stalled": 0,
    "partially_implemented": 0,
    "implemented": 0,
    "abandoned": 0,
    "reversed": 0,
}


def tenth() -> Row:
    return {
        "id": "demo2020-10",
        "api_url": url("/reforms/demo2020-10/"),
        "programme": "demo2020",
        "number": 10,
        "numbered": True,
        "title": "Direction 10",
        "summary": "What holds all together.",
        "note": "The text has no heading for it.",
        "bounds": {
            "source": "demo2020-address",
            "first": {"ordinal": 4, "fingerprint": ONCE},
            "last": {"ordinal": 9, "fingerprint": TWICE},
        },
        "promises": {
            "total": 1,
            "checkable": 0,
            "assessed": 1,
            "by_status": NONE | {"partially_implemented": 1},
            "checkable_by_status": NONE,
        },
        "language": "en",
        "languages": ["en", "ru"],
    }


class TestReforms(ListTests):
    basename = "reform"
    path = "/reforms/"
    rows = [*DEMO, *FAR]  # direction 10 stands after direction 2
    filters = {
        "programme": [("demo2020", " ".join(DEMO)), ("far2021", " ".join(FAR))],
        "programme_not": [("demo2020", " ".join(FAR))],
        "numbered": [
            ("true", "demo2020-1 demo2020-2 demo2020-10 far2021-1 far2021-2"),
            ("false", "demo2020-0 far2021-0"),
        ],
    }
    combinations = [
        ({"programme": "demo2020", "numbered": "false"}, "demo2020-0"),
        ({"programme": "demo2020", "programme_not": "far2021"}, " ".join(DEMO)),
    ]
    contradictions = [({"programme": "demo2020", "programme_not": "demo2020"}, ["programme_not"])]
    orderings = {"id": rows}
    alone = {"programme": "demo2020", "ordering": "-id", "limit": "1"}
    alone_queries = ["programme"]
    queries = ["reform", "promise"]
    expansion_queries = {"programme": ["reform", "programme", "source", "promise"]}
    expansions = {"programme": lambda self, record: {"programme": programme()}}

    def row(self, record: Record) -> Row:
        return tenth()

    def test_counts(self, record: Record) -> None:
        counts = {row["id"]: row["promises"] for row in results("/reforms/")}
        assert counts["demo2020-1"] == {
            "total": 4,
            "checkable": 4,
            "assessed": 4,
            "by_status": NONE | {"implemented": 2, "reversed": 1, "not_started": 1},
            "checkable_by_status": NONE | {"implemented": 2, "reversed": 1, "not_started": 1},
        }
        assert counts["far2021-0"] == {
            "total": 0,
            "checkable": 0,
            "assessed": 0,
            "by_status": NONE,
            "checkable_by_status": NONE,
        }
        assert counts["far2021-2"]["assessed"] == 0
        assert sum(count["total"] for count in counts.values()) == 11
        assert all(sum(one["by_status"].values()) == one["total"] for one in counts.values())

    def test_counts_on_any_page(self, record: Record) -> None:
        second = answer(answer("/reforms/", {"limit": "1"})["next"])["results"]
        assert second[0]["promises"]["total"] == 4

    def test_no_counting_unasked(self, record: Record) -> None:
        assert queries("/reforms/", {"fields": "id,title"}) == ["reform"]
        assert queries("/reforms/", {"omit": "promises"}) == ["reform"]


class TestReform(DetailTests):
    basename = "reform"
    path = "/reforms/"
    queries = TestReforms.queries
    expansions = TestReforms.expansions
    expansion_queries = TestReforms.expansion_queries
    absent = ("demo2020-3", "demo2020", "demo2020-01", "no-such-thing")

    def whole(self, record: Record) -> Row:
        return tenth()
