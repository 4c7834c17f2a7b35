"""The queue's table, as django-q2 keeps it, and two habits of ours."""

import os
from typing import Any

from django_q.brokers.orm import ORM


class Queue(ORM):
    """Keeps no statistics, and lets no guard outlive the process that started it.

    The cache holds counts of limits and nothing else. A guard whose parent was killed would go on
    for ever, beside the one that is started next; it asks for its statistics to be stored twice a
    second, which is where it is told to end.
    """

    def __init__(self, list_key: str | None = None) -> None:
        super().__init__(list_key)
        self.parent = os.getppid()

    def set_stat(self, key: str, value: str, timeout: int) -> None:  # noqa: ARG002
        """Store nothing; end an orphan, and its workers with it."""
        if os.getppid() != self.parent:
            raise SystemExit("whoever started this queue is gone")

    def get_stat(self, key: str) -> None:
        """Nothing is stored."""

    def get_stats(self, pattern: str) -> list[Any]:  # noqa: ARG002
        """Nothing is stored."""
        return []

    @staticmethod
    def get_cache() -> None:
        """No cache is used."""
