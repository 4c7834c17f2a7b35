"""The record rebuilt from the ledger alone, and judged as the tables are.

An entry is read as the feed answers it: a mapping with `action`, `object_type`, `object_id` and
`payload`. So whoever follows the feed can do the same.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Protocol

from reforms.assessment import Assessment, Evidence, Verdict, judge
from reforms.dates import PartialDate, day_in
from reforms.ledger.writing import payload_of
from reforms.models import LedgerEntry
from reforms.records import Document
from reforms.vocabulary import OFFICIAL, Basis, EntryAction, ReviewState, Stance, Status

Documents = dict[tuple[str, str], Document]


class Then(Protocol):
    """The documents of some moment, by type and id."""

    def __getitem__(self, key: tuple[str, str], /) -> Document: ...


def recorded(until: int | None = None) -> Iterator[dict[str, Any]]:
    """The entries that are stored, in their order, up to the sequence `until`."""
    entries = LedgerEntry.objects.select_related("payload").order_by("sequence")
    if until is not None:
        entries = entries.filter(sequence__lte=until)
    for entry in entries.iterator():
        yield {
            "sequence": entry.sequence,
            "action": entry.action,
            "object_type": entry.object_type,
            "object_id": entry.object_id,
            "payload": payload_of(entry),
        }


def replay(entries: Iterable[Mapping[str, Any]], documents: Documents | None = None) -> Documents:
    """Every record document after the entries, by type and id; what was withdrawn is not there.

    Begins with entry 1, or goes on from `documents`, which it changes and returns.
    """
    documents = {} if documents is None else documents
    for entry in entries:
        key = (entry["object_type"], entry["object_id"])
        document = entry["payload"]["document"]
        if document is None:
            documents.pop(key, None)
        # What was withdrawn does not come back when something in it is redacted.
        elif entry["action"] != EntryAction.REDACT or key in documents:
            documents[key] = document
    return documents


def verdicts(documents: Documents) -> dict[str, Verdict]:
    """What the record says of each promise, by its id."""
    standing: dict[str, list[Assessment]] = {
        id_: [] for type_, id_ in documents if type_ == "promise"
    }
    for (type_, _), document in documents.items():
        if type_ == "update" and document["review_state"] == ReviewState.PUBLISHED:
            standing[document["promise"]].append(assessment(document, documents))
    return {
        promise: judge(assessments, _programme_of(promise, documents)["lead_organisation"])
        for promise, assessments in standing.items()
    }


def _programme_of(promise: str, documents: Then) -> Document:
    return documents["programme", documents["promise", promise]["programme"]]


def assessment(update: Document, documents: Then) -> Assessment:
    """A published update as the pure functions see it, from its document and those it rests on."""
    programme = _programme_of(update["promise"], documents)
    published_at = datetime.fromisoformat(update["published_at"])
    day = day_in(programme["time_zone"], published_at)
    effective = PartialDate.parse(update["effective_on"])
    counts_from = min(effective.last, day)
    assessed = counts_from
    if update["assessed_on"]:
        assessed = min(PartialDate.parse(update["assessed_on"]).last, day)
    return Assessment(
        id=update["id"],
        organisation=update["organisation"],
        status=Status(update["status"]),
        effective=effective,
        counts_from=counts_from,
        assessed=assessed,
        published_at=published_at,
        evidence=tuple(
            _evidence(one, programme["jurisdiction"], documents) for one in update["citations"]
        ),
    )


def _evidence(citation: Document, jurisdiction: str, documents: Then) -> Evidence:
    origin = documents["publisher", citation["origin"]]
    return Evidence(
        origin=citation["origin"],
        publisher=documents["source", citation["source"]]["publisher"],
        official=origin["type"] in OFFICIAL and origin["country"] in ("", jurisdiction),
        stance=Stance(citation["stance"]),
        basis=Basis(citation["basis"]),
    )
