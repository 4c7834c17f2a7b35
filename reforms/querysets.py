"""Visibility, search and prefetching as named queryset methods; no view repeats such a filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Prefetch,
    Q,
    Value,
    When,
)
from django.db.models.expressions import RawSQL

from reforms.dates import day_in
from reforms.search import FIELDS, Query, matching
from reforms.vocabulary import PUBLIC_STATES, ReviewState, Status, Timeliness

if TYPE_CHECKING:
    from reforms.models import Citation, Programme, Promise, Source, StatusUpdate  # noqa: F401

LAST_DAY = date.max
# The ledger entry that is never reached: what is known until then is known now.
OPEN = 2**63 - 1
_PUBLIC = [state.value for state in PUBLIC_STATES]


_T = TypeVar("_T", bound=models.Model)


class PublicQuerySet(models.QuerySet[_T]):
    """Objects of the public record: public from the start, until they are withdrawn."""

    def public(self) -> Self:
        """What anybody may read now."""
        return self.filter(withdrawn_at=None)

    def public_at(self, moment: datetime) -> Self:
        """What anybody could read at that moment of the ledger."""
        return self.filter(
            Q(withdrawn_at=None) | Q(withdrawn_at__gt=moment), public_since__lte=moment
        )


class ProgrammeQuerySet(PublicQuerySet["Programme"]):
    """Programmes."""

    def today(self, moment: datetime) -> dict[str, date]:
        """Each programme's date at `moment`, in its own time zone."""
        zones = self.values_list("pk", "time_zone")
        return {name: day_in(time_zone, moment) for name, time_zone in zones}

    def for_api(self) -> ProgrammeQuerySet:
        """With the number of its directions and the sources that announced it."""
        numbered = Count("reforms", filter=Q(reforms__numbered=True))
        return self.annotate(directions=numbered).prefetch_related("announced_by")


class StatusUpdateQuerySet(models.QuerySet["StatusUpdate"]):
    """Status updates: public ones, those that stand, those that somebody may see."""

    def public(self) -> StatusUpdateQuerySet:
        """Published once: what anybody may read, also where it no longer stands."""
        return self.filter(review_state__in=_PUBLIC)

    def standing(self) -> StatusUpdateQuerySet:
        """Published, and neither superseded nor retracted nor removed: what counts."""
        return self.filter(review_state=ReviewState.PUBLISHED.value)

    def public_at(self, moment: datetime) -> StatusUpdateQuerySet:
        """What was public at that moment of the ledger; some of it has been ended since."""
        return self.public().filter(published_at__lte=moment)

    def with_review_state(self, moment: datetime) -> StatusUpdateQuerySet:
        """Annotate `review_state_then`: whether it stood at that moment of the ledger, or how it
        had ended.
        """
        stood = Q(ended_at=None) | Q(ended_at__gt=moment)
        then = Case(
            When(stood, then=Value(ReviewState.PUBLISHED.value)),
            default=F("review_state"),
            output_field=models.CharField(),
        )
        return self.annotate(review_state_then=then)

    def standing_at(self, moment: datetime | None, day: date | None = None) -> StatusUpdateQuerySet:
        """What stood at that moment of the ledger (None: what stands now) and counts by `day`."""
        updates = self.standing()
        if moment is not None:
            updates = self.public_at(moment).filter(Q(ended_at=None) | Q(ended_at__gt=moment))
        return updates if day is None else updates.filter(counts_from__lte=day)

    def visible_to(self, user: Any) -> StatusUpdateQuerySet:
        """What `user` may see: reviewers everything, members also their organisations' own."""
        if user.has_perm("reforms.review_statusupdate"):
            return self.all()
        if not user.is_authenticated:
            return self.public()
        return self.filter(
            Q(review_state__in=_PUBLIC) | Q(organisation__in=user.organisations.all())
        )

    def citing(self, sources: list[str]) -> StatusUpdateQuerySet:
        """Updates that cite one of the sources."""
        citations = self._model("Citation").objects.filter(source_id__in=sources)
        return self.filter(Exists(citations.filter(update=OuterRef("pk"))))

    def newest_first(self) -> StatusUpdateQuerySet:
        """The order of a timeline: latest effective date first; ties by publication."""
        return self.order_by("-counts_from", "-published_at", "-id")

    def for_api(self) -> StatusUpdateQuerySet:
        """With its citations, their sources and origins."""
        citations = self._model("Citation").objects.for_api()
        return self.prefetch_related(Prefetch("citations", queryset=citations))

    def _model(self, name: str) -> Any:
        return self.model._meta.apps.get_model("reforms", name)


