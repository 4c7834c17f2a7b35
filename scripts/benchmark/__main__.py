"""Fill, start, check, measure, write down."""

import argparse
import os
import shutil
import signal
import sys
import tempfile
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from postgres import temporary_postgres

from benchmark import agreement, growth, inside, load, machine, report, rounds, servers, sets, works
from benchmark.peers import datasette

RESULTS = sets.ROOT / "docs" / "benchmark"


def main() -> None:
    """`make bench`, or a part of it."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measure at size.")
    parser.add_argument("--promises", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--seconds", type=float, default=2.0, help="of each turn")
    parser.add_argument("--sizes", default="1000,10000", help="other sizes that are filled")
    parser.add_argument("--quick", action="store_true", help="a tenth of it, in a few minutes")
    parser.add_argument("--big", action="store_true", help="1,000,000 promises too: an hour")
    parser.add_argument("--out", type=Path, default=RESULTS, help="where the results are written")
    asked = parser.parse_args()
    if asked.quick:
        asked.promises, asked.rounds, asked.seconds = 10_000, 5, 1.0
        asked.sizes = "1000"
        if asked.out == RESULTS:
            asked.out = sets.ROOT / "var" / "benchmark"
    if asked.big:
        asked.sizes += ",1000000"
    # Ended from outside, we too leave nothing behind: no database, no server, no file.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by a signal"))
    folder = Path(tempfile.mkdtemp(prefix="reforms-bench-"))
    try:
        # As docs/deployment.md has it: a quarter of the memory.
        with temporary_postgres(shared_buffers=f"{machine.memory() // 4_000_000}MB") as url:
            results = measure(url, folder, asked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    report.write(results, asked.out)
    print(f"\n{report.table(results)}\n\n{report.details(results)}\n\nWritten to {asked.out}")


def measure(url: str, folder: Path, asked: Any) -> dict[str, Any]:
    """All measurements, of which the first fill the databases."""
    os.environ |= sets.settings(url, VAR_DIR=str(folder))
    sys.path.insert(0, str(sets.ROOT))
    import django

    django.setup()
    sets.fill(asked.promises, "scale_set.sql")
    # Answers are named by the ledger's head; 304 looks it up in as many entries as there may be.
    appended = sets.append_to_ledger(max(1_000, asked.promises // 5))
    sets.render()
    file = folder / "tracker.sqlite3"
    sets.copy_to_sqlite(file)
    results: dict[str, Any] = {
        "date": datetime.now(UTC).date().isoformat(),
        "machine": machine.described(),
        "versions": machine.versions(),
        "promises": asked.promises,
        "rounds": asked.rounds,
        "seconds": asked.seconds,
        "ledger": appended,
    }
    with kept_apart():
        results |= over_http(url, file, folder, asked)
        with growth.seeded(folder) as urls:
            results["works"]["list of the seeds"] = of_seeds(*urls, folder, asked)
    results |= inside.measure(asked.promises)
    results["sizes"] = sizes(asked)
    results["plans"] = machine.plans()
    results |= inside.writing(asked.promises)
    return results


@contextmanager
def kept_apart() -> Any:
    """The database on the core of the contenders, and this process on the other."""
    for pid in servers.family(inside.postmaster()):
        servers.pin(servers.SERVED, pid)
    servers.pin(servers.ASKING)
    yield
    # What follows asks one question at a time: wherever there is room.
    for pid in (*servers.family(inside.postmaster()), 0):
        servers.unpin(pid)


def over_http(url: str, file: Path, folder: Path, asked: Any) -> dict[str, Any]:
    """Ours and the peers, each work in rounds that take turns."""
    with servers.running() as start:
        fresh = start(servers.ours(url, folder))
        began = fresh.wait("/api/v1/promises/?limit=1")  # by itself: the others take no time of it
        who = works.Contenders(
            fresh=fresh,
            kept=start(servers.ours(url, folder, ANSWERS_MB="64")),
            stated=start(servers.ours(url, folder, ANSWERS_MB="64", HEAD_SECONDS="60")),
            light=start(servers.ours(f"sqlite:///{file}", folder)),
            raw=start(servers.peer("benchmark.peers.raw:application", RAW_URL=url)),
            plain=start(
                servers.peer(
                    "benchmark.peers.plain:application",
                    DJANGO_SETTINGS_MODULE="benchmark.peers.plain_settings",
                )
            ),
            datasette=start(datasette.server(file)),
            file=file.stem,
            nothing=start(servers.peer("benchmark.peers.nothing:application")),
        )
        for one in who.all():
            one.wait("/" if one is who.datasette else next(works.lists(asked.promises)))
        contests = works.contests(asked.promises, who)
        found = {work: contest(work, some, asked) for work, some in contests.items()}
        memory = {
            name: servers.memories(server.worker())
            for name, server in (
                ("ours", who.fresh),
                ("ours, with answers kept", who.kept),
                ("ours on SQLite", who.light),
                ("raw", who.raw),
                ("Datasette", who.datasette),
                ("plain DRF", who.plain),
            )
        }
        # Resident counts what its processes share once for each; their share does not.
        memory["PostgreSQL, all processes"] = servers.memories(*servers.family(inside.postmaster()))
        exports = {form: works.export(fresh, f"updates.{form}") for form in ("jsonl", "csv")}
    for form, figures in exports.items():
        print(f"updates.{form}: {figures}", flush=True)
    return {"works": found, "start": began, "memory": memory, "exports": exports}


def of_seeds(url: str, light: str, folder: Path, asked: Any) -> dict[str, Any]:
    """A list of the curated data on both engines."""
    with servers.running() as start:
        both = [start(servers.ours(one, folder)) for one in (url, light)]
        for server in both:
            server.wait("/api/v1/promises/?limit=1")
        names = ("ours", "ours on SQLite")
        some = [
            works.Contender(name, server, growth.lists_of_seeds)
            for name, server in zip(names, both, strict=True)
        ]
        return contest("list of the seeds", some, asked)


def contest(work: str, contenders: list[works.Contender], asked: Any) -> dict[str, Any]:
    """Check that all give the same answer, measure, and say in one line what it came to."""
    first = contenders[0]
    rows = sum(agreement.check(first, one) for one in contenders[1:])
    size = len(load.ask(first.server.port, next(first.paths()))[1]) / 1000
    measured = rounds.measure(
        contenders, asked.rounds, asked.seconds, lambda: servers.family(inside.postmaster())
    )
    found = report.summed(measured)
    print(f"{work} ({size:.0f} kB; {rows} rows agree): {report.line(found)}", flush=True)
    return found


def sizes(asked: Any) -> list[dict[str, float]]:
    """What answers cost at each size, smallest first."""
    found = [growth.costs(asked.promises, asked.rounds)]
    found += [growth.of_size(int(one), asked.rounds) for one in asked.sizes.split(",") if one]
    return sorted(found, key=lambda one: one["promises"])


if __name__ == "__main__":
    main()
