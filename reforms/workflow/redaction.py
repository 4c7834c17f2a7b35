"""Redaction: what the law forces out leaves every place that stores it, and the ledger says so.

The cache is no such place: it holds the counts of the limits and nothing else.
"""

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, Q

from reforms import ledger, records, search, verdicts
from reforms.addresses import digest
from reforms.errors import RuleBroken
from reforms.ledger import redacting
from reforms.ledger.redacting import MARKER, REASON, Eraser, Holder, Version
from reforms.models import (
    Body,
    Import,
    KeptAnswer,
    LinkCheck,
    Paragraph,
    Promise,
    Reply,
    SeedRecord,
    Source,
    StatusUpdate,
)
from reforms.vocabulary import EntryAction, Role
from reforms.workflow.checking import said
from reforms.workflow.forgetting import forget_letters

# Texts that no document holds and that are redacted all the same, by type of object.
PRIVATE = {
    "update": ("review_note", "replaces_reason"),
    "organisation": ("legal_name",),
    "reply": ("verified_how",),
}
# What is no field but belongs to the object, and is taken out whole: the loaded text of a source.
TEXT = "text"
LOADED = {"source": (TEXT,)}
# The reason for which an update ended stands in its document and beside it.
_TWICE = {"ended_reason", REASON}


@dataclass(frozen=True, slots=True)
class Redaction:
    """What was redacted, or would be: the fields that held something, the entries whose payloads
    did. `entry` is the ledger's own word about it, None where nothing public was concerned.
    `elsewhere` are entries that hold one of the texts all the same, about this object or others.
    """

    fields: tuple[str, ...]
    entries: tuple[int, ...]
    entry: int | None = None
    elsewhere: tuple[Holder, ...] = field(default=(), compare=False)


def redactable(type_: str) -> tuple[str, ...]:
    """What can be redacted of such an object: its texts, and the public reasons given about it."""
    beside = (*PRIVATE.get(type_, ()), *LOADED.get(type_, ()))
    return (*redacting.FIELDS[type_], *beside, REASON)


def redact(thing: Any, fields: Sequence[str], reason: str, dry_run: bool = False) -> Redaction:
    """Put a marker in the place of the texts of some fields, wherever they are stored.

    It is for what the law forces out: also published updates and withdrawn objects lose it.
    `reason` is public. Raises RuleBroken for fields that cannot be redacted, and for a reason that
    repeats what is to go. Nothing happens where the marker stands already, nor with `dry_run`.
    """
    type_, id_ = records.type_of(thing), str(thing.pk)
    eraser = Eraser(_known(type_, fields), id_)
    done = _redact(thing, eraser, said(reason), dry_run)
    texts = {text for texts in eraser.taken.values() for text in texts}
    return replace(done, elsewhere=redacting.holders(texts, but=done.entries if dry_run else ()))


def _redact(thing: Any, eraser: Eraser, reason: str, dry_run: bool) -> Redaction:
    type_, id_ = records.type_of(thing), eraser.id
    with ledger.acting(ledger.by_role(Role.OPERATOR)), ledger.writing():
        current: Any = type(thing)._default_manager.select_for_update().get(pk=thing.pk)
        before = {name: getattr(current, name) for name in PRIVATE.get(type_, ())}
        before |= records.document(current)
        after = eraser.erased(before)
        versions = redacting.versions(type_, id_, eraser)
        if _is_loaded(type_, eraser.fields) and Paragraph.objects.filter(source=id_).exists():
            eraser.taken[TEXT] = set()
        planned = Redaction(
            tuple(name for name in eraser.fields if name in eraser.taken),
            tuple(version.sequence for version in versions),
        )
        _refuse_repeating(reason, (text for texts in eraser.taken.values() for text in texts))
        if dry_run or not planned.fields:
            return planned
        _store(current, before, after)
        entry = _record(current, planned, versions, reason)
        redacting.store(versions)
        _forget(current, type_, eraser)
        return replace(planned, entry=entry)


def _is_loaded(type_: str, fields: Container[str]) -> bool:
    """Whether a source's loaded text is meant: other objects may have a field of that name."""
    return type_ in LOADED and TEXT in fields


