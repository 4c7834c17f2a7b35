from django.db import models
from django.db.models import Q


class Rendition(models.Model):
    """What the API answers of an object, as JSON that is ready to be sent: see
    `reforms.api.renditions`. What is there is right: the database itself takes it away as soon as
    anything changes that it is made of (`reforms.staleness`).

    `readers` are the orders of languages in which it answers so, a letter each; a row without any
    says that the object waits to be rendered. `form` is the digest of the code that made it. `body`
    begins with the languages of its texts: put together for each row that is read, as two columns,
    they took a third of the time that reading it takes.
    """

    readers = models.CharField(max_length=6, blank=True)
    form = models.CharField(max_length=16, blank=True)
    body = models.TextField(blank=True)

    class Meta:
        abstract = True
        default_permissions = ()


class PromiseRendition(Rendition):
    """A promise as lists answer it, and what an answer about it alone has besides."""

    class Part(models.TextChoices):
        ITSELF = "promise"
        CITATIONS = "citations"
        REPLIES = "replies"

    pk = models.CompositePrimaryKey("promise", "part", "readers")
    # It is only ever read beside its promise, so that a check of every row would be in vain.
    promise = models.ForeignKey(
        "reforms.Promise",
        on_delete=models.CASCADE,
        related_name="renditions",
        db_index=False,
        db_constraint=False,
    )
    part = models.CharField(max_length=9, choices=Part.choices)

    class Meta(Rendition.Meta):
        indexes = [
            models.Index(fields=["promise"], name="promise_unrendered", condition=Q(form=""))
        ]

    def __str__(self) -> str:
        return f"{self.promise_id}: {self.part}"


class UpdateRendition(Rendition):
    """A public status update with its citations."""

    pk = models.CompositePrimaryKey("update", "readers")
    update = models.ForeignKey(
        "reforms.StatusUpdate",
        on_delete=models.CASCADE,
        related_name="renditions",
        db_index=False,
        db_constraint=False,
    )
    # When the update was published. In this order renditions are made, lie in the table, and are
    # looked up by an index of their own: by the ids, which are random, each look would be at
    # another page of index and table.
    published_at = models.DateTimeField()

    class Meta(Rendition.Meta):
        indexes = [
            # With whatever settles whether it is used, so that those that are can be counted.
            models.Index(
                fields=["published_at", "update", "form", "readers"], name="update_rendered"
            ),
            models.Index(
                fields=["published_at", "update"], name="update_unrendered", condition=Q(form="")
            ),
        ]

    def __str__(self) -> str:
        return str(self.update_id)
