"""Imports from files: who may see which, and which wait for somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import models

if TYPE_CHECKING:
    from reforms.models import Import  # noqa: F401


class ImportQuerySet(models.QuerySet["Import"]):
    """Imports from files."""

    def visible_to(self, user: Any) -> ImportQuerySet:
        """What `user` may see: curators everything, others what they sent themselves."""
        if not user.is_authenticated:
            return self.none()
        return self if user.has_perm("reforms.remove_statusupdate") else self.filter(user=user)

    def open(self) -> ImportQuerySet:
        """Those that wait to be confirmed, or failed and were not put aside."""
        return self.filter(state__in=self.model.OPEN)
