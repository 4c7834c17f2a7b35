"""The review queue: one screen a submission, and from each to the next."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reforms import roles
from reforms.admin.base import RecordAdmin
from reforms.admin.batches import carry_out
from reforms.admin.counting import number_up_to, up_to
from reforms.admin.exhibits import exhibits
from reforms.admin.fields import ReasonFormField
from reforms.admin.labels import badge, describe, in_words, list_of, page_of
from reforms.admin.review import STEPS, step_for
from reforms.admin.superseding import replacement
from reforms.admin.tables import Tabular
from reforms.admin.timeline import standing, timeline
from reforms.admin.weighing import alike, outcome, record_of
from reforms.models import Promise, StatusUpdate
from reforms.vocabulary import Action, ReviewState, Status

DECISIONS = (Action.PUBLISH, Action.REQUEST_CHANGES, Action.REJECT)
MOST_COUNTED = 1_000
_NARROWED = {"programme": "promise__programme", "organisation": "organisation"}


@dataclass(frozen=True, slots=True)
class Queue:
    """What waits for one reviewer, all of it or that of one programme or organisation."""

    user: Any
    narrowed: dict[str, str]

    @classmethod
    def asked(cls, request: HttpRequest) -> "Queue":
        """The queue that an address names."""
        given = {name: request.GET.get(name, "").replace("\x00", "") for name in _NARROWED}
        return cls(request.user, {name: value for name, value in given.items() if value})

    @property
    def waiting(self) -> Any:
        """The updates, the oldest first."""
        chosen = {_NARROWED[name]: value for name, value in self.narrowed.items()}
        return StatusUpdate.objects.waiting_for(self.user).filter(**chosen)

    def behind(self, update: StatusUpdate) -> Any:
        """Those that were submitted later, or at once with it and have a higher id."""
        at = update.submitted_at
        # The plain bound is what the index of the queue bears.
        return self.waiting.filter(submitted_at__gte=at).exclude(submitted_at=at, pk__lte=update.pk)

    def ahead(self, update: StatusUpdate) -> Any:
        """Those that were submitted before it."""
        at = update.submitted_at
        return self.waiting.filter(submitted_at__lte=at).exclude(submitted_at=at, pk__gte=update.pk)

    def address(self, update: StatusUpdate | None = None) -> str:
        """The screen of an update in this queue; without one, the way to the oldest."""
        name = "admin:reforms_statusupdate_" + ("queue" if update is None else "review")
        address = reverse(name, args=[] if update is None else [update.pk])
        return f"{address}?{urlencode(self.narrowed)}" if self.narrowed else address


class DecisionForm(forms.Form):
    """What becomes of a submission; `version` is that of the submission that was read."""

    decision = forms.ChoiceField(choices=[(one.value, one.label) for one in DECISIONS])
    reason = ReasonFormField(required=False, label="Reason")
    version = forms.IntegerField()

    def __init__(self, data: QueryDict | None, update: StatusUpdate) -> None:
        super().__init__(data, initial={"version": update.version})
        self.update = update
        self.fields[
            "reason"
        ].help_text = (
            "Needed to ask for more and to reject. Its author reads it; it is never public."
        )

    def clean(self) -> Any:
        cleaned = super().clean()
        decision = self.cleaned_data.get("decision")
        needs_reason = decision and STEPS[Action(decision)].needs_reason
        if needs_reason and not self.cleaned_data.get("reason", "unreadable"):
            self.add_error("reason", "Say why, in a sentence.")
        if self.cleaned_data.get("version") != self.update.version:
            self.add_error(
                None,
                "Its author or another reviewer changed it since you opened it; nothing was done."
                " Look at it again, then decide.",
            )
        return cleaned


class Reviewing(Tabular, RecordAdmin):
    """The pages of the queue."""

    def get_urls(self) -> Any:
        view = self.admin_site.admin_view
        return [
            path("review/", view(self.queue_view), name="reforms_statusupdate_queue"),
            path("<uuid:key>/review/", view(self.review_view), name="reforms_statusupdate_review"),
            *super().get_urls(),
        ]

    def table_tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        """Above the list, the way to what waits."""
        tools: list[tuple[str, str]] = super().table_tools(request)
        if roles.reviews(request.user):
            tools.insert(0, ("Review one by one", Queue(request.user, {}).address()))
        return tools

    def queue_view(self, request: Any) -> HttpResponse:
        """Lead to what has waited longest; where nothing waits, say so."""
        refuse_others(request)
        queue = Queue.asked(request)
        first = queue.waiting.first()
        if first is not None:
            return HttpResponseRedirect(queue.address(first))
        context = {"title": "Review", "queue": queue, "all": Queue(request.user, {}).address()}
        return self.screen(request, "empty_queue", context)

    def review_view(self, request: Any, key: UUID) -> HttpResponse:
        """Show all that there is to weigh; take the decision, and lead to the next one."""
        refuse_others(request)
        with self.turn(request):
            update = self.get_object(request, str(key))
            if update is None:
                raise Http404
            queue = Queue.asked(request)
            form = DecisionForm(request.POST if request.method == "POST" else None, update)
            if form.is_bound and form.is_valid() and self.decide(request, update, form):
                following = queue.behind(update).first() or queue.waiting.first()
                return HttpResponseRedirect(queue.address(following))
            return self.screen(request, "review", self.weighed(request, update, queue, form))

    def decide(self, request: Any, update: StatusUpdate, form: DecisionForm) -> bool:
        """Carry the decision out; whether that was allowed."""
        step = step_for(self, request, Action(form.cleaned_data["decision"]))
        reason = form.cleaned_data["reason"] if step.needs_reason else ""
        [result] = carry_out(step, [update], reason)
        if result.done:
            messages.success(request, f"{result.words} {result.label}")
        else:
            form.add_error(None, result.words)
            update.refresh_from_db()
        return result.done

    def weighed(
        self, request: Any, update: StatusUpdate, queue: Queue, form: DecisionForm
    ) -> dict[str, Any]:
        """All that the screen shows."""
        promise = Promise.objects.select_related("programme", "reform").get(pk=update.promise_id)
        jurisdiction = promise.programme.jurisdiction
        allowed = roles.actions_for(request.user, update)
        decisions = [(one, STEPS[one]) for one in DECISIONS if one in allowed]
        ahead, behind = queue.ahead(update), queue.behind(update)
        waits = update.review_state == ReviewState.SUBMITTED
        return {
            "title": "Review",
            "subtitle": str(update),
            "original": update,
            "update": update,
            "update_status": badge(Status(update.status)),
            "update_state": badge(ReviewState(update.review_state)),
            "note": in_words(update.note),
            "promise": promise,
            "promise_title": in_words(promise.title),
            "statement": in_words(promise.statement),
            "condition": in_words(promise.condition),
            "reform": describe(promise.reform),
            "passages": exhibits(promise.citations, jurisdiction, request.user),
            "evidence": exhibits(update.citations, jurisdiction, request.user, update.status),
            "standing": standing(promise),
            "outcome": outcome(update) if waits else None,
            "timeline": timeline(promise, request.user),
            "alike": alike(update, request.user),
            "replacement": replacement(update),
            "record": record_of(update.organisation, update),
            "form": form,
            "decisions": decisions,
            "refusal": "" if decisions else why_not(request.user, update),
            "page": page_of(update),
            "place": up_to(number_up_to(ahead, MOST_COUNTED) + 1, MOST_COUNTED),
            "left": up_to(number_up_to(behind, MOST_COUNTED), MOST_COUNTED),
            "next": address_of(queue, behind.first()),
            "previous": address_of(queue, ahead.last()),
            "narrower": narrower(queue, update),
            "list": list_of(StatusUpdate, "state=submitted"),
        }

    def screen(self, request: Any, name: str, context: dict[str, Any]) -> TemplateResponse:
        """A page of the queue."""
        request.current_app = self.admin_site.name
        shared = {**self.admin_site.each_context(request), "opts": self.opts, "media": self.media}
        template = f"admin/reforms/statusupdate/{name}.html"
        return TemplateResponse(request, template, {**shared, **context})


def refuse_others(request: Any) -> None:
    """Only reviewers have a queue."""
    if not roles.reviews(request.user):
        raise PermissionDenied("Only reviewers publish, send back or reject what others submitted.")


def address_of(queue: Queue, update: StatusUpdate | None) -> str:
    """Where the queue goes on; nowhere at its end."""
    return queue.address(update) if update is not None else ""


def narrower(queue: Queue, update: StatusUpdate) -> list[tuple[str, str]]:
    """The ways to a shorter queue from here, and back to all of it."""
    if queue.narrowed:
        return [("All that waits", Queue(queue.user, {}).address())]
    programme, organisation = update.promise.programme_id, update.organisation_id
    return [
        (f"Only {programme}", Queue(queue.user, {"programme": programme}).address()),
        (f"Only {organisation}", Queue(queue.user, {"organisation": organisation}).address()),
    ]


def why_not(user: Any, update: StatusUpdate) -> str:
    """Why there is nothing to decide."""
    if update.review_state not in (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED):
        return f"It is {update.review_state}: there is nothing left to decide."
    return roles.why_not(user, Action.PUBLISH, update)
