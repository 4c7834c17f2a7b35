"""The replies that an answer about a promise embeds: the latest, as many as it has room for."""

from datetime import date
from typing import Any

from django.db.models import Prefetch

from reforms.models import Reply

# The list has all of them.
SHOWN = 20


def embedded(day: date | None) -> Any:
    """The latest replies to promises, up to a day, as `shown_replies`."""
    replies = Reply.objects.public()
    if day is not None:
        replies = replies.filter(dated_on__lte=day)
    return Prefetch("replies", queryset=replies[:SHOWN], to_attr="shown_replies")


def latest(replies: list[Any], day: date | None) -> list[Any]:
    """The same of replies as the record knew them once."""
    there = [one for one in replies if day is None or one.dated_on <= day]
    return sorted(there, key=_place)[:SHOWN]


def _place(reply: Any) -> Any:
    return (-reply.dated_on.toordinal(), -reply.public_since.timestamp(), reply.pk)
