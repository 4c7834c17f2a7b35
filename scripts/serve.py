"""Start the server; with --prepare, first bring the database and the static files up to date."""

import io
import os
import signal
import socket
import sys
from _thread import start_new_thread
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tracker.settings")
# Until the server listens for it, Ctrl-C just ends the process, without a traceback.
signal.signal(signal.SIGINT, signal.SIG_DFL)

import django
from deliverer import Deliverer
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from tracker.environment import SettingError, env_bool, env_int, env_text

SIGNALS = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
UNDER_NOHUP = signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
WELCOME = """
The reform tracker runs at http://{address}

  Pages    http://{address}/
  API      http://{address}/api/v1/
  Docs     http://{address}/api/docs/
  Admin    http://{address}/admin/

Make an account for a curator:  make curator NAME=somebody
Stop the server:                Ctrl-C
"""


class Server(MPServer):
    """Granian with workers as processes, and with a signal handler that cannot wait for itself.

    The original takes a lock, and blocks for good when a second signal interrupts it.
    """

    def startup(self, *args: Any) -> None:
        """Start the workers; a signal that comes meanwhile waits, and none is lost on them."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        super().startup(*args)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)

    def signal_handler_interrupt(self, *_args: Any, **_kwargs: Any) -> None:
        """Note that we are to stop; another thread wakes the one that is interrupted here."""
        self.interrupt_signal = True
        start_new_thread(self.main_loop_interrupt.set, ())

    def signal_handler_reload(self, *_args: Any, **_kwargs: Any) -> None:
        """End with the terminal, where the original would start its workers anew."""
        if not UNDER_NOHUP:
            self.signal_handler_interrupt()


def load_application(_target: str) -> Any:
    """Load the application in a worker, and have only the parent's SIGTERM stop the worker.

    It may hang when it gets two, as by Ctrl-C: one from the terminal, one from the parent.
    """
    # Until it serves, there is nothing to end gracefully.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, SIGNALS - {signal.SIGTERM})
    return import_module("tracker.wsgi").application


def prepare() -> None:
    """Create or update the tables, the curated data and the collected static files."""
    print("Preparing the database and the static files …", flush=True)
    django.setup()
    try:
        if connection.vendor == "sqlite":
            Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
        connection.ensure_connection()
    except (OSError, OperationalError) as error:
        raise SettingError(f"DATABASE_URL: the database cannot be opened: {error}") from None
    try:
        call_command("check", stdout=io.StringIO())
        call_command("migrate", verbosity=0, interactive=False)
        call_command("adopt", if_needed=True)
        call_command("loaddata", "roles", verbosity=0)
        call_command("seed")
        call_command("forget", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
    except CommandError as error:
        raise SystemExit(str(error)) from None


def check_address(host: str, port: int) -> None:
    """Stop when another program listens there: the kernel would share the port among both."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            # Connections of a server that has just ended are no obstacle.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise SettingError(f"HOST={host} PORT={port} cannot be used: {error.strerror}") from None


def main() -> None:
    """Check every setting, prepare if asked to, and serve until a signal says to stop."""
    host = env_text("HOST", "127.0.0.1")
    port = env_int("PORT", 8000, 1, 65_535)
    # SQLite has one writer at a time, so that many processes would mostly wait for one another. On
    # PostgreSQL every thread holds one connection.
    processors = os.cpu_count() or 1
    usual_workers = min(processors, 2 if connection.vendor == "sqlite" else 4)
    server = Server(
        "tracker.wsgi:application",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=env_int("WEB_WORKERS", usual_workers, 1, 64),
        blocking_threads=env_int("WEB_THREADS", min(4, 2 * processors), 1, 64),
        # A thread that ends takes its database connection with it.
        blocking_threads_idle_timeout=600,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        log_access=env_bool("ACCESS_LOG", False),
    )
    check_address(host, port)
    if "--prepare" in sys.argv[1:]:
        prepare()
        # The server starts afresh, without what the preparation has loaded and opened.
        os.execv(sys.executable, [sys.executable, __file__])
    shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else host
    print(WELCOME.format(address=f"{shown}:{port}"), flush=True)
    os.chdir(ROOT)
    deliverer = Deliverer()
    if settings.WEBHOOK_WORKERS:
        deliverer.start()
    try:
        server.serve(target_loader=load_application)
    finally:
        deliverer.stop()


if __name__ == "__main__":
    main()
