"""How django-q2 is set up: it reads `Q_CLUSTER`."""

from typing import Any


def with_workers(number: int) -> dict[str, Any]:
    """The queue with so many processes that work.

    A wake-up is tried once, because what is due is asked of our own tables; one whose worker hangs
    ends after `timeout` seconds. What went well is not kept.
    """
    return {
        "name": "reforms",
        "broker_class": "reforms.webhooks.queue.Queue",
        "orm": "default",
        "workers": max(number, 1),
        "poll": 0.5,
        "timeout": 90,
        "retry": 120,
        "max_attempts": 1,
        "ack_failures": True,
        "save_limit": -1,
        "catch_up": False,
    }
