from django.contrib import admin

from reforms.admin.labels import in_words, link, list_of
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.models import Publisher, Source


@admin.register(Publisher)
class PublisherAdmin(PublicAdmin):
    """Who publishes. A changed type or country is followed by every verdict that rests on it."""

    list_display = ["id", "words", "type", "country"]
    list_filter = ["type", "country"]
    search_fields = ["id", "name__en", "name__ru", "name__kk", "aliases"]
    ordering = ["id"]
    fieldsets = [
        (None, {"fields": ["id", "name", "aliases", "type", "country"]}),
        ("In the record", {"fields": ["sources"]}),
    ]
    readonly_fields = ["sources"]
    actions = [withdraw_selected]

    @admin.display(description="Name")
    def words(self, publisher: Publisher) -> str:
        return in_words(publisher.name)

    @admin.display(description="Sources")
    def sources(self, publisher: Publisher) -> str:
        return link(list_of(Source, f"publisher__id__exact={publisher.pk}"), "Its sources")
