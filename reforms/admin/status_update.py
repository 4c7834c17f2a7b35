from typing import Any
from uuid import UUID

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import Http404
from django.urls import path, reverse

from reforms import roles, workflow
from reforms.admin.batches import ask_then_act_on_one
from reforms.admin.citation import CitationInline
from reforms.admin.fields import PartialDateFormField
from reforms.admin.filters import ALL, QUEUE, OwnFilter, ReviewStateFilter
from reforms.admin.finding_updates import matching
from reforms.admin.forms import RecordForm
from reforms.admin.history import Recorded
from reforms.admin.labels import badge, below, in_words
from reforms.admin.narrowing import DescribedFilter, EffectYearFilter
from reforms.admin.review import BULK_ACTIONS, button, step_for
from reforms.admin.review_queue import Reviewing
from reforms.admin.superseding import Superseding, replacement, superseded
from reforms.admin.timeline import standing, timeline
from reforms.models import Citation, Promise, SheetKind, StatusUpdate
from reforms.vocabulary import Action, ReviewState, Stance, Status

ACT = "admin:reforms_statusupdate_act"


class StatusUpdateForm(RecordForm):
    """An assessment to be submitted, or one that is not public yet."""

    effective = PartialDateFormField(
        label="Effective on", help_text="When it became true: 2022-11-05, 2022-11 or 2022."
    )
    assessed = PartialDateFormField(
        label="Assessed on",
        required=False,
        help_text="The day up to which you looked. For “not started” it is the same day.",
    )

    superseded: StatusUpdate | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.superseded is not None:
            self.instance.promise = self.superseded.promise
            self.instance.organisation = self.superseded.organisation
        if self.instance.replaces_id is not None:
            self.initial["reason"] = self.instance.replaces_reason
        organisation = self.fields.get("organisation")
        own = roles.organisations_of(self.user)
        if organisation is not None and len(own) == 1:
            self.initial.setdefault("organisation", next(iter(own)))


class UpdateCitationInline(CitationInline):
    """The evidence of an update."""

    fk_name = "update"
    verbose_name_plural = "evidence"
    verbose_name = "citation"

    def get_extra(self, request: Any, obj: Any = None, **kwargs: Any) -> int:
        """As many as the update cites that is to be superseded."""
        update = superseded(request)
        if update is None:
            return super().get_extra(request, obj, **kwargs)
        return update.citations.count()


