from django.db import models


class SeedRecord(models.Model):
    """What the seed files last said of an object: the common ancestor of a three-way merge."""

    object_type = models.CharField(max_length=40)
    object_id = models.CharField(max_length=200)
    content = models.JSONField(help_text="The object's values as the files gave them.")
    loaded_at = models.DateTimeField()

    class Meta:
        ordering = ["object_type", "object_id"]
        constraints = [
            models.UniqueConstraint(
                fields=["object_type", "object_id"], name="reforms_seedrecord_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"
