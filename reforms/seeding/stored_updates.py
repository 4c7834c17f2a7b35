"""The status updates of the record that seed files speak of."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from reforms import ledger, records
from reforms.models import LedgerEntry, StatusUpdate
from reforms.seeding.content import Content, completed
from reforms.vocabulary import PUBLIC_STATES, EntryAction, ReviewState, Role

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of an update: the one that stands for it `now`, and how the loaded one `ended`,
    if somebody ended it in the record.
    """

    now: StatusUpdate | None
    ended: str = ""

    @property
    def stands(self) -> bool:
        return self.now is not None and self.now.review_state == ReviewState.PUBLISHED


class StoredUpdates:
    """The updates with these external ids or primary keys, and whatever superseded them.

    An update that got its external id elsewhere, or has none, is named in files by its primary key.
    """

    def __init__(self, external_ids: Iterable[str], keys: Iterable[str]) -> None:
        external_ids = set(external_ids)
        named = {key for one in external_ids if (key := _key_in(one))}
        self._by_key: dict[str, StatusUpdate] = {}
        self._by_external_id: dict[tuple[str, str], list[StatusUpdate]] = {}
        rows = StatusUpdate.objects.order_by("published_at", "pk").prefetch_related(
            "citations__source"
        )
        for update in _all(rows, "external_id__in", external_ids):
            self._add(update)
            name = (update.organisation_id, update.external_id)
            self._by_external_id.setdefault(name, []).append(update)
        wanted = {*keys, *named} - set(self._by_key)
        while wanted:
            for update in _all(rows, "pk__in", wanted):
                self._add(update)
            wanted = {
                str(update.successor_id)
                for update in self._by_key.values()
                if update.successor_id and str(update.successor_id) not in self._by_key
            }

    def _add(self, update: StatusUpdate) -> None:
        self._by_key[str(update.pk)] = update

    def remembered(self, organisation: str, id_: str, key: str) -> Loaded:
        """What became of an update that was loaded; `key` is empty if that was not noted."""
        loaded = self._by_key.get(key) or next(
            iter(self._by_external_id.get((organisation, id_), ())), None
        )
        now = self._last(loaded)
        if now is None or loaded is None:
            return Loaded(None)
        ended = loaded.review_state if loaded.review_state != ReviewState.PUBLISHED else ""
        return Loaded(now, ended)

    def unremembered(self, organisation: str, id_: str) -> Loaded:
        """The update that goes by an id of the files without having been loaded from them."""
        named = self._by_key.get(_key_in(id_))
        if named and named.review_state in PUBLIC_STATES and id_.startswith(f"{named.promise_id}/"):
            return Loaded(self._last(named))
        found = self._by_external_id.get((organisation, id_), ())
        return Loaded(self._last(next(iter(found), None)))

    def _last(self, update: StatusUpdate | None) -> StatusUpdate | None:
        """The update at the end of the successors."""
        while update is not None and update.successor_id:
            update = self._by_key[str(update.successor_id)]
        return update


def _all(rows: "QuerySet[StatusUpdate]", lookup: str, values: Iterable[str]) -> list[StatusUpdate]:
    values = sorted(values)
    return [
        update
        for start in range(0, len(values), _BATCH)
        for update in rows.filter(**{lookup: values[start : start + _BATCH]})
    ]


def _key_in(id_: str) -> str:
    """The primary key that stands in an id of the files behind the promise; empty if none does."""
    key = id_.rpartition("/")[2]
    return str(UUID(key)) if _UUID.fullmatch(key) else ""


def came_from_files(update: StatusUpdate) -> bool:
    """Whether it was published by loading files. Only the ledger knows: the files may hold by now
    what somebody else published, and an external id is whatever its sender calls it.
    """
    published = LedgerEntry.objects.filter(
        object_type=records.type_of(update),
        object_id=str(update.pk),
        action=EntryAction.PUBLISH.value,
        actor=ledger.by_role(Role.SEEDING),
    )
    return published.exists()


def says_the_same(update: StatusUpdate, content: Content) -> bool:
    """Whether a stored update says what the files say, word for word."""
    stored = records.document(update)
    publishers = {one.source_id: one.source.publisher_id for one in update.citations.all()}
    given = completed(content, lambda source: publishers.get(source, ""))
    return all(stored[name] == value for name, value in given.items())
