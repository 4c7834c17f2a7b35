"""What an entry of the ledger did to an object, in a sentence for readers."""

import json
from collections.abc import Sequence
from typing import Any

from reforms.records.differences import Difference
from reforms.vocabulary import EntryAction

MOST_DIFFERENCES = 5
LONGEST_VALUE = 60

# What the action says already, or what stands beside the sentence.
_UNSAID = frozenset({"published_at", "ended_at", "ended_reason", "public_since"})
# What tells an item of a list from the others.
_NAMING = ("source", "body", "promise", "what", "fingerprint")


def summary(
    action: str, object_type: str, payload: dict[str, Any], found: Sequence[Difference]
) -> str:
    """One sentence in English about an entry: “deadline: 2022-09 → 2022-12”."""
    document = payload.get("document") or {}
    match action:
        case EntryAction.CREATE:
            return f"The {object_type} became public."
        case EntryAction.PUBLISH:
            return f"{document['organisation']}: {document['status']}, {document['effective_on']}"
        case EntryAction.WITHDRAW:
            return f"The {object_type} was taken out of the record."
        case EntryAction.REDACT:
            return f"Redacted: {', '.join(payload.get('redacted', {}).get('fields', []))}"
    said = [one for one in found if one["field"] not in _UNSAID]
    sentences = [_said(one) for one in said[:MOST_DIFFERENCES]]
    if more := len(said) - MOST_DIFFERENCES:
        sentences += [f"and {more} more"] if more > 0 else []
    return "; ".join(sentences)


def _said(one: Difference) -> str:
    before, after = _shown(one["before"]), _shown(one["after"])
    if not before:
        return f"{one['field']} added: {after}"
    if not after:
        return f"{one['field']} dropped: {before}"
    return f"{one['field']}: {before} → {after}"


def _shown(value: Any) -> str:
    """A value as far as a sentence has room for it; nothing for one that is not there."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, dict):
        value = next((value[name] for name in _NAMING if name in value), value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1].rstrip()}…"
