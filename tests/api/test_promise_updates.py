from typing import Any

from tests.api.asking import Row, answer, ask, codes, ids, problem, queries, results, unrendered
from tests.api.endpoint import ListTests
from tests.api.expected import update
from tests.api.record import Record
from tests.api.test_updates_list import TestUpdates as Updates

TIMELINE = ["still-open", "closed", "opened", "retracted"]


class TestTimeline(ListTests):
    basename = "promise-update"
    path = "/promises/demo2020-1-3/updates/"
    rows = TIMELINE  # latest effective date first
    filters = {
        "organisation": [
            ("editors", "closed opened"),
            ("lantern", "still-open"),
            ("compass", "retracted"),
        ],
        "organisation_not": [("editors", "still-open retracted")],
        "status": [("implemented", "still-open opened"), ("stalled", "")],
        "status_not": [("implemented", "closed retracted")],
        "review_state": [("published", "still-open closed opened"), ("removed", "")],
        "review_state_not": [("published", "retracted")],
        "source": [("watch-page", "opened"), ("blog-page", "")],
        "source_not": [("watch-page", "still-open closed retracted")],
        "effective_before": [("2023-12-30", "retracted"), ("2023-12-31", "retracted opened")],
        "effective_after": [("2024-01-31", "closed still-open"), ("2024-02-01", "still-open")],
        "published_since": [("2024-03-01", "retracted still-open")],
    }
    combinations = [({"organisation": "editors,compass", "status": "implemented"}, "opened")]
    contradictions = [
        ({"status": "not_assessed"}, ["status"]),
        ({"effective_after": "2023-01-02", "effective_before": "2023-01-01"}, ["effective_after"]),
    ]
    orderings = {
        "published_at": ["opened", "closed", "retracted", "still-open"],
        "effective_on": TIMELINE[::-1],
    }
    alone = {"status": "reversed"}
    queries = ["promise", "statusupdate", "statusupdate", "citation"]
    expansion_queries = {
        "promise": ["promise", *Updates.expansion_queries["promise"][:-1]],
        "organisation": ["promise", "statusupdate", "citation"],
    }
    expansions = {
        "promise": lambda self, record: {"promise": promise_row()},
        "organisation": Updates.expansions["organisation"],
    }

    def name_of(self, record: Record, row_id: str) -> str:
        return record.name_of(row_id)

    def row(self, record: Record) -> Row:
        return update(record, "closed")

    def test_queries_of_count(self, record: Record) -> None:
        unrendered()
        counted = queries(self.path, {"count": "true"})
        one, *rest = self.queries
        assert counted == [one, "count statusupdate", *rest]

    def test_same_as_embedded(self, record: Record) -> None:
        """The list and the timeline in the promise agree, ties on one day included."""
        _same_day(record)
        assert results(self.path) == answer("/promises/demo2020-1-3/")["updates"]

    def test_ties_go_to_the_later_publication(self, record: Record) -> None:
        later = _same_day(record)
        found = ids(self.path)
        place = found.index(record.id_of("closed"))
        assert found[place - len(later) : place] == [str(one.pk) for one in reversed(later)]
        assert ids(self.path, {"ordering": "effective_on"}) == found[::-1]
        one_by_one = []
        page = answer(self.path, {"limit": "1"})
        while True:
            one_by_one += [row["id"] for row in page["results"]]
            if page["next"] is None:
                break
            page = answer(page["next"])
        assert one_by_one == found

    def test_another_timelines_cursor(self, record: Record) -> None:
        cursor = answer(self.path, {"limit": "1"})["next"].partition("?")[2]
        assert codes("/promises/demo2020-1-1/updates/", cursor) == [("cursor", "bad_cursor")]
        assert codes("/updates/", cursor) == [("cursor", "bad_cursor")]

    def test_nobody_has_looked(self, record: Record) -> None:
        """A promise whose only update was withdrawn has an empty timeline."""
        assert answer("/promises/demo2020-0-1/updates/", {"count": "true"}) == {
            "next": None,
            "previous": None,
            "count": 0,
            "results": [],
        }

    def test_what_the_address_says_already(self, record: Record) -> None:
        for name in ("promise", "promise_not", "reform", "programme"):
            assert codes(self.path, {name: "demo2020-1-3"}) == [(name, "unknown_parameter")]

    def test_not_there(self, record: Record) -> None:
        told = problem(ask("/promises/demo2020-1-99/updates/"), 404, "not-found")
        assert told["detail"] == "There is no promise demo2020-1-99."


def promise_row() -> Row:
    return answer("/promises/demo2020-1-3/", {"omit": "citations,updates,replies"})  # type: ignore[no-any-return]


def _same_day(record: Record) -> list[Any]:
    """Five more updates that became effective on the day of `closed`, published one by one."""
    from reforms.models import Promise
    from tests.fixtures import make_update

    promise = Promise.objects.get(pk="demo2020-1-3")
    written = []
    for minute in range(5):
        record.clock.at(f"2024-05-01T09:0{minute}:00+00:00")
        written.append(make_update(promise, "reversed", "2024-01-31"))
    return written
