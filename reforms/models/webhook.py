import uuid

from django.db import models
from django.db.models import Q

from reforms.links.posting import DeliveryOutcome
from reforms.models.fields import one_of, term_field, validate_plain_text
from reforms.models.organisation import Organisation
from reforms.vocabulary import Term


class WebhookState(Term):
    """Whether events are sent."""

    ACTIVE = "active", "events are sent"
    DISABLED = "disabled", "nothing is sent until it is enabled again"


class DisabledBy(Term):
    """Why nothing is sent any more."""

    FAILING = "failing", "an event was not taken in all attempts, which last about three days"
    GONE = "gone", "the address answered 410: it wants no more"
    SECRET = "secret", "its secret cannot be read any more: rotate it"
    OWNER = "owner", "its organisation wished so"
    CURATOR = "curator", "a curator stopped it"


class Webhook(models.Model):
    """An address of an organisation to which changes of the record are sent. Never public.

    Written by `reforms.webhooks`. `position` is the last entry of the ledger that was dealt with:
    all that is sent follows from it. Whoever delivers holds the `lease`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="webhooks"
    )
    name = models.CharField(
        max_length=100, validators=[validate_plain_text], help_text="What it is for."
    )
    url = models.CharField(max_length=2000)
    origin = models.CharField(
        max_length=300, help_text="Where this tracker is, for links: scheme and host."
    )
    filters = models.JSONField(
        default=dict, help_text="Lists of values by the name of the filter; without any, all."
    )
    secret = models.TextField(help_text="Encrypted: see `reforms.webhooks.signing`.")
    previous_secret = models.TextField(blank=True)
    previous_until = models.DateTimeField(null=True)
    position = models.BigIntegerField()
    state = term_field(WebhookState, default=WebhookState.ACTIVE.value, max_length=20)
    disabled_by = term_field(DisabledBy, max_length=20, blank=True)
    disabled_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(
        default=0, help_text="How often the event at hand was not taken."
    )
    failing_since = models.DateTimeField(null=True)
    next_attempt_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    leased_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ["organisation", "name", "id"]
        default_permissions = ("add", "change", "delete", "view")
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="reforms_webhook_has_name"),
            models.CheckConstraint(condition=~Q(secret=""), name="reforms_webhook_has_secret"),
            models.CheckConstraint(
                condition=Q(previous_secret="", previous_until=None)
                | (~Q(previous_secret="") & Q(previous_until__isnull=False)),
                name="reforms_webhook_previous_secret_ends",
            ),
            models.CheckConstraint(
                condition=Q(state=WebhookState.ACTIVE.value, disabled_by="", disabled_at=None)
                | Q(
                    state=WebhookState.DISABLED.value,
                    disabled_by__in=DisabledBy.values(),
                    disabled_at__isnull=False,
                ),
                name="reforms_webhook_disabled_why_and_when",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since=None)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="reforms_webhook_failing_since",
            ),
            models.CheckConstraint(
                condition=Q(lease=None, leased_until=None)
                | Q(lease__isnull=False, leased_until__isnull=False),
                name="reforms_webhook_lease_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.id}"


class WebhookErrand(models.Model):
    """One message that somebody asked for besides what is due: a ping, or one event again.

    It is tried once; what came of it is an attempt like any other.
    """

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="errands")
    sequence = models.BigIntegerField(null=True, help_text="Of the entry; none for a ping.")
    message = models.CharField(max_length=80, blank=True, help_text="The id of a ping.")
    asked_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(sequence__isnull=False, message="")
                | (Q(sequence=None) & ~Q(message="")),
                name="reforms_webhookerrand_event_or_ping",
            ),
        ]

    def __str__(self) -> str:
        return self.message or f"entry {self.sequence}"


class WebhookAttempt(models.Model):
    """One attempt to hand over a message, for whoever runs the address. Forgotten after a while."""

    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="attempts")
    message = models.CharField(max_length=80, help_text="The header webhook-id.")
    type = models.CharField(max_length=60)
    sequence = models.BigIntegerField(null=True, help_text="Of the entry; none for a ping.")
    number = models.PositiveIntegerField(help_text="From 1: of this event since it was due.")
    at = models.DateTimeField(db_index=True)
    milliseconds = models.PositiveIntegerField()
    outcome = term_field(DeliveryOutcome, max_length=20)
    status = models.PositiveSmallIntegerField(null=True, help_text="Of HTTP, where there was one.")
    detail = models.CharField(max_length=300, blank=True)
    answer = models.CharField(max_length=500, blank=True, help_text="How the answer began.")

    class Meta:
        ordering = ["-id"]
        default_permissions = ()
        constraints = [one_of("outcome", DeliveryOutcome)]
        indexes = [models.Index(fields=["webhook", "id"], name="attempt_by_webhook")]

    def __str__(self) -> str:
        return f"{self.message}: {self.outcome}"
