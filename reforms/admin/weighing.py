"""What a reviewer weighs beside the evidence: what resembles it, who sent it, what would follow."""

from dataclasses import dataclass
from typing import Any

from reforms import verdicts
from reforms.admin.counting import count_up_to
from reforms.admin.labels import badge, describe, in_words, list_of, page_of
from reforms.dates import now
from reforms.models import Organisation, StatusUpdate
from reforms.vocabulary import ReviewState, Status

# What is no more than this is counted; who sent more is known well enough.
MOST_COUNTED = 1_000
LOOKED_AT = 50
LATEST = 5
_COMPARED = (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED, ReviewState.PUBLISHED)
_TOLD = (
    ReviewState.PUBLISHED,
    ReviewState.CHANGES_REQUESTED,
    ReviewState.REJECTED,
    ReviewState.SUPERSEDED,
    ReviewState.RETRACTED,
    ReviewState.REMOVED,
)


@dataclass(frozen=True, slots=True)
class Alike:
    """Another update of the promise that may say the same, and why one may think so."""

    address: str
    words: str
    status: Any
    state: Any
    why: str


def alike(update: StatusUpdate, user: Any) -> list[Alike]:
    """Updates of the same promise that may say the same, of those that `user` may see."""
    others = (
        StatusUpdate.objects.visible_to(user)
        .filter(promise=update.promise_id, review_state__in=[one.value for one in _COMPARED])
        .exclude(pk=update.pk)
        .prefetch_related("citations")
        .order_by("-submitted_at", "id")[:LOOKED_AT]
    )
    cited = {one.source_id for one in update.citations.all()}
    found = []
    for other in others:
        if other.pk == update.replaces_id:
            continue
        if why := _resemblance(update, other, cited):
            found.append(
                Alike(
                    address=page_of(other),
                    words=f"{other.organisation_id}, {other.effective}",
                    status=badge(Status(other.status)),
                    state=badge(ReviewState(other.review_state)),
                    why=", ".join(why),
                )
            )
    return found


def _resemblance(update: StatusUpdate, other: StatusUpdate, cited: set[str]) -> list[str]:
    """Why the other may say the same: of one status, by one organisation, of one day, from one
    source. One of these alone is nothing to look at.
    """
    why = []
    if other.status == update.status:
        why.append("the same status")
    if other.organisation_id == update.organisation_id:
        why.append("the same organisation")
    if other.effective == update.effective:
        why.append("the same date")
    if shared := sorted(cited & {one.source_id for one in other.citations.all()}):
        why.append(f"the same source ({', '.join(shared)})")
    return why if len(why) > 1 else []


def record_of(organisation: Organisation, apart_from: StatusUpdate) -> dict[str, Any]:
    """What became of what the organisation sent before: numbers up to a bound, and the latest."""
    before = organisation.updates.exclude(pk=apart_from.pk)
    latest = before.select_related("promise").order_by("-submitted_at", "id")[:LATEST]
    return {
        "organisation": organisation,
        "name": in_words(organisation.name),
        "address": page_of(organisation),
        "affiliation": in_words(organisation.affiliation),
        "numbers": [
            (badge(state), count_up_to(before.filter(review_state=state.value), MOST_COUNTED))
            for state in _TOLD
        ],
        "latest": [
            (page_of(one), describe(one.promise), badge(ReviewState(one.review_state)))
            for one in latest
        ],
        "all": list_of(StatusUpdate, f"organisation__id__exact={organisation.pk}&state=all"),
    }


def outcome(update: StatusUpdate) -> dict[str, Any]:
    """What the record would say of the promise if the update were published now."""
    verdict = verdicts.foreseen(update, now())
    return {
        "status": badge(verdict.status),
        "since": verdict.since.written if verdict.since else None,
        "verification": badge(verdict.verification),
        "contested": verdict.contested,
    }
