"""Status updates from seed files: what is to be published, and what may not be said anew."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from reforms import workflow
from reforms.dates import PartialDate
from reforms.models import Organisation, Promise, SeedRecord, StatusUpdate
from reforms.seeding.content import Content, assign, content_of
from reforms.seeding.folders import Entry, Folder
from reforms.vocabulary import ReviewState

_NEVER_REWRITTEN = (
    "a published update is never rewritten; restore it as it was loaded, and once the ledger is"
    " there have it superseded or retracted in the record instead"
)


@dataclass(slots=True)
class PlannedUpdate:
    """An update of the files, with what the record has of it."""

    entry: Entry
    content: Content
    stored: StatusUpdate | None
    record: SeedRecord | None

    def differences(self) -> list[str]:
        """The fields in which the file differs from what was loaded."""
        loaded = self.record.content if self.record else {}
        return [name for name, value in self.content.items() if loaded.get(name) != value]


def plan(folders: Sequence[Folder], records: Mapping[str, SeedRecord]) -> list[PlannedUpdate]:
    """All updates of the folders, beside what the record has of them."""
    entries = [entry for folder in folders for entry in folder.of("update")]
    stored = stored_updates([*records, *(entry.id for entry in entries)])
    planned = []
    for entry in entries:
        record = records.get(entry.id)
        content = _content(entry, record)
        organisation = record.content["organisation"] if record else content["organisation"]
        planned.append(PlannedUpdate(entry, content, stored.get((organisation, entry.id)), record))
    return planned


def stored_updates(external_ids: Iterable[str]) -> dict[tuple[str, str], StatusUpdate]:
    """The updates of the record by organisation and external id."""
    ids = sorted(set(external_ids))
    found: dict[tuple[str, str], StatusUpdate] = {}
    for start in range(0, len(ids), 500):
        batch = StatusUpdate.objects.filter(external_id__in=ids[start : start + 500])
        found |= {(one.organisation_id, one.external_id): one for one in batch}
    return found


def _content(entry: Entry, record: SeedRecord | None) -> Content:
    """What the file says. An update that names no organisation is first the lead organisation's,
    and then stays with the one that it was loaded for.
    """
    given = entry.data.get("organisation")
    if given is None and record is not None:
        given = record.content["organisation"]
    if given is None:
        assert entry.folder.programme is not None
        given = entry.folder.programme.data["lead_organisation"]
    return {"organisation": given, **content_of(entry)}


def refuse_rewriting(planned: Iterable[PlannedUpdate]) -> None:
    """Complain of each published update of which the file now says something else."""
    for one in planned:
        if one.stored is None or one.record is None:
            continue
        if one.stored.review_state == ReviewState.PUBLISHED and (changed := one.differences()):
            text = f"the update “{one.entry.id}” is published and says otherwise here"
            one.entry.complain((), f"{text} ({', '.join(changed)}): {_NEVER_REWRITTEN}")


def refuse_dropping(folders: Sequence[Folder], dropped: Sequence[SeedRecord]) -> list[SeedRecord]:
    """Complain of each published update that the files no longer have; return the records of those
    that no longer stand.
    """
    types = ("programme", "reform", "promise")
    around = {entry.id: entry for folder in folders for entry in folder.of(*types)}
    stored = stored_updates(record.object_id for record in dropped)
    ended = []
    for record in dropped:
        update = stored.get((record.content["organisation"], record.object_id))
        if update is None or update.review_state != ReviewState.PUBLISHED:
            ended.append(record)
            continue
        promise = update.promise_id
        places = (promise, promise.rpartition("-")[0], record.content["programme"])
        place = next(around[id_] for id_ in places if id_ in around)
        text = f"the update “{record.object_id}” is published and missing here"
        place.complain((), f"{text}: {_NEVER_REWRITTEN}")
    return ended


def publish(one: PlannedUpdate, promise: Promise, organisation: Organisation) -> None:
    """Submit and publish an update through the workflow. Raises RuleBroken."""
    draft = StatusUpdate()
    content = {name: value for name, value in one.content.items() if name != "organisation"}
    parts = assign(draft, content)
    assert isinstance(draft.effective, PartialDate)
    update = workflow.submit(
        promise=promise,
        organisation=organisation,
        status=draft.status,
        effective=draft.effective,
        assessed=draft.assessed,
        note=draft.note,
        citations=parts["citations"],
        external_id=one.entry.id,
    )
    workflow.publish(update)
