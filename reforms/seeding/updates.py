"""Status updates from seed files: what is to be published, replaced, translated and taken back.

What was published is never rewritten. A changed entry supersedes it, a dropped one is retracted
only where the file says so: each for a public reason. Files end only what files published: they
speak for nobody who speaks for themselves. What ended in the record stays ended.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from reforms import records
from reforms.ledger.redacting import holds_marker
from reforms.models import SeedRecord, StatusUpdate
from reforms.seeding.complaints import listed
from reforms.seeding.content import Content, content_of
from reforms.seeding.folders import Entry, Folder
from reforms.seeding.memory import UPDATE, Memory
from reforms.seeding.planning import Record, complain_of_reason
from reforms.seeding.references import parts
from reforms.seeding.report import Notice, Outcome, Report
from reforms.seeding.stored_updates import Loaded, StoredUpdates, came_from_files, says_the_same
from reforms.vocabulary import ReviewState

_DROPPED = (
    "is published and missing here: restore it, or name it under “retracted” of its promise, with"
    " the reason"
)
_NOT_OURS = (
    "was not published through files: {0} itself supersedes or retracts it, or curators remove it"
)


@dataclass(slots=True)
class PlannedUpdate:
    """An update of the files, with what the record has of it and what is to become of it."""

    entry: Entry
    content: Content
    loaded: Loaded
    # None: it is left out, as its notice says.
    outcome: Outcome | None = None
    # Whether the record keeps something else than the file says, as its notice says.
    differs: bool = False
    changed: Sequence[str] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Retraction:
    """A published update that the files take back."""

    id: str
    update: StatusUpdate
    reason: str


class UpdatePlan:
    """The updates of the folders, and those that the files no longer hold."""

    def __init__(
        self, folders: Sequence[Folder], memory: Memory, record: Record, report: Report
    ) -> None:
        self.folders = folders
        self.memory = memory
        self.record = record
        self.report = report
        self.known: Mapping[str, SeedRecord] = memory.of("update")
        entries = [entry for folder in folders for entry in folder.of("update")]
        self._taken_back = _taken_back(folders)
        self._stored = StoredUpdates(
            [*self.known, *(entry.id for entry in entries), *self._taken_back],
            [known.content[UPDATE] for known in self.known.values() if UPDATE in known.content],
        )
        self.updates = [self._plan(entry) for entry in entries]
        self.retractions = [
            one for id_ in self._taken_back if (one := self._retraction(id_)) is not None
        ]

    # Updates of the files ------------------------------------------------------------------------

    def _plan(self, entry: Entry) -> PlannedUpdate:
        known = self.known.get(entry.id)
        content = _content(entry, known)
        loaded = self._loaded(entry.id, known, content["organisation"])
        planned = PlannedUpdate(entry, content, loaded)
        if loaded.now is None:
            self._plan_new(planned, known)
        elif known is None:
            self._plan_first_met(planned, loaded.now)
        else:
            self._plan_again(planned, loaded.now, known)
        return planned

    def _loaded(self, id_: str, known: SeedRecord | None, organisation: str) -> Loaded:
        """What the record has of an update that was loaded, or of one that was never."""
        if known is None:
            return self._stored.unremembered(organisation, id_)
        return self._stored.remembered(
            known.content["organisation"], id_, known.content.get(UPDATE, "")
        )

    def _plan_new(self, planned: PlannedUpdate, known: SeedRecord | None) -> None:
        entry = planned.entry
        assert entry.parent is not None
        if known is not None:
            self.report.notice(Notice.WITHDRAWN, str(entry))
        elif self.record.is_withdrawn("promise", entry.parent.id):
            self.report.notice(Notice.WITHDRAWN, str(entry), "with its promise")
        else:
            self.record.refuse_withdrawn(entry)
            planned.outcome = Outcome.CREATED
            planned.reason = self.memory.new_reason(entry)

    def _plan_first_met(self, planned: PlannedUpdate, update: StatusUpdate) -> None:
        """The record has it, and not from the files: theirs is at most to say the same."""
        planned.outcome = Outcome.UNCHANGED
        if update.review_state != ReviewState.PUBLISHED or not says_the_same(
            update, planned.content
        ):
            detail = "the record has one of this id that the files did not bring"
            self.report.notice(Notice.CONFLICT, str(planned.entry), detail)
            planned.differs = True

    def _plan_again(self, planned: PlannedUpdate, update: StatusUpdate, known: SeedRecord) -> None:
        planned.outcome = Outcome.UNCHANGED
        before = known.content
        # What was redacted stays so, whatever the file still holds.
        redacted = [name for name in planned.content if holds_marker(before.get(name))]
        planned.content |= {name: before[name] for name in redacted}
        planned.changed = [
            name for name, value in planned.content.items() if before.get(name) != value
        ]
        if planned.loaded.ended:
            if not (planned.loaded.stands and says_the_same(update, planned.content)):
                self.report.notice(Notice.KEPT, str(planned.entry), planned.loaded.ended)
                planned.differs = True
        elif planned.changed:
            self._plan_change(planned, before)

    def _plan_change(self, planned: PlannedUpdate, before: Content) -> None:
        """A standing update of which the file now says more, or something else."""
        entry, changed = planned.entry, planned.changed
        self.record.refuse_withdrawn(entry)
        planned.reason = self.memory.new_reason(entry)
        if all(records.adds_languages(before[name], planned.content[name]) for name in changed):
            planned.outcome = Outcome.TRANSLATED
            return
        planned.outcome = Outcome.SUPERSEDED
        assert planned.loaded.now is not None
        if not came_from_files(planned.loaded.now):
            fields = listed(changed)
            text = f"the update “{entry.id}” says otherwise here ({fields}), and"
            advice = _NOT_OURS.format(planned.loaded.now.organisation_id)
            entry.complain((), f"{text} {advice}; restore what it said")
        elif "organisation" in changed:
            text = f"the update “{entry.id}” is published as an assessment of"
            text += f" {before['organisation']}: retract it, and add the other organisation's"
            entry.complain(("organisation",), f"{text} as an update of its own, with a new key")
        elif not planned.reason:
            complain_of_reason(entry, changed, "published")

    # Updates that the files no longer hold -------------------------------------------------------

    def _retraction(self, id_: str) -> Retraction | None:
        """What is to be done for an entry under `retracted`; None if it is done already."""
        promise, index, reason = self._taken_back[id_]
        known = self.known.get(id_)
        assert promise.folder.programme is not None
        lead = promise.folder.programme.data["lead_organisation"]
        loaded = self._loaded(id_, known, lead)
        if loaded.now is None or loaded.now.review_state != ReviewState.PUBLISHED:
            return None
        if loaded.ended:
            self.report.notice(Notice.KEPT, f"update {id_}", loaded.ended)
            return None
        if not came_from_files(loaded.now):
            advice = _NOT_OURS.format(loaded.now.organisation_id)
            promise.complain(("retracted", index, "update"), f"this update {advice}")
        return Retraction(id_, loaded.now, reason)

    def notice_dropped(self, dropped: Sequence[SeedRecord]) -> None:
        """Complain of each standing update that the files left out without a word."""
        types = ("programme", "reform", "promise")
        around = {entry.id: entry for folder in self.folders for entry in folder.of(*types)}
        for known in dropped:
            promise = known.object_id.partition("/")[0]
            if known.object_id in self._taken_back or self.record.is_withdrawn("promise", promise):
                continue
            loaded = self._loaded(known.object_id, known, "")
            if loaded.now is None or loaded.ended or not came_from_files(loaded.now):
                self.report.notice(Notice.DROPPED, str(known))
                continue
            places = (promise, promise.rpartition("-")[0], known.content["programme"])
            place = next(around[id_] for id_ in places if id_ in around)
            place.complain((), f"the update “{known.object_id}” {_DROPPED}")


def _taken_back(folders: Sequence[Folder]) -> dict[str, tuple[Entry, int, str]]:
    """What the promises list under `retracted`: promise, place in the list and reason, by id."""
    return {
        f"{promise.id}/{one['update']}": (promise, int(path[1]), one["reason"].strip())
        for folder in folders
        for promise in folder.of("promise")
        for path, one in parts(promise.data, "retracted")
    }


def _content(entry: Entry, known: SeedRecord | None) -> Content:
    """What the file says. An update that names no organisation is first the lead organisation's,
    and then stays with the one that it was loaded for.
    """
    given = entry.data.get("organisation")
    if given is None and known is not None:
        given = known.content["organisation"]
    if given is None:
        assert entry.folder.programme is not None
        given = entry.folder.programme.data["lead_organisation"]
    return {"organisation": given, **content_of(entry)}
