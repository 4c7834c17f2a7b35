"""What search sees of promises."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django.db.models import Prefetch, QuerySet

from reforms import search
from reforms.models import Promise, StatusUpdate
from reforms.verdicts.derived import BATCH


def index(promise_ids: Iterable[str]) -> None:
    """Index each promise anew for search."""
    ids = sorted(set(promise_ids))
    # Two writers that index one promise come one after the other.
    list(Promise.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    for promise_id, texts in searchable(ids):
        search.index(promise_id, texts)


def searchable(promise_ids: Iterable[str]) -> Iterator[tuple[str, Mapping[str, list[str]]]]:
    """What search sees of each public promise: its own texts, its bodies' names, public notes."""
    ids = sorted(set(promise_ids))
    notes: QuerySet[StatusUpdate] = StatusUpdate.objects.standing().newest_first()
    for start in range(0, len(ids), BATCH):
        promises: Iterable[Any] = (
            Promise.objects.public()
            .filter(pk__in=ids[start : start + BATCH])
            .prefetch_related("bodies", Prefetch("updates", queryset=notes, to_attr="standing"))
        )
        for promise in promises:
            yield (
                promise.pk,
                {
                    "title": list(promise.title.values()),
                    "statement": list(promise.statement.values()),
                    "bodies": [
                        name
                        for body in sorted(promise.bodies.all(), key=lambda one: one.pk)
                        for name in body.name.values()
                    ],
                    "notes": [note for update in promise.standing for note in update.note.values()],
                },
            )
