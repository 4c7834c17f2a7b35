"""Pages of public objects: edited with a public reason, withdrawn in the open, never deleted."""

from dataclasses import replace
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.urls import NoReverseMatch, path, reverse

from reforms import ledger, records, roles, workflow
from reforms.admin.batches import Step, ask_then_act, ask_then_act_on_one
from reforms.admin.fields import ReasonFormField
from reforms.admin.filters import WithdrawnFilter
from reforms.admin.history import Recorded
from reforms.admin.labels import page_of
from reforms.models import LedgerEntry, PublicObject
from reforms.vocabulary import EntryAction

WITHDRAW = Step(
    name="withdraw_selected",
    title="Withdraw from the record",
    button="Withdraw",
    done="Withdrawn.",
    act=workflow.withdraw_object,
    advice="Readers are then told that it was withdrawn, when and why; what the record said before"
    " stays readable as of then. It does not come back, and its id is not used again. What"
    " something else still rests on is kept, and you are told what that is.",
    needs_reason=True,
    reason_help="Why it does not belong into the record. It is public, and stays so.",
)


class PublicAdmin(Recorded):
    """A page of public objects."""

    # Reading

    def choosable(self, things: models.QuerySet[Any]) -> models.QuerySet[Any]:
        return things.filter(withdrawn_at=None)

    def get_list_filter(self, request: Any) -> Any:
        return [*super().get_list_filter(request), WithdrawnFilter]

    def render_change_form(self, request: Any, context: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        thing = context.get("original")
        if thing is not None:
            may = self.has_withdraw_permission(request) and thing.is_public
            context["withdraw_address"] = page_of(thing, "withdraw") if may else ""
            context["withdrawal"] = withdrawal_of(thing)
        return super().render_change_form(request, context, **kwargs)

    def view_on_site(self, thing: Any) -> str | None:
        """The page on which readers see it; None where there is none, or nothing to see."""
        if thing.public_since is None or thing.withdrawn_at is not None:
            return None
        try:
            return reverse(f"pages:{self.opts.model_name}", args=[thing.pk])
        except NoReverseMatch:
            return None

    # Editing

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        if obj is not None and obj.withdrawn_at is not None:
            return False
        return super().has_change_permission(request, obj)

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change, **kwargs)
        if obj is not None and obj.is_public and self.has_change_permission(request, obj):
            form.reason_field = ReasonFormField(
                required=False,
                label="Reason for the change",
                help_text="It is public, and stays so. Needed when you change what the record says;"
                " not for a missing translation, nor for notes, summaries, aliases, topics and"
                " archived copies.",
            )
        return form

    # Withdrawing

    def has_withdraw_permission(self, request: HttpRequest) -> bool:
        """For those who keep the record and may edit objects of this kind."""
        return roles.curates(request.user) and self.has_change_permission(request)

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> Any:
        withdraw = path(
            "<path:object_id>/withdraw/",
            self.admin_site.admin_view(self.withdraw_view),
            name=f"reforms_{self.opts.model_name}_withdraw",
        )
        return [withdraw, *super().get_urls()]

    def withdraw_view(self, request: Any, object_id: str) -> HttpResponse:
        """Ask for the reason, then take the object out of the record."""
        if not self.has_withdraw_permission(request):
            raise PermissionDenied
        with self.turn(request):
            thing = self.get_object(request, unquote(object_id))
            if thing is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            return ask_then_act_on_one(self, request, thing, withdrawing(self, request))


def withdrawing(model_admin: Any, request: HttpRequest) -> Step:
    """The step as this user takes it: noted in the log."""

    def act(thing: Any, reason: str) -> None:
        workflow.withdraw_object(thing, reason)
        model_admin.log_change(request, thing, f"{WITHDRAW.done} {reason}")

    return replace(WITHDRAW, act=act)


@admin.action(permissions=["withdraw"], description="Withdraw the selected …")
def withdraw_selected(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """The bulk action that takes the place of Django's, which would delete."""
    return ask_then_act(model_admin, request, queryset, withdrawing(model_admin, request))


def withdrawal_of(thing: PublicObject) -> dict[str, Any] | None:
    """Since when an object is withdrawn and why, and which entry says so."""
    if thing.withdrawn_at is None:
        return None
    about = LedgerEntry.objects.filter(
        object_type=records.type_of(thing), object_id=thing.pk, action=EntryAction.WITHDRAW.value
    )
    entry = about.select_related("payload").get()
    return {
        "at": thing.withdrawn_at,
        "reason": ledger.payload_of(entry)["reason"],
        "sequence": entry.sequence,
        "address": page_of(entry),
    }
