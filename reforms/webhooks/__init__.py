"""Webhooks: changes of the record, sent to those who subscribe, signed after Standard Webhooks."""

from reforms.webhooks.addresses import vet
from reforms.webhooks.delivering import deliver, due
from reforms.webhooks.subscribing import (
    change,
    delete,
    disable,
    enable,
    go_back,
    ping,
    rotate,
    send_again,
    subscribe,
)

__all__ = [
    "change",
    "delete",
    "deliver",
    "disable",
    "due",
    "enable",
    "go_back",
    "ping",
    "rotate",
    "send_again",
    "subscribe",
    "vet",
]
