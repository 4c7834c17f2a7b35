"""Accounts: kept by superusers. Curators see whom they may make a member, and nothing else."""

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from reforms.admin.lists import BoundedLists

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(BoundedLists, UserAdmin):
    """Without addresses, times and permissions of others for whoever is no superuser."""

    list_per_page = 50

    # Whoever may change accounts could make a superuser of any.

    def has_add_permission(self, request: Any) -> bool:
        return bool(request.user.is_superuser)

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return bool(request.user.is_superuser)

    def get_list_display(self, request: Any) -> Any:
        return super().get_list_display(request) if self._keeps(request) else ["username"]

    def get_list_filter(self, request: Any) -> Any:
        return super().get_list_filter(request) if self._keeps(request) else ["groups"]

    def get_search_fields(self, request: Any) -> Any:
        return super().get_search_fields(request) if self._keeps(request) else ["username"]

    def get_fieldsets(self, request: Any, obj: Any = None) -> Any:
        if self._keeps(request):
            return super().get_fieldsets(request, obj)
        return [(None, {"fields": ["username", "is_active", "groups"]})]

    def lookup_allowed(self, lookup: str, value: str, request: Any = None) -> bool:
        """Columns that are not shown cannot be probed."""
        if request is None or not self._keeps(request):
            return lookup in ("groups__id__exact", "groups__isnull")
        return super().lookup_allowed(lookup, value, request)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        if not self._keeps(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def _keeps(self, request: Any) -> bool:
        return bool(request.user.is_superuser)
