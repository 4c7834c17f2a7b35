"""What search sees of promises."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reforms import search
from reforms.models import Promise, PromiseBody, StatusUpdate
from reforms.statements import ByIds
from reforms.verdicts.reading import BATCH

Texts = Mapping[str, list[str]]


def index(promise_ids: Iterable[str]) -> None:
    """Index each promise anew for search."""
    ids = sorted(set(promise_ids))
    for start in range(0, len(ids), BATCH):
        # Two writers that index one promise come one after the other.
        search.index_all(_page(_HELD.rows(ids[start : start + BATCH])))


def searchable(promise_ids: Iterable[str]) -> Iterator[tuple[str, Texts]]:
    """What search sees of each public promise: its own texts, its bodies' names, public notes."""
    ids = sorted(set(promise_ids))
    for start in range(0, len(ids), BATCH):
        yield from _page(_PROMISES.rows(ids[start : start + BATCH]))


def _promises(ids: Any) -> Any:
    promises = Promise.objects.public().filter(pk__in=ids).order_by("pk")
    return promises.values_list("pk", "title", "statement")


_PROMISES = ByIds(_promises)
_HELD = ByIds(lambda ids: _promises(ids).select_for_update())
_BODIES = ByIds(
    lambda ids: (
        PromiseBody.objects.filter(promise__in=ids)
        .order_by("body")
        .values_list("promise_id", "body__name")
    )
)
_NOTES = ByIds(
    lambda ids: (
        StatusUpdate.objects.standing()
        .filter(promise__in=ids)
        .newest_first()
        .values_list("promise_id", "note")
    )
)


def _page(promises: list[tuple[str, dict[str, str], dict[str, str]]]) -> list[tuple[str, Texts]]:
    """Values rather than instances: of each promise dozens of rows are read."""
    found: dict[str, dict[str, list[str]]] = {
        pk: {
            "title": list(title.values()),
            "statement": list(statement.values()),
            "bodies": [],
            "notes": [],
        }
        for pk, title, statement in promises
    }
    for pk, name in _BODIES.rows(list(found)):
        found[pk]["bodies"] += name.values()
    for pk, note in _NOTES.rows(list(found)):
        found[pk]["notes"] += note.values()
    return list(found.items())
