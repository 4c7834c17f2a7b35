"""Lists that can be taken away as a table, and filled from one."""

from collections.abc import Mapping
from tempfile import TemporaryFile
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.template.response import TemplateResponse
from django.urls import path, reverse

from reforms import roles, sheets
from reforms.admin.fields import DescribedChoiceField
from reforms.admin.labels import list_of, page_of
from reforms.dates import now
from reforms.models import Import, Organisation, SheetKind
from reforms.sheets.in_csv import write_csv
from reforms.sheets.in_xlsx import TooLong, write_xlsx

# A spreadsheet of more rows takes longer to write than a browser waits.
MOST_XLSX_ROWS = 20_000
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class SendForm(forms.Form):
    """A file to be previewed, and in whose name."""

    file = forms.FileField(
        label="File",
        help_text="XLSX or CSV (UTF-8), with the columns of an export; at most 5 MB.",
        widget=forms.FileInput({"accept": ".xlsx,.csv"}),
        error_messages={"empty": "The file is empty."},
    )
    organisation = DescribedChoiceField(
        queryset=Organisation.objects.none(), label="Submit new rows for"
    )
    publish = forms.BooleanField(
        required=False,
        label="Publish new rows at once",
        help_text="Where your organisation may publish without review. Otherwise they wait for it.",
    )

    def __init__(self, *args: Any, kind: SheetKind, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        curates = roles.curates(user)
        if kind == SheetKind.PROMISES or (kind == SheetKind.SOURCES and curates):
            del self.fields["organisation"]
        else:
            field = self.fields["organisation"]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = Organisation.objects.public().order_by("pk")
            own = sorted(roles.organisations_of(user))
            if not curates:
                field.queryset = field.queryset.filter(pk__in=own)
            if len(own) == 1:
                field.initial = own[0]
            # Curators may mend what others sent without submitting anything.
            field.required = not curates
        if kind != SheetKind.UPDATES or not roles.publishes_own(user):
            del self.fields["publish"]

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > sheets.MOST_BYTES:
            most = sheets.MOST_BYTES // 1_000_000
            raise ValidationError(f"The file is larger than {most} MB; send it in parts.")
        return file


class Tabular(admin.ModelAdmin):
    """A list with buttons to export what it shows, and to import into it."""

    sheet: ClassVar[SheetKind]

    def get_urls(self) -> Any:
        name = f"reforms_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            path("import/", view(self.import_view), name=f"{name}_import"),
            path("export/<str:form>/", view(self.export_view), name=f"{name}_export"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: Any, extra_context: Any = None) -> Any:
        return super().changelist_view(
            request, {"table_tools": self.table_tools(request), **(extra_context or {})}
        )

    def table_tools(self, request: HttpRequest) -> list[tuple[str, str]]:
        """The buttons above the list, as words and addresses."""
        name = f"admin:reforms_{self.opts.model_name}"
        shown = request.GET.copy()
        shown.pop("p", None)
        query = f"?{shown.urlencode()}" if shown else ""
        tools = [
            (f"Export {form.upper()}", reverse(f"{name}_export", args=[form]) + query)
            for form in ("xlsx", "csv")
        ]
        if roles.may_import(request.user, self.sheet):
            tools.append(("Import", reverse(f"{name}_import")))
        return tools

    # Taking away -------------------------------------------------------------------------------

    def export_view(self, request: Any, form: str) -> Any:
        """What the list shows with these filters, all of it, as a file."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if form not in ("csv", "xlsx"):
            raise Http404
        back = reverse(f"admin:reforms_{self.opts.model_name}_changelist")
        try:
            things = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            return HttpResponseRedirect(f"{back}?e=1")
        table = sheets.SHEETS[self.sheet](sheets.Terms(request.user))
        name = f"{self.sheet}-{now():%Y-%m-%d}.{form}"
        if form == "csv":
            pieces = write_csv(sheets.rows(table, things))
            response: Any = StreamingHttpResponse(pieces, "text/csv; charset=utf-8")
            response["Content-Disposition"] = f'attachment; filename="{name}"'
        else:
            response = self._spreadsheet(request, table, things, name)
            if response is None:
                return HttpResponseRedirect(f"{back}?{request.GET.urlencode()}")
        response["Cache-Control"] = "no-store"
        return response

    def _spreadsheet(self, request: Any, table: Any, things: Any, name: str) -> Any:
        """The file as XLSX; None after telling why there is none."""
        if things.order_by().values("pk")[: MOST_XLSX_ROWS + 1].count() > MOST_XLSX_ROWS:
            messages.error(
                request,
                f"An XLSX file is made of at most {MOST_XLSX_ROWS:,} rows: filter the list, or"
                " export CSV.",
            )
            return None
        file = TemporaryFile()  # noqa: SIM115 - the response closes it
        try:
            write_xlsx(sheets.rows(table, things), self.sheet.label, file)
        except TooLong as column:
            file.close()
            messages.error(
                request,
                f"A cell of the column {column} is longer than any that Excel holds: export CSV.",
            )
            return None
        except BaseException:
            file.close()
            raise
        file.seek(0)
        return FileResponse(file, as_attachment=True, filename=name, content_type=_XLSX)

    # Filling -----------------------------------------------------------------------------------

    def import_view(self, request: Any) -> HttpResponse:
        """Ask for a file, look through it, and show what it would do."""
        if not roles.may_import(request.user, self.sheet):
            raise PermissionDenied
        form = SendForm(
            request.POST or None, request.FILES or None, kind=self.sheet, user=request.user
        )
        if request.method == "POST" and form.is_valid():
            asked = form.cleaned_data
            attempt = sheets.take_in(
                self.sheet.value,
                asked["file"].name,
                asked["file"].read(),
                request.user,
                asked.get("organisation"),
                asked.get("publish", False),
            )
            return HttpResponseRedirect(page_of(attempt))
        request.current_app = self.admin_site.name
        return TemplateResponse(
            request,
            "admin/reforms/import/send.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": f"Import {self.sheet}",
                "media": self.media,
                "form": form,
                "columns": _explained(sheets.SHEETS[self.sheet].meanings),
                "imports": list_of(Import, f"kind__exact={self.sheet}"),
                "exports": self.table_tools(request)[:2],
            },
        )


def _explained(meanings: Mapping[str, str]) -> list[tuple[str, str]]:
    """The columns with their meanings; those of further citations are told by their numbers."""
    return [(name, said) for name, said in meanings.items() if not name[-1].isdigit()]
