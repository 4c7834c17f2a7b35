import logging
import os
import time
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connections
from django_q.cluster import Cluster

from reforms.api.renditions import making
from reforms.errors import let_go
from reforms.webhooks import waking

logger = logging.getLogger(__name__)

FEW = 50  # objects that are rendered in one transaction
REST = 300  # seconds


class Command(BaseCommand):
    help = (
        "Send changes of the record to those who subscribed (webhooks), and render what answers are"
        " made of, until it is told to stop. WEBHOOK_WORKERS processes of the queue send; several"
        " machines may run it."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-parent",
            action="store_true",
            help="stop when the process that started it is gone",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.WEBHOOK_WORKERS:
            raise CommandError("WEBHOOK_WORKERS=0: nobody would deliver; set it to 1 or more.")
        parent = os.getppid() if options["with_parent"] else None
        logging.getLogger("django-q").setLevel(logging.WARNING)  # it tells of every task
        waking.schedule_sweeps()
        # The queue's processes are forks of this one, and must not share its connection.
        connections.close_all()
        cluster = Cluster()
        cluster.start()
        bell = waking.Bell()
        rendering = Rendering()
        while cluster.sentinel.is_alive():
            if parent is not None and os.getppid() != parent:
                cluster.stop()
                break
            try:
                bell.ring()
                rendering.go_on(bell.every.total_seconds())
            except OperationalError as error:
                self.stderr.write(f"The database does not answer: {error}")
                let_go(error)
                connections.close_all()
            time.sleep(bell.every.total_seconds())
        if not cluster.has_stopped:
            raise CommandError("The queue ended without being told to.")


class Rendering:
    """What the worker renders while others send. A fault of it must not end the sending: it is
    logged, and rendering rests for `REST` seconds; until then the serializers answer.
    """

    def __init__(self) -> None:
        self._marking = making.mark_others()
        self._rests_until = 0.0

    def go_on(self, seconds: float) -> None:
        """Render what waits, for so many seconds at most: a little at once, since writers wait."""
        moment = time.monotonic()
        if moment < self._rests_until:
            return
        end = moment + seconds
        try:
            next(self._marking, None)
            while making.make(FEW) and time.monotonic() < end:
                pass
        except Exception as error:
            self._marking = making.mark_others()  # one that failed goes on no more
            if isinstance(error, OperationalError):
                raise  # the database is away, which is no fault of what is rendered
            logger.exception("Rendering failed; it rests for %s seconds.", REST)
            self._rests_until = time.monotonic() + REST
