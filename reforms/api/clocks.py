"""The two clocks of a question: `as_of`, what was true, and `known_at`, what the record said."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from reforms import ledger
from reforms.api.errors import BadParameter
from reforms.api.values import read_day
from reforms.dates import timestamp
from reforms.models import LedgerEntry, Programme

CLOCKS = ("as_of", "known_at")


@dataclass(frozen=True, slots=True)
class Clocks:
    """The moment that a question is about. `now` is the request's own.

    `sequence` and `recorded_at` are of the last entry that the record had; None means all of them.
    """

    now: datetime
    as_of: date | None = None
    sequence: int | None = None
    recorded_at: datetime | None = None

    @property
    def moment(self) -> datetime:
        """The moment whose date is today in the answer."""
        return self.recorded_at or self.now

    @property
    def asked(self) -> bool:
        """Whether the question is about another moment than now."""
        return self.as_of is not None or self.sequence is not None

    def today(self, programme: Programme) -> date:
        """The day on which the answer looks at a programme."""
        return self.as_of or programme.today(self.moment)

    def days(self) -> dict[str, date]:
        """That day for every programme, by id."""
        if self.as_of is None and self.sequence is None:
            return Programme.objects.today(self.moment)
        return {programme.pk: self.today(programme) for programme in self.programmes()}

    def programmes(self, ids: Iterable[str] = ()) -> list[Programme]:
        """The programmes with these ids, or all of them, as the record has them at its moment."""
        rows = Programme.objects.filter(pk__in=ids) if ids else Programme.objects.all()
        if self.sequence is None:
            return list(rows)
        keys = rows.values_list("pk", flat=True)
        return list(ledger.Snapshot(self.sequence).get("programme", keys).values())

    def announced(self) -> list[str]:
        """The ids of the programmes that had been announced on the day asked for."""
        return [
            programme.pk
            for programme in self.programmes()
            if programme.announced is not None
            and (self.as_of is None or programme.announced.first <= self.as_of)
        ]

    def as_json(self) -> dict[str, Any]:
        """What the answer says of them: the day, and the entry that it used."""
        said: dict[str, Any] = {"as_of": self.as_of and self.as_of.isoformat()}
        said["known_at"] = self.sequence
        said["recorded_at"] = self.recorded_at and timestamp(self.recorded_at)
        return said


def read(
    given: Mapping[str, str], now: datetime, programmes: Iterable[str] = ()
) -> tuple[Clocks, list[BadParameter]]:
    """Read `as_of` and `known_at`; `programmes` are those asked about, none meaning all."""
    bad: list[BadParameter] = []
    sequence, recorded_at = None, None
    if "known_at" in given:
        found = _known_at(given["known_at"], now)
        if isinstance(found, BadParameter):
            bad.append(found)
        else:
            sequence, recorded_at = found.sequence, found.recorded_at
    as_of = None
    if "as_of" in given:
        try:
            as_of = read_day(given["as_of"])
        except ValueError:
            detail = f"“{given['as_of']}” is no day: write it as 2022-11-05."
            bad.append(BadParameter("as_of", "bad_date", detail))
    clocks = Clocks(now, as_of, sequence, recorded_at)
    return clocks, [*bad, *_out_of_range(clocks, list(programmes))]


def _out_of_range(clocks: Clocks, ids: list[str]) -> Iterator[BadParameter]:
    """A day before the record's first programme, or after its moment."""
    day = clocks.as_of
    if day is None:
        return
    programmes = clocks.programmes(ids)
    if not programmes:
        return
    announced = [one.announced for one in programmes]
    first = min(when.first for when in announced if when is not None)
    if day < first:
        whose = programmes[0].pk if len(programmes) == 1 else "the first programme"
        detail = f"{day} is before {first}, when {whose} was announced: nothing was promised yet."
        yield BadParameter("as_of", "too_early", detail)
    last = max(programme.today(clocks.moment) for programme in programmes)
    if day > last:
        known = clocks.sequence is not None
        named = f"the day of known_at, {last}" if known else f"today, {last}"
        detail = f"{day} is after {named}: what will be true nobody knows yet."
        yield BadParameter("as_of", "too_late", detail)


def _known_at(text: str, now: datetime) -> ledger.Head | BadParameter:
    """The last entry of the record at a moment, or at its own number."""
    if text.isascii() and text.isdigit():
        return _by_sequence(text)
    try:
        # An unescaped + in a query arrives as a blank.
        moment = datetime.fromisoformat(text.replace(" ", "+"))
        if moment.tzinfo is None:
            raise ValueError
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        detail = (
            f"“{text}” is no moment of the record: write 2026-11-05T12:00:00Z with an offset, or"
            " the sequence of a ledger entry, such as 812."
        )
        return BadParameter("known_at", "bad_moment", detail)
    if moment >= now:
        detail = f"{timestamp(moment)} has not come yet: what the record will say nobody knows."
        return BadParameter("known_at", "too_late", detail)
    head = ledger.head_at(moment)
    if head.sequence:
        return head
    first = LedgerEntry.objects.order_by("sequence").first()
    began = f"begins at {timestamp(first.recorded_at)}" if first else "has not begun"
    detail = f"The record {began}; it said nothing at {timestamp(moment)}."
    return BadParameter("known_at", "too_early", detail)


def _by_sequence(text: str) -> ledger.Head | BadParameter:
    last = ledger.head().sequence
    entry = None
    if len(text) <= len(str(last)):
        entry = LedgerEntry.objects.filter(pk=int(text)).first()
    if entry is None:
        has = f"has the entries 1 to {last}, and none" if last else "has no entry yet, and so none"
        detail = f"The ledger {has} of number {text[:20]}."
        return BadParameter("known_at", "out_of_range", detail)
    return ledger.Head(entry.sequence, entry.recorded_at, entry.hash)
