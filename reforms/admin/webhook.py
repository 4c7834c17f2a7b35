"""Webhooks of organisations: where they stand, what came of each delivery, and what may be done.

Organisations make and change them through the API; curators see all of them, and help.
"""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.html import format_html

from reforms import ledger, webhooks
from reforms.admin.base import ReadOnlyAdmin
from reforms.admin.batches import Step, ask_then_act_on_one, page
from reforms.admin.labels import badge, below, page_of
from reforms.admin.narrowing import DescribedFilter
from reforms.errors import RuleBroken
from reforms.links.posting import DeliveryOutcome
from reforms.models import DisabledBy, Webhook, WebhookState

# Attempts on the page; the API has all of them.
SHOWN = 50

PING = Step(
    name="ping",
    title="Send a ping",
    button="Send a ping",
    done="A ping will be sent.",
    act=lambda webhook, _reason: _ping(webhook),
    advice="A message about nothing is sent once, also while the webhook is disabled. What comes of"
    " it is in the log below, in a few seconds.",
)
DISABLE = Step(
    name="disable",
    title="Disable a webhook",
    button="Disable",
    done="Disabled.",
    act=lambda webhook, _reason: webhooks.disable(webhook, DisabledBy.CURATOR),
    advice="Nothing is sent until it is enabled again. What it misses can still be sent then.",
)
ENABLE = Step(
    name="enable",
    title="Enable a webhook",
    button="Enable",
    done="Enabled.",
    act=lambda _webhook, _reason: None,  # how is asked: see `WebhookAdmin.asking_view`
)
REPLAY = Step(
    name="replay",
    title="Send events again",
    button="Send again",
    done="They will be sent again.",
    act=lambda _webhook, _reason: None,
    advice="They have the same ids as before, so that whoever received them notices.",
)
ROTATE = Step(
    name="rotate",
    title="Rotate the secret of a webhook",
    button="Rotate",
    done="Rotated.",
    act=lambda _webhook, _reason: None,
    advice="Another secret takes the place of this one, and is shown once. Until the old one ends,"
    " every message is signed with both. After a leak it has to end at once.",
)


def _ping(webhook: Webhook) -> None:
    webhooks.ping(webhook)


class EnableForm(forms.Form):
    """Where it goes on."""

    skip = forms.TypedChoiceField(
        label="It goes on",
        coerce=lambda value: value == "now",
        choices=[
            ("stopped", "where it stopped: what was missed is sent first"),
            ("now", "from now on: what was missed is passed over"),
        ],
        widget=forms.RadioSelect,
        initial="stopped",
    )

    def act(self, webhook: Webhook) -> str:
        webhooks.enable(webhook, skip=self.cleaned_data["skip"])
        return "Enabled, from now on." if self.cleaned_data["skip"] else ENABLE.done


class ReplayForm(forms.Form):
    """Which events."""

    sequence = forms.IntegerField(label="Entry of the ledger", min_value=1, max_value=2**53)
    extent = forms.ChoiceField(
        label="Send",
        choices=[
            ("one", "this one, beside the order of the others"),
            ("all", "this one and all that follow, in their order"),
        ],
        widget=forms.RadioSelect,
        initial="one",
    )

    def act(self, webhook: Webhook) -> str:
        sequence = self.cleaned_data["sequence"]
        if self.cleaned_data["extent"] == "one":
            webhooks.send_again(webhook, sequence)
            return f"Entry {sequence} will be sent again."
        webhooks.go_back(webhook, sequence - 1)
        return f"Entries from {sequence} on will be sent again."


class OverlapForm(forms.Form):
    """For how long the old secret signs beside the new one."""

    overlap = forms.TypedChoiceField(
        label="The old secret ends",
        coerce=int,
        choices=[(24, "in a day"), (0, "at once"), (1, "in an hour"), (168, "in a week")],
    )


ASKING: dict[str, tuple[Step, type[forms.Form]]] = {
    ENABLE.name: (ENABLE, EnableForm),
    REPLAY.name: (REPLAY, ReplayForm),
}


