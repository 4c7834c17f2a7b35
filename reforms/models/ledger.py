from django.core.validators import MinValueValidator
from django.db import models

from reforms.models.fields import IdField, term_field
from reforms.vocabulary import EntryAction


class LedgerEntry(models.Model):
    """One public change. Written by `reforms.ledger` alone; the database refuses to change it.

    The entry holds no content, only a commitment to it: what the law forces out can be taken out
    of the payload, and the chain of hashes still verifies.
    """

    sequence = models.BigIntegerField(
        primary_key=True,
        validators=[MinValueValidator(1)],
        help_text="1, 2, 3 … without gaps, in the order of the transactions.",
    )
    recorded_at = models.DateTimeField(
        unique=True, help_text="When the record said so; later than the entry before."
    )
    action = term_field(EntryAction, max_length=20)
    object_type = models.CharField(max_length=20)
    object_id = IdField()
    actor = models.CharField(max_length=120, help_text="An organisation or a role, no person.")
    commitment = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["sequence"]
        verbose_name_plural = "ledger entries"
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(sequence__gte=1), name="reforms_ledgerentry_from_one"
            )
        ]
        indexes = [
            models.Index(fields=["object_type", "object_id", "sequence"], name="entry_by_object"),
            models.Index(fields=["action", "sequence"], name="entry_by_action"),
            models.Index(fields=["object_type", "sequence"], name="entry_by_type"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence}: {self.action} {self.object_type} {self.object_id}"


class LedgerPayload(models.Model):
    """What an entry commits to: the record document, the public reason; and the salt.

    The body is canonical JSON, kept as text so that it hashes as it was hashed. An empty salt says
    that something in the body was redacted: nobody can then test a guess against the commitment.
    """

    entry = models.OneToOneField(
        LedgerEntry, primary_key=True, on_delete=models.PROTECT, related_name="payload"
    )
    salt = models.CharField(max_length=64, blank=True)
    body = models.TextField()

    class Meta:
        default_permissions = ("view",)

    def __str__(self) -> str:
        return f"payload of {self.entry_id}"
