from typing import Any

from django.contrib import admin

from reforms.admin.batches import delete_unused
from reforms.admin.labels import NOTHING, in_words, link, list_of
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.admin.source import may_see_who, without
from reforms.models import Publisher, Source


@admin.register(Publisher)
class PublisherAdmin(PublicAdmin):
    """Who publishes. A changed type or country is followed by every verdict that rests on it."""

    list_display = ["id", "words", "type", "country", "since"]
    list_filter = ["type", "country", ("public_since", admin.EmptyFieldListFilter)]
    search_fields = ["id", "name__en", "name__ru", "name__kk", "aliases"]
    ordering = ["id"]
    fieldsets = [
        (None, {"fields": ["id", "name", "aliases", "type", "country"]}),
        ("In the record", {"fields": ["public_since", "submitted_by", "sources"]}),
    ]
    readonly_fields = ["public_since", "submitted_by", "sources"]
    actions = [withdraw_selected, delete_unused]

    def visible(self, request: Any) -> Any:
        return Publisher.objects.visible_to(request.user)

    def layout(self, request: Any, obj: Any) -> Any:
        fieldsets = super().layout(request, obj)
        if obj is None:
            return fieldsets[:1]
        return without(fieldsets, "" if may_see_who(request, obj) else "submitted_by")

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        """What was never public leaves no trace in the record."""
        may: bool = request.user.has_perm("reforms.delete_publisher")
        return may and (obj is None or obj.public_since is None)

    @admin.display(description="Public", ordering="public_since")
    def since(self, publisher: Publisher) -> str:
        moment = publisher.public_since
        return f"since {moment:%Y-%m-%d}" if moment else NOTHING

    @admin.display(description="Name")
    def words(self, publisher: Publisher) -> str:
        return in_words(publisher.name)

    @admin.display(description="Sources")
    def sources(self, publisher: Publisher) -> str:
        return link(list_of(Source, f"publisher__id__exact={publisher.pk}"), "Its sources")
