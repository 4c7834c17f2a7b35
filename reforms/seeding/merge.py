"""Three ways to one: what was last loaded, what the files say now, what the database holds now.

Field by field, and for texts language by language: where the database still holds what was loaded,
the file wins; where the file still says what was loaded, the curator's change is kept; where both
have changed and differ, it is a conflict, and the database keeps what it has.
"""

from dataclasses import dataclass, field
from typing import Any

from reforms.ledger.redacting import holds_marker
from reforms.seeding.content import Content
from reforms.vocabulary import LANGUAGES

# A field, and for a text its language: ("title", "en"), ("kind", "").
Key = tuple[str, str]


@dataclass(slots=True)
class Merge:
    """The outcome. `base` is what counts as loaded once `taken` has been stored."""

    taken: Content = field(default_factory=dict)
    kept: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    base: Content = field(default_factory=dict)


def merge(base: Content, ours: Content, theirs: Content) -> Merge:
    """Merge the file's content (ours) into the database's (theirs). Pure.

    A field that `base` lacks was never loaded: it counts as having been empty.
    """
    outcome = Merge()
    loaded, filed, stored = _flat(base), _flat(ours), _flat(theirs)
    for key in _keys(ours, base, theirs):
        was, wanted, now = loaded.get(key), filed.get(key), stored.get(key)
        if wanted == now:
            loaded[key] = wanted
        elif holds_marker(now):  # redacted: what the files still hold does not come back
            outcome.kept.append(_written(key))
        elif now == was:
            _take(outcome.taken, key, ours, theirs)
            loaded[key] = wanted
        elif wanted == was:
            outcome.kept.append(_written(key))
        else:
            outcome.conflicts.append(_written(key))
    outcome.base = {name: _restored(name, loaded, ours) for name in ours}
    return outcome


def _flat(content: Content) -> dict[Key, Any]:
    """The values that are not empty, texts by language."""
    flat: dict[Key, Any] = {}
    for name, value in content.items():
        if _is_text(value):
            flat |= {(name, language): text for language, text in value.items()}
        elif value not in ("", None, []):
            flat[name, ""] = value
    return flat


def _is_text(value: Any) -> bool:
    return isinstance(value, dict) and set(value) <= set(LANGUAGES)


def _keys(ours: Content, *others: Content) -> list[Key]:
    """The keys of all versions, for the fields that the files decide on, in their order."""
    keys: dict[Key, None] = {}
    for name, value in ours.items():
        versions = [value, *(other.get(name) for other in others)]
        if _is_text(value):
            spoken = {language for one in versions if _is_text(one) for language in one}
            keys |= {(name, language): None for language in LANGUAGES if language in spoken}
        else:
            keys[name, ""] = None
    return list(keys)


def _take(taken: Content, key: Key, ours: Content, theirs: Content) -> None:
    name, language = key
    if not language:
        taken[name] = ours[name]
        return
    text = taken.setdefault(name, dict(theirs.get(name) or {}))
    if language in ours[name]:
        text[language] = ours[name][language]
    else:
        text.pop(language, None)


def _restored(name: str, flat: dict[Key, Any], ours: Content) -> Any:
    """A field from its flat form; None where it is empty."""
    if not _is_text(ours[name]):
        return flat.get((name, ""))
    return {language: flat[name, language] for language in LANGUAGES if flat.get((name, language))}


def _written(key: Key) -> str:
    return ".".join(part for part in key if part)
