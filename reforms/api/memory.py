"""Answers as the record would have given them: objects restored from the ledger's documents.

What was withdrawn by then is no answer any more, but what rested on it may still be: it is shown
with the last that the record said of it, and never with what the tables hold now.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Exists, Max, OuterRef

from reforms import ledger, records
from reforms.api.clocks import Clocks
from reforms.api.embedded_replies import latest
from reforms.models import (
    Citation,
    LedgerEntry,
    LedgerPayload,
    Promise,
    Reform,
    Reply,
    Source,
    StatusUpdate,
    VerdictSpan,
)
from reforms.querysets import LAST_DAY
from reforms.records import type_of
from reforms.verdicts import STORED
from reforms.vocabulary import EntryAction

Things = list[Any]


class Memory:
    """What the record said at the moment that `clocks` name.

    `shown` are the fields that the answer shows of its objects, `expand` those that it embeds.
    """

    def __init__(self, clocks: Clocks, shown: Collection[str], expand: Collection[str]) -> None:
        assert clocks.sequence is not None
        self.clocks = clocks
        self.shown = shown
        self.expand = expand
        self.then = ledger.Snapshot(clocks.sequence)

    def recall(self, rows: Iterable[Any]) -> Things:
        """The objects of these rows as they were, in the same order, ready to be answered."""
        rows = list(rows)
        if not rows:
            return []
        type_ = type_of(rows[0])
        found = self.then.get(type_, [row.pk for row in rows])
        things = [found[str(row.pk)] for row in rows if str(row.pk) in found]
        complete: Callable[[Things, Things], None] | None = {
            "source": self._sources,
            "programme": self._programmes,
            "reform": self._reforms,
            "promise": self._promises,
            "update": self._updates,
            "reply": self._replies,
        }.get(type_)
        if complete is not None:
            complete(things, rows)
        return things

    def attach(self, things: Iterable[Any], name: str, type_: str) -> Things:
        """Give each thing the object that its foreign key `name` named then; return them."""
        things = list(things)
        keys = {str(key) for thing in things if (key := getattr(thing, f"{name}_id")) is not None}
        others = self.then.get(type_, keys)
        if gone := sorted(keys - set(others)):
            others |= self._withdrawn(type_, gone)
        for thing in things:
            key = getattr(thing, f"{name}_id")
            if key is not None and str(key) in others:
                thing._state.fields_cache[name] = others[str(key)]
        return list(others.values())

    def _withdrawn(self, type_: str, ids: list[str]) -> dict[str, Any]:
        """The objects with these ids that had been withdrawn by then, as they were last."""
        about = LedgerEntry.objects.filter(object_type=type_, sequence__lte=self.clocks.sequence)
        withdrawals = about.filter(action=EntryAction.WITHDRAW.value)
        moments = dict(
            withdrawals.filter(object_id__in=ids).values_list("object_id", "recorded_at")
        )
        # What was redacted afterwards has an entry after the one that withdrew it.
        over = withdrawals.filter(object_id=OuterRef("object_id"), pk__lte=OuterRef("pk"))
        before = about.filter(~Exists(over), object_id__in=list(moments)).order_by()
        last = before.values("object_id").annotate(last=Max("sequence"))
        payloads = LedgerPayload.objects.filter(entry__in=[one["last"] for one in last])
        found = {}
        for body in payloads.values_list("body", flat=True):
            thing = records.restore(json.loads(body)["document"])
            thing.withdrawn_at = moments[str(thing.pk)]
            found[str(thing.pk)] = thing
        return found

    def _listed(self, things: Iterable[Any], name: str, type_: str) -> Things:
        """Replace listed objects that are known by id alone; return the others."""
        things = list(things)
        ids = [one.pk for thing in things for one in thing._prefetched_objects_cache[name]]
        others = self.then.get(type_, ids)
        for thing in things:
            cache = thing._prefetched_objects_cache
            cache[name] = [others[one.pk] for one in cache[name] if one.pk in others]
        return list(others.values())

    def citations(self, citations: Iterable[Citation]) -> None:
        """With what they cite and whose assertion it is."""
        citations = list(citations)
        sources = self.attach(citations, "source", "source")
        self.attach(sources, "publisher", "publisher")
        self.attach(citations, "origin", "publisher")

    def _sources(self, things: Things, rows: Things) -> None:
        loaded = {row.pk: row.has_text for row in rows}
        for thing in things:
            thing.has_text = loaded[thing.pk]
        if "publisher" in self.expand:
            self.attach(things, "publisher", "publisher")

    def _programmes(self, things: Things, rows: Things) -> None:
        self.attach(things, "lead_organisation", "organisation")
        sources = self._listed(things, "announced_by", "source")
        # Which texts are loaded is no part of the record: it is so now, for whoever reads.
        rows = list(Source.objects.for_api().filter(pk__in=[one.pk for one in sources]))
        self._sources(sources, rows)
        assert self.clocks.recorded_at is not None
        numbered = Reform.objects.public_at(self.clocks.recorded_at).filter(numbered=True)
        programmes = list(numbered.values_list("programme", flat=True))
        for thing in things:
            thing.directions = programmes.count(thing.pk)

    def _reforms(self, things: Things, rows: Things) -> None:
        self._programmes(self.attach(things, "programme", "programme"), [])

    def _updates(self, things: Things, rows: Things) -> None:
        counts_from = {str(row.pk): row.counts_from for row in rows}
        for thing in things:
            thing.counts_from = counts_from[str(thing.pk)]
        self.citations(one for thing in things for one in thing.citations.all())
        self.attach(things, "organisation", "organisation")
        if "promise" in self.expand:
            ids = {thing.promise_id for thing in things}
            at = Promise.objects.at(self.clocks.as_of, self.clocks.sequence)
            # Embedded, a promise shows all that it has in a list.
            whole = Memory(self.clocks, ("changed_at",), ())
            whole.then = self.then
            told = whole.recall(at.filter(pk__in=ids).with_span())
            conceal(set(self.attach(things, "promise", "promise")) - set(told))

    def _promises(self, things: Things, rows: Things) -> None:
        take_verdict(rows, things)
        self._programmes(self.attach(things, "programme", "programme"), [])
        if "reform" in self.expand:
            self.attach(things, "reform", "reform")
        if "bodies" in self.expand:
            ties = [tie for thing in things for tie in thing.body_ties.all()]
            self.attach(ties, "body", "body")
        self._listed(things, "topics", "topic")
        if "citations" in self.shown:
            self.citations(one for thing in things for one in thing.citations.all())
        if "updates" in self.shown:
            self._timelines(things)
        if "replies" in self.shown:
            self._answers(things)
        if "changed_at" in self.shown:
            self._changed(things)

    def _timelines(self, things: Things) -> None:
        assert self.clocks.recorded_at is not None
        updates = StatusUpdate.objects.public_at(self.clocks.recorded_at)
        if self.clocks.as_of is not None:
            updates = updates.filter(counts_from__lte=self.clocks.as_of)
        rows = updates.filter(promise__in=[thing.pk for thing in things]).newest_first()
        recalled = self.recall(rows)
        for thing in things:
            thing.timeline = [one for one in recalled if one.promise_id == thing.pk]

    def _replies(self, things: Things, rows: Things) -> None:
        since = {row.pk: row.public_since for row in rows}
        for thing in things:
            thing.public_since = since[thing.pk]

    def _answers(self, things: Things) -> None:
        assert self.clocks.recorded_at is not None
        rows = Reply.objects.public_at(self.clocks.recorded_at)
        recalled = self.recall(rows.filter(promise__in=[thing.pk for thing in things]))
        for thing in things:
            own = [one for one in recalled if one.promise_id == thing.pk]
            thing.shown_replies = latest(own, self.clocks.as_of)

    def _changed(self, things: Things) -> None:
        """When anything public about each last changed, by then."""
        ids = [thing.pk for thing in things]
        entries = LedgerEntry.objects.filter(sequence__lte=self.clocks.sequence).order_by()
        owner = {
            str(pk): promise
            for pk, promise in StatusUpdate.objects.public()
            .filter(promise__in=ids)
            .values_list("pk", "promise")
        }
        replies = dict(Reply.objects.filter(promise__in=ids).values_list("pk", "promise"))
        owner |= replies
        last: dict[str, int] = {}
        for type_, keys in (("promise", ids), ("update", list(owner)), ("reply", list(replies))):
            about = entries.filter(object_type=type_, object_id__in=keys)
            for one in about.values("object_id").annotate(last=Max("sequence")):
                promise = owner.get(one["object_id"], one["object_id"])
                last[promise] = max(last.get(promise, 0), one["last"])
        for promise, sequence in self._verdicts_changed(ids):
            last[promise] = max(last.get(promise, 0), sequence)
        moments: Mapping[int, Any] = dict(
            entries.filter(pk__in=set(last.values())).values_list("pk", "recorded_at")
        )
        for thing in things:
            thing.changed_at = moments[last[thing.pk]]

    def _verdicts_changed(self, ids: list[str]) -> Iterator[tuple[str, int]]:
        """Each promise with the entries, by then, that changed its verdict without an end. Of a day
        that has passed another may change as well, and the promise is what it was.
        """
        spans = VerdictSpan.objects.filter(
            promise__in=ids, known_from__lte=self.clocks.sequence, valid_to=LAST_DAY
        )
        before: dict[str, Any] = {}
        columns = ("promise", "known_from", *STORED)
        for promise, sequence, *verdict in spans.order_by("known_from").values_list(*columns):
            if before.get(promise) != verdict:
                yield promise, sequence
            before[promise] = verdict


def conceal(things: Iterable[Any]) -> None:
    """Let objects go by their ids even where they were to be embedded: they were not there."""
    for thing in things:
        thing.is_concealed = True


def take_verdict(rows: Iterable[Any], things: Iterable[Any]) -> None:
    """Give each promise the verdict of its row's span: what it was at the moment asked for."""
    spans = {row.pk: row.span for row in rows}
    for thing in things:
        for name in STORED:
            setattr(thing, name, getattr(spans[thing.pk], name))
