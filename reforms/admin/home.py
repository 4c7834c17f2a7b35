"""The curators' home: what there is to do, how far each reform is, what was published last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from reforms.admin.labels import badge, in_words, list_of, page_of
from reforms.admin.tasks import tasks
from reforms.models import (
    Programme,
    Promise,
    Reform,
    StatusUpdate,
)
from reforms.vocabulary import CHECKABLE, ReviewState, Status

PUBLICATIONS = 10
PROGRAMMES = 50
# The width of a bar, in units of its picture.
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Piece:
    """The part of a bar that one status has."""

    status: Status
    number: int
    address: str
    start: float
    width: float


@dataclass(frozen=True, slots=True)
class Bar:
    """How far one reform is: its promises by status."""

    reform: Reform
    title: str
    address: str
    total: int
    checkable: int
    implemented: int
    pieces: list[Piece]


def progress(programme: Programme) -> list[Bar]:
    """The reforms of a programme with their promises by status; `implemented` counts those of the
    checkable ones.
    """
    reforms = {
        one.pk: one for one in Reform.objects.public().filter(programme=programme).order_by("pk")
    }
    counts: dict[str, dict[str, int]] = {pk: {} for pk in reforms}
    checkable = dict.fromkeys(reforms, 0)
    implemented = dict.fromkeys(reforms, 0)
    rows = (
        Promise.objects.public()
        .filter(programme=programme, reform__in=list(reforms))
        .order_by()
        .values_list("reform", "status", "commitment")
        .annotate(Count("pk"))
    )
    for reform, status, commitment, number in rows:
        counts[reform][status] = counts[reform].get(status, 0) + number
        if commitment in CHECKABLE:
            checkable[reform] += number
            implemented[reform] += number if status == Status.IMPLEMENTED else 0
    return [
        Bar(
            reform=reform,
            title=in_words(reform.title),
            address=list_of(Promise, f"reform__id__exact={pk}"),
            total=sum(counts[pk].values()),
            checkable=checkable[pk],
            implemented=implemented[pk],
            pieces=list(_pieces(pk, counts[pk])),
        )
        for pk, reform in sorted(reforms.items(), key=lambda item: item[1].position)
    ]


# From done to not known, so that the bars of all reforms can be compared from the left.
_IN_ORDER = (
    Status.IMPLEMENTED,
    Status.PARTIALLY_IMPLEMENTED,
    Status.IN_PROGRESS,
    Status.STALLED,
    Status.NOT_STARTED,
    Status.REVERSED,
    Status.ABANDONED,
    Status.NOT_ASSESSED,
)


def _pieces(reform: str, counts: dict[str, int]) -> Iterator[Piece]:
    total, done = sum(counts.values()), 0
    for status in _IN_ORDER:
        if number := counts.get(status.value, 0):
            start, width = WIDTH * done / total, WIDTH * number / total
            query = f"reform__id__exact={reform}&status__exact={status}"
            yield Piece(status, number, list_of(Promise, query), round(start, 3), round(width, 3))
            done += number


@dataclass(frozen=True, slots=True)
class Publication:
    """One of the status updates that were published last."""

    at: datetime | None
    address: str
    promise: str
    organisation: str
    status: Any
    state: Any


def publications() -> list[Publication]:
    """What was published last, newest first."""
    latest = StatusUpdate.objects.public().select_related("promise")
    return [
        Publication(
            at=one.published_at,
            address=page_of(one),
            promise=f"{one.promise_id} · {in_words(one.promise.title)}",
            organisation=one.organisation_id,
            status=badge(Status(one.status)),
            state=badge(ReviewState(one.review_state)),
        )
        for one in latest.order_by("-published_at", "-id")[:PUBLICATIONS]
    ]


def home(user: Any, programme: str) -> dict[str, Any]:
    """All that the home shows; `programme` is the id of the one that was asked for, if any."""
    if not user.has_perm("reforms.view_promise"):
        return {"tasks": []}
    offered = list(Programme.objects.public().order_by("-announced_on", "pk")[:PROGRAMMES])
    chosen = next((one for one in offered if one.pk == programme), offered[0] if offered else None)
    return {
        "tasks": tasks(user),
        "programmes": [(one.pk, in_words(one.title)) for one in offered],
        "programme": chosen,
        "programme_title": in_words(chosen.title) if chosen else "",
        "progress": progress(chosen) if chosen else [],
        "legend": _IN_ORDER,
        "publications": publications(),
    }
