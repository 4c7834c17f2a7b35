"""What the law forces out of the record is replaced by a marker, in every stored version.

The entries stay, with their hashes; a payload that is changed loses its salt, so that nobody can
hold a guess against what the entry commits to. docs/ledger.md, “Redaction”, has the rules.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, Value
from django.db.models.functions import StrIndex

from reforms.addresses import REDACTED
from reforms.ledger import chain
from reforms.models import LedgerPayload
from reforms.records import Document
from reforms.vocabulary import EntryAction

MARKER = "[redacted]"
# It keeps the place of an address, which has to be one, and one of its own.
ADDRESS = REDACTED
_PLACES = {"url": "", "archived_url": "/archived"}
# Of other entries that hold a text this many are named; shorter texts stand everywhere.
LISTED = 20
SHORTEST = 4
_TOGETHER = 20

# The fields whose text can be replaced, by type of object; behind a dot, in each part of a list.
_IN_CITATIONS = ("citations.locator", "citations.note")
FIELDS: dict[str, tuple[str, ...]] = {
    "organisation": ("name", "affiliation", "url"),
    "publisher": ("name", "aliases"),
    "source": ("title", "url", "archived_url", "note"),
    "body": ("name", "note"),
    "topic": ("name",),
    "programme": ("title", "summary", "promisor"),
    "reform": ("title", "summary", "note"),
    "promise": (
        "title",
        "statement",
        "condition",
        "deadline_wording",
        "figures.what",
        "figures.unit",
        *_IN_CITATIONS,
    ),
    "update": ("note", "ended_reason", *_IN_CITATIONS),
    "reply": ("signed_by", "text", "url"),
}
# What entries say beside the document.
REASON = "reason"


def holds_marker(value: Any) -> bool:
    """Whether something in a field's value was redacted."""
    if isinstance(value, dict):
        return any(map(holds_marker, value.values()))
    if isinstance(value, list):
        return any(map(holds_marker, value))
    return isinstance(value, str) and (value == MARKER or value.startswith(ADDRESS))


@dataclass(slots=True)
class Eraser:
    """Takes the texts of some fields out of an object's documents; `taken` has them by field."""

    fields: Sequence[str]
    id: str
    taken: dict[str, set[str]] = field(default_factory=dict)

    def erased(self, document: Document) -> Document:
        """The document with the marker where its texts stood. What is empty stays empty."""
        made = dict(document)
        for path in self.fields:
            name, _, part = path.partition(".")
            if name in made and part:
                made[name] = [
                    {**one, part: self._erased(path, one[part])} if part in one else one
                    for one in made[name]
                ]
            elif name in made:
                made[name] = self._erased(path, made[name])
        return made

    def _erased(self, path: str, value: Any) -> Any:
        if isinstance(value, dict):
            return {language: self._erased(path, text) for language, text in value.items()}
        if isinstance(value, list):
            return [self._erased(path, one) for one in value][:1]
        if not value or holds_marker(value):
            return value
        self.taken.setdefault(path, set()).add(value)
        return f"{ADDRESS}{self.id}{_PLACES[path]}" if path in _PLACES else MARKER


@dataclass(frozen=True, slots=True)
class Version:
    """A stored payload and what is to stand there. `names` are entries that it calls redacted."""

    sequence: int
    body: str
    names: tuple[int, ...]


def versions(type_: str, id_: str, eraser: Eraser) -> list[Version]:
    """The payloads about an object that hold something to take out, in the order of the entries."""
    found = []
    changed: set[str] = set()
    payloads = LedgerPayload.objects.filter(entry__object_type=type_, entry__object_id=id_)
    for sequence, action, body in payloads.order_by("pk").values_list(
        "pk", "entry__action", "body"
    ):
        payload = json.loads(body)
        erased = eraser.erased(payload)
        if payload["document"] is not None:
            erased["document"] = eraser.erased(payload["document"])
        if action == EntryAction.REDACT:
            erased["redacted"] = _without_hashes(payload["redacted"], changed)
        if erased != payload:
            changed.add(str(sequence))
            # Who redacts what called others redacted has to call them so again.
            called = payload["redacted"]["entries"] if action == EntryAction.REDACT else ()
            found.append(Version(sequence, chain.canonical(erased), tuple(called)))
    return found


def _without_hashes(said: dict[str, Any], changed: set[str]) -> dict[str, Any]:
    """What an earlier redaction says. The hash of what is now redacted further goes too: it has no
    salt, and would confirm a guess at what was taken out since.
    """
    if not (hashes := said.get("payloads")):
        return said
    kept = {number: MARKER if number in changed else one for number, one in hashes.items()}
    return {**said, "payloads": kept}


def hashes(changed: Sequence[Version], others: Iterable[int]) -> dict[str, str]:
    """What stands in payloads after a redaction, as its entry commits to it: the hash of each that
    is changed now, and of `others`, which were redacted earlier.
    """
    bodies = {version.sequence: version.body for version in changed}
    earlier = LedgerPayload.objects.filter(pk__in=set(others) - bodies.keys())
    bodies |= dict(earlier.values_list("pk", "body"))
    return {str(sequence): chain.text_hash(body) for sequence, body in sorted(bodies.items())}


# An entry that holds a text, with the type and the id of its object.
Holder = tuple[int, str, str]


def holders(texts: Iterable[str], but: Collection[int] = ()) -> tuple[Holder, ...]:
    """Entries whose payloads hold one of the texts, but for some, in their order: at most `LISTED`
    and one. All payloads are read, by the database itself. Texts too short to mean anything where
    they stand are not looked for.
    """
    wanted = sorted({chain.canonical(text)[1:-1] for text in texts if len(text) >= SHORTEST})
    found: set[Holder] = set()
    payloads = LedgerPayload.objects.exclude(pk__in=but).order_by("pk")
    for start in range(0, len(wanted), _TOGETHER):
        places: dict[str, Any] = {
            f"place_{number}": StrIndex("body", Value(text))
            for number, text in enumerate(wanted[start : start + _TOGETHER])
        }
        anywhere = reduce(or_, (Q((f"{name}__gt", 0)) for name in places))
        rows = payloads.alias(**places).filter(anywhere)
        columns = ("pk", "entry__object_type", "entry__object_id")
        found.update(rows.values_list(*columns)[: LISTED + 1])
    return tuple(sorted(found)[: LISTED + 1])


def store(changed: Sequence[Version]) -> None:
    """Replace the payloads; the database allows it because they lose their salt. Those that have
    none any more it lets change only if the last entry says so: append that first.
    """
    for version in changed:
        LedgerPayload.objects.filter(pk=version.sequence).update(body=version.body, salt="")
