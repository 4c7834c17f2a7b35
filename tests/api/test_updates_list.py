from tests.api.asking import Row
from tests.api.endpoint import ListTests
from tests.api.expected import UPDATES, organisation, update
from tests.api.record import Record
from tests.api.test_promises_list import TestPromises as Promises

ALL = " ".join(UPDATES)
LATER = {"superseded", "corrected", "retracted", "removed"}


def others(names: str) -> str:
    return " ".join(name for name in UPDATES if name not in names.split())


class TestUpdates(ListTests):
    basename = "update"
    path = "/updates/"
    rows = [
        "still-open",
        LATER,
        "refused",
        "begun",
        "half",
        "stuck-too",
        "stuck",
        "drafted",
        "nothing",
        "closed",
        "opened",
        "law",
        {"court", "adopted"},
    ]
    filters = {
        "promise": [
            ("demo2020-1-1", "adopted court"),
            ("demo2020-1-3", "opened closed still-open retracted"),
            ("demo2020-0-1", ""),
        ],
        "promise_not": [("demo2020-1-1", others("adopted court")), ("demo2020-0-1", ALL)],
        "reform": [
            ("demo2020-2", "drafted stuck stuck-too removed"),
            ("far2021-1", "begun refused"),
            ("far2021-2", ""),
        ],
        "reform_not": [("demo2020-2", others("drafted stuck stuck-too removed"))],
        "programme": [("demo2020", others("begun refused")), ("far2021", "begun refused")],
        "programme_not": [("far2021", others("begun refused"))],
        "organisation": [
            ("lantern", "stuck superseded corrected still-open"),
            ("compass", "stuck-too begun retracted removed"),
        ],
        "organisation_not": [
            ("lantern", others("stuck superseded corrected still-open")),
        ],
        "status": [
            ("implemented", "court law opened still-open corrected"),
            ("in_progress", "adopted drafted begun superseded"),
            ("stalled", "stuck stuck-too removed"),
            ("partially_implemented", "half retracted"),
            ("not_started", "nothing"),
            ("abandoned", "refused"),
            ("reversed", "closed"),
        ],
        "status_not": [("implemented", others("court law opened still-open corrected"))],
        "review_state": [
            ("published", others("superseded retracted removed")),
            ("superseded", "superseded"),
            ("retracted", "retracted"),
            ("removed", "removed"),
        ],
        "review_state_not": [("published", "superseded retracted removed")],
        "source": [
            ("parliament-page", "court law corrected"),
            ("blog-page", "drafted"),
            ("demo2020-address", ""),
        ],
        "source_not": [("parliament-page", others("court law corrected"))],
        "effective_before": [
            ("2022-06-04", ""),
            ("2022-06-05", "adopted"),
            ("2022-08-31", "adopted court"),
        ],
        "effective_after": [
            ("2024-02-10", "still-open refused"),
            ("2024-02-29", "still-open"),
            ("2024-03-01", ""),
        ],
        "published_since": [
            ("2024-03-01T09:00:00Z", "superseded corrected retracted removed still-open"),
            ("2024-03-01T09:00:00.0001Z", "still-open"),
            ("2024-04-06", ""),
        ],
    }
    combinations = [
        ({"organisation": "lantern", "status": "implemented"}, "still-open corrected"),
        (
            {"programme": "demo2020", "review_state_not": "published,removed"},
            "superseded retracted",
        ),
        ({"promise": "demo2020-1-3", "reform": "demo2020-1", "source": "watch-page"}, "opened"),
        ({"status": "not_assessed,abandoned"}, "refused"),
        ({"effective_after": "2022-08-31", "effective_before": "2022-08-31"}, "court"),
    ]
    contradictions = [
        ({"status": "stalled", "status_not": "stalled"}, ["status_not"]),
        ({"status": "not_assessed"}, ["status"]),
        ({"effective_after": "2023-01-02", "effective_before": "2023-01-01"}, ["effective_after"]),
        ({"programme": "far2021", "reform": "demo2020-1"}, ["reform"]),
        ({"programme": "far2021", "promise": "demo2020-1-1"}, ["promise"]),
        ({"reform": "demo2020-10", "promise": "demo2020-1-1"}, ["promise"]),
        ({"fields": "id", "expand": "promise"}, ["expand"]),
    ]
    orderings = {
        "published_at": rows[::-1],
        # A month or a year counts as its last day.
        "effective_on": [
            "adopted",
            "court",
            "superseded",
            "half",
            "law",
            "corrected",
            "drafted",
            "removed",
            "retracted",
            "stuck-too",
            "stuck",
            "opened",
            {"closed", "begun"},
            "nothing",
            "refused",
            "still-open",
        ],
    }
    alone = {"status": "implemented", "effective_before": "2022-12-31"}
    looking = ["statusupdate"]
    queries = ["statusupdate", "citation", "paragraph"]
    expansion_queries = {
        "promise": [
            "statusupdate",
            "promise",
            "promisebody",
            "topic",
            "promiserelation",
            "citation",
            "paragraph",
        ],
        "organisation": queries,
    }
    expansions = {
        "promise": lambda self, record: {"promise": Promises().row(record)},
        "organisation": lambda self, record: {"organisation": organisation()},
    }

    def name_of(self, record: Record, row_id: str) -> str:
        return record.name_of(row_id)

    def row(self, record: Record) -> Row:
        return update(record, "court")
