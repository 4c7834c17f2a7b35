from tests.api.asking import Row, answer, queries, results, unrendered
from tests.api.endpoint import DetailTests
from tests.api.expected import address_citation, update
from tests.api.record import Record
from tests.api.test_promises_list import TestPromises as Promises

PARTS = ["promise", "promisebody", "topic", "promiserelation"]
EVIDENCE = ["citation", "statusupdate", "citation", "reply", "paragraph"]


class TestPromise(DetailTests):
    basename = "promise"
    path = "/promises/"
    looking = ["promiserendition"]
    queries = [*PARTS, *EVIDENCE]
    expansion_queries = {
        "programme": ["promise", "programme", "source", *PARTS[1:], *EVIDENCE],
        "reform": [*PARTS, *EVIDENCE],
        "bodies": ["promise", "promisebody", "body", "topic", "promiserelation", *EVIDENCE],
        "topics": [*PARTS, *EVIDENCE],
    }
    expansions = {name: Promises.expansions[name] for name in expansion_queries}
    absent = ("demo2020-1-99", "demo2020-1", "demo2020-1-1-1", "no-such-thing", "a" * 300)

    def whole(self, record: Record) -> Row:
        """The row of the list with citations and timeline, latest effective date first."""
        return Promises().row(record) | {
            "citations": address_citation(),
            "updates": [update(record, "court"), update(record, "adopted")],
            "replies": [],
        }

    def test_timeline_shows_what_ended(self, record: Record) -> None:
        updates = answer("/promises/demo2020-1-3/")["updates"]
        assert [record.name_of(one["id"]) for one in updates] == [
            "still-open",
            "closed",
            "opened",
            "retracted",
        ]
        assert updates[-1] == update(record, "retracted")

    def test_parts(self, record: Record) -> None:
        law = answer("/promises/demo2020-1-2/")
        assert law["relations"] == [{"kind": "depends_on", "promise": "demo2020-1-1"}]
        assert law["topics"] == ["courts", "money"]
        assert law["bodies"] == [
            {"body": "court", "role": "affected"},
            {"body": "senate", "role": "responsible"},
        ]

    def test_figures(self, record: Record) -> None:
        """Figures are numbers, and speak the language of their promise."""
        assert answer("/promises/demo2020-2-2/")["figures"] == [
            {"what": "fee", "from": 20000, "to": 5000, "unit": "tenge"},
            {"what": "share", "value": 2.5, "unit": "%"},
        ]

    def test_nothing_known(self, record: Record) -> None:
        unassessed = answer("/promises/far2021-2-1/")
        assert unassessed["status"] == "not_assessed"
        assert unassessed["verification"] == "none"
        assert unassessed["timeliness"] == "no_deadline"
        assert [unassessed[name] for name in ("status_since", "last_published_at", "deadline")] == [
            None,
            None,
            None,
        ]
        assert (unassessed["citations"], unassessed["updates"]) == ([], [])

    def test_precision(self, record: Record) -> None:
        """A date is as precise as it is known: a day, a month, a year."""
        rows = {row["id"]: row for row in results("/promises/")}
        assert rows["demo2020-0-1"]["deadline"] == "2022-12-31"
        assert rows["demo2020-1-1"]["deadline"] == "2022-09"
        assert rows["demo2020-2-1"]["deadline"] == "2030"
        assert rows["demo2020-10-1"]["status_since"] == "2022"

    def test_queries_do_not_grow(self, record: Record) -> None:
        """More citations and updates take no more queries."""
        unrendered()
        looked = "promiserendition"
        assert queries("/promises/demo2020-1-1/") == [looked, *PARTS, *EVIDENCE]
        # Nothing that this one cites names a paragraph, so that none is looked for.
        assert queries("/promises/demo2020-1-3/") == [looked, *PARTS, *EVIDENCE[:-1]]
        # Without citations of its own and without updates there is no citation of those to fetch.
        assert queries("/promises/far2021-2-1/") == [looked, *PARTS, *EVIDENCE[:2], "reply"]
        trimmed = queries("/promises/demo2020-1-1/", {"omit": "updates,citations,replies"})
        assert trimmed == PARTS
