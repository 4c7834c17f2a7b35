from django.contrib import admin

from reforms.admin.base import ReadOnlyAdmin
from reforms.models import SeedRecord


@admin.register(SeedRecord)
class SeedRecordAdmin(ReadOnlyAdmin):
    """What the seed files last said of each object."""

    list_display = ["object_type", "object_id", "loaded_at"]
    list_display_links = ["object_id"]
    list_filter = ["object_type"]
    search_fields = ["object_id"]
    ordering = ["object_type", "object_id"]
    fieldsets = [(None, {"fields": ["object_type", "object_id", "content", "loaded_at"]})]