def _known(type_: str, fields: Sequence[str]) -> tuple[str, ...]:
    known = redactable(type_)
    if unknown := [name for name in fields if name not in known]:
        hint = f"what can be redacted of {type_} is {', '.join(known)}"
        raise RuleBroken({name: [f"it is no text; {hint}"] for name in unknown})
    wanted = {*fields, *(_TWICE if _TWICE & {*fields} else ())}
    return tuple(name for name in known if name in wanted)


def _refuse_repeating(reason: str, texts: Iterable[str]) -> None:
    """The ledger would go on saying what it has to forget."""
    words = f" {' '.join(search.words(reason))} "
    for text in texts:
        if text in reason or f" {' '.join(search.words(text))} " in words:
            raise RuleBroken({"reason": ["it repeats a text that is to be redacted"]})


def _store(current: Any, before: records.Document, after: records.Document) -> None:
    changed = {name: after[name] for name in before if before[name] != after[name]}
    citations = changed.pop("citations", None)
    if "url" in changed and isinstance(current, Source):
        changed["address_digest"] = digest(changed["url"])
    if isinstance(current, StatusUpdate):
        changed["version"] = F("version") + 1
    if changed:
        type(current)._default_manager.filter(pk=current.pk).update(**changed)
    if citations:
        rows = current.citations.order_by("position", "pk")
        for row, said_now in zip(rows, citations, strict=True):
            row.locator, row.note = said_now["locator"], said_now["note"]
            row.save(update_fields=["locator", "note"])
    current.refresh_from_db()


def _forget(current: Any, type_: str, eraser: Eraser) -> None:
    """Take it out of what is remembered beside the record."""
    if _is_loaded(type_, eraser.taken):
        # Fingerprints would confirm a guess at what nobody cites: nothing is left of it.
        Paragraph.objects.filter(source=current).delete()
    known = SeedRecord.objects.filter(object_type=type_)
    if isinstance(current, StatusUpdate):
        # A file knows an update by a name of its own; an earlier memory does not say which it was.
        named = Q(object_id=current.external_id, content__organisation=current.organisation_id)
        unnoted = named & ~Q(content__has_key="update") & ~Q(object_id="")
        known = known.filter(Q(content__update=str(current.pk)) | unnoted)
    else:
        known = known.filter(object_id=current.pk)
    for memory in known:
        memory.content = eraser.erased(memory.content)
        memory.save(update_fields=["content"])
    logged = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(current), object_id=str(current.pk)
    )
    logged.exclude(change_message="").update(change_message=MARKER)
    if isinstance(current, Source):
        LinkCheck.objects.filter(source=current).delete()  # it repeats the address
    # They hold what was sent and what was answered; whose texts they are cannot be told.
    KeptAnswer.objects.all().delete()
    forget_letters(text for texts in eraser.taken.values() for text in texts)
    Import.objects.all().delete()
    # Search sees what is live.
    promises = Promise.objects.public()
    if isinstance(current, Promise):
        promises = promises.filter(pk=current.pk)
    elif isinstance(current, StatusUpdate):
        promises = promises.filter(pk=current.promise_id)
    elif isinstance(current, Body):
        promises = promises.filter(bodies=current)
    else:
        return
    verdicts.reindex(promises.values_list("pk", flat=True))
    search.forget_removed()


def _record(
    current: Any, redaction: Redaction, versions: Sequence[Version], reason: str
) -> int | None:
    """Say so in the ledger; None where it never spoke of the object or the field."""
    type_ = records.type_of(current)
    fields = [name for name in redaction.fields if name not in PRIVATE.get(type_, ())]
    withdrawn = getattr(current, "withdrawn_at", None) is not None
    if not fields or not (current.is_public or withdrawn):
        return None
    concerned = {*redaction.entries, *(one for version in versions for one in version.names)}
    at = ledger.moment()
    entry = ledger.append(
        EntryAction.REDACT,
        type_,
        str(current.pk),
        None if withdrawn else records.document(current),
        at=at,
        reason=reason,
        redacted={
            "fields": fields,
            "entries": sorted(concerned),
            "payloads": redacting.hashes(versions, concerned),
        },
    )
    if isinstance(current, Promise | StatusUpdate | Reply):
        promise = current.pk if isinstance(current, Promise) else current.promise_id
        Promise.objects.filter(pk=promise).update(changed_at=at)
    return entry.sequence
