from typing import Any

from reforms import workflow
from reforms.api.entry_filters import Correction
from reforms.models import Promise, Source
from reforms.vocabulary import CORRECTIONS
from tests.api.asking import Row, codes, queries, results
from tests.api.endpoint import ListTests
from tests.api.entries import named, of_update
from tests.api.record import Record
from tests.fixtures import make_promise

ENDED = ["remove:removed", "retract:retracted", "supersede:superseded"]
EDITED = ["correct:demo2020-address", "correct:lantern"]


class TestCorrections(ListTests):
    basename = "correction"
    path = "/corrections/"
    key = "sequence"
    rows = [*ENDED, *EDITED]  # newest first
    filters = {
        "type": [
            ("update", " ".join(ENDED)),
            ("organisation", "correct:lantern"),
            ("promise", ""),
        ],
        "type_not": [("update", " ".join(EDITED))],
        "action": [
            ("correct", " ".join(EDITED)),
            ("retract", "retract:retracted"),
            ("redact", ""),
        ],
        "action_not": [("correct", " ".join(ENDED))],
        "programme": [("demo2020", " ".join(ENDED)), ("far2021", "")],
        "programme_not": [("demo2020", " ".join(EDITED))],
        "reform": [
            ("demo2020-1", "retract:retracted supersede:superseded"),
            ("demo2020-2", "remove:removed"),
            ("far2021-1", ""),
        ],
        "reform_not": [("demo2020-1", " ".join(["remove:removed", *EDITED]))],
        "promise": [("demo2020-1-3", "retract:retracted"), ("demo2020-1-1", "")],
        "promise_not": [("demo2020-1-3", " ".join([ENDED[0], ENDED[2], *EDITED]))],
        "organisation": [
            ("lantern", "supersede:superseded correct:lantern"),
            ("compass", "retract:retracted remove:removed"),
            ("editors", ""),
        ],
        "organisation_not": [
            ("lantern", "retract:retracted remove:removed correct:demo2020-address")
        ],
        "recorded_since": [
            ("2024-01-01", " ".join(rows)),
            ("2024-03-01", " ".join(ENDED)),
            ("2024-03-01T09:00:00.000005Z", "remove:removed"),
        ],
    }
    combinations = [
        ({"programme": "demo2020", "organisation": "lantern"}, "supersede:superseded"),
        ({"action": "retract,remove", "reform": "demo2020-2"}, "remove:removed"),
    ]
    contradictions = [({"action": "retract", "action_not": "retract"}, ["action_not"])]
    orderings = {"sequence": rows[::-1]}
    alone = {"action": "supersede"}
    queries = ["ledgerentry", "ledgerpayload"]

    def name_of(self, record: Record, row_id: Any) -> str:
        return named(record, row_id)

    def row(self, record: Record) -> Row:
        entry = of_update(record, "supersede", "superseded")
        successor = record.id_of("corrected")
        ended_at = entry["recorded_at"]
        reason = "The law had been signed."
        return entry | {
            "created": False,
            "differences": [
                {"field": "ended_at", "before": None, "after": ended_at},
                {"field": "ended_reason", "before": "", "after": reason},
                {"field": "review_state", "before": "published", "after": "superseded"},
                {"field": "successor", "before": None, "after": successor},
            ],
            "summary": f"review_state: published → superseded; successor added: {successor}",
            "reason": reason,
            "successor": successor,
        }

    def test_each_says_why(self, record: Record) -> None:
        rows = results(self.path)
        assert all(row["reason"] for row in rows)
        assert [row["successor"] is not None for row in rows] == [
            row["action"] == "supersede" for row in rows
        ]

    def test_queries_of_filters(self, record: Record) -> None:
        for name in ("programme", "reform", "organisation"):
            assert queries(self.path, {name: self.filters[name][0][0]}) == [name, *self.queries]
        asked = queries(self.path, {"promise": "demo2020-1-3"})
        assert asked == ["promise", "statusupdate", *self.queries]

    def test_an_edit_says_what_it_was(self, record: Record) -> None:
        promise = make_promise(77, deadline="2022-09", title={"en": "Courts"})
        promise.deadline = None
        promise.title = {"en": "A court", "kk": "Сот"}
        workflow.save(promise, "The text names no date.")
        (row,) = results(self.path, {"promise": "demo2020-1-77"})
        assert row["differences"] == [
            {"field": "deadline", "before": "2022-09", "after": None},
            {"field": "title.en", "before": "Courts", "after": "A court"},
            {"field": "title.kk", "before": None, "after": "Сот"},
        ]
        assert row["summary"] == (
            "deadline dropped: 2022-09; title.en: Courts → A court; title.kk added: Сот"
        )

    def test_a_withdrawn_promise_is_found(self, record: Record) -> None:
        promise = make_promise(77)
        workflow.withdraw_object(promise, "Entered twice.")
        for query in (
            {"promise": "demo2020-1-77"},
            {"reform": "demo2020-1", "action": "withdraw"},
            {"programme": "demo2020", "action": "withdraw"},
        ):
            (row,) = results(self.path, query)
            assert (row["object_id"], row["reason"]) == ("demo2020-1-77", "Entered twice.")
            assert row["payload"]["document"] is None
            assert (row["created"], row["differences"]) == (False, [])
            assert row["summary"] == "The promise was taken out of the record."

    def test_minor_edits_and_translations_are_none(self, record: Record) -> None:
        before = results(self.path)
        promise = Promise.objects.get(pk="demo2020-1-3")
        promise.title = promise.title | {"kk": "Кеңсе"}
        workflow.save(promise, topics=["money"])
        source = Source.objects.get(pk="daily-page")
        source.note = {"en": "Front page."}
        workflow.save(source)
        assert results(self.path) == before

    def test_what_was_never_public_cannot_be_asked_for(self, record: Record) -> None:
        assert codes(self.path, {"promise": "demo2020-1-99"}) == [("promise", "unknown_value")]
        assert codes(self.path, {"action": "publish"}) == [("action", "unknown_value")]
        assert codes(self.path, {"lang": "kk"}) == [("lang", "unknown_parameter")]


def test_every_kind_of_correction_can_be_asked_for() -> None:
    assert Correction.values() == [one.value for one in CORRECTIONS]