class CitationQuerySet(models.QuerySet["Citation"]):
    """Citations are as public as what they belong to."""

    def public(self) -> CitationQuerySet:
        """Of promises and of public updates."""
        return self.filter(Q(promise__isnull=False) | Q(update__review_state__in=_PUBLIC))

    def visible_to(self, user: Any) -> CitationQuerySet:
        """What `user` may see: citations of promises, and of the updates that `user` may see."""
        updates = self.model._meta.apps.get_model("reforms", "StatusUpdate").objects
        return self.filter(Q(promise__isnull=False) | Q(update__in=updates.visible_to(user)))

    def for_api(self) -> CitationQuerySet:
        """In their order, with the paragraphs of the cited source that are loaded."""
        return self.select_related("source", "source__publisher", "origin").order_by(
            "position", "id"
        )


class SourceQuerySet(PublicQuerySet["Source"]):
    """Sources: private until something public cites them."""

    def public(self) -> SourceQuerySet:
        """Cited by something public."""
        return super().public().filter(public_since__isnull=False)

    def visible_to(self, user: Any) -> SourceQuerySet:
        """What `user` may see: reviewers everything, members also their organisations' own."""
        if user.has_perm("reforms.review_statusupdate"):
            return self.all()
        if not user.is_authenticated:
            return self.public()
        return self.filter(
            Q(public_since__isnull=False, withdrawn_at=None)
            | Q(submitted_by__in=user.organisations.all())
        )

    def for_api(self) -> SourceQuerySet:
        """Annotate `has_text`: whether its text is loaded."""
        paragraphs = self.model._meta.apps.get_model("reforms", "Paragraph").objects
        return self.annotate(has_text=Exists(paragraphs.filter(source=OuterRef("pk"))))


