"""What was measured as ratios beside the goals: a file, a table and a picture of it."""

import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmark import picture
from benchmark.rounds import Measured

Results = dict[str, Any]
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "performance.md"
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"


def summed(measured: Measured) -> Results:
    """Each contender of a work: answers a second, latencies, the processor's time, and the ratio
    of the first one's rate to its own, with the lowest and the highest of the rounds.
    """
    first = next(iter(measured.rates))
    found = {}
    for name, rates in measured.rates.items():
        ratios = [ours / its for ours, its in zip(measured.rates[first], rates, strict=True)]
        latencies = sorted(measured.latencies[name])
        found[name] = {
            "rate": statistics.median(rates),
            "ms": statistics.median(latencies),
            "p95": latencies[int(len(latencies) * 0.95)],
            "application": statistics.median(measured.ours[name]),
            "database": statistics.median(measured.database[name]),
            "asking": statistics.median(measured.asking[name]),
            "ratio": statistics.median(ratios),
            "lowest": min(ratios),
            "highest": max(ratios),
        }
    return found


def line(work: Results) -> str:
    """A work in one line."""
    return "; ".join(
        f"{name} {one['rate']:,.0f}/s (×{one['ratio']:.2f}, p95 {one['p95']:.1f} ms,"
        f" CPU {one['application']:.2f}+{one['database']:.2f} ms)"
        for name, one in work.items()
    )


@dataclass(frozen=True)
class Goal:
    """A goal: what is compared, how it is found, and the bound that it has to reach."""

    work: str
    found: Callable[[Results], float]
    bound: float
    most: bool = False
    unit: str = "×"
    spread: Callable[[Results], tuple[float, float]] | None = None

    def reached(self, results: Results) -> bool:
        """Whether the figure is as good as it has to be."""
        figure = self.found(results)
        return figure <= self.bound if self.most else figure >= self.bound


def _ratio(label: str, work: str, to: str, bound: float) -> Goal:
    def of(results: Results) -> Results:
        one: Results = results["works"][work][to]
        return one

    return Goal(
        label,
        lambda results: of(results)["ratio"],
        bound,
        spread=lambda results: (of(results)["lowest"], of(results)["highest"]),
    )


def _database(label: str, name: str, bound: float) -> Goal:
    return Goal(label, lambda results: results["database"][name], bound, True, "ms")


def _within_a_minute(label: str, work: str, to: str, bound: float) -> Goal:
    """How many answers of a stated freshness come in the time of one of the other's."""

    def found(results: Results) -> float:
        known = results["works"][work]
        return float(known["ours, within a minute"]["rate"] / known[to]["rate"])

    return Goal(label, found, bound)


def _pages(results: Results) -> float:
    """The time of the deep page, as a multiple of the first one's."""
    return float(1 / results["works"]["page"]["page 1"]["ratio"])


def _export(form: str, label: str) -> tuple[Goal, Goal]:
    """How fast a file comes, and how much memory that takes."""
    return (
        Goal(
            f"export of all updates, {label}",
            lambda results: results["exports"][form]["rows a second"],
            200_000,
            unit="rows/s",
        ),
        Goal(
            f"memory that this adds, {label}",
            lambda results: results["exports"][form]["grown MB"],
            25,
            True,
            "MB",
        ),
    )


def _on_sqlite(label: str, work: str) -> Goal:
    one = _ratio(label, work, "ours on SQLite", 2)
    return Goal(one.work, one.found, one.bound, True, spread=one.spread)


GOALS = (
    _ratio("list of 50, filtered, not cached ÷ raw", "list", "raw", 0.8),
    _ratio("the same ÷ Datasette's table page", "list", "Datasette, table page", 2),
    _ratio("the same ÷ Datasette's SQL by hand", "list", "Datasette, SQL by hand", 1),
    _ratio("the same ÷ plain DRF", "list", "plain DRF", 1),
    _ratio("list, version-cached ÷ table page", "list, kept", "Datasette, table page", 8),
    _within_a_minute(
        "the same within a stated freshness", "list, kept", "Datasette, table page", 8
    ),
    _ratio("detail with timeline and citations ÷ raw", "detail", "raw", 0.5),
    _ratio("search ÷ raw", "search", "raw", 0.7),
    _database("search, p95 in the database", "search, p95", 5),
    _ratio("304 ÷ plain DRF's answer", "not modified", "plain DRF", 25),
    _within_a_minute("304 within a stated freshness ÷ the same", "not modified", "plain DRF", 25),
    Goal("queries of a 304", lambda r: r["queries of 304"]["0"], 1, True, ""),
    Goal("the same within a stated freshness", lambda r: r["queries of 304"]["60"], 0, True, ""),
    Goal("page 1,800, or the last, against page 1: time", _pages, 1.2, True),
    _database("statistics, in the database", "statistics", 15),
    _database("statistics as of a day", "statistics as of a day", 60),
    _database("one programme as of a day", "statistics of a programme as of a day", 2),
    *_export("jsonl", "JSON lines"),
    *_export("csv", "CSV"),
    Goal(
        "validated import, for review",
        lambda results: results["import"]["submitted"],
        8_000,
        unit="rows/s",
    ),
    Goal(
        "the same, published at once, ledger included",
        lambda results: results["import"]["published"],
        8_000,
        unit="rows/s",
    ),
    Goal(
        "publishing one update ÷ bare insert",
        lambda results: results["publication"]["published"] / results["publication"]["bare"],
        2,
        True,
    ),
    Goal("worker memory", lambda results: results["memory"]["ours"]["resident"], 120, True, "MB"),
    _on_sqlite("the same list on PostgreSQL ÷ SQLite", "list"),
    _on_sqlite("the same at the size of the seeds", "list of the seeds"),
    Goal("questions that read a large table whole", lambda r: len(r["plans"]), 0, True, ""),
)


