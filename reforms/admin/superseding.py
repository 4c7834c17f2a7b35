"""Superseding: an organisation replaces its published update by a corrected one, in the open."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from reforms import ledger, roles, workflow
from reforms.admin.base import RecordAdmin
from reforms.admin.fields import ReasonFormField
from reforms.admin.labels import in_words, page_of
from reforms.models import StatusUpdate
from reforms.vocabulary import Action

CONTENT = ["status", "effective", "assessed", "note"]
CITED = ["source", "stance", "basis", "origin", "locator", "paragraphs", "note"]


def superseded(request: Any) -> StatusUpdate | None:
    """The update that this request is to replace; None where it adds or edits one."""
    update: StatusUpdate | None = getattr(request, "superseded", None)
    return update


def evidence_of(update: StatusUpdate) -> list[dict[str, Any]]:
    """The citations of an update as the fields of new ones."""
    citations = update.citations.select_related("source", "origin").order_by("position", "id")
    return [{name: getattr(one, name) for name in CITED} for one in citations]


class Superseding(RecordAdmin):
    """A form filled with the update that is replaced; saving it submits and publishes the other.

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
        if form.superseded is not None:
            form.reason_field = ReasonFormField(
                label="Reason", help_text="What was wrong. It is public, and stays so."
            )
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

    def supersede(self, request: Any, successor: StatusUpdate, reason: str) -> None:
        """Publish the successor in the place of the update that the page is about."""
        update = superseded(request)
        assert update is not None
        with ledger.acting(ledger.by_organisation(update.organisation_id)):
            workflow.supersede(update, successor, reason)
        self.log_change(request, update, f"Superseded. {reason}")

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> Any:
        if superseded(request) is None:
            return super().response_add(request, obj, post_url_continue)
        messages.success(request, f"Superseded. {superseded(request)}")
        return HttpResponseRedirect(page_of(obj))
