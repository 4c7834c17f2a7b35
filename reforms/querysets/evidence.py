"""Status updates and the citations that they rest on: who may see which, and which stand."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import (
    Case,
    Exists,
    F,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    Value,
    When,
    Window,
)
from django.db.models.functions import RowNumber

from reforms.vocabulary import PUBLIC_STATES, ReviewState

if TYPE_CHECKING:
    from reforms.models import Citation, StatusUpdate  # noqa: F401

_PUBLIC = [state.value for state in PUBLIC_STATES]


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

    def current(self) -> StatusUpdateQuerySet:
        """Of these updates the last in effect of each organisation on each promise; ties go to the
        later publication. The rule itself is `assessment.current`; a test holds the two together.

        Narrow before: a later filter would choose among all updates, not among these.
        """
        latest_first = [F(name).desc() for name in ("counts_from", "published_at", "id")]
        of_each = Window(
            RowNumber(), partition_by=[F("promise"), F("organisation")], order_by=latest_first
        )
        return self.annotate(place=of_each).filter(place=1)

    def compared(self) -> StatusUpdateQuerySet:
        """Those of these updates whose promise another organisation assesses as well."""
        promises = self.order_by().values("promise")
        shared = promises.annotate(first=Min("organisation"), last=Max("organisation"))
        return self.filter(promise__in=shared.filter(first__lt=F("last")).values("promise"))

    def beside(self, organisation: str) -> StatusUpdateQuerySet:
        """Those of these updates whose promise this organisation assesses as well."""
        own = self.order_by().filter(organisation=organisation)
        return self.filter(promise__in=own.values("promise"))

    def visible_to(self, user: Any) -> StatusUpdateQuerySet:
        """What `user` may see: reviewers everything, members also their organisations' own.

        A key that is limited to a programme sees nothing unpublished of another one.
        """
        if not user.is_authenticated:
            return self.public()
        inside = _inside(user)
        return self.filter(Q(review_state__in=_PUBLIC) | inside) if inside else self.all()

    def seen_inside_by(self, user: Any) -> StatusUpdateQuerySet:
        """What `user` may see with all that is never public of it: reviewers everything, members
        their organisations' own.
        """
        return self.filter(_inside(user)) if user.is_authenticated else self.none()

    def waiting_for(self, reviewer: Any) -> StatusUpdateQuerySet:
        """What waits for a reviewer, oldest first: nobody reviews their own."""
        own = Q(submitted_by=reviewer) | Q(organisation__in=reviewer.organisations.all())
        waiting = self.visible_to(reviewer).filter(review_state=ReviewState.SUBMITTED.value)
        return waiting.exclude(own).order_by("submitted_at", "id")

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


def _inside(user: Any, prefix: str = "") -> Q:
    """Updates that somebody may see whatever their state; without a condition for whoever may see
    all of them. `prefix` leads to the update from what is asked.
    """
    inside = Q()
    if programme := getattr(user, "programme_id", None):
        inside = Q((f"{prefix}promise__programme", programme))
    if not user.has_perm("reforms.review_statusupdate"):
        inside &= Q((f"{prefix}organisation__in", user.organisations.all()))
    return inside


class CitationQuerySet(models.QuerySet["Citation"]):
    """Citations are as public as what they belong to."""

    def public(self) -> CitationQuerySet:
        """Of promises and of public updates."""
        return self.filter(Q(promise__isnull=False) | Q(update__review_state__in=_PUBLIC))

    def visible_to(self, user: Any) -> CitationQuerySet:
        """What `user` may see: citations of promises, and of the updates that `user` may see."""
        if not user.is_authenticated:
            return self.public()
        inside = _inside(user, "update__")
        if not inside:
            return self.all()
        # Told by a join: whether an update is among all visible ones would be asked of a million.
        public = Q(promise__isnull=False) | Q(update__review_state__in=_PUBLIC)
        return self.filter(public | inside)

    def for_api(self) -> CitationQuerySet:
        """In their order, with the paragraphs of the cited source that are loaded."""
        return self.select_related("source", "source__publisher", "origin").order_by(
            "position", "id"
        )
