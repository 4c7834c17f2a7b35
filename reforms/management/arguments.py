"""How commands read what they are told: objects by their ids, lengths of time, ends."""

import re
from argparse import ArgumentTypeError
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from django.core.management.base import CommandError
from django.db.models import Model

from reforms.dates import now
from reforms.errors import nearest, suggestion

_UNITS = {"d": "days", "h": "hours", "m": "minutes"}
_Kind = TypeVar("_Kind", bound=Model)


def called(model: type[_Kind], id_: str) -> _Kind:
    """The object with that id; raises CommandError with the nearest one where there is none."""
    found = model._default_manager.filter(pk=id_).first()
    if found is None:
        ids = model._default_manager.values_list("pk", flat=True)
        kind = model._meta.verbose_name
        raise CommandError(f"There is no {kind} “{id_}”.{suggestion(nearest(id_, ids))}")
    return found


def duration(text: str) -> timedelta:
    """A length of time: 90d, 24h or 30m."""
    match = re.fullmatch(r"([0-9]{1,4})([dhm])", text, re.ASCII)
    if match is None:
        raise ArgumentTypeError(f"“{text}” is no length of time: write 90d, 24h or 30m")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


def end(text: str) -> datetime:
    """When something ends: with the beginning of a day (2027-01-01, UTC), or after 90d."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            raise ArgumentTypeError(f"“{text}” is no day") from None
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    try:
        return now() + duration(text)
    except ArgumentTypeError:
        raise ArgumentTypeError(
            f"“{text}” is no end: write a day as 2027-01-01, or a length of time as 90d"
        ) from None
