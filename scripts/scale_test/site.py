"""What stands before the databases: two web workers, the counts that they share, and the proxy."""

import base64
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

from scale_test.databases import Databases
from scale_test.processes import Processes

ROOT = Path(__file__).resolve().parents[2]
PROXY = ROOT / "compose" / "proxy.conf"
WORKERS = ("web-one", "web-two")
# Seconds; how far a replica may be behind in this trial, and how long a connection is kept.
LAG, KEPT = 6, 5
NGINX = """
{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; events {{}}
http {{
    access_log off; include {folder}/tracker.conf;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
}}
"""


class Site:
    """The tracker as its readers and writers know it: one address."""

    def __init__(
        self, processes: Processes, programs: dict[str, str], databases: Databases, port: int
    ) -> None:
        self.processes = processes
        self.programs = programs
        self.databases = databases
        self.port = port
        self.ports = dict(zip(WORKERS, (port + 1, port + 2), strict=True))
        self.address = f"http://127.0.0.1:{port}"
        redis = port + 3
        pools = ",".join(f"127.0.0.1:{one.pool_port}" for one in databases.machines)
        # Replicas are read past the pools; the other one is there for when none is left.
        servers = ",".join(f"127.0.0.1:{one.server_port}" for one in databases.machines)
        self.environment = {
            name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ
        }
        self.environment |= {
            "DATABASE_URL": f"postgres://tracker@{pools}/tracker?target_session_attrs=read-write",
            "DATABASE_POOLED": "true",
            # Debian's PgBouncer is older than 1.21.
            "DATABASE_PREPARED_STATEMENTS": "false",
            "DATABASE_CONN_MAX_AGE": str(KEPT),
            "REPLICA_URL": f"postgres://tracker@{servers}/tracker",
            "REPLICA_LAG_SECONDS": str(LAG),
            "CACHE_URL": f"redis://127.0.0.1:{redis}/0",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "CHECKPOINT_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "INSTANCE_ID": "scale-test",
            "WEB_WORKERS": "1",
            "WEB_THREADS": "4",
            # Who waits for webhooks asks the primary twice a second.
            "WEBHOOK_WORKERS": "0",
            "BEHIND_PROXY": "true",
            # Every read is one of the database.
            "ANSWERS_MB": "0",
            "LOCK_WAIT": "60",
            "LIMIT_ADDRESS_READ": "off",
            "LIMIT_KEY_READ": "off",
            "LIMIT_KEY_WRITE": "off",
            "STATIC_ROOT": str(processes.folder / "static"),
            "PYTHONWARNINGS": "ignore",
        }
        self.redis_port = redis

    def manage(self, machine: int, *arguments: str, **environment: str) -> str:
        """Run a command at a machine's server, past the pool; return what it printed."""
        server = self.databases.machines[machine].server_port
        settings = {
            "DATABASE_URL": f"postgres://tracker@127.0.0.1:{server}/tracker",
            "DATABASE_POOLED": "",
            "VAR_DIR": str(self.processes.folder / "commands"),
        }
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment | settings | environment,
            capture_output=True,
            text=True,
            timeout=300,
        )
        if done.returncode:
            raise CommandFailed(f"manage.py {arguments[0]}:\n{done.stdout}{done.stderr}")
        return done.stdout.strip()

    def prepare(self) -> str:
        """Create the tables and the curated data; return a key that publishes."""
        for command in ("migrate", "adopt --if-needed", "seed", "collectstatic --no-input"):
            self.manage(0, *command.split(), "--verbosity", "0")
        self.manage(0, "create_organisation", "scale", "--name", "Scale", "--affiliation",
                    "A trial.", "--accept-licence", "--trusted")  # fmt: skip
        return self.manage(0, "issue_key", "scale", "--name", "trial",
                           "--scope", "submit", "--scope", "publish")  # fmt: skip

    def start(self) -> None:
        """Start all of it and wait until both workers are ready."""
        redis = [self.programs["redis-server"], "--port", str(self.redis_port), "--save", ""]
        redis += ["--bind", "127.0.0.1", "--appendonly", "no", "--dir", str(self.processes.folder)]
        self.processes.start("redis", redis)
        self.processes.wait_for("redis", self.redis_port)
        for name in WORKERS:
            self.start_worker(name)
        for name in WORKERS:
            self.wait_until_ready(name)
        self.processes.start("nginx", self._proxy())
        self.processes.wait_for("nginx", self.port)

    def start_worker(self, name: str) -> None:
        """Start one web worker, with a folder of its own: they share nothing but the settings."""
        own = {"PORT": str(self.ports[name]), "VAR_DIR": str(self.processes.folder / name)}
        command = [sys.executable, str(ROOT / "scripts" / "serve.py")]
        self.processes.start(name, command, self.environment | own, folder=ROOT)

    def wait_until_ready(self, name: str) -> None:
        """Wait until a worker says that it can serve."""
        end = time.monotonic() + 60
        while time.monotonic() < end and self.processes.running[name].poll() is None:
            with suppress(OSError, urllib.error.URLError):
                address = f"http://127.0.0.1:{self.ports[name]}/readyz"
                with urllib.request.urlopen(address, timeout=5):
                    return
            time.sleep(0.2)
        raise SystemExit(f"{name} is not ready:\n{self.processes.log(name)}")

    def _proxy(self) -> list[str | Path]:
        """The command of nginx, with the file of Docker Compose made to fit."""
        folder = self.processes.folder / "nginx"
        folder.mkdir()
        text = PROXY.read_text("utf-8")
        workers = " ".join(
            f"server 127.0.0.1:{port} max_fails=1 fail_timeout=2s;" for port in self.ports.values()
        )
        for told, here in (
            (r"resolver [^;]+;", ""),
            (r"server web:8000 [^;]+;", workers),
            (r"listen 8080;", f"listen 127.0.0.1:{self.port};"),
            (r"/var/cache/nginx/", f"{folder}/"),
            (r"access_log [^;]+;", "access_log off;"),
            (r"/dev/stderr", f"{folder}/error.log"),
        ):
            text, times = re.subn(told, here, text)
            if not times:
                raise SystemExit(f"{PROXY.name} no longer says {told}.")
        (folder / "tracker.conf").write_text(text, "utf-8")
        # Its workers have to read the folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(NGINX.format(user=user, folder=folder), "utf-8")
        return [
            self.programs["nginx"],
            "-p",
            folder,
            "-c",
            folder / "nginx.conf",
            "-e",
            folder / "error.log",
        ]


class CommandFailed(Exception):
    """A command of manage.py that ended with a fault; what it printed."""
