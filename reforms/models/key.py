from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from reforms.models.fields import validate_plain_text
from reforms.models.organisation import Organisation
from reforms.scopes import SCOPE_PERMISSIONS, Scope


def validate_scopes(scopes: Any) -> None:
    """A list of scopes, each once, at least one."""
    if not isinstance(scopes, list) or not scopes:
        raise ValidationError("Give at least one scope.")
    for scope in scopes:
        if scope not in Scope.values():
            raise ValidationError(f"“{scope}” is no scope; use {', '.join(Scope.values())}.")
    if len(set(scopes)) < len(scopes):
        raise ValidationError("Give each scope once.")


class Key(models.Model):
    """What an organisation's programs show to be let in. Never public; written by `reforms.keys`.

    Of the secret only a digest is stored. A key acts like a user: `reforms.roles` asks it for its
    permissions, which are those of its scopes, and for the organisation that it speaks for.
    """

    id = models.CharField(
        primary_key=True, max_length=16, help_text="The part of the key that may be shown."
    )
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="keys")
    name = models.CharField(
        max_length=100, validators=[validate_plain_text], help_text="What it is for."
    )
    scopes = models.JSONField(validators=[validate_scopes])
    programme = models.ForeignKey(
        "reforms.Programme",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The only programme that it may write about; empty for all.",
    )
    digest = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_used_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="To the hour."
    )

    is_authenticated = True
    is_anonymous = False

    class Meta:
        ordering = ["organisation", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name=""), name="reforms_key_has_name"),
            models.CheckConstraint(condition=~Q(digest=""), name="reforms_key_has_digest"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.id}"

    def has_perm(self, permission: str) -> bool:
        """Whether one of its scopes stands for the permission."""
        return any(permission in SCOPE_PERMISSIONS[Scope(one)] for one in self.scopes)

    @property
    def organisations(self) -> models.QuerySet[Organisation]:
        """Those that it speaks for, like a user's: one."""
        return Organisation.objects.filter(pk=self.organisation_id)
