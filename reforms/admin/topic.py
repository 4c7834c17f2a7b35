from django.contrib import admin

from reforms.admin.base import RecordAdmin
from reforms.admin.batches import delete_unused
from reforms.admin.labels import in_words
from reforms.models import Topic


@admin.register(Topic)
class TopicAdmin(RecordAdmin):
    """Subjects that promises share."""

    list_display = ["id", "words"]
    search_fields = ["id", "name__en", "name__ru", "name__kk"]
    ordering = ["id"]
    fieldsets = [(None, {"fields": ["id", "name"]})]
    actions = [delete_unused]

    @admin.display(description="Name")
    def words(self, topic: Topic) -> str:
        return in_words(topic.name)
