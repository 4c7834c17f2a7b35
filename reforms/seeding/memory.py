"""What the seed files said when they were last loaded: the common ancestor of every merge."""

from reforms.dates import now
from reforms.models import SeedRecord
from reforms.seeding.content import Content
from reforms.seeding.folders import Entry

# What a record's content holds beside the object's own fields: the programme whose files described
# it, the reason last given for changing it, and for a status update the one that was loaded.
PROGRAMME = "programme"
REASON = "reason"
UPDATE = "update"


class Memory:
    """All seed records, and those that the load under way adds and changes."""

    def __init__(self) -> None:
        self.records = {
            (record.object_type, record.object_id): record for record in SeedRecord.objects.all()
        }
        self._moment = now()
        self._added: list[SeedRecord] = []
        self._changed: list[SeedRecord] = []

    def of(self, type_: str) -> dict[str, SeedRecord]:
        """The records of a type, by object id."""
        return {id_: record for (of, id_), record in self.records.items() if of == type_}

    def content(self, entry: Entry) -> Content:
        """What was last loaded of it; empty if nothing was."""
        record = self.records.get((entry.type, entry.id))
        return record.content if record else {}

    def new_reason(self, entry: Entry) -> str:
        """The reason that the entry gives, unless it is the one that was given before."""
        reason = given_reason(entry)
        return "" if reason == self.content(entry).get(REASON) else reason

    def remember(self, entry: Entry, content: Content, reason: str = "", update: str = "") -> None:
        """Note what is loaded of an entry; nothing happens if it is what was known already.

        `reason` is the one that was used, `update` the id of the status update that was loaded.
        """
        before = self.content(entry)
        noted = {
            PROGRAMME: entry.folder.programme_id,
            REASON: reason or before.get(REASON),
            UPDATE: update or before.get(UPDATE),
        }
        content = {name: value for name, value in noted.items() if value} | content
        record = self.records.get((entry.type, entry.id))
        if record is None:
            record = SeedRecord(object_type=entry.type, object_id=entry.id)
            self._added.append(record)
        elif record.content != content:
            self._changed.append(record)
        else:
            return
        record.content = content
        record.loaded_at = self._moment

    def store(self) -> None:
        """Write the records that were added or changed. They are no part of the public record."""
        SeedRecord.objects.bulk_create(self._added, batch_size=500)
        SeedRecord.objects.bulk_update(self._changed, ["content", "loaded_at"], batch_size=500)


def given_reason(entry: Entry) -> str:
    """The reason that an entry gives for its change, or gave for its last one."""
    return (entry.data.get(REASON) or "").strip()
