from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError

from reforms import roles
from reforms.admin.forms import NumberedForm, complete_bounds
from reforms.admin.labels import in_words, link, list_of
from reforms.admin.narrowing import DescribedFilter
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.admin.reading_room import place_of
from reforms.models import Promise, Reform


class ReformForm(NumberedForm):
    """A reform: its id is its programme's and its number; number 0 is outside the numbering."""

    numbered = Reform
    parent = "programme"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "number" in self.fields:
            self.fields["number"].required = False
            self.fields[
                "number"
            ].help_text = (
                "Leave it empty for the next one. 0 is for commitments outside the directions."
            )

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.instance._state.adding and self.cleaned_data.get("number") is not None:
            self.instance.numbered = self.cleaned_data["number"] > 0
        if bounds := self.cleaned_data.get("bounds"):
            try:
                self.cleaned_data["bounds"] = complete_bounds(bounds)
            except ValidationError as error:
                self.add_error("bounds", error)
        return cleaned


@admin.register(Reform)
class ReformAdmin(PublicAdmin):
    """The directions of a programme."""

    form = ReformForm
    list_display = ["id", "words", "programme", "numbered"]
    list_select_related = ["programme"]
    list_filter = [("programme", DescribedFilter), "numbered"]
    search_fields = ["id", "title__en", "title__ru", "title__kk"]
    ordering = ["position"]
    autocomplete_fields = ["programme"]
    readonly_fields = ["numbered", "promises"]
    actions = [withdraw_selected]
    fieldsets = [
        (None, {"fields": ["programme", "number", "title", "summary", "note", "bounds"]}),
        ("In the record", {"fields": ["numbered", "promises"]}),
    ]

    def layout(self, request: Any, obj: Any) -> Any:
        fieldsets = super().layout(request, obj)
        return fieldsets if obj else fieldsets[:1]

    def fixed(self, request: Any, obj: Any) -> list[Any]:
        return super().fixed(request, obj) + (["programme", "number"] if obj else [])

    def surroundings(self, request: Any, thing: Reform) -> dict[str, Any]:
        may_add = request.user.has_perm("reforms.add_promise")
        bounds = thing.bounds if roles.may_read_texts(request.user) else None
        place = bounds and place_of(bounds["source"], bounds["first"]["ordinal"])
        return {
            "may_add_promise": may_add and thing.is_public,
            "tools": [("Read it in its place", place)] if place else [],
        }

    @admin.display(description="Title", ordering="position")
    def words(self, reform: Reform) -> str:
        return in_words(reform.title)

    @admin.display(description="Promises")
    def promises(self, reform: Reform) -> str:
        return link(list_of(Promise, f"reform__id__exact={reform.pk}"), "Its promises")
