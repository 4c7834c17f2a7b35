from typing import Any

from django.contrib import admin

from reforms.admin.base import RecordAdmin
from reforms.admin.batches import delete_unused
from reforms.admin.labels import in_words
from reforms.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(RecordAdmin):
    """Who assesses, and which accounts submit for them."""

    list_display = ["id", "words", "url"]
    search_fields = ["id", "name__en", "name__ru", "name__kk"]
    ordering = ["id"]
    autocomplete_fields = ["members"]
    actions = [delete_unused]

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        # Members are persons and never public: they are for those who keep the list.
        members = ["members"] if self.has_change_permission(request, obj) else []
        return ["id", "name", "affiliation", "url", *members]

    @admin.display(description="Name")
    def words(self, organisation: Organisation) -> str:
        return in_words(organisation.name)
