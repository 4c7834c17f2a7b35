"""What an organisation sent before: its own ids make repeating harmless."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from reforms import records
from reforms.ledger.redacting import holds_marker
from reforms.models import Citation, Organisation, StatusUpdate
from reforms.submissions.complaints import Place
from reforms.submissions.drafting import Draft
from reforms.vocabulary import ReviewState

_OPEN = (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED)


def refuse_taken(
    values: dict[str, Any],
    organisation: Organisation,
    place: Place,
    apart_from: StatusUpdate | None = None,
) -> None:
    """Complain where the organisation has given its id to another update already."""
    external_id = values.get("external_id")
    if not external_id:
        return
    taken = organisation.updates.filter(external_id=external_id, successor=None)
    if apart_from is not None:
        taken = taken.exclude(pk=apart_from.pk)
    if (holder := taken.first()) is not None:
        complain_of_taken(holder, place)


def complain_of_taken(holder: StatusUpdate, place: Place) -> None:
    """Say who has the id, and what can be done."""
    has = f"Your update {holder.pk} has this id and is {holder.review_state}"
    if holder.review_state in _OPEN:
        advice = "change that one, or give this one another id"
    elif holder.review_state == ReviewState.PUBLISHED:
        advice = "supersede it if it was wrong; a later assessment gets an id of its own"
    else:
        advice = "give this one another id"
    place.at("external_id").complain("taken", f"{has}: {advice}.")


class Sent:
    """What the organisation has sent under some of its own ids."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation
        self._by_id: dict[str, list[StatusUpdate]] = {}

    def learn(self, external_ids: Iterable[str]) -> None:
        """Look up what these ids stand for."""
        self._by_id = defaultdict(list)
        # Also what was superseded: a file from before says what it said.
        for update in self.organisation.updates.filter(
            external_id__among=set(external_ids)
        ).prefetch_related("citations"):
            self._by_id[update.external_id].append(update)

    def same(self, draft: Draft) -> StatusUpdate | None:
        """What was sent under the draft's id and says the same."""
        for update in self._by_id.get(draft.update.external_id, ()):
            if _says_the_same(update, draft):
                return update
        return None

    def holder(self, external_id: str) -> StatusUpdate | None:
        """The update that has the id now."""
        for update in self._by_id.get(external_id, ()):
            if update.successor_id is None:
                return update
        return None


def _says_the_same(update: StatusUpdate, draft: Draft) -> bool:
    new = draft.update
    if (update.promise_id, update.status) != (new.promise_id, new.status):
        return False
    if (update.effective, update.assessed) != (new.effective, new.assessed):
        return False
    return _is_said(new.note, update.note) and _same_evidence(
        sorted(update.citations.all(), key=lambda one: one.position), draft.citations
    )


def _same_evidence(cited: Sequence[Citation], new: Sequence[Citation]) -> bool:
    return len(cited) == len(new) and all(
        _passage(old) == _passage(one)
        and _is_said(one.note, old.note)
        and (one.locator == old.locator or holds_marker(old.locator))
        for old, one in zip(cited, new, strict=True)
    )


def _passage(citation: Citation) -> tuple[str, ...]:
    return citation.source_id, citation.stance, citation.basis, citation.origin_id


def _is_said(sent: dict[str, str], stored: dict[str, str]) -> bool:
    """Whether what is stored is what was sent, translated or redacted since."""
    return sent == stored or records.adds_languages(sent, stored) or holds_marker(stored)
