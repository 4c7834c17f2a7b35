"""Dates that may be known to the day, the month or the year, and whose day it is."""

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from reforms.vocabulary import Precision

_ISO = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_WRITTEN_LENGTH = {Precision.YEAR: 4, Precision.MONTH: 7, Precision.DAY: 10}


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month or a year. `last` is its last day; written as ISO 8601: 2022-11."""

    last: date
    precision: Precision

    @classmethod
    @lru_cache(maxsize=10_000)  # files name the same days again and again
    def parse(cls, text: str) -> "PartialDate":
        """Read `2022`, `2022-11` or `2022-11-05`; raise ValueError for anything else."""
        match = _ISO.fullmatch(text)
        if match is None:
            raise ValueError(
                f"“{text}” is no date: write a day as 2022-11-05, a month as 2022-11, a year as"
                " 2022"
            )
        year, month, day = (int(part) if part else None for part in match.groups())
        assert year is not None
        try:
            if month is None:
                return cls(date(year, 12, 31), Precision.YEAR)
            if day is None:
                last_day = calendar.monthrange(year, month)[1] if 1 <= month <= 12 else 0
                return cls(date(year, month, last_day), Precision.MONTH)
            return cls(date(year, month, day), Precision.DAY)
        except ValueError:
            raise ValueError(f"“{text}” is no date of the calendar") from None

    @property
    def first(self) -> date:
        """The first day that it may mean."""
        match self.precision:
            case Precision.YEAR:
                return self.last.replace(month=1, day=1)
            case Precision.MONTH:
                return self.last.replace(day=1)
        return self.last

    def __str__(self) -> str:
        return self.last.isoformat()[: _WRITTEN_LENGTH[Precision(self.precision)]]


def day_in(time_zone: str, moment: datetime | None = None) -> date:
    """The date in `time_zone` at `moment` (now, if none is given)."""
    return (moment or datetime.now(UTC)).astimezone(ZoneInfo(time_zone)).date()


def timestamp(moment: datetime) -> str:
    """A moment as the record writes it: UTC, always with microseconds, ending in Z."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def now() -> datetime:
    """The moment of a write, in UTC with microseconds."""
    return datetime.now(UTC)
