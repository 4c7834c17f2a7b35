from django.db import models

from reforms.links.outcomes import LinkOutcome, Run
from reforms.models.fields import one_of, term_field
from reforms.models.source import Source
from reforms.querysets import LinkCheckQuerySet


class LinkCheck(models.Model):
    """What came of asking for a source's address the last time. No part of the record.

    It speaks of the address `url`: once the source has another one, the check says nothing of it.
    """

    source = models.OneToOneField(
        Source, primary_key=True, on_delete=models.CASCADE, related_name="link_check"
    )
    url = models.CharField(max_length=2000)
    outcome = term_field(LinkOutcome)
    status = models.PositiveSmallIntegerField(null=True, help_text="Of HTTP, where there was one.")
    leads_to = models.CharField(max_length=2000, blank=True)
    message = models.CharField(max_length=300, blank=True)
    checked_at = models.DateTimeField()
    failures = models.PositiveIntegerField(default=0, help_text="Bad checks in a row.")
    failing_since = models.DateTimeField(null=True)
    dead = models.BooleanField(default=False, help_text="See `reforms.links.is_dead`.")

    objects = LinkCheckQuerySet.as_manager()

    class Meta:
        default_permissions = ()
        constraints = [
            one_of("outcome", LinkOutcome),
            models.CheckConstraint(
                condition=models.Q(failures=0, failing_since=None)
                | models.Q(failures__gt=0, failing_since__isnull=False),
                name="reforms_linkcheck_failing_since",
            ),
        ]
        indexes = [
            models.Index(fields=["outcome", "source"], name="link_check_by_outcome"),
            models.Index(fields=["checked_at"], name="link_check_by_time"),
            models.Index(fields=["source"], condition=models.Q(dead=True), name="link_check_dead"),
        ]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.outcome}"

    @property
    def run(self) -> Run:
        """How often in a row it was bad, and since when."""
        return Run(self.failures, self.failing_since)
