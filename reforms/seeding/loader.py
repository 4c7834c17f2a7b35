"""Loading seed files into the record: one transaction, and nothing but the workflow writes.

What is to be done is planned first (see `planning` and `updates`), and all that stands against it
is complained of together. What a curator withdrew is not brought back, what the files have dropped
is kept, and both are reported.
"""

from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from django.db import models, transaction

from reforms import ledger, workflow
from reforms.dates import PartialDate
from reforms.errors import RuleBroken, SeedsRefused
from reforms.models import Organisation, Promise, Reform, StatusUpdate
from reforms.seeding.checking import refuse_if
from reforms.seeding.content import Content, assign
from reforms.seeding.folders import Entry, Folder
from reforms.seeding.memory import Memory
from reforms.seeding.planning import IN_ORDER, Plan, PlannedObject, Record
from reforms.seeding.references import MODELS
from reforms.seeding.report import Notice, Outcome, Report
from reforms.seeding.updates import PlannedUpdate, Retraction, UpdatePlan
from reforms.vocabulary import Role


def load(
    folders: Sequence[Folder], *, dry_run: bool = False, tick: Callable[[], Any] = lambda: None
) -> Report:
    """Load checked folders and return what was done; with `dry_run` all of it is undone again.

    Calls `tick` after each entry. Raises SeedsRefused, and then nothing was written.
    """
    seeding = ledger.acting(ledger.by_role(Role.SEEDING))
    with transaction.atomic():
        # Whoever holds the ledger is alone: a second load waits, and so does every curator.
        with seeding, workflow.batch():
            report = _Load(folders, tick).run()
        if dry_run:
            transaction.set_rollback(True)
    return report