@admin.register(Webhook)
class WebhookAdmin(ReadOnlyAdmin):
    """Where an organisation has changes sent to."""

    list_display = ["about", "organisation", "standing", "progress"]
    list_select_related = ["organisation"]
    list_filter = ["state", ("organisation", DescribedFilter)]
    search_fields = ["name", "url", "organisation__id"]
    search_help_text = "Words of the name, a part of the address, or the id of an organisation."
    ordering = ["organisation", "name", "id"]
    sortable_by = ()
    fields = (
        *("id", "organisation", "name", "where", "wants", "standing", "progress"),
        *("old_secret", "created_at"),
    )

    def has_act_permission(self, request: Any) -> bool:
        """For all that is done to one here."""
        return bool(request.user.has_perm("reforms.change_webhook"))

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("organisation")

    def get_readonly_fields(self, request: Any, obj: Any = None) -> Any:
        return self.fields

    @admin.display(description="Webhook", ordering="name")
    def about(self, webhook: Webhook) -> str:
        return below(webhook.name, webhook.url)

    @admin.display(description="Address")
    def where(self, webhook: Webhook) -> str:
        return webhook.url

    @admin.display(description="Old secret")
    def old_secret(self, webhook: Webhook) -> str:
        until = webhook.previous_until
        return f"signs as well until {until:%Y-%m-%d %H:%M}" if until else "none"

    @admin.display(description="Filters")
    def wants(self, webhook: Webhook) -> str:
        told = (f"{name}: {', '.join(values)}" for name, values in webhook.filters.items())
        return "; ".join(told) or "everything"

    @admin.display(description="State", ordering="state")
    def standing(self, webhook: Webhook) -> str:
        if webhook.state == WebhookState.DISABLED:
            why, at = DisabledBy(webhook.disabled_by).meaning, webhook.disabled_at
            return below(_marked("removed", "Disabled"), why, f"since {at:%Y-%m-%d %H:%M}")
        if webhook.failures:
            since, then = webhook.failing_since, webhook.next_attempt_at
            told = f"{webhook.failures} attempts since {since:%Y-%m-%d %H:%M}"
            return below(_marked("stalled", "Failing"), told, f"next at {then:%Y-%m-%d %H:%M}")
        return _marked("published", "Active")

    @admin.display(description="Sent up to")
    def progress(self, webhook: Webhook) -> str:
        return f"entry {webhook.position:,}"

    def surroundings(self, request: Any, thing: Webhook) -> dict[str, Any]:
        tools = []
        if self.has_act_permission(request):
            active = thing.state == WebhookState.ACTIVE
            steps = (PING, REPLAY, ROTATE, DISABLE if active else ENABLE)
            tools = [(f"{step.button} …", page_of(thing, step.name)) for step in steps]
        log = [
            {"attempt": one, "outcome": badge(DeliveryOutcome(one.outcome))}
            for one in thing.attempts.all()[:SHOWN]
        ]
        return {"tools": tools, "log": log, "shown": SHOWN, "head": ledger.head().sequence}

    # Doing

    def get_urls(self) -> Any:
        views: dict[str, Any] = {
            **dict.fromkeys((PING.name, DISABLE.name), self.plain_view),
            **dict.fromkeys(ASKING, self.asking_view),
        }
        steps = [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                {"step": name},
                name=f"reforms_webhook_{name}",
            )
            for name, view in views.items()
        ]
        rotate = path(
            f"<path:object_id>/{ROTATE.name}/",
            self.admin_site.admin_view(self.rotate_view),
            name=f"reforms_webhook_{ROTATE.name}",
        )
        return [*steps, rotate, *super().get_urls()]

    def asked_about(self, request: Any, object_id: str) -> Webhook | None:
        """The webhook that a page asks about; who may do nothing to it is refused."""
        if not self.has_act_permission(request):
            raise PermissionDenied
        webhook: Webhook | None = self.get_object(request, unquote(object_id))
        return webhook

    def plain_view(self, request: Any, object_id: str, step: str) -> HttpResponse:
        """Ask, then do it."""
        with self.turn(request):
            webhook = self.asked_about(request, object_id)
            if webhook is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            chosen = PING if step == PING.name else DISABLE
            answer = ask_then_act_on_one(self, request, webhook, chosen)
            if request.method == "POST" and answer.status_code == 302:
                self.log_change(request, webhook, chosen.done)
            return answer

    def asking_view(self, request: Any, object_id: str, step: str) -> HttpResponse:
        """Ask how, then do it."""
        chosen, form_class = ASKING[step]
        with self.turn(request):
            webhook = self.asked_about(request, object_id)
            if webhook is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            form: Any = form_class(request.POST or None)
            if request.method == "POST" and form.is_valid():
                try:
                    done = form.act(webhook)
                except RuleBroken as refusal:
                    form.add_error(None, f"{refusal}.")
                else:
                    self.log_change(request, webhook, done)
                    self.message_user(request, done)
                    return HttpResponseRedirect(page_of(webhook))
            return page(self, request, chosen, [webhook], form=form, back=page_of(webhook))

    def rotate_view(self, request: Any, object_id: str) -> HttpResponse:
        """Ask when the old secret ends, then show the one that takes its place."""
        with self.turn(request):
            webhook = self.asked_about(request, object_id)
            if webhook is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            form = OverlapForm(request.POST or None)
            if request.method == "POST" and form.is_valid():
                secret = webhooks.rotate(webhook, timedelta(hours=form.cleaned_data["overlap"]))
                self.log_change(request, webhook, ROTATE.done)
                return self.shown_once(request, webhook, secret)
            return page(self, request, ROTATE, [webhook], form=form, back=page_of(webhook))

    def shown_once(self, request: Any, webhook: Webhook, secret: str) -> TemplateResponse:
        """The only page that ever shows a secret: no address leads to it, and nothing keeps it."""
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "The secret, this once",
            "media": self.media,
            "webhook": webhook,
            "secret": secret,
            "address": page_of(webhook),
        }
        response = TemplateResponse(request, "admin/reforms/webhook/shown_once.html", context)
        response["Cache-Control"] = "no-store"
        return response


def _marked(kind: str, word: str) -> str:
    return format_html('<span class="badge badge-{}">{}</span>', kind, word)
