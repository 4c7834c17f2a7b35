"""The record of one programme as seed files: what is public and stands, and nothing else.

An update that did not come from files goes by its random id, and whoever superseded one goes by
the key of the first. So the files, loaded into the same record, change nothing there.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q

from reforms import ledger, records
from reforms.models import Programme, Promise, Reform, Reply, SeedRecord, Source, StatusUpdate
from reforms.models.fields import SLUG
from reforms.records import Document
from reforms.seeding.described import Entry, described
from reforms.seeding.memory import PROGRAMME, REASON, UPDATE
from reforms.seeding.references import LINKS, MODELS
from reforms.seeding.yaml_text import written

_FILES = {
    "organisation": "organisations",
    "publisher": "publishers",
    "source": "sources",
    "body": "bodies",
    "topic": "topics",
}
_LAST = float("inf")
# From an update back to the first that it took the place of, by primary keys.
_Line = list[Any]


@dataclass(slots=True)
class Export:
    """The data of each file by its name, and the objects that other folders describe."""

    files: dict[str, Any] = field(default_factory=dict)
    elsewhere: list[str] = field(default_factory=list)

    def texts(self) -> dict[str, str]:
        """Each file as it is written."""
        return {name: written_file(data) for name, data in self.files.items()}


def written_file(data: Any) -> str:
    """A file's text, with an empty line between two promises."""
    text = written(data)
    first, found, rest = text.partition("\npromises:\n")
    return first + found + rest.replace("\n  - id:", "\n\n  - id:") if found else text


def export(programme: Programme) -> Export:
    """Everything that the record says of a programme, and all that this rests on."""
    with ledger.writing():  # nobody writes meanwhile
        return _Export(programme).run()


