"""Results of a benchmark as they are written, of round figures."""

from typing import Any

Results = dict[str, Any]

CONTENDERS = {
    "list": [
        "ours",
        "raw",
        "Datasette, table page",
        "Datasette, SQL by hand",
        "plain DRF",
        "ours on SQLite",
    ],
    "list, kept": ["ours", "Datasette, table page", "ours, within a minute"],
    "detail": ["ours", "raw", "plain DRF"],
    "search": ["ours", "raw"],
    "not modified": ["ours", "ours, within a minute", "plain DRF"],
    "page": ["page 1,800", "page 1"],
    "list of the seeds": ["ours", "ours on SQLite"],
}
STATISTICS = ["statistics", "statistics as of a day", "statistics of a programme as of a day"]


def made(ratio: float = 1.0) -> Results:
    """Ours is faster than every other contender by this ratio."""

    def contender(number: int) -> dict[str, float]:
        one = {"rate": 1000 / (ratio if number else 1), "ms": 1, "p95": 2, "asking": 0.1}
        spread = {"ratio": ratio if number else 1, "lowest": ratio * 0.9, "highest": ratio * 1.1}
        return one | spread | {"application": 1, "database": 0.5}

    costs = dict.fromkeys(("list", "detail", "search"), 1.5)
    return {
        "date": "2026-11-27",
        "machine": "2 cores of something",
        "versions": {"PostgreSQL": "18.1"},
        "promises": 100_000,
        "rounds": 9,
        "seconds": 2.0,
        "start": 1.9,
        "ledger": 5_000.0,
        "works": {
            work: {name: contender(number) for number, name in enumerate(names)}
            for work, names in CONTENDERS.items()
        },
        "database": dict.fromkeys([*STATISTICS, "search, median", "search, p95"], 1.0),
        "queries of 304": {"0": 1, "60": 0},
        "exports": {form: {"rows a second": 200_000, "grown MB": 25} for form in ("jsonl", "csv")},
        "import": {"submitted": 9_000.0, "published": 8_000.0, "bare": 4_000.0},
        "publication": {"published": 4.0, "in the database": 3.0, "bare": 2.0},
        "memory": {"ours": {"resident": 120.0, "share": 90.0}},
        "sizes": [
            {"promises": 1_000} | costs | {f"{work}, in the database": 0.5 for work in costs}
        ],
        "plans": {},
    }
