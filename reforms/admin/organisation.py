from typing import Any

from django.contrib import admin

from reforms.admin.labels import in_words
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.models import Organisation


@admin.register(Organisation)
class OrganisationAdmin(PublicAdmin):
    """Who assesses, and which accounts submit for them."""

    list_display = ["id", "words", "url"]
    search_fields = ["id", "name__en", "name__ru", "name__kk"]
    ordering = ["id"]
    autocomplete_fields = ["members"]
    actions = [withdraw_selected]

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        # Members are persons and never public: they are for those who keep the list.
        members = ["members"] if self.has_change_permission(request, obj) else []
        return ["id", "name", "affiliation", "url", *members]

    @admin.display(description="Name")
    def words(self, organisation: Organisation) -> str:
        return in_words(organisation.name)
