from datetime import date
from typing import Any

from django.db import models
from django.db.models import F, Q

from reforms import assessment
from reforms.dates import PartialDate
from reforms.models.fields import (
    PartialDateProperty,
    both_or_neither,
    one_of,
    precision_field,
    term_field,
)
from reforms.querysets import OPEN
from reforms.vocabulary import (
    Commitment,
    Precision,
    PromiseKind,
    Status,
    Timeliness,
    Verification,
)


class Judged(models.Model):
    """The columns of a verdict: on a promise what is known now, on a span what was known once."""

    status = term_field(Status, default=Status.NOT_ASSESSED.value, editable=False)
    status_since = models.DateField(null=True, editable=False)
    status_since_precision = precision_field(editable=False)
    verification = term_field(Verification, default=Verification.NONE.value, editable=False)
    contested = models.BooleanField(default=False, editable=False)
    implemented_from = models.DateField(
        null=True, editable=False, help_text="First day of the date when first implemented."
    )
    implemented_to = models.DateField(null=True, editable=False, help_text="Its last day.")
    last_published_at = models.DateTimeField(
        null=True, editable=False, help_text="When an update of it was last published."
    )

    since = PartialDateProperty("status_since", "status_since_precision")

    class Meta:
        abstract = True
        constraints = [
            one_of("status", Status),
            one_of("verification", Verification),
            both_or_neither("status_since", "status_since_precision"),
            models.CheckConstraint(
                condition=Q(
                    status=Status.NOT_ASSESSED.value,
                    status_since__isnull=True,
                    verification=Verification.NONE.value,
                    contested=False,
                )
                | (~Q(status=Status.NOT_ASSESSED.value) & Q(status_since__isnull=False)),
                name="%(app_label)s_%(class)s_assessed_since",
            ),
            models.CheckConstraint(
                condition=Q(implemented_from__isnull=True, implemented_to__isnull=True)
                # A comparison with NULL is no refusal, so it is ruled out by name.
                | Q(
                    implemented_from__isnull=False,
                    implemented_to__isnull=False,
                    implemented_from__lte=F("implemented_to"),
                ),
                name="%(app_label)s_%(class)s_implemented_span",
            ),
        ]

    @property
    def first_implemented(self) -> PartialDate | None:
        """The date when the headline first was `implemented`."""
        if self.implemented_from is None or self.implemented_to is None:
            return None
        days = (self.implemented_to - self.implemented_from).days
        precision = Precision.DAY if days == 0 else Precision.MONTH if days < 31 else Precision.YEAR
        return PartialDate(self.implemented_to, precision)

    def timeliness(self, on: date) -> Timeliness:
        """How it stands to its deadline on the day `on`, which is the programme's."""
        deadline: date | None = getattr(self, "deadline_on")  # noqa: B009 - of both models
        return assessment.timeliness(Status(self.status), deadline, self.first_implemented, on)


class SpanOf(models.ForeignKey):
    """The foreign key of a span. Joined under a condition its other end is taken for one row.

    For at one point of both axes a promise has one span. So all filters of a query share one join,
    and `exclude` needs no subquery.
    """

    def get_reverse_path_info(self, filtered_relation: Any = None) -> list[Any]:
        paths = super().get_reverse_path_info(filtered_relation)
        if filtered_relation is None:
            return paths
        return [path._replace(m2m=False) for path in paths]


class VerdictSpan(Judged):
    """What the record said of a promise over a rectangle of two axes.

    The one axis is the world's: the verdict held on the days `valid_from` to `valid_to`, both
    included. The other is the record's: it said so from its ledger entry `known_from` on and up to,
    but not including, the entry `known_to`. A span that has no end yet ends with the last day that
    there is, or with the entry `OPEN`.

    Nothing of a span changes once it is written, but for `known_to` when a later entry replaces it.
    Hence the promise's own coded fields stand here too, as they were known then.
    """

    promise = SpanOf(
        "reforms.Promise", on_delete=models.CASCADE, related_name="spans", db_index=False
    )
    valid_from = models.DateField()
    valid_to = models.DateField(help_text="The last day, included.")
    known_from = models.BigIntegerField(help_text="Number of the ledger entry that said so.")
    known_to = models.BigIntegerField(
        default=OPEN, help_text="Number of the entry that replaced it, excluded."
    )
    kind = term_field(PromiseKind)
    commitment = term_field(Commitment)
    deadline_on = models.DateField(null=True)

    class Meta(Judged.Meta):
        ordering = ["promise", "known_from", "valid_from"]
        constraints = [
            *Judged.Meta.constraints,
            one_of("kind", PromiseKind),
            one_of("commitment", Commitment),
            models.CheckConstraint(
                condition=Q(valid_from__lte=F("valid_to")),
                name="reforms_verdictspan_valid_in_order",
            ),
            models.CheckConstraint(
                condition=Q(known_from__lt=F("known_to")), name="reforms_verdictspan_known_in_order"
            ),
            models.UniqueConstraint(
                fields=["promise", "valid_from"],
                condition=Q(known_to=OPEN),
                name="reforms_verdictspan_open_once",
            ),
        ]
        indexes = [
            # A point of both axes is found in the index alone: one row of a promise is read.
            models.Index(
                fields=["promise", "known_to", "valid_to", "known_from", "valid_from"],
                name="span_by_promise",
            ),
            # With `known_to` among its columns SQLite would take this one to be the best for every
            # question about what is known now: it does not know how many spans are open.
            models.Index(
                fields=["status", "promise", "valid_to"],
                condition=Q(known_to=OPEN),
                name="span_by_status",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.valid_from}: {self.status} ({self.known_from})"
