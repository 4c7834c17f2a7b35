"""Superseding: an organisation replaces its published update by a corrected one, in the open."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from reforms import ledger, records, roles, workflow
from reforms.admin.base import RecordAdmin
from reforms.admin.fields import ReasonFormField
from reforms.admin.history import said
from reforms.admin.labels import describe, in_words, page_of
from reforms.models import StatusUpdate
from reforms.vocabulary import Action

CONTENT = ["status", "effective", "assessed", "note"]
CITED = ["source", "stance", "basis", "origin", "locator", "paragraphs", "note"]
REASON_HELP = "What was wrong. It is public, and stays so."
# What its document says of an update beside its content.
_COURSE = {"review_state", "published_at", "ended_at", "ended_reason", "successor"}


def superseded(request: Any) -> StatusUpdate | None:
    """The update that this request is to replace; None where it adds or edits one."""
    update: StatusUpdate | None = getattr(request, "superseded", None)
    return update


def may_at_once(request: Any, update: StatusUpdate) -> bool:
    """Whether the user may replace the update without another's review."""
    return roles.may_publish_own(request.user, update.organisation, update.promise.programme)


def evidence_of(update: StatusUpdate) -> list[dict[str, Any]]:
    """The citations of an update as the fields of new ones."""
    citations = update.citations.select_related("source", "origin").order_by("position", "id")
    return [{name: getattr(one, name) for name in CITED} for one in citations]


def replacement(update: StatusUpdate) -> dict[str, Any] | None:
    """What a submission is to replace, why, and where they differ; None where there is nothing."""
    replaced = update.replaces
    if replaced is None or update.is_public:
        return None
    found = records.compare(records.document(replaced), records.document(update))
    return {
        "address": page_of(replaced),
        "label": describe(replaced),
        "reason": update.replaces_reason,
        "differences": [
            (one["field"], said(one["before"]), said(one["after"]))
            for one in found
            if one["field"] not in _COURSE
        ],
    }


class Superseding(RecordAdmin):
    """A form filled with the update that is replaced; saving it submits the other one, which is
    published at once where its organisation may publish without review.

    It is the form for adding one, with `request.superseded` set.
    """

    def supersede_view(self, request: Any, update: StatusUpdate) -> HttpResponse:
        """Ask for the corrected content and the reason; who may was asked before."""
        if Action.SUPERSEDE not in roles.actions_for(request.user, update):
            messages.error(request, f"This update is {update.review_state}; nothing was changed.")
            return HttpResponseRedirect(page_of(update))
        request.superseded = update
        return self.changeform_view(
            request,
            extra_context={
                "title": "Supersede a published status update",
                "subtitle": str(update),
                "superseded": update,
                "promise": update.promise,
                "statement": in_words(update.promise.statement),
                "back": page_of(update),
                "at_once": may_at_once(request, update),
            },
        )

    def has_add_permission(self, request: Any) -> bool:
        return superseded(request) is not None or roles.may_submit(request.user)

    def layout(self, request: Any, obj: Any) -> Any:
        if superseded(request) is not None:
            return [(None, {"fields": CONTENT})]
        return super().layout(request, obj)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        form.superseded = superseded(request)
        replaces = obj is not None and obj.replaces_id is not None
        if form.superseded is not None or (replaces and not self.is_read_only(request, obj)):
            form.reason_field = ReasonFormField(label="Reason", help_text=REASON_HELP)
        return form

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        update = superseded(request)
        if update is None:
            return super().get_changeform_initial_data(request)
        return {name: getattr(update, name) for name in CONTENT}

    def get_formset_kwargs(self, request: Any, obj: Any, inline: Any, prefix: str) -> Any:
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        update = superseded(request)
        if update is not None and request.method != "POST":
            given["initial"] = evidence_of(update)
        return given

    def render_change_form(self, request: Any, context: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        response = super().render_change_form(request, context, **kwargs)
        if superseded(request) is not None:
            response.template_name = "admin/reforms/statusupdate/supersede.html"
        return response

    def publish_successor(self, request: Any, successor: StatusUpdate) -> None:
        """Publish what takes the place of the update that the page is about, where that may be."""
        update = superseded(request)
        assert update is not None
        if not may_at_once(request, update):
            return
        reason = successor.replaces_reason
        with ledger.acting(roles.acts_as(request.user, Action.PUBLISH, successor)):
            workflow.publish(successor)
        self.log_change(request, update, f"Superseded. {reason}")

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> Any:
        update = superseded(request)
        if update is None:
            return super().response_add(request, obj, post_url_continue)
        if obj.is_public:
            messages.success(request, f"Superseded. {update}")
        else:
            waits = "Submitted. As soon as a reviewer publishes it, it takes the place of"
            messages.success(request, f"{waits} {update}")
        return HttpResponseRedirect(page_of(obj))
