"""Visibility, search and prefetching as named queryset methods; no view repeats such a filter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, Count, Exists, F, OuterRef, Prefetch, Q, Value, When
from django.db.models.expressions import RawSQL

from reforms.dates import day_in
from reforms.search import FIELDS, Query, matching
from reforms.vocabulary import PUBLIC_STATES, ReviewState, Status, Timeliness

if TYPE_CHECKING:
    from reforms.models import Citation, Programme, Promise, Source, StatusUpdate  # noqa: F401

LAST_DAY = date.max
_PUBLIC = [state.value for state in PUBLIC_STATES]


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    """Programmes are all public."""

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


class SourceQuerySet(models.QuerySet["Source"]):
    """Sources: private until something public cites them."""

    def public(self) -> SourceQuerySet:
        """Cited by something public."""
        return self.filter(public_since__isnull=False)

    def visible_to(self, user: Any) -> SourceQuerySet:
        """What `user` may see: reviewers everything, members also their organisations' own."""
        if user.has_perm("reforms.review_statusupdate"):
            return self.all()
        if not user.is_authenticated:
            return self.public()
        return self.filter(
            Q(public_since__isnull=False) | Q(submitted_by__in=user.organisations.all())
        )

    def for_api(self) -> SourceQuerySet:
        """Annotate `has_text`: whether its text is loaded."""
        paragraphs = self.model._meta.apps.get_model("reforms", "Paragraph").objects
        return self.annotate(has_text=Exists(paragraphs.filter(source=OuterRef("pk"))))


class PromiseQuerySet(models.QuerySet["Promise"]):
    """Promises are all public; what is said of them may not be."""

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

    def with_timeliness(self, today: Mapping[str, date]) -> PromiseQuerySet:
        """Annotate `timeliness_now`; `today` gives each programme's date. The rule itself is
        `assessment.timeliness`; a test holds the two together.
        """
        return self.annotate(timeliness_now=_timeliness(_today(today)))

    def updated_by(self, organisations: list[str]) -> PromiseQuerySet:
        """Promises that one of the organisations has a standing update on."""
        return self.filter(Exists(self._standing().filter(organisation_id__in=organisations)))

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
            return self.filter(programme=thing)
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


def _timeliness(today: Case | Value) -> Case:
    def then(term: Timeliness) -> Value:
        return Value(term.value)

    return Case(
        When(deadline_on__isnull=True, then=then(Timeliness.NO_DEADLINE)),
        When(implemented_to__lte=F("deadline_on"), then=then(Timeliness.ON_TIME)),
        When(implemented_from__gt=F("deadline_on"), then=then(Timeliness.LATE)),
        When(implemented_to__isnull=False, then=then(Timeliness.UNDETERMINED)),
        When(status=Status.ABANDONED.value, then=then(Timeliness.UNDETERMINED)),
        When(deadline_on__gte=today, then=then(Timeliness.PENDING)),
        When(status=Status.NOT_ASSESSED.value, then=then(Timeliness.UNASSESSED)),
        default=then(Timeliness.OVERDUE),
        output_field=models.CharField(),
    )