class PromiseQuerySet(PublicQuerySet["Promise"]):
    """Promises; not all that is said of them is public."""

    def search(self, query: Query) -> PromiseQuerySet:
        """Promises that hold all the words; see `reforms.search`."""
        return self.filter(pk__in=_found(query))

    def with_relevance(self, query: Query) -> PromiseQuerySet:
        """Annotate `relevance`, best first: 1 where the title alone holds all the words, then 2 to
        4 as the statement, the bodies and the notes are needed as well.
        """
        best = [
            When(pk__in=_found(query, fields), then=Value(fields))
            for fields in range(1, len(FIELDS))
        ]
        return self.annotate(
            relevance=Case(*best, default=Value(len(FIELDS)), output_field=models.IntegerField())
        )

    def at(self, day: date | None, sequence: int | None) -> PromiseQuerySet:
        """Promises with their verdict as of `day`, as known when the ledger had `sequence` entries.

        It is joined as `span`: filter by `span__status`, order by `span__status_since`, or have
        it in hand by `select_related("span")`. Without a day it is the verdict without an end;
        without a sequence it is the one known now. Promises that had none are left out.
        """
        if day is None:
            valid = Q(spans__valid_to=LAST_DAY)
        else:
            valid = Q(spans__valid_from__lte=day, spans__valid_to__gte=day)
        if sequence is None:
            known = Q(spans__known_to=OPEN)
        else:
            known = Q(spans__known_from__lte=sequence, spans__known_to__gt=sequence)
        span = FilteredRelation("spans", condition=valid & known)
        return self.annotate(span=span).filter(span__isnull=False)

    def with_span(self) -> PromiseQuerySet:
        """With the verdict that `at` joined in hand, as `span`."""
        return self.select_related("span")  # type: ignore[misc]

    def with_timeliness(self, today: Mapping[str, date], span: bool = False) -> PromiseQuerySet:
        """Annotate `timeliness_now`; `today` gives each programme's date. With `span` it is that of
        the verdict which `at` joined. The rule itself is `assessment.timeliness`; a test holds the
        two together.
        """
        verdict = "span__" if span else ""
        return self.annotate(timeliness_now=_timeliness(_today(today), verdict))

    def updated_by(
        self, organisations: list[str], moment: datetime | None = None, day: date | None = None
    ) -> PromiseQuerySet:
        """Promises that one of the organisations has a standing update on; see `standing_at`."""
        updates = self._model("StatusUpdate").objects.standing_at(moment, day)
        return self.filter(
            Exists(updates.filter(promise=OuterRef("pk"), organisation_id__in=organisations))
        )

    def citing(self, sources: list[str]) -> PromiseQuerySet:
        """Promises that cite one of the sources, themselves or through a public update."""
        citations = self._model("Citation").objects.filter(source_id__in=sources)
        updates = self._model("StatusUpdate").objects.public()
        return self.filter(
            Exists(citations.filter(promise=OuterRef("pk")))
            | Exists(updates.filter(promise=OuterRef("pk"), citations__source_id__in=sources))
        )

    def resting_on(self, thing: models.Model) -> PromiseQuerySet:
        """Promises whose verdict may change when a source, publisher or programme changes."""
        name = thing._meta.model_name
        if name == "programme":
            return self.filter(programme_id=thing.pk)
        standing = self._standing()
        if name == "source":
            return self.filter(Exists(standing.filter(citations__source=thing)))
        if name == "publisher":
            return self.filter(
                Exists(standing.filter(citations__origin=thing))
                | Exists(standing.filter(citations__source__publisher=thing))
            )
        return self.none()

    def for_api(self) -> PromiseQuerySet:
        """With all that an answer shows of a promise itself, but for its programme."""
        return self.prefetch_related("body_ties", "topics", "relations")

    def _standing(self) -> Any:
        return self._model("StatusUpdate").objects.standing().filter(promise=OuterRef("pk"))

    def _model(self, name: str) -> Any:
        return self.model._meta.apps.get_model("reforms", name)


def _found(query: Query, fields: int = len(FIELDS)) -> RawSQL:
    sql, parameters = matching(query, fields)
    return RawSQL(sql, parameters)  # noqa: S611 - our own SQL; the query is a parameter


def _today(today: Mapping[str, date]) -> Case | Value:
    """Each programme's date; one value as long as all time zones agree on the day."""
    days = set(today.values())
    if len(days) == 1:
        return Value(days.pop(), output_field=models.DateField())
    return Case(
        *(When(programme_id=name, then=Value(day)) for name, day in today.items()),
        default=Value(max(days, default=LAST_DAY)),
        output_field=models.DateField(),
    )


def _timeliness(today: Case | Value, verdict: str) -> Case:
    """The columns of the verdict begin with `verdict`: the promise's own, or those of its span."""
    deadline = F(f"{verdict}deadline_on")

    def when(column: str, value: Any, term: Timeliness) -> When:
        return When(Q((verdict + column, value)), then=Value(term.value))

    return Case(
        when("deadline_on__isnull", True, Timeliness.NO_DEADLINE),
        when("implemented_to__lte", deadline, Timeliness.ON_TIME),
        when("implemented_from__gt", deadline, Timeliness.LATE),
        when("implemented_to__isnull", False, Timeliness.UNDETERMINED),
        when("status", Status.ABANDONED.value, Timeliness.UNDETERMINED),
        when("deadline_on__gte", today, Timeliness.PENDING),
        when("status", Status.NOT_ASSESSED.value, Timeliness.UNASSESSED),
        default=Value(Timeliness.OVERDUE.value),
        output_field=models.CharField(),
    )
