import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from reforms.models.fields import (
    PartialDateProperty,
    TextsField,
    both_or_neither,
    one_of,
    precision_field,
    term_field,
    validate_plain_text,
)
from reforms.querysets import StatusUpdateQuerySet
from reforms.vocabulary import ENDED_STATES, PUBLIC_STATES, ReviewState, Status


class StatusUpdate(models.Model):
    """One organisation's dated assessment of one promise, resting on evidence.

    Its id is random, so that gaps tell nothing. `review_state` is written by `workflow` alone;
    once public its content never changes.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    promise = models.ForeignKey(
        "reforms.Promise", on_delete=models.PROTECT, related_name="updates", db_index=False
    )
    organisation = models.ForeignKey(
        "reforms.Organisation", on_delete=models.PROTECT, related_name="updates", db_index=False
    )
    status = term_field(Status)
    effective_on = models.DateField(help_text="When it became true; its last day, if imprecise.")
    effective_precision = precision_field(default="day")
    assessed_on = models.DateField(
        null=True, blank=True, help_text="The day up to which the assessor looked."
    )
    assessed_precision = precision_field()
    note = TextsField(blank=True, max_length=5000)
    external_id = models.CharField(
        max_length=200,
        blank=True,
        validators=[validate_plain_text],
        help_text="The organisation's own id for it.",
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
        help_text="Never public.",
    )
    submitted_at = models.DateTimeField(editable=False)

    version = models.PositiveIntegerField(
        default=1, editable=False, help_text="Counts the changes; what `If-Match` compares."
    )
    replaces = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The published update that it supersedes when it is published.",
    )
    replaces_reason = models.TextField(
        blank=True, editable=False, max_length=2000, help_text="Why; public from then on."
    )
    review_state = term_field(
        ReviewState, default=ReviewState.SUBMITTED.value, editable=False, max_length=20
    )
    review_note = models.TextField(
        blank=True, editable=False, max_length=2000, help_text="A reviewer's word; not public."
    )
    published_at = models.DateTimeField(null=True, editable=False)
    counts_from = models.DateField(
        null=True,
        editable=False,
        help_text="Effective date for order and as_of: no later than the day of publication.",
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_reason = models.TextField(blank=True, editable=False, max_length=2000)
    successor = models.OneToOneField(
        "self",
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="supersedes",
    )

    effective = PartialDateProperty("effective_on", "effective_precision")
    assessed = PartialDateProperty("assessed_on", "assessed_precision")

    objects = StatusUpdateQuerySet.as_manager()

    class Meta:
        ordering = ["-counts_from", "-published_at", "id"]
        permissions = [
            ("review_statusupdate", "Can publish, reject and send back status updates"),
            ("remove_statusupdate", "Can remove published status updates"),
            ("publish_statusupdate", "Can publish for a trusted organisation, without review"),
        ]
        constraints = [
            one_of("status", Status),
            one_of("review_state", ReviewState),
            both_or_neither("effective_on", "effective_precision"),
            both_or_neither("assessed_on", "assessed_precision"),
            models.CheckConstraint(
                condition=~Q(status=Status.NOT_ASSESSED.value),
                name="reforms_statusupdate_assesses",
            ),
            models.CheckConstraint(
                condition=~Q(status=Status.NOT_STARTED.value)
                | Q(
                    assessed_on=F("effective_on"),
                    assessed_precision=F("effective_precision"),
                ),
                name="reforms_statusupdate_not_started_is_as_assessed",
            ),
            models.CheckConstraint(
                condition=Q(assessed_on__isnull=True)
                | ~Q(effective_precision="day")
                | Q(assessed_on__gte=F("effective_on")),
                name="reforms_statusupdate_assessed_after_effect",
            ),
            models.CheckConstraint(
                condition=Q(
                    review_state__in=[state.value for state in PUBLIC_STATES],
                    published_at__isnull=False,
                    counts_from__isnull=False,
                )
                | (
                    ~Q(review_state__in=[state.value for state in PUBLIC_STATES])
                    & Q(published_at__isnull=True, counts_from__isnull=True)
                ),
                name="reforms_statusupdate_public_when_published",
            ),
            models.CheckConstraint(
                condition=(
                    Q(
                        review_state__in=[state.value for state in ENDED_STATES],
                        ended_at__isnull=False,
                        ended_at__gte=F("published_at"),
                    )
                    & ~Q(ended_reason="")
                )
                | (
                    ~Q(review_state__in=[state.value for state in ENDED_STATES])
                    & Q(ended_at__isnull=True, ended_reason="")
                ),
                name="reforms_statusupdate_ended_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(review_state=ReviewState.SUPERSEDED.value, successor__isnull=False)
                | (~Q(review_state=ReviewState.SUPERSEDED.value) & Q(successor__isnull=True)),
                name="reforms_statusupdate_superseded_by",
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True, replaces_reason="")
                | (Q(replaces__isnull=False) & ~Q(replaces_reason="") & ~Q(replaces=F("id"))),
                name="reforms_statusupdate_replaces_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(successor__isnull=True) | ~Q(successor=F("id")),
                name="reforms_statusupdate_not_its_own_successor",
            ),
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                # What is superseded hands its id on to its successor.
                condition=~Q(external_id="") & Q(successor=None),
                name="reforms_statusupdate_external_id_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["promise", "review_state", "-counts_from"], name="update_by_promise"
            ),
            models.Index(
                fields=["organisation", "review_state", "promise"], name="update_by_organisation"
            ),
            # Whole, though most of it stands: a prepared plan does not know which state is asked
            # for, and would pass over an index of some states.
            models.Index(fields=["review_state", "submitted_at", "id"], name="update_by_review"),
            models.Index(fields=["submitted_at", "id"], name="update_by_submission"),
            models.Index(fields=["organisation", "-submitted_at", "id"], name="update_by_sender"),
            # With the state, so that all that is public is told in this order by the index alone.
            models.Index(
                fields=["published_at", "id", "review_state"], name="update_by_published_at"
            ),
            models.Index(fields=["counts_from", "published_at", "id"], name="update_by_effect"),
            models.Index(fields=["status", "published_at", "id"], name="update_by_status"),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id}: {self.status} ({self.organisation_id}, {self.effective})"

    @property
    def is_public(self) -> bool:
        return self.review_state in PUBLIC_STATES
