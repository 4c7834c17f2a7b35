"""Loading seed files into the record: one transaction, and nothing but the workflow writes.

Each object is merged three ways (see `merge`). What a curator withdrew is not brought back, what
the files have dropped is kept, and both are reported.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection, models, transaction

from reforms import records, workflow
from reforms.errors import RuleBroken, SeedsRefused
from reforms.models import Organisation, Promise, Reform, SeedRecord, Source
from reforms.seeding import updates
from reforms.seeding.checking import refuse_if
from reforms.seeding.content import Content, assign, content_of
from reforms.seeding.folders import Entry, Folder
from reforms.seeding.memory import Memory
from reforms.seeding.merge import Merge, merge
from reforms.seeding.references import LINKS, MODELS, in_order, references
from reforms.seeding.report import Notice, Outcome, Report
from reforms.vocabulary import ReviewState

_IN_ORDER = ("organisation", "publisher", "source", "body", "topic", "programme", "reform")


def load(
    folders: Sequence[Folder], *, dry_run: bool = False, tick: Callable[[], Any] = lambda: None
) -> Report:
    """Load checked folders and return what was done; with `dry_run` all of it is undone again.

    Calls `tick` after each entry. Raises SeedsRefused, and then nothing was written.
    """
    with transaction.atomic():
        _take_turns()
        with workflow.batch():
            report = _Load(folders, tick).run()
        if dry_run:
            transaction.set_rollback(True)
    return report


def _take_turns() -> None:
    """Let a second load wait for this one. On SQLite the transaction itself sees to that."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = SeedRecord._meta.db_table
            cursor.execute(f'LOCK TABLE "{table}" IN SHARE ROW EXCLUSIVE MODE')


