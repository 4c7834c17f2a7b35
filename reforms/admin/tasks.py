"""What there is to do for whoever signs in, with how much of it there is and where it is done."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.urls import reverse

from reforms import roles
from reforms.admin.counting import number_up_to, up_to
from reforms.admin.filters import QUIET_DAYS
from reforms.admin.labels import list_of
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
    SheetKind,
    Source,
    StatusUpdate,
    Webhook,
    WebhookState,
)
from reforms.vocabulary import ReviewState, Status, Timeliness, Verification

MOST_COUNTED = 1_000


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
