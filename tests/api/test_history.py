from typing import Any

from reforms import workflow
from reforms.models import Promise
from reforms.workflow import Cited
from tests.api.asking import Row, answer, ask, codes, problem, queries, results
from tests.api.endpoint import ListTests
from tests.api.entries import named, of_update
from tests.api.record import SECRET, Record
from tests.fixtures import make_promise, make_update

ROWS = [
    "publish:still-open",
    "retract:retracted",
    "publish:retracted",
    "publish:closed",
    "publish:opened",
    "create:demo2020-1-3",
]


class TestHistory(ListTests):
    basename = "promise-history"
    path = "/promises/demo2020-1-3/history/"
    key = "sequence"
    rows = ROWS  # newest first
    filters = {
        "type": [("promise", ROWS[-1]), ("update", " ".join(ROWS[:-1]))],
        "type_not": [("promise", " ".join(ROWS[:-1]))],
        "action": [("retract", "retract:retracted"), ("redact", "")],
        "action_not": [("publish,create", "retract:retracted")],
        "recorded_since": [("2024-03-01", " ".join(ROWS[:3])), ("2024-04-06", "")],
    }
    combinations = [({"type": "update", "action_not": "publish"}, "retract:retracted")]
    contradictions = [({"type": "update", "type_not": "update"}, ["type_not"])]
    orderings = {"sequence": ROWS[::-1]}
    alone = {"action": "retract"}
    queries = ["ledgerentry", "statusupdate", "ledgerentry", "ledgerpayload"]

    def name_of(self, record: Record, row_id: Any) -> str:
        return named(record, row_id)

    def row(self, record: Record) -> Row:
        entry = of_update(record, "retract", "retracted")
        reason = "We misread the law."
        return entry | {
            "created": False,
            "differences": [
                {"field": "ended_at", "before": None, "after": entry["recorded_at"]},
                {"field": "ended_reason", "before": "", "after": reason},
                {"field": "review_state", "before": "published", "after": "retracted"},
            ],
            "summary": "review_state: published → retracted",
            "reason": reason,
            "successor": None,
        }

    def test_what_is_new_differs_from_nothing(self, record: Record) -> None:
        for row in results(self.path, {"action": "create,publish"}):
            assert (row["created"], row["differences"]) == (True, [])
        created, published = results(self.path, {"ordering": "sequence", "limit": "2"})
        assert created["summary"] == "The promise became public."
        assert published["summary"] == "editors: implemented, 2023"

    def test_citations_are_part_of_it(self, record: Record) -> None:
        """Edits of a promise's own evidence are told citation by citation."""
        promise = make_promise(77, citations=[Cited("demo2020-address", locator="¶4")])
        workflow.save(
            promise,
            "The passage stands elsewhere.",
            citations=[Cited("demo2020-address", locator="¶5"), Cited("daily-page")],
        )
        workflow.save(promise, "It says nothing of it.", citations=[Cited("daily-page")])
        dropped, edited, _ = results("/promises/demo2020-1-77/history/", {"type": "promise"})
        assert [one["field"] for one in edited["differences"]] == [
            "citations[0].locator",
            "citations[1]",
        ]
        assert edited["differences"][1]["before"] is None
        assert edited["differences"][1]["after"]["source"] == "daily-page"
        assert edited["summary"] == "citations[0].locator: ¶4 → ¶5; citations[1] added: daily-page"
        (one,) = dropped["differences"]
        assert (one["field"], one["before"]["locator"], one["after"]) == (
            "citations[0]",
            "¶5",
            None,
        )
        assert dropped["summary"] == "citations[0] dropped: demo2020-address"

    def test_differences_reach_over_pages(self, record: Record) -> None:
        """What stood before is found also where it is on another page."""
        promise = make_promise(77)
        for number in range(4):
            promise.deadline_on, promise.deadline_precision = f"203{number}-12-31", "year"
            promise = Promise.objects.get(pk=promise.pk)
            promise.condition = {"en": f"If {number}."}
            workflow.save(promise, "Read again.")
        query = {"limit": "1", "fields": "summary"}
        page = answer("/promises/demo2020-1-77/history/", query)
        assert page["results"] == [{"summary": "condition.en: If 2. → If 3."}]
        page = answer(page["next"])
        assert page["results"] == [{"summary": "condition.en: If 1. → If 2."}]

    def test_a_withdrawn_promise_has_its_history(self, record: Record) -> None:
        promise = make_promise(77)
        update = make_update(promise, "implemented")
        workflow.retract(update, "Another promise was meant.")
        workflow.withdraw_object(promise, "Entered twice.")
        rows = results("/promises/demo2020-1-77/history/")
        assert [row["action"] for row in rows] == ["withdraw", "retract", "publish", "create"]
        assert rows[0]["reason"] == "Entered twice."

    def test_what_is_not_public_is_no_part_of_it(self, record: Record) -> None:
        """Nor does a submission change anything here, until it is published."""
        before = ask("/promises/demo2020-2-1/history/").content
        assert SECRET.encode() not in before
        promise = Promise.objects.get(pk="demo2020-2-1")
        waiting = make_update(promise, "stalled", "2024-05", publish=False)
        assert ask("/promises/demo2020-2-1/history/").content == before
        workflow.publish(waiting)
        newest = results("/promises/demo2020-2-1/history/", {"limit": "1"})[0]
        assert (newest["action"], newest["object_id"]) == ("publish", str(waiting.pk))

    def test_the_same_entries_as_in_the_feed(self, record: Record) -> None:
        feed = {row["sequence"]: row for row in results("/changes/", {"limit": "1000"})}
        for row in results(self.path):
            entry = feed[row["sequence"]]
            assert {name: row[name] for name in entry} == entry

    def test_queries_do_not_grow(self, record: Record) -> None:
        promise = Promise.objects.get(pk="demo2020-1-3")
        for _ in range(5):
            make_update(promise, "stalled", "2024-05")
        assert queries(self.path) == self.queries

    def test_not_there(self, record: Record) -> None:
        told = problem(ask("/promises/demo2020-1-99/history/"), 404, "not-found")
        assert told["detail"] == "There is no promise demo2020-1-99."
        assert codes(self.path, {"type": "source"}) == [("type", "unknown_value")]
