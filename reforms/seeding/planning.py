"""What a load will do to the objects of the record: all of it is known before anything is written.

Each object is merged three ways (see `merge`). What was withdrawn from the record stays out, and
nothing new may rest on it. What the public record says changes for a new reason only.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models

from reforms import records
from reforms.models import Source
from reforms.seeding.complaints import listed
from reforms.seeding.content import Content, content_of
from reforms.seeding.folders import Entry, Folder
from reforms.seeding.memory import REASON, Memory, given_reason
from reforms.seeding.merge import Merge, merge
from reforms.seeding.references import LINKS, MODELS, in_order, references
from reforms.vocabulary import Basis

IN_ORDER = ("organisation", "publisher", "source", "body", "topic", "programme", "reform")


@dataclass(slots=True)
class PlannedObject:
    """An object of the files: new if it has neither `thing` nor `withdrawn`."""

    entry: Entry
    content: Content
    thing: Any = None
    withdrawn: bool = False
    merged: Merge = field(default_factory=Merge)
    # The fields whose change is a correction, those that gain a language and nothing else.
    corrected: list[str] = field(default_factory=list)
    translated: list[str] = field(default_factory=list)
    reason: str = ""


class Record:
    """What the record has of the objects that the files speak of, and what it has no more."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory
        self._withdrawals: dict[str, dict[str, datetime | None]] = {}

    def is_withdrawn(self, type_: str, id_: str) -> bool:
        """Whether it was taken out of the record, or was loaded once and then deleted unread."""
        if type_ not in self._withdrawals:
            rows = MODELS[type_]._default_manager.values_list("pk", "withdrawn_at")
            self._withdrawals[type_] = dict(rows)
        if id_ in self._withdrawals[type_]:
            return self._withdrawals[type_][id_] is not None
        return (type_, id_) in self.memory.records

    def refuse_withdrawn(self, entry: Entry) -> None:
        """Complain of everything that an entry rests on and that was withdrawn."""
        named = list(references(entry))
        if entry.parent is not None and entry.type != "update":
            named.append(((), entry.parent.type, entry.parent.id))
        for path, type_, name in named:
            if self.is_withdrawn(type_, name):
                text = f"the {type_} “{name}” was withdrawn from the record"
                entry.complain(path, f"{text}: take it out of the files")


class Plan:
    """The objects of the folders, each with what is to become of it."""

    def __init__(self, folders: Sequence[Folder], memory: Memory, record: Record) -> None:
        self.memory = memory
        self.record = record
        self._publishers = {
            entry.id: entry.data["publisher"] for folder in folders for entry in folder.of("source")
        }
        # Sources whose publisher will change: from whom, to whom.
        self._moves: dict[str, tuple[str, str]] = {}
        self.objects: dict[str, list[PlannedObject]] = {}
        for type_ in (*IN_ORDER, "promise", "reply"):
            entries = [entry for folder in folders for entry in folder.of(type_)]
            if type_ != "promise":
                entries = in_order(entries, LINKS.get(type_, ""))
            self.objects[type_] = self._planned(type_, entries)

    def _planned(self, type_: str, entries: Sequence[Entry]) -> list[PlannedObject]:
        things = MODELS[type_]._default_manager.in_bulk([entry.id for entry in entries])
        return [self._plan(entry, things.get(entry.id)) for entry in entries]

    def _plan(self, entry: Entry, thing: models.Model | None) -> PlannedObject:
        content = content_of(entry, self._publisher_of)
        planned = PlannedObject(entry, content, thing)
        planned.withdrawn = self.record.is_withdrawn(entry.type, entry.id)
        if planned.withdrawn:
            return planned
        if thing is None:
            self.record.refuse_withdrawn(entry)
            planned.merged = merge({}, content, content)
            # It cannot be the reason of a later change.
            planned.reason = given_reason(entry)
            return planned
        stored = self._stored(thing)
        planned.merged = merge(self.memory.content(entry), content, stored)
        if planned.merged.taken:
            self._judge(planned, stored)
        return planned

    def _publisher_of(self, source_id: str) -> str:
        """By the files, so that what a curator changed at a source does not speak through them."""
        if source_id not in self._publishers:
            self._publishers[source_id] = Source.objects.get(pk=source_id).publisher_id
        return self._publishers[source_id]

    def _stored(self, thing: models.Model) -> records.Document:
        """Its record document, once the origins have followed their sources' new publishers."""
        document = records.document(thing)
        for citation in document.get("citations", ()):
            old, new = self._moves.get(citation["source"], ("", ""))
            if citation["origin"] == old and citation["basis"] != Basis.RELAYS:
                citation["origin"] = new
        return document

    def _judge(self, planned: PlannedObject, stored: records.Document) -> None:
        """Note what sort of change it is; complain where it rests on nothing or has no reason."""
        entry, taken = planned.entry, planned.merged.taken
        self.record.refuse_withdrawn(entry)
        if "publisher" in taken:
            self._moves[entry.id] = (stored["publisher"], taken["publisher"])
        planned.translated, planned.corrected = _sorted_out(entry.type, stored, taken)
        planned.reason = self.memory.new_reason(entry)
        if not planned.thing.is_public:
            planned.corrected = []
        elif planned.corrected and not planned.reason:
            complain_of_reason(entry, planned.corrected, "public")


def _sorted_out(
    type_: str, stored: Mapping[str, Any], taken: Content
) -> tuple[list[str], list[str]]:
    """The fields that gain a language and nothing else, and those whose meaning changes."""
    translated = [
        name for name, value in taken.items() if records.adds_languages(stored.get(name), value)
    ]
    free = records.MINOR[type_].union(translated)
    return translated, [name for name in taken if name not in free]


def complain_of_reason(entry: Entry, changed: Sequence[str], state: str) -> None:
    """Ask for a reason that was not given yet; `changed` names what changes."""
    fields = listed(changed)
    if given_reason(entry):
        text = f"this reason was given for an earlier change: say why {fields} changes now"
        entry.complain((REASON,), text)
        return
    otherwise = f"the {entry.type} “{entry.id}” is {state} and says otherwise here ({fields})"
    advice = "say why in a “reason” at this entry, or restore what it said"
    if entry.type == "update":
        advice += "; what happened since is an update of its own, with a new key"
    entry.complain((), f"{otherwise}: {advice}")
