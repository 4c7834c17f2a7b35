"""What happened to the record since the last release, for people, from the ledger."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from reforms.api.changes import payloads_of
from reforms.api.exporting import chunks
from reforms.api.serializers.changes import change_row
from reforms.ledger import finding
from reforms.ledger.checkpoints import Checkpoint
from reforms.models import LedgerEntry, Promise, StatusUpdate
from reforms.releases.shelf import Release
from reforms.vocabulary import CORRECTIONS, EntryAction

_MARKS = re.compile(r"([\\`*_\[\]<>|#])")
_VERBS = {
    EntryAction.CREATE: "added",
    EntryAction.EDIT: "edited",
    EntryAction.TRANSLATE: "translated",
    EntryAction.CORRECT: "corrected",
    EntryAction.PUBLISH: "published",
    EntryAction.SUPERSEDE: "superseded",
    EntryAction.RETRACT: "retracted",
    EntryAction.REMOVE: "removed",
    EntryAction.WITHDRAW: "withdrawn",
    EntryAction.REDACT: "redacted",
}


def text(
    name: str,
    before: Release | None,
    head: Checkpoint,
    programme: str | None,
    counts: Mapping[str, int],
) -> str:
    """The changelog, in Markdown: promise by promise, then what else was corrected."""
    lines = [f"# {name}", ""]
    if before is None:
        rows = ", ".join(f"{number} {what}" for what, number in counts.items())
        lines.append(f"The first release: {rows}.")
        return "\n".join(lines) + "\n"
    entries = LedgerEntry.objects.filter(
        sequence__gt=before.sequence, sequence__lte=head["sequence"]
    )
    if programme is not None:
        entries = entries.filter(finding.about_programmes([programme]))
    lines.append(
        f"Since {before.name}: entries {before.sequence + 1} to {head['sequence']} of the ledger."
    )
    by_promise: dict[str, list[str]] = {}
    others: list[str] = []
    for promise, line, corrects in _told(entries):
        if promise:
            by_promise.setdefault(promise, []).append(line)
        elif corrects:
            others.append(line)
    titles = {
        one.pk: one.title.get("en") or next(iter(one.title.values()))
        for one in Promise.objects.public().filter(pk__in=by_promise).order_by("position")
    }
    for promise in [*titles, *sorted(by_promise.keys() - titles.keys())]:
        heading = f"{promise} {plain(titles[promise])}" if promise in titles else promise
        lines += ["", f"## {heading}", "", *by_promise[promise]]
    if others:
        lines += ["", "## Corrected beside promises", "", *others]
    if not by_promise and not others:
        lines += ["", "Nothing about promises; see the ledger."]
    return "\n".join(lines) + "\n"


def _told(entries: Any) -> Iterator[tuple[str, str, bool]]:
    """Each entry: the promise that it is about, a line, and whether it corrects something."""
    found = finding.with_earlier(entries).order_by("sequence")
    for chunk in chunks(found.iterator(chunk_size=500)):
        payloads = payloads_of(one for row in chunk for one in (row.pk, row.earlier))
        updates = [row.object_id for row in chunk if row.object_type == "update"]
        promises = {
            str(pk): promise
            for pk, promise in StatusUpdate.objects.public()
            .filter(pk__in=updates)
            .values_list("pk", "promise")
        }
        for row in chunk:
            about = row.object_id if row.object_type == "promise" else ""
            about = promises.get(row.object_id, about)
            yield about, _line(change_row(row, payloads)), row.action in CORRECTIONS


def _line(change: Mapping[str, Any]) -> str:
    what = change["object_type"]
    if what not in ("promise", "update"):
        what += f" {change['object_id']}"
    verb = _VERBS[EntryAction(change["action"])]
    line = f"- {what} {verb} ({change['sequence']})"
    if change["summary"] and change["action"] not in (EntryAction.CREATE, EntryAction.WITHDRAW):
        line += f": {plain(change['summary'])}"
    if change["reason"]:
        line += f". Reason: {plain(change['reason'])}"
    return line


def plain(text: str) -> str:
    """A text in one line, of which Markdown makes nothing."""
    return _MARKS.sub(r"\\\1", " ".join(text.split()))
