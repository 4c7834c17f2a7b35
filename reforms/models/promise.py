from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, Concat

from reforms.models.fields import (
    IdField,
    PartialDateProperty,
    TextsField,
    both_or_neither,
    has_text,
    one_of,
    precision_field,
    term_field,
)
from reforms.models.public import PublicObject
from reforms.models.reform import is_parent_and_number
from reforms.models.shapes import validate_figures
from reforms.models.verdict_span import Judged
from reforms.querysets import LAST_DAY, PromiseQuerySet
from reforms.vocabulary import BodyRole, Commitment, PromiseKind, RelationKind


class Promise(Judged, PublicObject):
    """One concrete proposal. Its verdict, as known now, and `changed_at` are derived: they are
    written by `workflow` alone.
    """

    id = IdField(primary_key=True, max_length=50)
    programme = models.ForeignKey(
        "reforms.Programme", on_delete=models.PROTECT, related_name="promises", db_index=False
    )
    reform = models.ForeignKey(
        "reforms.Reform", on_delete=models.PROTECT, related_name="promises", db_index=False
    )
    number = models.PositiveIntegerField()
    position = IdField(editable=False, unique=True, help_text="Its place in every order.")
    title = TextsField(max_length=300, help_text="At most 12 words.")
    statement = TextsField(help_text="One sentence with every figure, in our own words.")
    kind = term_field(PromiseKind)
    commitment = term_field(Commitment)
    condition = TextsField(blank=True, max_length=1000)
    deadline_on = models.DateField(null=True, blank=True, help_text="The last day that is in time.")
    deadline_precision = precision_field()
    deadline_wording = TextsField(blank=True, max_length=500, help_text="The text's, paraphrased.")
    figures = models.JSONField(
        default=list,
        blank=True,
        validators=[validate_figures],
        help_text="A list of: what, from and to, or value; unit.",
    )
    bodies = models.ManyToManyField(
        "reforms.Body", through="reforms.PromiseBody", related_name="promises"
    )
    topics = models.ManyToManyField("reforms.Topic", blank=True, related_name="promises")

    changed_at = models.DateTimeField(
        editable=False, help_text="When anything public about it last changed."
    )

    deadline = PartialDateProperty("deadline_on", "deadline_precision")

    objects = PromiseQuerySet.as_manager()

    class Meta(Judged.Meta):
        ordering = ["position"]
        constraints = [
            *Judged.Meta.constraints,
            has_text("title"),
            has_text("statement"),
            one_of("kind", PromiseKind),
            one_of("commitment", Commitment),
            both_or_neither("deadline_on", "deadline_precision"),
            models.UniqueConstraint(
                fields=["reform", "number"], name="reforms_promise_number_once"
            ),
            models.CheckConstraint(
                condition=is_parent_and_number("reform"), name="reforms_promise_id_speaks"
            ),
            models.CheckConstraint(
                condition=Q(id__startswith=Concat(F("programme"), Value("-"))),
                name="reforms_promise_in_its_reforms_programme",
            ),
            models.CheckConstraint(
                condition=Q(number__gte=1), name="reforms_promise_number_from_one"
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "position"], name="promise_by_programme"),
            models.Index(fields=["reform", "status", "position"], name="promise_by_reform_status"),
            models.Index(fields=["reform", "position"], name="promise_by_reform"),
            # Counts are read from it alone.
            models.Index(
                fields=["reform", "status", "commitment"],
                condition=Q(withdrawn_at__isnull=True),
                name="promise_counted",
            ),
            models.Index(fields=["status", "position"], name="promise_by_status"),
            models.Index(fields=["verification", "position"], name="promise_by_verification"),
            models.Index(fields=["kind", "position"], name="promise_by_kind"),
            models.Index(fields=["commitment", "position"], name="promise_by_commitment"),
            models.Index(fields=["contested", "position"], name="promise_by_contested"),
            models.Index(fields=["changed_at", "position"], name="promise_by_change"),
            models.Index(fields=["last_published_at", "position"], name="promise_by_publication"),
            models.Index(
                Coalesce("deadline_on", Value(LAST_DAY)), "position", name="promise_by_deadline"
            ),
            models.Index(
                Coalesce("status_since", Value(LAST_DAY)), "position", name="promise_by_since"
            ),
        ]

    def __str__(self) -> str:
        return self.id

    def place(self) -> str:
        """The sort key: kz2022-002-00001 stands before kz2022-010-00001."""
        return f"{self.programme_id}-{int(self.reform_id.rpartition('-')[2]):03d}-{self.number:05d}"


class PromiseBody(models.Model):
    """The tie between a promise and a body: responsible for it, or affected by it."""

    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, related_name="body_ties", db_index=False
    )
    body = models.ForeignKey(
        "reforms.Body", on_delete=models.PROTECT, related_name="promise_ties", db_index=False
    )
    role = term_field(BodyRole, default=BodyRole.RESPONSIBLE.value)

    class Meta:
        ordering = ["promise", "role", "body"]
        verbose_name_plural = "promise bodies"
        constraints = [
            one_of("role", BodyRole),
            models.UniqueConstraint(
                fields=["promise", "body", "role"], name="reforms_promisebody_once"
            ),
        ]
        indexes = [models.Index(fields=["body", "promise"], name="promisebody_by_body")]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.role} {self.body_id}"


class PromiseRelation(models.Model):
    """A typed tie from one promise to another: restates, replaces, split_from, depends_on."""

    promise = models.ForeignKey(
        Promise, on_delete=models.CASCADE, related_name="relations", db_index=False
    )
    kind = term_field(RelationKind)
    to = models.ForeignKey(Promise, on_delete=models.PROTECT, related_name="inverse_relations")

    class Meta:
        ordering = ["promise", "kind", "to"]
        constraints = [
            one_of("kind", RelationKind),
            models.UniqueConstraint(
                fields=["promise", "kind", "to"], name="reforms_promiserelation_once"
            ),
            models.CheckConstraint(
                condition=~Q(promise=F("to")), name="reforms_promiserelation_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.kind} {self.to_id}"
