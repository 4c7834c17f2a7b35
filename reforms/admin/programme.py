from typing import Any

from django.contrib import admin

from reforms.admin.fields import PartialDateFormField
from reforms.admin.forms import RecordForm
from reforms.admin.labels import in_words, link, list_of
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.admin.reading_room import reading_tools
from reforms.models import Programme, Promise, Reform, Source


class ProgrammeForm(RecordForm):
    """A programme with the date of its announcement."""

    announced = PartialDateFormField(label="Announced on")


@admin.register(Programme)
class ProgrammeAdmin(PublicAdmin):
    """Sets of reforms announced together."""

    form = ProgrammeForm
    list_display = ["id", "words", "jurisdiction", "announced", "lead_organisation"]
    list_select_related = ["lead_organisation"]
    list_filter = ["jurisdiction"]
    search_fields = ["id", "title__en", "title__ru", "title__kk"]
    ordering = ["id"]
    autocomplete_fields = ["lead_organisation", "announced_by"]
    readonly_fields = ["contents"]
    actions = [withdraw_selected]
    fieldsets = [
        (None, {"fields": ["id", "title", "summary", "contents"]}),
        (
            "Announcement",
            {"fields": ["jurisdiction", "promisor", "announced", "time_zone", "announced_by"]},
        ),
        ("Record", {"fields": ["lead_organisation", "licence"]}),
    ]

    def surroundings(self, request: Any, thing: Programme) -> dict[str, Any]:
        announcing = Source.objects.visible_to(request.user).filter(announced_programmes=thing)
        # A text that is loaded has a first paragraph.
        texts = announcing.filter(paragraphs__ordinal=1).order_by("pk")
        return {"tools": reading_tools(request.user, texts)}

    @admin.display(description="Title")
    def words(self, programme: Programme) -> str:
        return in_words(programme.title)

    @admin.display(description="Contents")
    def contents(self, programme: Programme) -> str:
        query = f"programme__id__exact={programme.pk}"
        return (
            link(list_of(Reform, query), "Its reforms")
            + " · "
            + link(list_of(Promise, query), "Its promises")
        )
