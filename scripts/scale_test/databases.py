"""Two PostgreSQL servers, one of which follows the other, each with a PgBouncer beside it."""

import os
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from postgres import programs

from scale_test.processes import Processes, unprivileged

NAMES = ("one", "two")
# The primary waits until its replica has it on disk: what was acknowledged survives either.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "synchronous_commit": "on",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "wal_level": "replica",
    "hot_standby_feedback": "on",
    "wal_receiver_status_interval": "1s",
    "log_min_messages": "warning",
    # It comes by within a minute of the data's loading, and would be counted among those who read.
    "autovacuum": "off",
}
POOL = """
[databases]
tracker = host=127.0.0.1 port={server} dbname=tracker user=tracker
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
admin_users = pgbouncer
pool_mode = transaction
default_pool_size = 10
max_client_conn = 200
server_login_retry = 1
query_wait_timeout = 10
ignore_startup_parameters = extra_float_digits
logfile =
pidfile = {folder}/pgbouncer-{name}.pid
"""


@dataclass(frozen=True)
class Machine:
    """A PostgreSQL server with its pool, both known by the machine's name."""

    name: str
    server_port: int
    pool_port: int
    data: Path

    @property
    def server(self) -> str:
        return f"postgres-{self.name}"

    @property
    def pool(self) -> str:
        return f"pgbouncer-{self.name}"


class Databases:
    """Both machines: made, killed, promoted, asked."""

    def __init__(self, processes: Processes, pgbouncer: str, ports: tuple[int, int, int, int]):
        self.processes = processes
        self.pgbouncer = pgbouncer
        home = processes.folder / "postgres"
        home.mkdir()
        self.bin, self.run_as = programs(home)
        self.run_as = self.run_as or unprivileged()
        self.machines = [
            Machine(name, server, pool, home / name)
            for name, server, pool in zip(NAMES, ports[:2], ports[2:], strict=True)
        ]
        if self.run_as:
            os.chown(home, self.run_as["user"], self.run_as["group"])

    def make(self) -> None:
        """The first as primary, the second as its replica."""
        one, two = self.machines
        self._run("initdb", "-D", one.data, "-U", "postgres", "--auth=trust", "--no-sync",
                  "--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8")  # fmt: skip
        self.start(one)
        self.ask(one, "CREATE ROLE tracker LOGIN SUPERUSER")
        self.ask(one, "CREATE DATABASE tracker OWNER tracker")
        self.follow(two, one)

    def follow(self, machine: Machine, primary: Machine) -> None:
        """Make a machine the replica of another, for whom that one keeps what it has yet to get."""
        source = f"host=127.0.0.1 port={primary.server_port} user=postgres"
        source += f" application_name={machine.name}"
        self._run("pg_basebackup", "-D", machine.data, "-d", source, "--write-recovery-conf",
                  "--create-slot", "--slot", machine.name, "--checkpoint=fast",
                  "--no-sync")  # fmt: skip
        self.start(machine)
        self.wait_for_each_other(primary, f"'{machine.name}'")

    def wait_for_each_other(self, primary: Machine, names: str) -> None:
        """Have the primary acknowledge only what a replica of these names has on disk, too."""
        self.ask(primary, f"ALTER SYSTEM SET synchronous_standby_names = {names}", "postgres")
        self.ask(primary, "SELECT pg_reload_conf()", "postgres")

    def start(self, machine: Machine) -> None:
        """Start a machine's server and its pool."""
        command: list[str | Path] = [
            self.bin / "postgres",
            "-D",
            machine.data,
            "-p",
            str(machine.server_port),
        ]
        command += ["-k", machine.data, *(f"--{name}={value}" for name, value in SETTINGS.items())]
        self.processes.start(machine.server, command, run_as=self.run_as)
        self.processes.wait_for(machine.server, machine.server_port)
        self._wait_until_it_answers(machine)
        folder = self.processes.folder
        config = folder / f"{machine.pool}.ini"
        port, server = machine.pool_port, machine.server_port
        config.write_text(
            POOL.format(name=machine.name, port=port, server=server, folder=machine.data)
        )
        self.processes.start(machine.pool, [self.pgbouncer, config], run_as=self.run_as)
        self.processes.wait_for(machine.pool, machine.pool_port)

    def kill(self, machine: Machine) -> None:
        """The power of a machine fails."""
        self.processes.kill(machine.server)
        self.processes.kill(machine.pool)

    def promote(self, machine: Machine) -> None:
        """Make the replica the primary; its pool looks afresh at what it is."""
        self.ask(machine, "SELECT pg_promote()", "postgres")
        self.wait_for_each_other(machine, "''")
        self.ask_pool(machine, "RECONNECT")

    def ask(self, machine: Machine, sql: str, database: str = "postgres") -> Any:
        """The first value that a server answers with, past any pool; None if there is none."""
        where = f"host=127.0.0.1 port={machine.server_port} user=postgres dbname={database}"
        with psycopg.connect(where, autocommit=True) as connection:
            cursor = connection.execute(sql)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def ask_pool(self, machine: Machine, command: str) -> list[Any]:
        """What the pool itself answers to a command of its own."""
        where = f"host=127.0.0.1 port={machine.pool_port} user=pgbouncer dbname=pgbouncer"
        with psycopg.connect(where, autocommit=True) as connection:
            connection.prepare_threshold = None
            cursor = psycopg.ClientCursor(connection).execute(command)
            return cursor.fetchall() if cursor.description else []

    def _wait_until_it_answers(self, machine: Machine) -> None:
        for _ in range(300):
            with suppress(psycopg.OperationalError):
                self.ask(machine, "SELECT 1")
                return
            time.sleep(0.1)
        raise SystemExit(f"{machine.server} does not answer:\n{self.processes.log(machine.server)}")

    def _run(self, program: str, *arguments: str | Path) -> None:
        command = [str(self.bin / program), *map(str, arguments)]
        done = subprocess.run(command, cwd="/", capture_output=True, text=True, **self.run_as)
        if done.returncode:
            raise SystemExit(f"{program} failed:\n{done.stdout}{done.stderr}")
