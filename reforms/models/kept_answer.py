from django.db import models


class KeptAnswer(models.Model):
    """The answer to a request with an `Idempotency-Key`, for whoever repeats it. Never public.

    `holder` is who asked, `name` the header's value, `request` the digest of all that was asked.
    """

    holder = models.CharField(max_length=40)
    name = models.CharField(max_length=255)
    request = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    headers = models.JSONField(default=dict)
    body = models.TextField(blank=True)
    kept_at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["holder", "name"], name="reforms_keptanswer_once")
        ]
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.holder}: {self.name}"
