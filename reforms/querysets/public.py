"""What is public, and since when: the objects that the record is about."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self, TypeVar

from django.db import models
from django.db.models import Count, Q

from reforms.dates import day_in

if TYPE_CHECKING:
    from reforms.models import Programme, Publisher  # noqa: F401

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


class SubmittedQuerySet(PublicQuerySet[_T]):
    """What organisations submit: private until something public rests on it."""

    def public(self) -> Self:
        """What something public rests on."""
        return super().public().filter(public_since__isnull=False)

    def ever_public(self) -> Self:
        """What anybody can read now or could read at some moment."""
        return self.filter(public_since__isnull=False)

    def visible_to(self, user: Any) -> Self:
        """What `user` may see: reviewers everything, members also their organisations' own."""
        if user.has_perm("reforms.review_statusupdate"):
            return self.all()
        if not user.is_authenticated:
            return self.public()
        return self.filter(
            Q(public_since__isnull=False, withdrawn_at=None)
            | Q(submitted_by__in=user.organisations.all())
        )

    def open_to(self, organisation: str | None) -> Self:
        """What the organisation may know of: what is or was public, its own, and what the curators
        hold ready. None stands for the curators.
        """
        own = Q(submitted_by=None) | Q(submitted_by=organisation)
        return self.filter(own | Q(public_since__isnull=False))


class PublisherQuerySet(SubmittedQuerySet["Publisher"]):
    """Publishers: those that an organisation named are private until something rests on them."""

    def public(self) -> PublisherQuerySet:
        """The curators', and those that something public rests on."""
        return PublicQuerySet.public(self).filter(
            Q(submitted_by=None) | Q(public_since__isnull=False)
        )
