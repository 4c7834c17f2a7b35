"""Sources: what is known of their addresses, and which of them are to be asked again."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from reforms.addresses import REDACTED
from reforms.links.outcomes import LinkOutcome
from reforms.querysets.public import SubmittedQuerySet

if TYPE_CHECKING:
    from reforms.models import LinkCheck, Source  # noqa: F401

# What is bad, and not dead yet, is asked again the next day.
SOON = timedelta(hours=12)
# A check of an address that was corrected since says nothing of the new one.
_CURRENT = Q(link_check__url=F("url"))


class LinkCheckQuerySet(models.QuerySet["LinkCheck"]):
    """What came of asking, of addresses that sources still have."""

    def current(self) -> LinkCheckQuerySet:
        """Checks of the addresses that the sources have now."""
        return self.filter(url=F("source__url"))

    def dead(self) -> LinkCheckQuerySet:
        """Addresses at which readers find nothing; see `reforms.links.is_dead`."""
        return self.current().filter(dead=True)


class SourceQuerySet(SubmittedQuerySet["Source"]):
    """Sources: private until something public cites them."""

    def for_api(self) -> SourceQuerySet:
        """Annotate `has_text`: whether its text is loaded."""
        paragraphs = self.model._meta.apps.get_model("reforms", "Paragraph").objects
        return self.annotate(has_text=Exists(paragraphs.filter(source=OuterRef("pk"))))

    # What is known of their addresses; about what was withdrawn nothing is to be done.

    def with_dead_links(self) -> SourceQuerySet:
        """At whose address readers find nothing any more; see `reforms.links.is_dead`."""
        return self._kept().filter(_CURRENT, link_check__dead=True)

    def with_links(self, outcome: LinkOutcome) -> SourceQuerySet:
        """Whose address was found so when it was last asked."""
        return self._kept().filter(_CURRENT, link_check__outcome=outcome.value)

    def unasked(self) -> SourceQuerySet:
        """Whose address was never asked, or is another one since."""
        return self._addressed().filter(~Exists(self._checks()))

    def unarchived(self) -> SourceQuerySet:
        """Which have an address, and no archived copy."""
        return self._addressed().filter(archived_url="")

    def archived(self) -> SourceQuerySet:
        """Of which a copy is known."""
        return self._kept().exclude(archived_url="")

    def to_be_asked(self, now: datetime, older_than: timedelta) -> SourceQuerySet:
        """Whose address was not asked for that long, the longest first; what is bad sooner.

        Private sources of organisations are left out: asking for their page would tell its owner
        what somebody is about to say.
        """
        due = Q(link_check=None) | ~_CURRENT | Q(link_check__checked_at__lte=now - older_than)
        due |= Q(
            link_check__failures__gt=0,
            link_check__dead=False,
            link_check__checked_at__lte=now - min(SOON, older_than),
        )
        told = Q(public_since__isnull=False) | Q(submitted_by=None)
        first = F("link_check__checked_at").asc(nulls_first=True)
        return self._addressed().filter(told, due).order_by(first, "pk")

    def _addressed(self) -> SourceQuerySet:
        return self._kept().exclude(url="").exclude(url__startswith=REDACTED)

    def _kept(self) -> SourceQuerySet:
        return self.filter(withdrawn_at=None)

    def _checks(self) -> Any:
        checks = self.model._meta.apps.get_model("reforms", "LinkCheck").objects
        return checks.filter(source=OuterRef("pk"), url=OuterRef("url"))
