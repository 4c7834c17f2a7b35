"""What must hold on several machines; each check says in a line what it saw."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg

from scale_test.databases import Databases
from scale_test.load import Answered, Load, ask
from scale_test.processes import Processes
from scale_test.site import KEPT, LAG, ROOT, WORKERS, CommandFailed, Site

READS = 300


class Failed(Exception):
    """What did not hold."""


def must(holds: bool, otherwise: str) -> None:
    """Raise Failed unless it holds."""
    if not holds:
        raise Failed(otherwise)


def nothing_failed(answered: Answered, what: str) -> None:
    """Raise Failed if any answer was none."""
    must(answered.count > 0, f"nothing was {what}")
    failures = answered.failures
    different = sorted(set(failures))[:3]
    must(not failures, f"{len(failures)} of {answered.count} {what} failed: {different}")


def until(holds: Callable[[], bool], seconds: float, otherwise: str) -> float:
    """Wait until it holds, at most so long; return how long it took."""
    began = time.monotonic()
    while not holds():
        must(time.monotonic() - began < seconds, otherwise)
        time.sleep(0.1)
    return time.monotonic() - began


@dataclass(frozen=True)
class Trial:
    """All that the checks look at."""

    processes: Processes
    databases: Databases
    site: Site
    load: Load

    def sequence(self, machine: int) -> int:
        """The ledger's head on a machine."""
        sql = "SELECT max(sequence) FROM reforms_ledgerentry"
        return int(self.databases.ask(self.databases.machines[machine], sql, "tracker"))

    def commits(self, machine: int) -> int:
        """How many transactions a machine's server has ended, by its own statistics."""
        sql = "SELECT xact_commit FROM pg_stat_database WHERE datname = 'tracker'"
        return int(self.databases.ask(self.databases.machines[machine], sql))

    def read(self, path: str = "/api/v1/promises/kz2022-6-1/", at_least: int | None = None) -> int:
        """The sequence at which an answer was made."""
        answer = ask(self.site.port, path, None, **_demanding(at_least))
        must(answer.status == 200, f"{path}: {answer.status} {answer.text}")
        return answer.sequence

    def published(self, number: int) -> str:
        """Publish an update; its id."""
        update, failures = self.load.write(number)
        must(bool(update), f"nothing was published: {failures}")
        return update

    @contextmanager
    def replay_paused(self) -> Iterator[None]:
        """The replica gets what the primary writes, and does not apply it."""
        two = self.databases.machines[1]
        self.databases.ask(two, "SELECT pg_wal_replay_pause()")
        try:
            yield
        finally:
            self.databases.ask(two, "SELECT pg_wal_replay_resume()")

    @contextmanager
    def somebody_reads_for_long(self) -> Iterator[None]:
        """A transaction on the primary that has read the promises and does not end."""
        machine = self.databases.machines[0]
        where = f"host=127.0.0.1 port={machine.server_port} user=tracker dbname=tracker"
        with psycopg.connect(where) as connection:
            connection.execute("SELECT count(*) FROM reforms_promise")
            yield


def _demanding(at_least: int | None) -> dict[str, str]:
    return {} if at_least is None else {"Ledger_Sequence_At_Least": str(at_least)}


def reads_come_from_the_replica(trial: Trial) -> str:
    """Anonymous reads reach the replica, and the primary hears nothing of them."""
    # Servers tell their statistics up to ten seconds late.
    time.sleep(11)
    before = [trial.commits(0), trial.commits(1)]
    began = time.monotonic()
    for _ in range(READS):
        trial.read()
    took = time.monotonic() - began
    until(lambda: trial.commits(1) - before[1] >= READS, 20, "the replica has not answered them")
    primary, replica = (trial.commits(one) - before[one] for one in (0, 1))
    must(primary < READS / 10, f"the primary ended {primary} transactions, the replica {replica}")
    said = f"{READS} reads in {took:.1f} s: {replica} transactions on the replica"
    return f"{said}, {primary} on the primary"


def writers_read_what_they_wrote(trial: Trial) -> str:
    """With a key, also while the replica stands still."""
    with trial.replay_paused():
        for number in range(10):
            update = trial.published(9_000_000 + number)
            key = f"Bearer {trial.load.key}"
            answer = ask(trial.site.port, f"/api/v1/updates/{update}/", Authorization=key)
            must(answer.status == 200, f"{answer.status}: {answer.text}")
            # Nor does a stranger who follows its address miss it.
            answer = ask(trial.site.port, f"/api/v1/updates/{update}/")
            must(answer.status == 200, f"{answer.status}: {answer.text}")
    return "10 updates read right after they were written, the replica knowing none of them"


def freshness_is_honoured(trial: Trial) -> str:
    """A reader who names an entry sees it; no other is behind for longer than stated."""
    # Right before, because after a silence the next entry alone would look late.
    trial.published(9_090_000)
    until(lambda: trial.sequence(1) == trial.sequence(0), 10, "the replica did not catch up")
    # Connections look once a second; before, it was far behind.
    time.sleep(1.5)
    with trial.replay_paused():
        old = trial.sequence(0)
        trial.published(9_100_000)
        began = time.monotonic()
        new = trial.sequence(0)
        must(trial.read() == old, "the replica stands still, and yet knows what is new")
        demanding = time.monotonic()
        must(trial.read(at_least=new) >= new, "the answer is older than was demanded")
        demanding = time.monotonic() - demanding
        must(trial.read(at_least=old) == old, "an older entry is known to the replica as well")
        answer = ask(trial.site.port, "/api/v1/promises/", Ledger_Sequence_At_Least=str(new + 1))
        must(answer.status == 412, f"there is no entry {new + 1}, and yet: {answer.status}")
        until(lambda: trial.read() >= new, LAG + 5, "readers stay behind for longer than stated")
        stale = time.monotonic() - began
    until(lambda: trial.sequence(1) >= new, 10, "the replica did not catch up")
    return (
        f"replay paused: {old} without demand, {new} on demand in {1000 * demanding:.0f} ms;"
        f" without demand {new} after {stale:.1f} s (bound {LAG} s); 412 for {new + 1}"
    )