class _Load:
    """One load under way."""

    def __init__(self, folders: Sequence[Folder], tick: Callable[[], Any]) -> None:
        self.folders = folders
        self.tick = tick
        self.report = Report()
        self.memory = Memory()
        self.record = Record(self.memory)
        # What was created here: nothing of it could be read before.
        self.created: dict[tuple[str, str], models.Model] = {}

    def run(self) -> Report:
        plan = Plan(self.folders, self.memory, self.record)
        updates = UpdatePlan(self.folders, self.memory, self.record, self.report)
        self._notice_dropped(updates)
        refuse_if(self.folders)
        for type_ in IN_ORDER:
            self._load(plan.objects[type_])
        self._load_promises(plan.objects["promise"])
        self._load(plan.objects["reply"])
        for retraction in updates.retractions:
            self._retract(retraction)
        for update in updates.updates:
            self._load_update(update)
            self.tick()
        self.memory.store()
        return self.report

    def _notice_dropped(self, updates: UpdatePlan) -> None:
        """What was loaded from these programmes' files and is no longer in them."""
        programmes = {folder.programme_id for folder in self.folders}
        given = {(entry.type, entry.id) for folder in self.folders for entry in folder.entries}
        dropped = [
            known
            for key, known in self.memory.records.items()
            if key not in given and known.content["programme"] in programmes
        ]
        for known in dropped:
            type_, id_ = known.object_type, known.object_id
            if type_ != "update" and not self.record.is_withdrawn(type_, id_):
                self.report.notice(Notice.DROPPED, str(known))
        updates.notice_dropped([known for known in dropped if known.object_type == "update"])

    # Objects -------------------------------------------------------------------------------------

    def _load(self, planned: Sequence[PlannedObject]) -> None:
        for one in planned:
            if one.withdrawn:
                self.report.notice(Notice.WITHDRAWN, str(one.entry))
            elif one.thing is not None:
                self._merge(one)
            else:
                self._create(one)
            self.tick()

    def _load_promises(self, planned: Sequence[PlannedObject]) -> None:
        """New promises first, and what ties them to one another when all are there."""
        new = {one.entry.id: one for one in planned if one.thing is None and not one.withdrawn}
        missing = set(new)
        waiting = []
        for one in new.values():
            ahead = any(relation["promise"] in missing for relation in one.content["relations"])
            self._create(one, later=("relations",) if ahead else ())
            if ahead:
                waiting.append(one)
            missing.discard(one.entry.id)
            self.tick()
        for one in waiting:
            relations = {"relations": one.content["relations"]}
            self._save(one.entry, self.created["promise", one.entry.id], relations)
        self._load([one for one in planned if one.entry.id not in new])

    def _create(self, one: PlannedObject, later: Sequence[str] = ()) -> None:
        entry = one.entry
        thing = MODELS[entry.type](pk=entry.id)
        self._place(entry, thing)
        now = {name: value for name, value in one.content.items() if name not in later}
        self._save(entry, thing, now)
        self.created[entry.type, entry.id] = thing
        self.memory.remember(entry, one.merged.base, one.reason)
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
            thing.reform = self._stored(Reform, entry.parent.id)
            thing.number = number

    def _stored(self, model: Any, id_: str) -> Any:
        """An object that is there by now; asked for once."""
        key = (model._meta.model_name, id_)
        if key not in self.created:
            self.created[key] = model.objects.get(pk=id_)
        return self.created[key]

    def _merge(self, one: PlannedObject) -> None:
        entry, merged = one.entry, one.merged
        outcome = Outcome.UNCHANGED
        if merged.taken:
            only_translated = len(one.translated) == len(merged.taken)
            outcome = Outcome.TRANSLATED if only_translated else Outcome.UPDATED
            self._save(entry, one.thing, merged.taken, one.reason)
            if only_translated:
                self.report.change("translated", entry, one.translated)
            elif one.corrected:
                self.report.change("corrected", entry, one.corrected, one.reason)
        self.memory.remember(entry, merged.base, one.reason)
        self.report.count(entry.type, outcome)
        for notice, names in ((Notice.KEPT, merged.kept), (Notice.CONFLICT, merged.conflicts)):
            if names:
                self.report.notice(notice, str(entry), ", ".join(names))

    def _save(self, entry: Entry, thing: models.Model, content: Content, reason: str = "") -> None:
        try:
            workflow.save(thing, reason, **assign(thing, content))
        except RuleBroken as error:
            self._refuse(entry, error)

    def _refuse(self, entry: Entry, error: RuleBroken) -> NoReturn:
        """Say which line of the files the record refuses, and end the load."""
        for name, complaints in error.fields.items():
            for complaint in complaints:
                path = (name,) if name in entry.data else ()
                entry.complain(path, complaint if path or not name else f"{name}: {complaint}")
        refuse_if(self.folders)
        raise SeedsRefused([f"{entry.where()}: {error}"])

    # Status updates ------------------------------------------------------------------------------

    def _retract(self, one: Retraction) -> None:
        workflow.retract(one.update, one.reason)
        self.report.count("update", Outcome.RETRACTED)
        self.report.change("retracted", f"update {one.id}", reason=one.reason)

    def _load_update(self, one: PlannedUpdate) -> None:
        if one.outcome is None:
            return
        try:
            update = self._carry_out(one)
        except RuleBroken as error:
            self._refuse(one.entry, error)
        self.report.count("update", one.outcome)
        if one.differs:
            return
        self.memory.remember(one.entry, one.content, one.reason, str(update.pk))
        if one.outcome in (Outcome.SUPERSEDED, Outcome.TRANSLATED):
            self.report.change(one.outcome, one.entry, one.changed, one.reason)

    def _carry_out(self, one: PlannedUpdate) -> StatusUpdate:
        """Bring the record to where the file is; return the update that says so."""
        update = one.loaded.now
        if one.outcome == Outcome.CREATED:
            update = self._submit(one, external_id=one.entry.id)
            workflow.publish(update)
            return update
        assert update is not None
        if one.outcome == Outcome.SUPERSEDED:
            successor = self._submit(one)
            workflow.supersede(update, successor, one.reason)
            return successor
        if one.outcome == Outcome.TRANSLATED:
            cited = [citation["note"] for citation in one.content["citations"]]
            workflow.translate(update, update.note | one.content["note"], cited)
        return update

    def _submit(self, one: PlannedUpdate, external_id: str = "") -> StatusUpdate:
        assert one.entry.parent is not None
        draft = StatusUpdate()
        content = {name: value for name, value in one.content.items() if name != "organisation"}
        parts = assign(draft, content)
        assert isinstance(draft.effective, PartialDate)
        return workflow.submit(
            promise=self._stored(Promise, one.entry.parent.id),
            organisation=self._stored(Organisation, one.content["organisation"]),
            status=draft.status,
            effective=draft.effective,
            assessed=draft.assessed,
            note=draft.note,
            citations=parts["citations"],
            external_id=external_id,
        )
