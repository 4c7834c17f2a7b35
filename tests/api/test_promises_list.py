from reforms.vocabulary import Timeliness
from tests.api.asking import Row
from tests.api.endpoint import ListTests, url
from tests.api.expected import address_citation, body, programme, reform, topic, update
from tests.api.record import PROMISES, Record

FAR = {"f1-1": "far2021-1-1", "f1-2": "far2021-1-2", "f2-1": "far2021-2-1"}
ASSESSED = "1-1 1-2 1-3 1-10 2-1 2-2 10-1 f1-1 f1-2"
UNASSESSED = "0-1 f2-1"
DEMO = "0-1 1-1 1-2 1-3 1-10 2-1 2-2 10-1"
ALL = f"{DEMO} f1-1 f1-2 f2-1"


def full(names: str) -> list[str]:
    """The ids of promises that are written short here: 1-2, f1-2."""
    return [FAR.get(name, f"demo2020-{name}") for name in names.split()]


class TestPromises(ListTests):
    basename = "promise"
    path = "/promises/"
    rows = PROMISES
    filters = {
        "programme": [("demo2020", DEMO), ("far2021", "f1-1 f1-2 f2-1")],
        "programme_not": [("demo2020", "f1-1 f1-2 f2-1"), ("far2021", DEMO)],
        "reform": [
            ("demo2020-1", "1-1 1-2 1-3 1-10"),
            ("demo2020-10", "10-1"),
            ("far2021-0", ""),
        ],
        "reform_not": [("demo2020-1", "0-1 2-1 2-2 10-1 f1-1 f1-2 f2-1"), ("far2021-0", ALL)],
        "source": [
            ("demo2020-address", "1-1 1-2"),
            ("demo2020-address-ru", "1-1"),
            # By the updates that are public, also where they no longer stand; by no hidden one.
            ("daily-page", "1-1 1-2 1-3 2-1 2-2 10-1"),
            ("league-page", "f1-1"),
        ],
        "source_not": [
            ("daily-page", "0-1 1-10 f1-1 f1-2 f2-1"),
            ("league-page", f"{DEMO} f1-2 f2-1"),
        ],
        "status": [
            ("not_assessed", UNASSESSED),
            ("not_started", "1-10"),
            ("in_progress", "2-1 f1-1"),
            ("stalled", "2-2"),
            ("partially_implemented", "10-1"),
            ("implemented", "1-1 1-2"),
            ("abandoned", "f1-2"),
            ("reversed", "1-3"),
        ],
        "status_not": [
            ("not_assessed", ASSESSED),
            ("implemented", "0-1 1-3 1-10 2-1 2-2 10-1 f1-1 f1-2 f2-1"),
        ],
        "verification": [
            ("none", "0-1 10-1 f2-1"),
            ("official_claim", "1-10 f1-2"),
            ("documented", "1-2"),
            ("independent", "1-3 2-1 f1-1"),
            ("corroborated", "1-1 2-2"),
        ],
        "verification_not": [("none", "1-1 1-2 1-3 1-10 2-1 2-2 f1-1 f1-2")],
        "kind": [
            ("constitutional_amendment", "1-1"),
            ("legislation", "1-2 f1-1 f2-1"),
            ("institution", "1-3"),
            ("appointment_rule", "1-10"),
            ("administrative", "2-1"),
            ("economic_measure", "2-2"),
            ("study", "0-1 f1-2"),
            ("policy", "10-1"),
        ],
        "kind_not": [("study", "1-1 1-2 1-3 1-10 2-1 2-2 10-1 f1-1 f2-1")],
        "commitment": [
            ("specific", "1-1 1-2 1-3 1-10 2-1 f1-1"),
            ("process", "0-1 2-2 f1-2"),
            ("aspiration", "10-1 f2-1"),
        ],
        "commitment_not": [("specific", "0-1 2-2 10-1 f1-2 f2-1")],
        "timeliness": [
            ("no_deadline", "1-10 10-1 f2-1"),
            # The two have one deadline, which has passed on Kiritimati and not on Pago Pago.
            ("pending", "2-1 f1-1"),
            ("overdue", "2-2"),
            ("on_time", "1-1"),
            ("late", "1-2"),
            ("unassessed", "0-1"),
            ("undetermined", "1-3 f1-2"),
        ],
        "timeliness_not": [
            ("no_deadline", "0-1 1-1 1-2 1-3 2-1 2-2 f1-1 f1-2"),
            (",".join(Timeliness.values()), ""),
        ],
        "contested": [
            ("true", "1-3 2-1"),
            ("false", "0-1 1-1 1-2 1-10 2-2 10-1 f1-1 f1-2 f2-1"),
        ],
        "body": [("court", "1-1 1-2 2-1"), ("senate", "1-2 1-3"), ("council", "")],
        "body_not": [("court", "0-1 1-3 1-10 2-2 10-1 f1-1 f1-2 f2-1"), ("council", ALL)],
        "topic": [("courts", "1-1 1-2"), ("money", "0-1 1-2 2-1")],
        "topic_not": [("money", "1-1 1-3 1-10 2-2 10-1 f1-1 f1-2 f2-1")],
        # By updates that stand: what was retracted, removed or never published is none.
        "organisation": [
            ("editors", "1-1 1-2 1-3 1-10 2-1 10-1 f1-2"),
            ("lantern", "1-2 1-3 2-2"),
            ("compass", "2-2 f1-1"),
        ],
        "organisation_not": [("editors", "0-1 2-2 f1-1 f2-1")],
        "deadline_before": [
            ("2022-09-29", ""),
            ("2022-09-30", "1-1"),
            ("2022-12-31", "0-1 1-1 1-2"),
        ],
        "deadline_after": [
            ("2024-06-01", "2-1 2-2 f1-1"),
            ("2030-12-31", "2-1"),
            ("2031-01-01", ""),
        ],
        "changed_since": [
            ("2024-03-01T09:00:00Z", "1-2 1-3 2-1"),
            ("2024-03-01T09:00:00.0001Z", "1-3"),
            ("2024-03-01T15:00:00+06:00", "1-2 1-3 2-1"),
            ("2024-03-01", "1-2 1-3 2-1"),
            ("2024-03-02", "1-3"),
            ("2020-01-01", ALL),
            ("2024-04-06", ""),
        ],
        "not_updated_since": [
            ("2024-02-09T09:00:00Z", "0-1 1-1 1-10 2-1 f2-1"),
            ("2024-02-09T09:00:00.0001Z", "0-1 1-1 1-10 2-1 2-2 f2-1"),
            ("2024-01-01", UNASSESSED),
            ("2024-06-01", ALL),
        ],
        "search": [
            ("court", "1-1 1-2 1-3 1-10 2-1"),
            ("COUR", "1-1 1-2 1-3 1-10 2-1"),
            ("law court", "1-2"),
            ('"law on the court"', "1-2"),
            ('"court on the law"', ""),
            ("сот", "1-1 1-2 2-1"),
            ("«Конституциялық Сот»", "1-1 1-2 2-1"),
            ("Согл", "10-1"),
            ("judges", "1-1"),
            ("picture", ""),
            ("senate", "1-2 1-3"),
        ],
    }
    combinations = [
        ({"status": "implemented,reversed", "verification_not": "documented"}, "1-1 1-3"),
        ({"programme": "demo2020", "status_not": "not_assessed", "topic": "money"}, "1-2 2-1"),
        ({"body": "court", "body_not": "senate"}, "1-1 2-1"),
        ({"organisation": "lantern", "organisation_not": "editors"}, "2-2"),
        ({"search": "court", "contested": "true"}, "1-3 2-1"),
        ({"deadline_after": "2022-12-31", "deadline_before": "2022-12-31"}, "0-1 1-2"),
        ({"source": "daily-page", "source_not": "demo2020-address"}, "1-3 2-1 2-2 10-1"),
        ({"status": "not_assessed", "verification": "none"}, UNASSESSED),
        ({"status": "not_assessed", "contested": "false"}, UNASSESSED),
        ({"status": "not_assessed,stalled", "organisation": "lantern"}, "2-2"),
        ({"timeliness": "pending,no_deadline", "deadline_after": "2025-01-01"}, "2-1"),
        ({"changed_since": "2024-02-10", "not_updated_since": "2024-02-10"}, "2-1"),
        ({"reform": "demo2020-1", "programme": "demo2020,far2021", "topic": "money"}, "1-2"),
        ({"reform": "demo2020-1", "status": "stalled"}, ""),
    ]
    contradictions = [
        ({"status": "implemented", "status_not": "implemented"}, ["status_not"]),
        (
            {"kind": "study,policy,legislation", "kind_not": "policy,study,institution"},
            ["kind_not", "kind_not"],
        ),
        ({"body": "court", "body_not": "court"}, ["body_not"]),
        ({"deadline_after": "2023-01-02", "deadline_before": "2023-01-01"}, ["deadline_after"]),
        ({"deadline_after": "2023-01-01", "timeliness": "no_deadline"}, ["timeliness"]),
        ({"status": "not_assessed", "organisation": "editors"}, ["organisation"]),
        ({"status": "not_assessed", "contested": "true"}, ["contested"]),
        ({"status": "not_assessed", "verification": "documented"}, ["verification"]),
        ({"programme": "far2021", "reform": "demo2020-1"}, ["reform"]),
        ({"ordering": "relevance"}, ["ordering"]),
        ({"fields": "id", "omit": "title"}, ["omit"]),
        ({"fields": "id", "expand": "bodies,topics"}, ["expand", "expand"]),
        ({"omit": "citations", "expand": "citations"}, ["expand"]),
    ]
    orderings = {
        "id": PROMISES,
        "deadline": full("1-1 0-1 1-2 1-3 f1-2 2-2 f1-1 2-1 1-10 10-1 f2-1"),
        "status_since": full("1-1 10-1 1-2 2-1 2-2 1-3 f1-1 1-10 f1-2 0-1 f2-1"),
        "changed_at": full("0-1 f2-1 1-1 1-10 2-2 10-1 f1-1 f1-2 1-2 2-1 1-3"),
        "relevance": full("1-1 1-2 1-10 2-1 1-3"),
    }
    alone = {"kind": "constitutional_amendment"}
    looking = ["promise"]
    queries = ["promise", "promisebody", "topic", "promiserelation"]
    expansion_queries = {
        "programme": ["promise", "programme", "source", "promisebody", "topic", "promiserelation"],
        "reform": queries,
        "bodies": ["promise", "promisebody", "body", "topic", "promiserelation"],
        "topics": queries,
        "citations": [*queries, "citation", "paragraph"],
        "updates": [*queries, "statusupdate", "citation", "paragraph"],
        "replies": [*queries, "reply"],
    }

    def names(self, text: str) -> set[str]:
        return set(full(text))

    def searched(self, key: str) -> Row:
        return {"search": "court"} if key == "relevance" else {}

    def row(self, record: Record) -> Row:
        return {
            "id": "demo2020-1-1",
            "api_url": url("/promises/demo2020-1-1/"),
            "programme": "demo2020",
            "reform": "demo2020-1",
            "number": 1,
            "title": "A court of the constitution",
            "statement": "A court will be founded.",
            "kind": "constitutional_amendment",
            "commitment": "specific",
            "condition": None,
            "deadline": "2022-09",
            "deadline_wording": "by autumn",
            "figures": [],
            "bodies": [{"body": "court", "role": "responsible"}],
            "topics": ["courts"],
            "relations": [],
            "status": "implemented",
            "status_since": "2022-08",
            "verification": "corroborated",
            "contested": False,
            "timeliness": "on_time",
            "last_published_at": "2024-02-01T09:00:00Z",
            "changed_at": "2024-02-01T09:00:00Z",
            "language": "en",
            "languages": ["en", "ru", "kk"],
        }

    expansions = {
        "programme": lambda self, record: {"programme": programme()},
        "reform": lambda self, record: {"reform": reform()},
        "bodies": lambda self, record: {"bodies": [{"body": body(), "role": "responsible"}]},
        "topics": lambda self, record: {"topics": [topic()]},
        "citations": lambda self, record: {"citations": address_citation()},
        "updates": lambda self, record: {
            "updates": [update(record, "court"), update(record, "adopted")]
        },
        "replies": lambda self, record: {"replies": []},
    }