def a_replica_dies(trial: Trial) -> str:
    """No read fails; writes wait for their second copy, until somebody does without."""
    one, two = trial.databases.machines
    with trial.load.running(readers=4) as (reads, _):
        time.sleep(2)
        trial.databases.kill(two)
        time.sleep(6)
    nothing_failed(reads, "reads")
    written: list[str] = []
    writer = threading.Thread(target=lambda: written.append(trial.published(9_200_000)))
    writer.start()
    time.sleep(3)
    must(not written, "a write was acknowledged that one machine alone has")
    trial.databases.wait_for_each_other(one, "''")
    began = time.monotonic()
    writer.join()
    must(bool(written), "the write that waited was not acknowledged")
    took = time.monotonic() - began
    trial.databases.start(two)
    trial.databases.wait_for_each_other(one, f"'{two.name}'")
    back = until(lambda: trial.sequence(1) == trial.sequence(0), 30, "the replica is not back")
    # Connections are kept for so long, to whatever server they are.
    time.sleep(KEPT + 3)
    before = trial.commits(1)
    for _ in range(50):
        trial.read()
    until(lambda: trial.commits(1) - before >= 40, 20, "the replica is not read again")
    return (
        f"{reads.count} reads, none failed, the slowest {reads.slowest:.2f} s; a write waited"
        f" until synchronous_standby_names was emptied, then {took:.1f} s;"
        f" back, the replica caught up in {back:.1f} s"
    )


def workers_are_restarted(trial: Trial) -> str:
    """One after the other, under load."""
    with trial.load.running(readers=3, writers=1) as (reads, writes):
        time.sleep(1)
        for name in WORKERS:
            trial.processes.stop(name)
            time.sleep(1)
            trial.site.start_worker(name)
            trial.site.wait_until_ready(name)
            time.sleep(3)
    nothing_failed(reads, "reads")
    nothing_failed(writes, "writes")
    return (
        f"{reads.count} reads and {writes.count} writes, none failed;"
        f" the slowest {reads.slowest:.2f} and {writes.slowest:.2f} s"
    )


def a_migration_is_applied(trial: Trial) -> str:
    """A column and an index for a large table, while others read and write it."""
    with trial.load.running(readers=3, writers=1) as (reads, writes):
        time.sleep(1)
        with trial.somebody_reads_for_long():
            must(not _migrated(trial), "the migration did not give way to a long transaction")
        attempts = 1
        while not _migrated(trial):
            attempts += 1
            must(attempts < 20, "the migration never found a gap")
        time.sleep(1)
    nothing_failed(reads, "reads")
    nothing_failed(writes, "writes")
    return (
        "gave way to a long transaction within its lock_timeout of 1 s; after that applied at"
        f" attempt {attempts}; {reads.count} reads and {writes.count} writes, none failed;"
        f" the slowest {reads.slowest:.2f} and {writes.slowest:.2f} s"
    )


def _migrated(trial: Trial) -> bool:
    """Apply the migrations of a later version, unless others hold what they need."""
    settings = {"DJANGO_SETTINGS_MODULE": "scale_test.growing", "PYTHONPATH": str(ROOT / "scripts")}
    try:
        trial.site.manage(0, "migrate", "growth", PGOPTIONS="-c lock_timeout=1s", **settings)
    except CommandFailed as refusal:
        if "lock timeout" in str(refusal):
            return False
        raise
    return True


def the_primary_dies(trial: Trial) -> str:
    """The replica takes over; whatever was acknowledged is there, and writers go on."""
    one, two = trial.databases.machines
    with trial.load.running(readers=3, writers=3, patience=60) as (reads, writes):
        time.sleep(4)
        before = len(writes.acknowledged)
        trial.databases.kill(one)
        time.sleep(2)
        trial.databases.promote(two)
        until(lambda: len(writes.acknowledged) > before + 20, 60, "writers do not go on")
    nothing_failed(reads, "reads")
    nothing_failed(writes, "writes")
    found = trial.databases.ask(
        two,
        "SELECT json_agg(DISTINCT object_id) FROM reforms_ledgerentry"
        " WHERE object_type = 'update' AND action = 'publish'",
        "tracker",
    )
    lost = set(writes.acknowledged) - set(found)
    must(not lost, f"{len(lost)} of {len(writes.acknowledged)} acknowledged updates are lost")
    told = trial.site.manage(1, "verify_ledger")
    return (
        f"{len(writes.acknowledged)} updates acknowledged, {before} of them before, none lost;"
        f" writers waited {writes.gap():.1f} s at most, 2 of them for the promotion;"
        f" {reads.count} reads, none failed, the slowest {reads.slowest:.2f} s;"
        f" verify_ledger: {told.splitlines()[-1]}"
    )


CHECKS: tuple[Callable[[Trial], str], ...] = (
    reads_come_from_the_replica,
    writers_read_what_they_wrote,
    freshness_is_honoured,
    a_replica_dies,
    workers_are_restarted,
    a_migration_is_applied,
    the_primary_dies,
)
