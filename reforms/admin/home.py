"""The curators' home: what there is to do, how far each reform is, what was published last."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count
from django.urls import reverse

from reforms import roles
from reforms.admin.counting import number_up_to, up_to
from reforms.admin.filters import QUIET_DAYS
from reforms.admin.labels import badge, in_words, list_of, page_of
from reforms.dates import now
from reforms.models import (
    DisabledBy,
    ErrorReport,
    Import,
    ImportState,
    LetterState,
    Programme,
    Promise,
    ProposedReply,
    Reform,
    SheetKind,
    Source,
    StatusUpdate,
    Webhook,
    WebhookState,
)
from reforms.vocabulary import CHECKABLE, ReviewState, Status, Timeliness, Verification

MOST_COUNTED = 1_000
PUBLICATIONS = 10
PROGRAMMES = 50
# The width of a bar, in units of its picture.
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Task:
    """Something that may want doing: how much of it there is, and where it is done."""

    words: str
    number: str
    address: str
    hint: str = ""

    @property
    def is_done(self) -> bool:
        return self.number == "0"


def tasks(user: Any) -> list[Task]:
    """What there is to do for somebody, by the role."""
    return [
        *_reviewing(user),
        *_reading(user),
        *_own(user),
        *_watching(user),
        *_keeping(user),
        *_sending(user),
    ]


def _task(words: str, things: Any, address: str, hint: str = "") -> Task:
    return Task(words, up_to(number_up_to(things, MOST_COUNTED), MOST_COUNTED), address, hint)


def _reviewing(user: Any) -> Iterator[Task]:
    if not roles.reviews(user):
        return
    waiting = StatusUpdate.objects.waiting_for(user)
    oldest = waiting.first()
    hint = f"the oldest since {oldest.submitted_at:%Y-%m-%d}" if oldest else ""
    yield _task("Waiting for review", waiting, reverse("admin:reforms_statusupdate_queue"), hint)


def _reading(user: Any) -> Iterator[Task]:
    """What anybody sent to the curators, and nobody has decided upon."""
    if not user.has_perm("reforms.change_errorreport"):
        return
    for kind, words, hint in (
        (ErrorReport, "Reports of errors", "somebody waits for an answer"),
        (ProposedReply, "Replies to verify", "sent in the promisor’s name"),
    ):
        waiting = kind._default_manager.filter(state=LetterState.NEW.value)
        yield _task(words, waiting, list_of(kind, f"state__exact={LetterState.NEW}"), hint)


def _own(user: Any) -> Iterator[Task]:
    """What whoever submits has to answer, and what waits for others."""
    if not roles.organisations_of(user):
        return
    own = StatusUpdate.objects.filter(organisation__in=user.organisations.all())
    for state, words, hint in (
        (ReviewState.CHANGES_REQUESTED, "Sent back to you", "mend it and send it in again"),
        (ReviewState.SUBMITTED, "Yours that wait for review", ""),
    ):
        mine = own.filter(review_state=state.value)
        yield _task(words, mine, list_of(StatusUpdate, f"state={state.value}&own=yes"), hint)


def _watching(user: Any) -> Iterator[Task]:
    """Promises that somebody should look at again."""
    if not user.has_perm("reforms.view_promise"):
        return
    promises = Promise.objects.public()
    moment = now()
    yield _task(
        "Overdue",
        promises.overdue(Programme.objects.today(moment)),
        list_of(Promise, f"timeliness={Timeliness.OVERDUE}"),
        "assessed, not implemented by the deadline",
    )
    yield _task(
        "Not updated for long",
        promises.quiet_since(moment - timedelta(days=QUIET_DAYS)),
        list_of(Promise, f"quiet={QUIET_DAYS}"),
        "still open, nothing published for a year",
    )
    yield _task(
        "Contested",
        promises.filter(contested=True),
        list_of(Promise, "contested__exact=1"),
        "somebody’s assessment or evidence dissents",
    )
    yield _task(
        "On official claims only",
        promises.filter(verification=Verification.OFFICIAL_CLAIM.value),
        list_of(Promise, f"verification__exact={Verification.OFFICIAL_CLAIM}"),
        "nobody but the state says so",
    )
    yield _task(
        "Not assessed",
        promises.filter(status=Status.NOT_ASSESSED.value),
        list_of(Promise, f"status__exact={Status.NOT_ASSESSED}"),
        "nobody has looked yet",
    )


def _keeping(user: Any) -> Iterator[Task]:
    """Sources that readers may soon not find any more."""
    if not roles.curates(user):
        return
    sources = Source.objects.visible_to(user)
    yield _task(
        "Sources with dead links",
        sources.with_dead_links(),
        list_of(Source, "link=dead"),
        "readers find nothing there",
    )
    yield _task(
        "Sources without a copy",
        sources.unarchived(),
        list_of(Source, "archived=no"),
        "no archived copy is known",
    )
    if user.has_perm("reforms.view_webhook"):
        disabled = Webhook.objects.filter(state=WebhookState.DISABLED.value).exclude(
            disabled_by=DisabledBy.OWNER.value
        )
        address = list_of(Webhook, f"state__exact={WebhookState.DISABLED}")
        yield _task("Webhooks that ended", disabled, address, "tell the organisations")


def _sending(user: Any) -> Iterator[Task]:
    """Files that somebody meant to import, and that came to nothing."""
    if not any(roles.may_import(user, kind.value) for kind in SheetKind):
        return
    failed = Import.objects.visible_to(user).filter(state=ImportState.FAILED.value)
    address = list_of(Import, f"state__exact={ImportState.FAILED}")
    yield _task("Imports that failed", failed, address, "mend the file and send it again")


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
