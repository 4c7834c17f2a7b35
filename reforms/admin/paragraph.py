from typing import Any

from django.contrib import admin

from reforms.admin import finding
from reforms.admin.base import ReadOnlyAdmin
from reforms.admin.source import OfSource
from reforms.models import Paragraph, Source

OF_SOURCE = "source__id__exact"


@admin.register(Paragraph)
class ParagraphAdmin(OfSource, ReadOnlyAdmin):
    """Loaded texts, which `manage.py load_document` writes."""

    list_display = ["ordinal", "source_link", "beginning"]
    list_display_links = ["ordinal", "beginning"]
    list_select_related = ["source"]
    linked_lookups = (OF_SOURCE,)
    # `get_search_results` narrows it to one source; the names here are what it covers.
    search_fields = ["text", "fingerprint"]
    search_help_text = (
        "The id of a source. Words and fingerprints are looked for in the text of one source: open"
        " it from its page first."
    )
    ordering = ["source_id", "ordinal"]
    sortable_by = ()
    fieldsets = [(None, {"fields": ["source_link", "ordinal", "fingerprint", "text"]})]

    def visible(self, request: Any) -> Any:
        return Paragraph.objects.filter(source__in=Source.objects.visible_to(request.user))

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = finding.cleaned(search_term)
        if not term or OF_SOURCE in request.GET:
            return super().get_search_results(request, queryset, term)
        return queryset.filter(source=term.lower()), False

    @admin.display(description="Text")
    def beginning(self, paragraph: Paragraph) -> str:
        return f"{paragraph.text[:120]}…" if len(paragraph.text) > 120 else paragraph.text