def table(results: Results) -> str:
    """The goals beside what was measured, as a table in Markdown."""
    rows = ["| work | goal | measured | spread of the rounds | |", "|---|---|---|---|---|"]
    for goal in GOALS:
        sign = "at most" if goal.most else "at least"
        spread = goal.spread(results) if goal.spread else None
        rows.append(
            f"| {goal.work} | {sign} {_figure(goal.bound, goal.unit)} |"
            f" {_figure(goal.found(results), goal.unit)} |"
            f" {f'{_figure(spread[0])} to {_figure(spread[1])}' if spread else ''} |"
            f" {'reached' if goal.reached(results) else 'not reached'} |"
        )
    return "\n".join(rows)


def details(results: Results) -> str:
    """Every contender of every work, what it costs at each size, and the rest, in Markdown."""
    rows = [
        "| work | who | answers/s | p95 ms | CPU ms in the application | in PostgreSQL | client |",
        "|---|---|---|---|---|---|---|",
    ]
    for work, contenders in results["works"].items():
        for name, one in contenders.items():
            rows.append(
                f"| {work} | {name} | {one['rate']:,.0f} | {one['p95']:.1f} |"
                f" {one['application']:.2f} | {one['database']:.2f} | {one['asking']:.0%} |"
            )
    rows += [
        "",
        "| promises | list, ms | in PostgreSQL | detail | in PostgreSQL | search | in PostgreSQL |",
        "|---|---|---|---|---|---|---|",
    ]
    for one in results["sizes"]:
        names = [
            f"{work}{where}"
            for work in ("list", "detail", "search")
            for where in ("", ", in the database")
        ]
        figures = " | ".join(f"{one[name]:.2f}" for name in names)
        rows.append(f"| {one['promises']:,.0f} | {figures} |")
    rows += [
        "",
        "| process, after all that | MB resident | its share of what is shared, and the rest |",
        "|---|---|---|",
    ]
    rows += [
        f"| {name} | {one['resident']:.0f} | {one['share']:.0f} |"
        for name, one in results["memory"].items()
    ]
    return "\n".join(rows)


def others(results: Results) -> str:
    """What has no goal, in a sentence each."""
    published = results["publication"]
    said = [
        f"The first answer comes {results['start']:.1f} s after the start.",
        f"A publication takes {published['published']:.1f} ms, of which the database is waited for"
        f" {published['in the database']:.1f}; the bare rows {published['bare']:.1f}.",
        f"The rows that an import with publication leaves behind go in bare, by COPY, at"
        f" {_figure(results['import']['bare'])} a second; the ledger takes"
        f" {_figure(results['ledger'])} entries in one batch.",
    ]
    return " ".join(said)


def _figure(value: float, unit: str = "") -> str:
    """As exact as it is worth: three digits, or whole where there are more."""
    if value >= 100:
        return f"{value:,.0f} {unit}".strip()
    digits = 1 if value >= 10 else 2
    return f"{value:.{digits}f}".rstrip("0").rstrip(".") + f" {unit}".rstrip()


def written(results: Results) -> str:
    """The part of docs/performance.md that is made of the results."""
    versions = ", ".join(f"{name} {number}" for name, number in results["versions"].items())
    said = (
        f"Measured on {results['date']}: {results['promises']:,} promises,"
        f" {results['promises'] * 10:,} updates; {results['rounds']} rounds of"
        f" {results['seconds']:g} s each; {results['machine']}; {versions}."
    )
    shown = "![How far each goal is passed; the table has the figures](benchmark/ratios.svg)"
    parts = (said, shown, table(results), others(results), details(results))
    return "\n\n".join((BEGIN, *parts, END))


def write(results: Results, folder: Path) -> None:
    """Write the results and the picture; where the folder is the project's, the document too."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(results, indent=1, ensure_ascii=False)
    (folder / "results.json").write_text(f"{text}\n", "utf-8")
    (folder / "ratios.svg").write_text(picture.drawn(bars(results)), "utf-8")
    if folder.parent == DOCUMENT.parent:
        document = DOCUMENT.read_text("utf-8")
        before, _, rest = document.partition(BEGIN)
        DOCUMENT.write_text(before + written(results) + rest.partition(END)[2], "utf-8")


def bars(results: Results) -> list[picture.Bar]:
    """How far each goal is passed; 1 is just reached."""
    found = []
    for goal in GOALS:
        figure = goal.found(results)
        few, many = (figure, goal.bound) if goal.most else (goal.bound, figure)
        # Nothing at all is as far as the picture goes.
        passed = many / few if few else 16.0 if goal.reached(results) else 0.0
        label = _figure(figure, goal.unit)
        found.append(picture.Bar(goal.work, passed, goal.reached(results), label))
    return found