class _Export:
    def __init__(self, programme: Programme) -> None:
        self.programme = programme
        known = list(SeedRecord.objects.order_by("pk"))
        self.known = {(one.object_type, one.object_id): one for one in known}
        self.places = {key: place for place, key in enumerate(self.known)}
        # The keys of updates by the primary key of the one that was last loaded.
        self.keys = {
            one.content[UPDATE]: one.object_id.partition("/")[2]
            for one in known
            if UPDATE in one.content
        }
        self.publishers = dict(Source.objects.values_list("pk", "publisher_id"))
        self.used: defaultdict[str, set[str]] = defaultdict(set)
        self.export = Export()

    def run(self) -> Export:
        document = records.document(self.programme)
        self.used["organisation"].add(document["lead_organisation"])
        self.used["source"] |= set(document["announced_by"])
        self.export.files["programme.yaml"] = {"programme": self._described(document)}
        reforms = self._reforms()
        for type_ in ("source", "organisation", "publisher", "body", "topic"):
            self.used[type_] |= self._brought(type_)
            if entries := self._context(type_):
                self.export.files[f"{_FILES[type_]}.yaml"] = {_FILES[type_]: entries}
        self.export.files |= reforms
        if replies := self._replies():
            self.export.files["replies.yaml"] = {"replies": replies}
        self.export.files = dict(sorted(self.export.files.items()))
        return self.export

    def _described(self, document: Document, **more: Any) -> Entry:
        key = (document["object_type"], document["id"])
        more.setdefault("reason", self._reason(*key))
        return described(document, lambda source: self.publishers[source], **more)

    def _reason(self, type_: str, id_: str) -> str:
        known = self.known.get((type_, id_))
        return known.content.get(REASON, "") if known else ""

    # Reforms, promises, updates ------------------------------------------------------------------

    def _reforms(self) -> dict[str, Any]:
        files = {}
        updates = self._updates()
        promises: defaultdict[str, list[Entry]] = defaultdict(list)
        mine = Promise.objects.public().filter(programme=self.programme)
        for promise in mine.order_by("position"):
            document = records.document(promise)
            self._use_promise(document)
            promises[promise.reform_id].append(
                self._described(document, updates=updates.get(promise.pk))
            )
        for reform in Reform.objects.public().filter(programme=self.programme):
            document = records.document(reform)
            if document["bounds"]:
                self.used["source"].add(document["bounds"]["source"])
            files[f"reform-{reform.number:02d}.yaml"] = {
                "reform": self._described(document),
                "promises": promises[reform.pk],
            }
        return files

    def _use_promise(self, document: Document) -> None:
        self.used["body"] |= {tie["body"] for tie in document["bodies"]}
        self.used["topic"] |= set(document["topics"])
        self._use_citations(document)

    def _use_citations(self, document: Document) -> None:
        self.used["source"] |= {one["source"] for one in document["citations"]}
        self.used["publisher"] |= {one["origin"] for one in document["citations"]}

    def _replies(self) -> list[Entry]:
        mine = Reply.objects.public().filter(promise__programme=self.programme)
        ordered = mine.order_by("promise__position", "dated_on", "pk")
        return [self._described(records.document(reply)) for reply in ordered]

    def _updates(self) -> dict[str, list[Entry]]:
        """The standing updates of each promise, in the order in which they were first published;
        those of one date in the order of their own publication, which decides between them.
        """
        mine = StatusUpdate.objects.public().filter(promise__programme=self.programme)
        published = dict(mine.values_list("pk", "published_at"))
        replaced = mine.exclude(successor=None)
        before = {new: old for old, new in replaced.values_list("pk", "successor_id")}
        ordered = []
        for update in mine.standing():
            line = [update.pk]
            while line[-1] in before:
                line.append(before[line[-1]])
            ordered.append((published[line[-1]], line, update))
        ordered.sort(key=lambda one: one[:2])
        entries: defaultdict[str, list[Entry]] = defaultdict(list)
        for line, update in self._ties_in_order([one[1:] for one in ordered]):
            taken = {entry["key"] for entry in entries[update.promise_id]}
            entries[update.promise_id].append(self._update(update, self._key(update, line, taken)))
        return dict(entries)

    def _ties_in_order(self, ordered: list[tuple[_Line, StatusUpdate]]) -> list[Any]:
        """Let the updates of a promise that count from one day change places among themselves, so
        that the later published comes later: loaded elsewhere they all are published anew.
        """
        today = self.programme.today()
        places: defaultdict[tuple[str, date], list[int]] = defaultdict(list)
        for place, (_, update) in enumerate(ordered):
            # What is not over yet counts from the day of its publication: from one day, elsewhere.
            places[update.promise_id, min(update.effective_on, today)].append(place)
        sorted_out = list(ordered)
        for tied in places.values():
            by_publication = sorted(tied, key=lambda place: _published(ordered[place][1]))
            for place, other in zip(tied, by_publication, strict=True):
                sorted_out[place] = ordered[other]
        return sorted_out

    def _key(self, update: StatusUpdate, line: Iterable[Any], taken: set[str]) -> str:
        """What the files call it; `line` leads from the update back to the first of its kind."""
        line = [str(pk) for pk in line]
        for pk in line:
            if pk in self.keys:
                return self.keys[pk]
        promise, _, key = update.external_id.rpartition("/")
        if promise == update.promise_id and key not in taken and _is_slug(key):
            return key
        return line[-1]

    def _update(self, update: StatusUpdate, key: str) -> Entry:
        document = records.document(update)
        self._use_citations(document)
        self.used["organisation"].add(document["organisation"])
        if document["organisation"] == self.programme.lead_organisation_id:
            document["organisation"] = ""  # it goes without saying
        reason = self._reason("update", f"{update.promise_id}/{key}")
        return self._described(document, key=key, reason=reason)

    # What they rest on ---------------------------------------------------------------------------

    def _brought(self, type_: str) -> set[str]:
        """The objects that this programme's files brought, used or not. A source that nothing
        cites any more is refused in files, unless it is an edition of one that is cited.
        """
        brought = {
            id_
            for (of, id_), known in self.known.items()
            if of == type_ and known.content[PROGRAMME] == self.programme.pk
        }
        if type_ != "source":
            return brought
        used = self.used["source"]
        tied = Source.objects.filter(Q(edition_of__in=used) | Q(editions__in=used))
        return brought & set(tied.values_list("pk", flat=True))

    def _context(self, type_: str) -> list[Entry]:
        """The entries of one file, each behind the one of its kind that it refers to."""
        link = LINKS.get(type_, "")
        documents = self._documents(type_, self.used[type_])
        while missing := {one[link] for one in documents.values() if one.get(link)} - set(
            documents
        ):
            if not (found := self._documents(type_, missing)):
                break
            documents |= found
        if type_ == "source":
            self.used["publisher"] |= {one["publisher"] for one in documents.values()}
        ordered: dict[str, Document] = {}
        for id_ in sorted(documents, key=lambda id_: (self.places.get((type_, id_), _LAST), id_)):
            line = [id_]
            while (parent := documents[line[-1]].get(link)) in documents and parent not in ordered:
                line.append(parent)
            for one in reversed(line):
                ordered.setdefault(one, documents[one])
        return [self._described(document) for document in ordered.values()]

    def _documents(self, type_: str, ids: Iterable[str]) -> dict[str, Document]:
        """The documents of live objects, without those that other folders describe."""
        mine = []
        for id_ in sorted(ids):
            known = self.known.get((type_, id_))
            if known is None or known.content[PROGRAMME] == self.programme.pk:
                mine.append(id_)
            else:
                self.export.elsewhere.append(f"{type_} {id_}")
        live: Any = MODELS[type_]._default_manager.filter(withdrawn_at=None, pk__in=mine)
        return {thing.pk: records.document(thing) for thing in live}


def _published(update: StatusUpdate) -> tuple[datetime, Any]:
    assert update.published_at is not None
    return update.published_at, update.pk


def _is_slug(key: str) -> bool:
    return re.match(SLUG, key) is not None
