"""What the record said when the ledger had so many entries."""

import json
from collections.abc import Iterable
from typing import Any

from django.db.models import Max

from reforms import records
from reforms.models import LedgerEntry, LedgerPayload

_BATCH = 500


class Snapshot:
    """The record after entry number `sequence`. Objects are restored from their documents; each is
    fetched once.
    """

    def __init__(self, sequence: int) -> None:
        self.sequence = sequence
        self._known: dict[tuple[str, str], Any] = {}

    def get(self, type_: str, ids: Iterable[Any]) -> dict[str, Any]:
        """The objects of one type with these ids that the record had then."""
        wanted = {str(id_) for id_ in ids if id_ is not None}
        missing = sorted(id_ for id_ in wanted if (type_, id_) not in self._known)
        for start in range(0, len(missing), _BATCH):
            self._fetch(type_, missing[start : start + _BATCH])
        found = {id_: self._known[type_, id_] for id_ in wanted}
        return {id_: thing for id_, thing in found.items() if thing is not None}

    def _fetch(self, type_: str, ids: list[str]) -> None:
        self._known |= {(type_, id_): None for id_ in ids}
        entries = LedgerEntry.objects.filter(
            object_type=type_, object_id__in=ids, sequence__lte=self.sequence
        )
        last = entries.order_by().values("object_id").annotate(last=Max("sequence"))
        payloads = LedgerPayload.objects.filter(entry__in=[one["last"] for one in last])
        for body in payloads.values_list("body", flat=True):
            document = json.loads(body)["document"]
            if document is not None:  # otherwise it was withdrawn
                self._known[type_, document["id"]] = records.restore(document)
