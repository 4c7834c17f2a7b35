"""Imports from files: what each would do, row by row, until it is confirmed or given up."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reforms import roles, sheets
from reforms.admin.base import ReadOnlyAdmin
from reforms.admin.batches import ReasonForm
from reforms.admin.labels import badge, below, page_of
from reforms.errors import TransitionRefused
from reforms.models import Import, ImportState, Promise, SheetKind, Source, StatusUpdate
from reforms.sheets.in_csv import write_csv

_MODELS = {
    SheetKind.PROMISES.value: Promise,
    SheetKind.SOURCES.value: Source,
    SheetKind.UPDATES.value: StatusUpdate,
}
# Complaints on the page; the file of errors has more of them.
SHOWN = 200


@admin.register(Import)
class ImportAdmin(ReadOnlyAdmin):
    """What was sent from files. Whoever sent one confirms it; curators see all of them."""

    list_display = ["about", "outcome", "rows", "sent"]
    list_select_related = ["user", "organisation"]
    list_filter = ["state", "kind"]
    search_fields = ["file_name"]
    search_help_text = "Part of the file’s name."
    ordering = ["-created_at", "-id"]
    sortable_by = ()

    # Who may

    def visible(self, request: HttpRequest) -> Any:
        return Import.objects.visible_to(request.user).defer("content")

    def has_view_permission(self, request: Any, obj: Any = None) -> bool:
        """Whoever may import anything; of single ones only what they may see."""
        if not any(roles.may_import(request.user, kind) for kind in _MODELS):
            return False
        return obj is None or roles.curates(request.user) or obj.user_id == request.user.pk

    # Lists

    @admin.display(description="File")
    def about(self, attempt: Import) -> str:
        return below(attempt.file_name, attempt.kind, attempt.organisation_id)

    @admin.display(description="State")
    def outcome(self, attempt: Import) -> str:
        return badge(ImportState(attempt.state))

    @admin.display(description="Rows")
    def rows(self, attempt: Import) -> str:
        report = attempt.report
        if "counts" not in report:
            return below("unreadable", report.get("unreadable", "")[:80])
        told = (f"{number:,} {name}" for name, number in report["counts"].items() if number)
        return below(f"{report['rows']:,}", *told)

    @admin.display(description="Sent")
    def sent(self, attempt: Import) -> str:
        return below(f"{attempt.created_at:%Y-%m-%d %H:%M}", attempt.user.get_username())

    # One of them

    def get_urls(self) -> Any:
        errors = path(
            "<int:key>/errors.csv",
            self.admin_site.admin_view(self.errors_view),
            name="reforms_import_errors",
        )
        return [errors, *super().get_urls()]

    def errors_view(self, request: Any, key: int) -> HttpResponse:
        """All errors that are known, as a table."""
        attempt = self.get_object(request, str(key))
        if attempt is None or not self.has_view_permission(request, attempt):
            raise PermissionDenied
        table = [["row", "line", "column", "what is wrong", "allowed"]]
        table += [
            [str(one["row"]), str(one["line"]), one["column"], one["detail"],
             " ".join(one["allowed"])]
            for one in attempt.report.get("complaints", [])
        ]  # fmt: skip
        response = HttpResponse(write_csv(table), "text/csv; charset=utf-8")
        response["Content-Disposition"] = f'attachment; filename="errors-{attempt.pk}.csv"'
        response["Cache-Control"] = "no-store"
        return response

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        """The preview, and what becomes of it."""
        if object_id is None or not self.has_view_permission(request):
            raise PermissionDenied  # one comes from a file alone
        attempt = self.get_object(request, unquote(object_id))
        if attempt is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
        if not self.has_view_permission(request, attempt):
            raise PermissionDenied
        form = ReasonForm(request.POST or None, help_text="It is public, and stays so.")
        form.fields["reason"].required = bool(attempt.report.get("due"))
        if request.method == "POST":
            answer = self._act(request, attempt, form)
            if answer is not None:
                return answer
        return self._shown(request, attempt, form)

    def _act(self, request: Any, attempt: Import, form: ReasonForm) -> HttpResponse | None:
        """Confirm or give up; None where the form has to be shown again."""
        if attempt.user_id != request.user.pk and "cancel" not in request.POST:
            raise PermissionDenied("Only whoever sent the file confirms it.")
        try:
            if "cancel" in request.POST:
                sheets.cancel(attempt)
                messages.success(request, "Put aside. Nothing was written.")
                return HttpResponseRedirect(page_of(attempt))
            if not sheets.may_confirm(request.user, attempt):
                if attempt.state == ImportState.PREVIEWED:
                    raise PermissionDenied
                messages.error(request, f"This import is {attempt.state} already.")
                return HttpResponseRedirect(page_of(attempt))
            if not form.is_valid():
                return None
            done = sheets.confirm(
                attempt, request.POST.get("digest", ""), form.cleaned_data["reason"]
            )
        except TransitionRefused as refusal:
            messages.error(request, str(refusal))
            return HttpResponseRedirect(page_of(attempt))
        if done:
            counts = attempt.report["counts"]
            told = f"{counts['created']:,} added, {counts['changed']:,} changed"
            self.log_change(request, attempt, f"Imported: {told}.")
            messages.success(request, f"Imported: {told}.")
        else:
            messages.warning(
                request,
                "Nothing was written: the record has changed since you looked at the preview, or"
                " something is wrong now. This is what the file would do as things are.",
            )
        return HttpResponseRedirect(page_of(attempt))

    def _shown(self, request: Any, attempt: Import, form: ReasonForm) -> HttpResponse:
        report = attempt.report
        model = _MODELS[attempt.kind]
        complaints = report.get("complaints", [])
        request.current_app = self.admin_site.name
        response = TemplateResponse(
            request,
            "admin/reforms/import/preview.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": f"Import of {attempt.kind}",
                "subtitle": attempt.file_name,
                "media": self.media,
                "attempt": attempt,
                "state": badge(ImportState(attempt.state)),
                "report": report,
                "counts": report.get("counts", {}),
                "complaints": complaints[:SHOWN],
                "more_complaints": report.get("complaints_total", 0) - len(complaints[:SHOWN]),
                "sections": _sections(report, model),
                "form": form,
                "may_confirm": sheets.may_confirm(request.user, attempt),
                "may_cancel": attempt.state in Import.OPEN,
                "errors_address": reverse("admin:reforms_import_errors", args=[attempt.pk]),
                "again": reverse(f"admin:reforms_{model._meta.model_name}_import"),
                "list": reverse(f"admin:reforms_{model._meta.model_name}_changelist"),
            },
        )
        response["Cache-Control"] = "no-store"
        return response


def _sections(report: dict[str, Any], model: Any) -> list[dict[str, Any]]:
    """Changed rows and new ones, as far as they are shown."""
    sections = []
    for outcome, title in (("changed", "Changed"), ("created", "New")):
        rows = report.get("shown", {}).get(outcome, [])
        for row in rows:
            old = row["id"] and outcome == "changed"
            row["address"] = page_of(model(pk=row["id"])) if old else ""
        if rows:
            more = report["counts"][outcome] - len(rows)
            sections.append({"name": outcome, "title": title, "rows": rows, "more": more})
    return sections
