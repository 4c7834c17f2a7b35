"""Webhooks, and the queue that wakes those who deliver them. docs/deployment.md explains it."""

from typing import Any

from tracker.environment import env_bool, env_int

__all__ = ["Q_CLUSTER", "WEBHOOKS_INSECURE", "WEBHOOK_LOG_DAYS", "WEBHOOK_WORKERS"]

# Processes that deliver; whether http and this machine's network are allowed, for trials; for how
# many days attempts are remembered.
WEBHOOK_WORKERS = env_int("WEBHOOK_WORKERS", 2, 0, 32)
WEBHOOKS_INSECURE = env_bool("WEBHOOKS_INSECURE", False)
WEBHOOK_LOG_DAYS = env_int("WEBHOOK_LOG_DAYS", 30, 1, 3_650)

# What django-q2 reads. A wake-up is tried once, because what is due is asked of our own tables; one
# whose worker hangs ends after `timeout` seconds. What went well is not kept.
Q_CLUSTER: dict[str, Any] = {
    "name": "reforms",
    "broker_class": "reforms.webhooks.queue.Queue",
    "orm": "default",
    "workers": max(WEBHOOK_WORKERS, 1),
    "poll": 0.5,
    "timeout": 90,
    "retry": 120,
    "max_attempts": 1,
    "ack_failures": True,
    "save_limit": -1,
    "catch_up": False,
}
