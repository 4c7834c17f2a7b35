from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Value
from django.db.models.functions import Coalesce

from reforms import roles, workflow
from reforms.admin import source_uses
from reforms.admin.batches import delete_unused
from reforms.admin.counting import up_to
from reforms.admin.fields import PartialDateFormField
from reforms.admin.filters import WithTextFilter
from reforms.admin.forms import RecordForm
from reforms.admin.labels import NOTHING, below, in_words, link, list_of, page_of
from reforms.admin.links import ArchivedFilter, LinkFilter, WithLinks
from reforms.admin.narrowing import LanguageFilter, PublicationYearFilter
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.admin.reading_room import ReadingRoom
from reforms.admin.source_uses import count_uses
from reforms.admin.tables import Tabular
from reforms.models import Citation, Paragraph, SheetKind, Source
from reforms.querysets import LAST_DAY
from reforms.vocabulary import PublisherType, SourceKind

WHEN = ("published", "language")


class SourceForm(RecordForm):
    """A source with the date of its publication."""

    published = PartialDateFormField(label="Published on", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = self.fields.get("submitted_by")
        if own is not None and not roles.curates(self.user):
            own.required = True
            if isinstance(own, forms.ModelChoiceField) and len(self.user_organisations()) == 1:
                own.initial = next(iter(self.user_organisations()))

    def clean(self) -> Any:
        cleaned = super().clean()
        if self.instance._state.adding and "id" not in self.fields:
            self.instance.pk = workflow.random_id("s")
        return cleaned

    def user_organisations(self) -> set[str]:
        return roles.organisations_of(self.user)


@admin.register(Source)
class SourceAdmin(WithLinks, ReadingRoom, Tabular, PublicAdmin):
    """Documents: who published them, since when they are public, what cites them."""

    sheet = SheetKind.SOURCES
    form = SourceForm
    list_display = ["words", "origin", "published_when", "promises", "loaded", "link"]
    list_select_related = ["publisher", "link_check"]
    list_filter = [
        "kind",
        "publisher__type",
        LanguageFilter,
        PublicationYearFilter,
        ("public_since", admin.EmptyFieldListFilter),
        WithTextFilter,
        LinkFilter,
        ArchivedFilter,
    ]
    linked_lookups = ("publisher__id__exact",)
    search_fields = ["id", "title__en", "title__ru", "title__kk", "url", "publisher__id"]
    ordering = ["id"]
    autocomplete_fields = ["publisher", "edition_of", "submitted_by"]
    readonly_fields = ["public_since", "promises", "loaded", "cited", "link_report"]
    fieldsets = [
        (None, {"fields": ["id", "title", "kind", "publisher", "url", "archived_url", *WHEN]}),
        ("More", {"fields": ["edition_of", "note", "submitted_by"]}),
        ("Link", {"fields": ["link_report"]}),
        ("In the record", {"fields": ["public_since", "promises", "cited", "loaded"]}),
    ]
    actions = [withdraw_selected, delete_unused]

    def visible(self, request: Any) -> Any:
        return Source.objects.visible_to(request.user)

    def complete(self, request: Any, rows: Any) -> None:
        count_uses(rows)

    def layout(self, request: Any, obj: Any) -> Any:
        fieldsets = super().layout(request, obj)
        if obj is None:
            hidden = "" if roles.curates(request.user) else "id"
            return without(fieldsets[:2], hidden)
        return without(fieldsets, "" if may_see_who(request, obj) else "submitted_by")

    def get_autocomplete_fields(self, request: Any) -> list[str]:
        names = list(super().get_autocomplete_fields(request))
        return names if roles.curates(request.user) else [n for n in names if n != "submitted_by"]

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        if db_field.name == "submitted_by" and not roles.curates(request.user):
            kwargs["queryset"] = request.user.organisations.public().order_by("pk")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        """Contributors change what their organisation submitted, until it is public."""
        if not super().has_change_permission(request, obj):
            return False
        return (
            obj is None
            or roles.curates(request.user)
            or (obj.public_since is None and roles.speaks_for(request.user, obj.submitted_by_id))
        )

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """What was never public leaves no trace in the record."""
        may: bool = request.user.has_perm("reforms.delete_source")
        return may and (obj is None or obj.public_since is None)

    def has_add_permission(self, request: Any) -> bool:
        may = super().has_add_permission(request)
        return may and (roles.curates(request.user) or bool(roles.organisations_of(request.user)))

    @admin.display(description="Source", ordering="id")
    def words(self, source: Source) -> str:
        return below(in_words(source.title), source.pk)

    @admin.display(description="Publisher", ordering="publisher_id")
    def origin(self, source: Source) -> str:
        kind, publisher = SourceKind(source.kind), PublisherType(source.publisher.type)
        return below(in_words(source.publisher.name), publisher.label, kind.label)

    # An index holds it with the last of all days in the place of none.
    @admin.display(description="Published", ordering=Coalesce("published_on", Value(LAST_DAY)))
    def published_when(self, source: Source) -> str:
        moment = source.public_since
        public = f"public since {moment:%Y-%m-%d}" if moment else "private"
        return below(source.published or NOTHING, public)

    @admin.display(description="Promises")
    def promises(self, source: Any) -> str:
        if not hasattr(source, "promise_count"):
            count_uses([source])
        more = source.citation_count > source_uses.MOST_COUNTED
        return f"{source.promise_count:,}{'+' if more else ''}"

    @admin.display(description="Cited by")
    def cited(self, source: Source) -> str:
        return link(list_of(Citation, f"source__id__exact={source.pk}"), "Its citations")

    @admin.display(description="Text")
    def loaded(self, source: Any) -> str:
        if not hasattr(source, "paragraph_count"):
            count_uses([source])
        if not source.paragraph_count:
            return NOTHING
        words = f"{up_to(source.paragraph_count, source_uses.MOST_COUNTED)} ¶"
        return link(list_of(Paragraph, f"source__id__exact={source.pk}"), words)


def may_see_who(request: Any, thing: Any) -> bool:
    """Whether the user may know which organisation submitted it."""
    return roles.reviews(request.user) or roles.speaks_for(request.user, thing.submitted_by_id)


def without(fieldsets: Any, name: str) -> Any:
    """The fieldsets without the field of that name."""
    return [
        (title, {**options, "fields": [one for one in options["fields"] if one != name]})
        for title, options in fieldsets
    ]


class OfSource:
    """A column that links to the source of a citation or a paragraph."""

    @admin.display(description="Source", ordering="source_id")
    def source_link(self, thing: Any) -> str:
        return link(page_of(thing.source), thing.source_id)
