from typing import Any

from django.contrib import admin

from reforms import records
from reforms.admin import finding
from reforms.admin.base import ReadOnlyAdmin
from reforms.admin.filters import ObjectTypeFilter
from reforms.models import SeedRecord


class SeededTypeFilter(ObjectTypeFilter):
    """What the seed files said of one type of objects; the types are not looked up in it."""

    parameter_name = "object_type"


@admin.register(SeedRecord)
class SeedRecordAdmin(ReadOnlyAdmin):
    """What the seed files last said of each object."""

    list_display = ["object_type", "object_id", "loaded_at"]
    list_display_links = ["object_id"]
    list_filter = [SeededTypeFilter]
    search_fields = ["object_id"]
    search_help_text = "The id of an object."
    sortable_by = ()
    ordering = ["object_type", "object_id"]
    fieldsets = [(None, {"fields": ["object_type", "object_id", "content", "loaded_at"]})]

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = finding.cleaned(search_term)
        if not term:
            return queryset, False
        # With the types named, the index by type and id finds it.
        return queryset.filter(object_type__in=list(records.TYPES), object_id=term), False
