from django.db import models


class PublicObject(models.Model):
    """What the public record holds of an object: from when, and until when if it was withdrawn.

    Both moments are the ledger's: of its first entry about the object, and of the one that took
    the object out of the record. A public object is never deleted.
    """

    public_since = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        abstract = True

    @property
    def is_public(self) -> bool:
        """Whether anybody may read it now."""
        return self.public_since is not None and self.withdrawn_at is None
