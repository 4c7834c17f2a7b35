"""Is what is stored of verdicts, now and at every earlier moment, what the ledger gives?

Promise by promise the verdict of every day is judged anew from the documents, at each entry that
touches it, and compared with the spans, closed ones too: they are what `known_at` answers. Promises
pass in pages, each with what it rests on: memory stays bounded.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from reforms.assessment import Period, periods
from reforms.dates import PartialDate, timestamp
from reforms.ledger.comparing import differ
from reforms.ledger.past import After, Past, last_follower
from reforms.ledger.replaying import assessment
from reforms.models import LedgerEntry, Promise, Reply, StatusUpdate, VerdictSpan
from reforms.querysets import OPEN
from reforms.records import Document
from reforms.verdicts.derived import SAID, STORED, as_spans, columns
from reforms.vocabulary import ReviewState

PAGE = 200
_Key = tuple[str, str]
# A span by its first day and the entry that began it: `SAID`, and the entry that ended it.
_Spans = dict[tuple[date, int], dict[str, Any]]


@dataclass(slots=True)
class Course:
    """What the ledger makes of one promise: all spans, the columns and the moment of now."""

    spans: _Spans = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    changed: int = 0
    _open: dict[tuple[Any, ...], dict[str, Any]] = field(default_factory=dict)

    def go_on(self, sequence: int, promise: Any, told: list[Period]) -> None:
        """Go on to an entry, after which this is told of the promise."""
        spans = as_spans(promise, told) if told else ()
        said = {tuple(values[name] for name in SAID): values for values in spans}
        for gone in self._open.keys() - said.keys():
            self._open.pop(gone)["known_to"] = sequence
        for key in said.keys() - self._open.keys():
            span = {**said[key], "known_to": OPEN}
            self._open[key] = self.spans[span["valid_from"], sequence] = span
        if told:
            now = columns(told[-1])
            if self.columns and now != self.columns:
                self.changed = max(self.changed, sequence)
            self.columns = now


def check_verdicts() -> Iterator[str]:
    """Every stored verdict, of now or of the past, that is not what the ledger gives."""
    followed: dict[int, int] = {}
    rows = Promise.objects.order_by("pk")
    page = list(rows[:PAGE])
    while page:
        yield from _differences(page, followed)
        page = list(rows.filter(pk__gt=page[-1].pk)[:PAGE])


def _differences(page: Sequence[Promise], followed: dict[int, int]) -> Iterator[str]:
    updates: dict[str, list[str]] = defaultdict(list)
    spans: dict[str, list[VerdictSpan]] = defaultdict(list)
    for promise, update in StatusUpdate.objects.filter(promise__in=page).values_list(
        "promise", "pk"
    ):
        updates[promise].append(str(update))
    for span in VerdictSpan.objects.filter(promise__in=page).order_by("known_from", "valid_from"):
        spans[span.promise_id].append(span)
    past = _past([one.pk for one in page], updates)
    replied = _last_replies(page)
    for row in page:
        try:
            course = trace(row.pk, updates[row.pk], past, followed)
        except (KeyError, ValueError, TypeError, AttributeError):  # not of our making
            yield f"promise {row.pk}: its documents cannot be judged"
            continue
        moment = max(
            filter(None, (past.moments.get(course.changed), replied.get(row.pk))), default=None
        )
        stored: dict[str, Any] = {name: getattr(row, name) for name in STORED}
        expected = course.columns or {name: stored[name] for name in STORED}
        if moment is not None:
            stored["changed_at"], expected = row.changed_at, {**expected, "changed_at": moment}
        for name, value in expected.items():
            if stored[name] != value:
                yield f"promise {row.pk}: {differ(name, _shown(stored[name]), _shown(value))}"
        for complaint in _of_spans(spans[row.pk], course.spans):
            yield f"promise {row.pk}: {complaint}"


def _last_replies(promises: Sequence[Promise]) -> dict[str, datetime]:
    """When the ledger last spoke of a reply to each promise; they are no part of verdicts."""
    owners = dict(Reply.objects.filter(promise__in=promises).values_list("pk", "promise"))
    about = LedgerEntry.objects.filter(object_type="reply", object_id__in=list(owners))
    last: dict[str, datetime] = {}
    for id_, moment in about.order_by("sequence").values_list("object_id", "recorded_at"):
        last[owners[id_]] = moment
    return last


def _past(promises: list[str], updates: dict[str, list[str]]) -> Past:
    """What was said of promises, of their updates and of all that these rest on."""
    past = Past()
    past.read("promise", promises)
    past.read("update", (one for ids in updates.values() for one in ids))
    sources, publishers, programmes = set(), set(), set()
    for (type_, _), said in list(past.said.items()):
        for document in (one for _, one in said if one):
            if type_ == "promise":
                programmes.add(document["programme"])
                continue
            sources |= {cited["source"] for cited in document["citations"]}
            publishers |= {cited["origin"] for cited in document["citations"]}
    past.read("programme", programmes)
    past.read("source", sources)
    past.read("publisher", publishers)
    return past


def trace(promise: str, updates: list[str], past: Past, followed: dict[int, int]) -> Course:
    """Follow a promise through the ledger; `followed` remembers what `past.last_follower` found."""
    course = Course()
    own = past.entries["promise", promise]
    of_updates = [one for id_ in updates for one in past.entries["update", id_]]
    course.changed = max([*own, *of_updates], default=0)
    settled = {*own, *of_updates} | {sequence for sequence, _ in past.said["promise", promise]}
    sources, others = _rests_on(promise, updates, past)
    for source in sources:
        for place, sequence in enumerate(past.turns(("source", source)), start=1):
            if sequence not in followed:
                (_, old), (_, new) = past.said["source", source][place - 1 : place + 1]
                followed[sequence] = last_follower(sequence, source, old, new)
            # Until its citations have followed it, a source's correction is not settled.
            last = followed[sequence]
            settled -= {one for one in of_updates if sequence < one < last}
            settled.add(last)
            if last not in past.moments:
                at = LedgerEntry.objects.values_list("recorded_at", flat=True)
                past.moments[last] = at.get(pk=last)
    settled |= {sequence for key in others for sequence in past.turns(key)}
    for sequence in sorted(settled):
        then = After(past, sequence)
        document = then.get(("promise", promise))
        course.go_on(sequence, *_judged(document, updates, then))
    return course


def _rests_on(promise: str, updates: list[str], past: Past) -> tuple[set[str], set[_Key]]:
    """The sources, and the other objects, that the verdicts of a promise ever rested on."""
    said = [one for _, one in past.said["promise", promise] if one]
    others: set[_Key] = {("programme", one["programme"]) for one in said}
    sources = set()
    for update in updates:
        for _, document in past.said["update", update]:
            for cited in document["citations"] if document else ():
                sources.add(cited["source"])
                others.add(("publisher", cited["origin"]))
    return sources, others


@dataclass(frozen=True, slots=True)
class _Coded:
    """The fields of a promise that its spans repeat."""

    kind: str
    commitment: str
    deadline_on: date | None


def _judged(
    document: Document | None, updates: list[str], then: After
) -> tuple[_Coded | None, list[Period]]:
    """A promise and what is told of it after an entry; nothing of one that is not there."""
    if document is None:
        return None, []
    programme = then["programme", document["programme"]]
    found = (then.get(("update", id_)) for id_ in updates)
    there = [one for one in found if one is not None]
    standing = [one for one in there if one["review_state"] == ReviewState.PUBLISHED]
    deadline = PartialDate.parse(document["deadline"]).last if document["deadline"] else None
    return _Coded(document["kind"], document["commitment"], deadline), periods(
        [assessment(one, then) for one in standing],
        programme["lead_organisation"],
        PartialDate.parse(programme["announced_on"]).first,
    )


def _of_spans(stored: Iterable[VerdictSpan], expected: _Spans) -> Iterator[str]:
    """How the spans of a promise differ from those that the ledger gives."""
    missing = dict(expected)
    for span in stored:
        which = f"span {span.pk}, from {span.valid_from}, known from entry {span.known_from}"
        values = missing.pop((span.valid_from, span.known_from), None)
        if values is None:
            yield f"{which}: the ledger gives no such verdict"
            continue
        for name in (*SAID, "known_to"):
            if (was := getattr(span, name)) != values[name]:
                yield f"{which}: {differ(name, _shown(was), _shown(values[name]))}"
    for (day, sequence), values in missing.items():
        status = values["status"]
        yield f"the span from {day}, known from entry {sequence}, is missing: it says {status}"


def _shown(value: Any) -> Any:
    if isinstance(value, datetime):
        return timestamp(value)
    if value == OPEN:
        return None
    return str(value) if isinstance(value, date) else value
