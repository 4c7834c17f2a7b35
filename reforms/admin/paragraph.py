from typing import Any

from django.contrib import admin

from reforms.admin.base import ReadOnlyAdmin
from reforms.admin.source import OfSource
from reforms.models import Paragraph, Source


@admin.register(Paragraph)
class ParagraphAdmin(OfSource, ReadOnlyAdmin):
    """Loaded texts, which `manage.py load_document` writes."""

    list_display = ["ordinal", "source_link", "beginning"]
    list_display_links = ["ordinal", "beginning"]
    list_select_related = ["source"]
    linked_lookups = ("source__id__exact",)
    search_fields = ["text", "fingerprint", "source__id"]
    ordering = ["source", "ordinal"]
    fieldsets = [(None, {"fields": ["source_link", "ordinal", "fingerprint", "text"]})]

    def visible(self, request: Any) -> Any:
        return Paragraph.objects.filter(source__in=Source.objects.visible_to(request.user))

    @admin.display(description="Text")
    def beginning(self, paragraph: Paragraph) -> str:
        return f"{paragraph.text[:120]}…" if len(paragraph.text) > 120 else paragraph.text
