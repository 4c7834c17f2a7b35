"""The admin site: its title, the order of its lists, and choices that show titles."""

from collections.abc import Callable
from functools import partial, update_wrapper
from importlib import import_module
from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path

# What a curator opens most comes first.
ORDER = (
    "StatusUpdate",
    "Promise",
    "Source",
    "Reply",
    "ErrorReport",
    "ProposedReply",
    "Reform",
    "Programme",
    "Publisher",
    "Body",
    "Topic",
    "Organisation",
    "Key",
    "Webhook",
    "Import",
    "LedgerEntry",
    "Citation",
    "Paragraph",
    "SeedRecord",
)


class Choices(AutocompleteJsonView):
    """What is offered while somebody types: ids with titles, of nothing that was withdrawn."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        # This module is read before the models can be.
        from reforms.admin.lists import LONGEST_SECONDS, TooLong, at_most

        try:
            with at_most(LONGEST_SECONDS):
                return super().get(request, *args, **kwargs)
        except TooLong:
            return JsonResponse({"results": [], "pagination": {"more": False}})

    def get_queryset(self) -> Any:
        found = super().get_queryset()
        choosable = getattr(self.model_admin, "choosable", None)
        return choosable(found) if choosable else found

    def serialize_result(self, obj: Any, to_field_name: str) -> dict[str, str]:
        result = super().serialize_result(obj, to_field_name)
        describe = getattr(self.model_admin, "describe", str)
        return {**result, "text": describe(obj)}


class TrackerAdminSite(AdminSite):
    """The curators' site."""

    site_title = "Reform tracker"
    site_header = "Reform tracker"
    index_title = "What there is to do"
    empty_value_display = "–"
    index_template = "admin/reforms/home.html"

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:
        """Whatever a page writes is recorded as done in a role, never by a person."""
        # This module is read before the models can be.
        from reforms import ledger, roles
        from reforms.admin import sessions

        shown = super().admin_view(view, cacheable)

        def in_a_role(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            sessions.keep(request)
            role = roles.role_of(request.user)
            with ledger.acting(ledger.by_role(role) if role else ""):
                return shown(request, *args, **kwargs)

        return update_wrapper(in_a_role, shown)

    def has_permission(self, request: HttpRequest) -> bool:
        """Staff, in a session that is neither too old nor lacks a code."""
        from reforms.admin import sessions

        return super().has_permission(request) and sessions.lets_in(request)

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        from reforms.admin import signing_in

        return signing_in.sign_in(self, request, extra_context)

    def get_urls(self) -> list[Any]:
        from reforms.admin import second_factor, signing_in

        factor = partial(second_factor.page, site=self)
        return [
            path("login/code/", partial(signing_in.give_code, site=self), name="code"),
            path("second_factor/", self.admin_view(factor), name="second_factor"),
            *super().get_urls(),
        ]

    def register(self, model_or_iterable: Any, *args: Any, **options: Any) -> None:
        """Give pages to all models but those of the second factor, whose secrets are never shown,
        and of the queue, whose tasks say nothing that our own tables do not.
        """
        one = isinstance(model_or_iterable, type)
        models: Any = [model_or_iterable] if one else model_or_iterable
        hidden = ("otp_", "django_q")
        shown = [one for one in models if not one._meta.app_label.startswith(hidden)]
        super().register(shown, *args, **options)

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        apps = super().get_app_list(request, app_label)
        for app in apps:
            if app["app_label"] == "reforms":
                app["models"].sort(key=lambda one: ORDER.index(one["object_name"]))
        # The record comes before accounts.
        return sorted(apps, key=lambda app: app["app_label"] != "reforms")

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The home: what there is to do, above the lists."""
        from reforms.admin.home import home

        found = home(request.user, request.GET.get("programme", ""))
        return super().index(request, {**found, **(extra_context or {})})

    def autocomplete_view(self, request: HttpRequest) -> Any:
        return Choices.as_view(admin_site=self)(request)


class TrackerAdminConfig(AdminConfig):
    """Puts that site in the place of Django's."""

    default_site = "tracker.admin.TrackerAdminSite"

    def ready(self) -> None:
        super().ready()
        import_module("tracker.checks")
