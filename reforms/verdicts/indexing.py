"""What search sees of promises."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reforms import search
from reforms.verdicts.reading import pages

Texts = Mapping[str, list[str]]


def index(promises: Iterable[Any]) -> None:
    """Index promises anew, which were read for their words; what was withdrawn is not found."""
    search.index_all(_searchable(promises))


def searchable(promise_ids: Iterable[str]) -> Iterator[tuple[str, Texts]]:
    """What search sees of each public promise: its own texts, its bodies' names, public notes."""
    for page in pages(promise_ids, judged=False, worded=True):
        yield from _searchable(page)


def _searchable(promises: Iterable[Any]) -> Iterator[tuple[str, Texts]]:
    for promise in promises:
        if promise.withdrawn_at is None:
            yield (
                promise.pk,
                {
                    "title": list(promise.title.values()),
                    "statement": list(promise.statement.values()),
                    "bodies": [text for name in promise.bodies for text in name.values()],
                    "notes": [text for note in promise.notes for text in note.values()],
                },
            )
