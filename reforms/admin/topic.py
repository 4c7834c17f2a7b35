from django.contrib import admin

from reforms.admin.labels import in_words
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.models import Topic


@admin.register(Topic)
class TopicAdmin(PublicAdmin):
    """Subjects that promises share."""

    list_display = ["id", "words"]
    search_fields = ["id", "name__en", "name__ru", "name__kk"]
    ordering = ["id"]
    fieldsets = [(None, {"fields": ["id", "name"]})]
    actions = [withdraw_selected]

    @admin.display(description="Name")
    def words(self, topic: Topic) -> str:
        return in_words(topic.name)
