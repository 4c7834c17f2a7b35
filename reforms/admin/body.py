from django.contrib import admin

from reforms.admin.labels import in_words
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.models import Body


@admin.register(Body)
class BodyAdmin(PublicAdmin):
    """Institutions, and what became of them."""

    list_display = ["id", "words", "successor"]
    list_select_related = ["successor"]
    list_filter = [("successor", admin.EmptyFieldListFilter)]
    search_fields = ["id", "name__en", "name__ru", "name__kk"]
    ordering = ["id"]
    autocomplete_fields = ["successor"]
    fieldsets = [(None, {"fields": ["id", "name", "note", "successor"]})]
    actions = [withdraw_selected]

    @admin.display(description="Name")
    def words(self, body: Body) -> str:
        return in_words(body.name)
