"""What search sees of promises."""

from collections.abc import Iterable, Iterator, Mapping

from reforms import search
from reforms.models import Promise, PromiseBody, StatusUpdate
from reforms.verdicts.derived import BATCH


def index(promise_ids: Iterable[str]) -> None:
    """Index each promise anew for search."""
    ids = sorted(set(promise_ids))
    # Two writers that index one promise come one after the other.
    list(Promise.objects.select_for_update().filter(pk__in=ids).order_by("pk").values_list("pk"))
    for start in range(0, len(ids), BATCH):
        search.index_all(_page(ids[start : start + BATCH]))


def searchable(promise_ids: Iterable[str]) -> Iterator[tuple[str, Mapping[str, list[str]]]]:
    """What search sees of each public promise: its own texts, its bodies' names, public notes."""
    ids = sorted(set(promise_ids))
    for start in range(0, len(ids), BATCH):
        yield from _page(ids[start : start + BATCH])


def _page(ids: list[str]) -> list[tuple[str, Mapping[str, list[str]]]]:
    """Values rather than instances: of each promise dozens of rows are read."""
    promises = Promise.objects.public().filter(pk__in=ids).order_by()
    found: dict[str, dict[str, list[str]]] = {
        pk: {
            "title": list(title.values()),
            "statement": list(statement.values()),
            "bodies": [],
            "notes": [],
        }
        for pk, title, statement in promises.values_list("pk", "title", "statement")
    }
    ties = PromiseBody.objects.filter(promise__in=list(found)).order_by("body")
    for pk, name in ties.values_list("promise_id", "body__name"):
        found[pk]["bodies"] += name.values()
    notes = StatusUpdate.objects.standing().filter(promise__in=list(found)).newest_first()
    for pk, note in notes.values_list("promise_id", "note"):
        found[pk]["notes"] += note.values()
    return sorted(found.items())