@admin.register(StatusUpdate)
class StatusUpdateAdmin(Reviewing, Recorded, Superseding):
    """The queue of submissions, and all assessments ever published."""

    sheet = SheetKind.UPDATES
    form = StatusUpdateForm
    list_display = ["about", "proposed", "evidence", "standing"]
    list_select_related = ["promise", "organisation"]
    list_filter = [
        ReviewStateFilter,
        OwnFilter,
        "status",
        ("organisation", DescribedFilter),
        ("promise__programme", DescribedFilter),
        EffectYearFilter,
    ]
    linked_lookups = ("promise__id__exact",)
    # `get_search_results` asks the indexes; the names here are what it covers.
    search_fields = ["promise__id", "organisation__id", "note__en", "note__ru", "note__kk"]
    search_help_text = (
        "Words of the promise or of the note; or an id: of a promise, a reform, an organisation, an"
        " update, or an organisation’s own for it."
    )
    autocomplete_fields = ["promise", "organisation"]
    inlines = [UpdateCitationInline]
    actions = BULK_ACTIONS
    readonly_fields = [
        "state",
        "published_at",
        "ended_at",
        "ended_reason",
        "successor",
        "review_note",
        "submitted_at",
        "submitted_by",
    ]

    # Who may

    def visible(self, request: Any) -> Any:
        return StatusUpdate.objects.visible_to(request.user)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and (obj is None or roles.may_edit(request.user, obj))

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_review_permission(self, request: Any) -> bool:
        """For the actions of reviewers."""
        return roles.reviews(request.user)

    def has_publish_permission(self, request: Any) -> bool:
        """For reviewers, and for those who may publish what they submit themselves."""
        if not hasattr(request, "may_publish"):
            user = request.user
            request.may_publish = roles.reviews(user) or roles.publishes_own(user)
        return bool(request.may_publish)

    def has_remove_permission(self, request: Any) -> bool:
        """For the action of curators."""
        return roles.curates(request.user)

    def has_author_permission(self, request: Any) -> bool:
        """For the actions of those who speak for an organisation."""
        return super().has_change_permission(request)

    def may_see_history(self, request: Any, obj: Any) -> bool:
        return roles.may_see_inside(request.user, obj)

    # Lists

    def complete(self, request: Any, rows: Any) -> None:
        supporting = Citation.objects.filter(update__in=rows, stance=Stance.SUPPORTS.value)
        number = dict(supporting.order_by().values_list("update").annotate(Count("pk")))
        for update in rows:
            update.supporting_count = number.get(update.pk, 0)

    def is_queue(self, request: Any) -> bool:
        """Whether the list shows what waits: few, whatever was ever published."""
        default = ReviewState.SUBMITTED.value if roles.reviews(request.user) else ALL
        return request.GET.get(ReviewStateFilter.parameter_name, default) in QUEUE

    def get_ordering(self, request: Any) -> Any:
        """Oldest first in the queue, newest first elsewhere."""
        queued = self.is_queue(request)
        return ["submitted_at", "id"] if queued else ["-submitted_at", "-id"]

    def get_sortable_by(self, request: Any) -> Any:
        """What waits by any column; all that was ever published by what an index holds."""
        return self.list_display if self.is_queue(request) else ["standing"]

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        return matching(request, queryset, search_term), False

    @admin.display(description="Promise", ordering="promise__position")
    def about(self, update: StatusUpdate) -> str:
        return below(in_words(update.promise.title), update.promise_id)

    @admin.display(description="Status", ordering="effective_on")
    def proposed(self, update: StatusUpdate) -> str:
        return below(badge(Status(update.status)), update.effective)

    @admin.display(description="Review state", ordering="submitted_at")
    def standing(self, update: StatusUpdate) -> str:
        when = f"{update.published_at:%Y-%m-%d}" if update.published_at else ""
        return below(self.state(update), when or f"since {update.submitted_at:%Y-%m-%d %H:%M}")

    @admin.display(description="Review state")
    def state(self, update: StatusUpdate) -> str:
        return badge(ReviewState(update.review_state))

    @admin.display(description="By", ordering="organisation")
    def evidence(self, update: Any) -> str:
        number = update.supporting_count
        return below(update.organisation_id, f"{number} supporting" if number else "no evidence")

    # Pages

    def layout(self, request: Any, obj: Any) -> Any:
        if superseded(request) is not None:
            return super().layout(request, obj)
        content = ["promise", "organisation", "status", "effective", "assessed", "note"]
        if obj is None:
            return [(None, {"fields": [*content, "external_id"]})]
        review = ["state", "published_at"]
        if obj.ended_at:
            review += ["ended_at", "ended_reason", "successor"]
        if roles.may_see_inside(request.user, obj):
            content = [*content, "external_id"]
            review = [*review, "review_note", "submitted_at", "submitted_by"]
        return [(None, {"fields": content}), ("Review", {"fields": review})]

    def fixed(self, request: Any, obj: Any) -> list[Any]:
        return super().fixed(request, obj) + (["promise", "organisation"] if obj else [])

    def get_autocomplete_fields(self, request: Any) -> Any:
        return ["promise", "organisation"] if roles.curates(request.user) else ["promise"]

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "organisation" and not roles.curates(request.user):
            kwargs["queryset"] = request.user.organisations.public().order_by("pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_choice_field(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        field: Any = super().formfield_for_choice_field(db_field, request, **kwargs)
        if db_field.name == "status":
            # Nobody submits that nobody has looked.
            field.choices = [one for one in field.choices if one[0] != Status.NOT_ASSESSED]
        return field

    def surroundings(self, request: Any, thing: StatusUpdate) -> dict[str, Any]:
        promise = Promise.objects.select_related("programme").get(pk=thing.promise_id)
        return {
            "promise": promise,
            "statement": in_words(promise.statement),
            "standing": standing(promise),
            "timeline": timeline(promise, request.user),
            "answer": self.answer(request, thing),
            "replacement": replacement(thing),
            "steps": [
                (button(action), reverse(ACT, args=[thing.pk, action]))
                for action in roles.actions_for(request.user, thing)
            ],
        }

    def answer(self, request: Any, update: StatusUpdate) -> str:
        """What a reviewer wants the author to know, while it still matters."""
        waits = update.review_state == ReviewState.CHANGES_REQUESTED
        return update.review_note if waits and roles.may_see_inside(request.user, update) else ""

    def get_urls(self) -> Any:
        act = path(
            "<uuid:key>/<str:action>/",
            self.admin_site.admin_view(self.act_view),
            name="reforms_statusupdate_act",
        )
        # Behind Django's own, so that /history/ and /delete/ stay what they are.
        urls = super().get_urls()
        return [*urls[:-1], act, urls[-1]]

    def act_view(self, request: Any, key: UUID, action: str) -> Any:
        """Take one step for one update: ask, then act, then show the update again."""
        with self.turn(request):
            return self._act(request, key, action)

    def _act(self, request: Any, key: UUID, action: str) -> Any:
        update = self.get_object(request, str(key))
        if update is None or action not in Action.values():
            raise Http404
        if not roles.may(request.user, Action(action), update):
            raise PermissionDenied(roles.why_not(request.user, Action(action), update))
        if action == Action.SUPERSEDE:
            return self.supersede_view(request, update)
        step = step_for(self, request, Action(action))
        return ask_then_act_on_one(self, request, update, step)

    # Writing

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        update = form.instance
        [evidence] = formsets
        # Stores nothing, but tells the log what was added, changed and deleted.
        evidence.save(commit=False)
        if change:
            update.replaces_reason = form.cleaned_data.get("reason", update.replaces_reason)
            workflow.revise(update, evidence.cited())
            return
        submitted = workflow.submit(
            promise=update.promise,
            organisation=update.organisation,
            status=update.status,
            effective=update.effective,
            assessed=update.assessed,
            note=update.note,
            external_id=update.external_id,
            citations=evidence.cited(),
            replaces=superseded(request),
            replaces_reason=form.cleaned_data.get("reason", ""),
            user=request.user,
        )
        if superseded(request) is not None:
            self.publish_successor(request, submitted)
        # What follows (the log, the way on) speaks of the form's own instance.
        update.__dict__.update(submitted.__dict__)
