"""How two record documents of one object differ, and what sort of change that is."""

import difflib
import json
from collections.abc import Iterator
from typing import Any, TypedDict

from reforms.records.documents import Document
from reforms.vocabulary import LANGUAGES, EntryAction

# Fields that carry no meaning of their own. Changing any other needs a public reason.
MINOR: dict[str, frozenset[str]] = {
    "organisation": frozenset({"url"}),
    "publisher": frozenset({"aliases"}),
    "source": frozenset({"archived_url", "note", "public_since"}),
    "body": frozenset({"note"}),
    "topic": frozenset(),
    "programme": frozenset({"summary"}),
    "reform": frozenset({"summary", "note"}),
    "promise": frozenset({"topics"}),
    "update": frozenset(),
    "reply": frozenset({"url"}),
}


def changed_fields(before: Document, after: Document) -> list[str]:
    """The names of the fields that differ, in the order of the documents."""
    names = dict.fromkeys((*before, *after))
    return [name for name in names if before.get(name) != after.get(name)]


def kind_of_edit(before: Document, after: Document) -> EntryAction:
    """Whether an edit corrects, translates or merely edits."""
    changed = changed_fields(before, after)
    untranslated = [
        name for name in changed if not adds_languages(before.get(name), after.get(name))
    ]
    if not untranslated:
        return EntryAction.TRANSLATE
    minor = MINOR[after["object_type"]]
    # A language added beside a minor edit is no correction either.
    return EntryAction.EDIT if minor.issuperset(untranslated) else EntryAction.CORRECT


def adds_languages(before: Any, after: Any) -> bool:
    """Whether the values differ by added translations alone, if they differ."""
    if before == after:
        return True
    if isinstance(before, list) and isinstance(after, list):
        return len(before) == len(after) and all(map(adds_languages, before, after))
    if not isinstance(after, dict):
        return False
    # A text that stands alone is English.
    before = {"en": before} if isinstance(before, str) else before
    if not isinstance(before, dict) or not before:
        return False
    if set(after) <= set(LANGUAGES):
        return all(after.get(language) == text for language, text in before.items())
    return before.keys() == after.keys() and all(
        adds_languages(before[name], after[name]) for name in before
    )


# Every document has these, and they never change.
_IDENTITY = frozenset({"schema", "object_type", "id"})


class Difference(TypedDict):
    """One value that differs: `field` is its path in the document, such as `title.en` or
    `citations[2].locator`. What is not there is None.
    """

    field: str
    before: Any
    after: Any


def compare(before: Document, after: Document) -> list[Difference]:
    """Where two documents of one object differ, in their order.

    Items of a list are compared with what stood in their place; what was merely moved along by an
    added or a dropped item is no difference. Items count from 0, as they stand afterwards; a
    dropped one by its place before.
    """
    return [
        one
        for name in changed_fields(before, after)
        if name not in _IDENTITY
        for one in _between(name, before.get(name), after.get(name))
    ]


def _between(path: str, before: Any, after: Any) -> Iterator[Difference]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from _between(f"{path}.{name}", before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        yield from _between_lists(path, before, after)
    else:
        yield {"field": path, "before": before, "after": after}


def _between_lists(path: str, before: list[Any], after: list[Any]) -> Iterator[Difference]:
    old_items, new_items = (
        [json.dumps(one, sort_keys=True) for one in items] for items in (before, after)
    )
    matcher = difflib.SequenceMatcher(None, old_items, new_items, autojunk=False)
    for _, old, old_end, new, new_end in matcher.get_opcodes():
        common = min(old_end - old, new_end - new)
        for step in range(common):
            yield from _between(f"{path}[{new + step}]", before[old + step], after[new + step])
        for place in range(new + common, new_end):
            yield {"field": f"{path}[{place}]", "before": None, "after": after[place]}
        for place in range(old + common, old_end):
            yield {"field": f"{path}[{place}]", "before": before[place], "after": None}
