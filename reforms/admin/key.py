from dataclasses import replace
from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html

from reforms import keys
from reforms.admin.base import ReadOnlyAdmin
from reforms.admin.batches import Step, ask_then_act, ask_then_act_on_one, page
from reforms.admin.filters import AliveFilter
from reforms.admin.forms import RecordForm
from reforms.admin.labels import below, page_of
from reforms.admin.narrowing import DescribedFilter
from reforms.errors import RuleBroken
from reforms.models import Key
from reforms.scopes import Scope

REVOKE = Step(
    name="revoke",
    title="Revoke keys",
    button="Revoke",
    done="Revoked.",
    act=lambda key, _reason: keys.revoke(key),
    advice="They let nobody in from now on, and never again.",
)
ROTATE = Step(
    name="rotate",
    title="Rotate a key",
    button="Rotate",
    done="Rotated.",
    act=lambda _key, _reason: None,  # the new key has to be shown: see `KeyAdmin.rotate_view`
    advice="Another key takes the place of this one, with the same name and scopes, and is shown"
    " once. After a leak the old one has to end at once.",
)


class OverlapForm(forms.Form):
    """For how long the old key works beside the new one."""

    overlap = forms.TypedChoiceField(
        label="The old key ends",
        coerce=int,
        choices=[(0, "at once"), (1, "in an hour"), (24, "in a day"), (168, "in a week")],
    )


class KeyForm(RecordForm):
    """A key to be made."""

    scopes = forms.MultipleChoiceField(
        choices=[(scope.value, f"{scope.value}: {scope.meaning}") for scope in Scope],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "expires_at" in self.fields:
            ends = "From then on it is refused (UTC). Empty: it lasts until it is revoked."
            self.fields["expires_at"].help_text = ends
        for field in self.fields.values():
            # What it is for is there already, or is made elsewhere.
            field.widget.can_add_related = field.widget.can_change_related = False


@admin.register(Key)
class KeyAdmin(ReadOnlyAdmin):
    """What lets an organisation's programs in: made, rotated and revoked, never read again."""

    form = KeyForm
    list_display = ["about", "organisation", "may", "life"]
    list_select_related = ["organisation"]
    list_filter = [AliveFilter, ("organisation", DescribedFilter)]
    search_fields = ["id", "name", "organisation__id"]
    search_help_text = "Words of the name, or the id of a key or an organisation."
    ordering = ["organisation", "name", "id"]
    autocomplete_fields = ["organisation", "programme"]
    actions = ["revoke_selected"]

    # Who may

    def has_add_permission(self, request: Any) -> bool:
        return bool(request.user.has_perm("reforms.add_key"))

    def has_end_permission(self, request: Any) -> bool:
        """For rotating and revoking."""
        return bool(request.user.has_perm("reforms.change_key"))

    # Reading

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("organisation")

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        given = ["organisation", "name"]
        if obj is None:
            return [*given, "scopes", "programme", "expires_at"]
        times = ["created_at", "created_by", "expires_at", "revoked_at", "last_used_at"]
        return ["id", *given, "may", "programme", "state", *times]

    @admin.display(description="Key", ordering="name")
    def about(self, key: Key) -> str:
        return below(key.name, key.pk)

    @admin.display(description="Scopes")
    def may(self, key: Key) -> str:
        return below(", ".join(key.scopes), key.programme_id and f"only {key.programme_id}")

    @admin.display(description="State", ordering="last_used_at")
    def life(self, key: Key) -> str:
        end = key.revoked_at or key.expires_at
        return below(
            self.state(key),
            end and f"until {end:%Y-%m-%d %H:%M}",
            f"used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used",
        )

    @admin.display(description="State")
    def state(self, key: Key) -> str:
        alive = keys.is_alive(key)
        return format_html(
            '<span class="badge badge-{}">{}</span>',
            *(("published", "Alive") if alive else ("removed", "Ended")),
        )

    def surroundings(self, request: Any, thing: Key) -> dict[str, Any]:
        steps = (
            (ROTATE, REVOKE) if self.has_end_permission(request) and keys.is_alive(thing) else ()
        )
        return {"tools": [(f"{step.button} …", page_of(thing, step.name)) for step in steps]}

    # Making

    def add_view(self, request: Any, form_url: str = "", extra_context: Any = None) -> Any:
        alone = {"show_save_and_continue": False, "show_save_and_add_another": False}
        return super().add_view(request, form_url, {**alone, **(extra_context or {})})

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        asked = form.cleaned_data
        key, request.issued = keys.issue(
            asked["organisation"],
            asked["name"],
            asked["scopes"],
            programme=asked["programme"],
            expires_at=asked["expires_at"],
            by=request.user,
        )
        # What follows (the log, the way on) speaks of the form's own instance.
        form.instance.__dict__.update(key.__dict__)

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        return self.shown_once(request, obj, request.issued)

    def shown_once(
        self, request: Any, key: Key, text: str, old: Key | None = None
    ) -> TemplateResponse:
        """The only page that ever shows a key: no address leads to it, and nothing keeps it."""
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "The key, this once",
            "media": self.media,
            "key": key,
            "text": text,
            "old": old,
            "address": page_of(key),
        }
        response = TemplateResponse(request, "admin/reforms/key/shown_once.html", context)
        response["Cache-Control"] = "no-store"
        return response

    # Ending

    def get_urls(self) -> Any:
        steps = [
            path(
                f"<path:object_id>/{step.name}/",
                self.admin_site.admin_view(view),
                name=f"reforms_key_{step.name}",
            )
            for step, view in ((ROTATE, self.rotate_view), (REVOKE, self.revoke_view))
        ]
        return [*steps, *super().get_urls()]

    def asked_about(self, request: Any, object_id: str) -> Key | None:
        """The key that a page asks about; who may not end it is refused."""
        if not self.has_end_permission(request):
            raise PermissionDenied
        key: Key | None = self.get_object(request, unquote(object_id))
        return key

    def revoke_view(self, request: Any, object_id: str) -> HttpResponse:
        """Ask, then revoke the key."""
        with self.turn(request):
            key = self.asked_about(request, object_id)
            if key is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            return ask_then_act_on_one(self, request, key, self.revoking(request))

    def rotate_view(self, request: Any, object_id: str) -> HttpResponse:
        """Ask when the old key ends, then show the one that takes its place."""
        with self.turn(request):
            key = self.asked_about(request, object_id)
            if key is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            form = OverlapForm(request.POST or None)
            if request.method == "POST" and form.is_valid():
                overlap = timedelta(hours=form.cleaned_data["overlap"])
                try:
                    made, text = keys.rotate(key, overlap, by=request.user)
                except RuleBroken as refusal:
                    form.add_error(None, f"{refusal}.")
                else:
                    key.refresh_from_db()
                    self.log_change(request, key, f"{ROTATE.done} {made.pk} takes its place.")
                    self.log_addition(request, made, f"It takes the place of {key.pk}.")
                    return self.shown_once(request, made, text, key)
            return page(self, request, ROTATE, [key], form=form, back=page_of(key))

    def revoking(self, request: HttpRequest) -> Step:
        """The step as this user takes it: noted in the log."""

        def act(key: Key, reason: str) -> None:
            REVOKE.act(key, reason)
            self.log_change(request, key, REVOKE.done)

        return replace(REVOKE, name="revoke_selected", act=act)

    @admin.action(permissions=["end"], description="Revoke …")
    def revoke_selected(self, request: HttpRequest, queryset: Any) -> HttpResponse | None:
        """Revoke several keys."""
        return ask_then_act(self, request, queryset, self.revoking(request))
