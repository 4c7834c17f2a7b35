"""A promise's timeline, as the pages of promises and of status updates show it."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import Coalesce

from reforms.admin.labels import badge, in_words, list_of, page_of
from reforms.models import Promise, StatusUpdate
from reforms.vocabulary import ReviewState, Status, Verification

LONGEST = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One update on the timeline."""

    update: StatusUpdate
    note: str
    address: str
    status: Any
    state: Any


def timeline(promise: Promise, user: Any) -> dict[str, Any]:
    """The updates of a promise that `user` may see, newest first, and where the rest are."""
    when = Coalesce("counts_from", "effective_on")
    updates = list(
        StatusUpdate.objects.visible_to(user)
        .filter(promise=promise)
        .select_related("organisation")
        .order_by(when.desc(), F("published_at").desc(nulls_first=True), "-submitted_at", "id")[
            : LONGEST + 1
        ]
    )
    return {
        "lines": [
            Line(
                one,
                in_words(one.note),
                page_of(one),
                badge(Status(one.status)),
                badge(ReviewState(one.review_state)),
            )
            for one in updates[:LONGEST]
        ],
        "longest": LONGEST,
        "more": len(updates) > LONGEST,
        "all": list_of(StatusUpdate, f"promise__id__exact={promise.pk}&state=all"),
    }


def standing(promise: Promise) -> dict[str, Any]:
    """What became of a promise, in words: the derived columns and today's timeliness."""
    return {
        "status": badge(Status(promise.status)),
        "since": promise.since,
        "verification": badge(Verification(promise.verification)),
        "contested": promise.contested,
        "timeliness": badge(promise.timeliness(promise.programme.today())),
        "deadline": promise.deadline,
        "first_implemented": promise.first_implemented,
        "last_published_at": promise.last_published_at,
        "changed_at": promise.changed_at,
    }