class _Load:
    """One load under way."""

    def __init__(self, folders: Sequence[Folder], tick: Callable[[], Any]) -> None:
        self.folders = folders
        self.tick = tick
        self.report = Report()
        self.memory = Memory()
        self.stored: dict[tuple[str, str], models.Model] = {}
        self.publishers = {entry.id: entry.data["publisher"] for entry in self._entries("source")}

    def run(self) -> Report:
        planned = updates.plan(self.folders, self.memory.of("update"))
        updates.refuse_rewriting(planned)
        self._notice_dropped()
        refuse_if(self.folders)
        for type_ in _IN_ORDER:
            self._load(in_order(self._entries(type_), LINKS.get(type_, "")))
        self._load_promises()
        self._load_updates(planned)
        self.memory.store()
        return self.report

    def _entries(self, type_: str) -> list[Entry]:
        return [entry for folder in self.folders for entry in folder.of(type_)]

    # What was there before -----------------------------------------------------------------------

    def _notice_dropped(self) -> None:
        """What was loaded from these programmes' files and is no longer in them."""
        programmes = {folder.programme_id for folder in self.folders}
        given = {(entry.type, entry.id) for folder in self.folders for entry in folder.entries}
        dropped = [
            record
            for key, record in self.memory.records.items()
            if key not in given and record.content["programme"] in programmes
        ]
        ended = updates.refuse_dropping(
            self.folders, [record for record in dropped if record.object_type == "update"]
        )
        kept = [
            record
            for record in dropped
            if record.object_type != "update"
            and not self._is_withdrawn(record.object_type, record.object_id)
        ]
        for record in kept + ended:
            self.report.notice(Notice.DROPPED, str(record))

    def _fetch(self, entries: Sequence[Entry]) -> None:
        """Get the stored objects that the entries, all of one type, describe."""
        if entries:
            type_ = entries[0].type
            found = MODELS[type_]._default_manager.in_bulk([entry.id for entry in entries])
            self.stored |= {(type_, id_): thing for id_, thing in found.items()}

    def _is_withdrawn(self, type_: str, id_: str) -> bool:
        """Whether it was loaded once and is no longer there."""
        if (type_, id_) not in self.memory.records or (type_, id_) in self.stored:
            return False
        # Not among the stored ones is also what another folder brought.
        return not MODELS[type_]._default_manager.filter(pk=id_).exists()

    # Objects -------------------------------------------------------------------------------------

    def _load(self, entries: Sequence[Entry]) -> None:
        self._fetch(entries)
        for entry in entries:
            if (entry.type, entry.id) in self.stored:
                self._merge(entry)
            elif self._is_withdrawn(entry.type, entry.id):
                self.report.notice(Notice.WITHDRAWN, str(entry))
            else:
                self._create(entry)
            self.tick()

    def _load_promises(self) -> None:
        """Promises first, and what ties them to one another when all are there."""
        entries = self._entries("promise")
        self._fetch(entries)
        new = [
            entry
            for entry in entries
            if (entry.type, entry.id) not in self.stored
            and not self._is_withdrawn(entry.type, entry.id)
        ]
        for entry in new:
            self._create(entry, later=("relations",))
            self.tick()
        created = {entry.id for entry in new}
        for entry in new:
            if entry.data.get("relations"):
                self._relate(entry)
        self._load([entry for entry in entries if entry.id not in created])

    def _create(self, entry: Entry, later: Sequence[str] = ()) -> None:
        content = self._content(entry)
        self._refuse_withdrawn_references(entry)
        thing = MODELS[entry.type](pk=entry.id)
        self._place(entry, thing)
        now = {name: value for name, value in content.items() if name not in later}
        self._save(entry, thing, now)
        self.stored[entry.type, entry.id] = thing
        self.memory.remember(entry, merge({}, content, content).base)
        self.report.count(entry.type, Outcome.CREATED)

    def _place(self, entry: Entry, thing: models.Model) -> None:
        """Set what an object's id says: its number, and what it belongs to."""
        number = int(entry.id.rpartition("-")[2]) if entry.type in ("reform", "promise") else 0
        if isinstance(thing, Reform):
            thing.programme_id = entry.folder.programme_id
            thing.number = number
            thing.numbered = number > 0
        if isinstance(thing, Promise):
            assert entry.parent is not None
            reform = self.stored["reform", entry.parent.id]
            assert isinstance(reform, Reform)
            thing.reform = reform
            thing.number = number

    def _relate(self, entry: Entry) -> None:
        relations = self._content(entry)["relations"]
        self._save(entry, self.stored[entry.type, entry.id], {"relations": relations})

    def _merge(self, entry: Entry) -> None:
        content = self._content(entry)
        thing = self.stored[entry.type, entry.id]
        merged = self._merged(entry, content, thing)
        if merged.taken:
            self._refuse_withdrawn_references(entry)
            # Nobody else may change it between the look and the write.
            thing = type(thing)._default_manager.select_for_update(of=("self",)).get(pk=thing.pk)
            merged = self._merged(entry, content, thing)
            self._save(entry, thing, merged.taken)
        self.memory.remember(entry, merged.base)
        self.report.count(entry.type, Outcome.UPDATED if merged.taken else Outcome.UNCHANGED)
        for notice, names in ((Notice.KEPT, merged.kept), (Notice.CONFLICT, merged.conflicts)):
            if names:
                self.report.notice(notice, str(entry), ", ".join(names))

    def _merged(self, entry: Entry, content: Content, thing: models.Model) -> Merge:
        return merge(self.memory.content(entry), content, records.document(thing))

    def _content(self, entry: Entry) -> Content:
        return content_of(entry, self._publisher_of)

    def _publisher_of(self, source_id: str) -> str:
        """By the files, so that what a curator changed at a source does not speak through them."""
        if source_id not in self.publishers:
            self.publishers[source_id] = Source.objects.get(pk=source_id).publisher_id
        return self.publishers[source_id]

    def _refuse_withdrawn_references(self, entry: Entry) -> None:
        for path, type_, name in references(entry):
            if self._is_withdrawn(type_, name):
                text = (
                    f"the {type_} “{name}” was withdrawn from the record: take it out of the files"
                )
                entry.complain(path, text)
        refuse_if(self.folders)

    def _save(self, entry: Entry, thing: models.Model, content: Content) -> None:
        try:
            workflow.save(thing, **assign(thing, content))
        except RuleBroken as error:
            self._refuse(entry, error)

    def _refuse(self, entry: Entry, error: RuleBroken) -> None:
        """Say which line of the files the record refuses, and end the load."""
        for name, complaints in error.fields.items():
            for complaint in complaints:
                path = (name,) if name in entry.data else ()
                entry.complain(path, complaint if path or not name else f"{name}: {complaint}")
        refuse_if(self.folders)
        raise SeedsRefused([f"{entry.where()}: {error}"])

    # Status updates ------------------------------------------------------------------------------

    def _load_updates(self, planned: Sequence[updates.PlannedUpdate]) -> None:
        for one in planned:
            self._load_update(one)
            self.tick()

    def _load_update(self, one: updates.PlannedUpdate) -> None:
        assert one.entry.parent is not None
        if one.record is not None and one.stored is None:
            self.report.notice(Notice.WITHDRAWN, str(one.entry))
        elif one.stored is not None:
            self._leave(one, one.stored.review_state)
        elif self._is_withdrawn("promise", one.entry.parent.id):
            self.report.notice(Notice.WITHDRAWN, str(one.entry), "with its promise")
        else:
            self._publish(one)

    def _leave(self, one: updates.PlannedUpdate, state: str) -> None:
        """Published once, it stays as it is, whatever became of it."""
        if one.record is None:
            detail = "the record has one of this id that the files did not bring"
            self.report.notice(Notice.CONFLICT, str(one.entry), detail)
        elif state != ReviewState.PUBLISHED:
            self.report.notice(Notice.KEPT, str(one.entry), state)
        self.report.count("update", Outcome.UNCHANGED)

    def _publish(self, one: updates.PlannedUpdate) -> None:
        self._refuse_withdrawn_references(one.entry)
        assert one.entry.parent is not None
        promise = self.stored["promise", one.entry.parent.id]
        assert isinstance(promise, Promise)
        organisation = self._organisation(one.content["organisation"])
        try:
            updates.publish(one, promise, organisation)
        except RuleBroken as error:
            self._refuse(one.entry, error)
        self.memory.remember(one.entry, one.content)
        self.report.count("update", Outcome.CREATED)

    def _organisation(self, id_: str) -> Organisation:
        thing = self.stored.get(("organisation", id_))
        if thing is None:
            thing = Organisation.objects.get(pk=id_)
            self.stored["organisation", id_] = thing
        assert isinstance(thing, Organisation)
        return thing
