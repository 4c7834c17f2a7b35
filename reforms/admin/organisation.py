from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.urls import path, reverse

from reforms import workflow
from reforms.admin.batches import Step, ask_then_act_on_one
from reforms.admin.counting import number_up_to, up_to
from reforms.admin.forms import RecordForm
from reforms.admin.labels import in_words, list_of, page_of
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.models import Key, Organisation, Webhook, WebhookState

MOST_WEBHOOKS = 100  # disabled ones that are counted

# Never public, and for nobody but those who keep the list of organisations.
PRIVATE = ["legal_name", "trusted", "licence", "members"]


def _accept(organisation: Organisation, _reason: str) -> None:
    workflow.accept_licence(organisation)


def _webhooks(organisation: Organisation) -> str:
    """What leads to its webhooks; that some are disabled is said where one comes by."""
    disabled = organisation.webhooks.filter(state=WebhookState.DISABLED.value)
    ended = number_up_to(disabled, MOST_WEBHOOKS)
    return f"Webhooks ({up_to(ended, MOST_WEBHOOKS)} disabled)" if ended else "Webhooks"


ACCEPT = Step(
    name="accept_licence",
    title="Note that the data licence is accepted",
    button="It accepts the licence",
    done="Noted.",
    act=_accept,
    advice=f"It gives its data under {settings.DATA_LICENCE}. Press the button once it has told you"
    " so. Without that it gets no key.",
)


class OrganisationForm(RecordForm):
    """An organisation; one that is added has accepted the data licence and says whose it is."""

    accepts_licence = forms.BooleanField(
        label=f"It accepts the data licence, {settings.DATA_LICENCE}",
        error_messages={"required": "Nobody is taken in without: ask for it first."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "affiliation" in self.fields and self.instance._state.adding:
            self.fields["affiliation"].required = True
        else:
            del self.fields["accepts_licence"]


@admin.register(Organisation)
class OrganisationAdmin(PublicAdmin):
    """Who assesses, which accounts submit for them, and whether they may publish unseen."""

    form = OrganisationForm
    list_display = ["id", "words", "url"]
    search_fields = ["id", "name__en", "name__ru", "name__kk"]
    ordering = ["id"]
    autocomplete_fields = ["members"]
    actions = [withdraw_selected]

    def keeps(self, request: Any) -> bool:
        """Whether the user keeps the list of organisations."""
        return super().has_change_permission(request)

    def may_see_history(self, request: Any, obj: Any) -> bool:
        return self.keeps(request)

    def get_list_display(self, request: Any) -> Any:
        return [*self.list_display, *(["trusted", "licence"] if self.keeps(request) else [])]

    def get_list_filter(self, request: Any) -> Any:
        return [*(["trusted"] if self.keeps(request) else []), *super().get_list_filter(request)]

    def get_fields(self, request: Any, obj: Any = None) -> Any:
        public = ["id", "name", "affiliation", "url", "pseudonymous"]
        if obj is None:
            return [*public, "legal_name", "trusted", "members", "accepts_licence"]
        return [*public, *(PRIVATE if self.keeps(request) else [])]

    def fixed(self, request: Any, obj: Any) -> list[Any]:
        return super().fixed(request, obj) + (["licence"] if obj else [])

    @admin.display(description="Name")
    def words(self, organisation: Organisation) -> str:
        return in_words(organisation.name)

    @admin.display(description="Data licence", ordering="licence_accepted_at")
    def licence(self, organisation: Organisation) -> str:
        at = organisation.licence_accepted_at
        return f"{organisation.licence_accepted}, {at:%Y-%m-%d}" if at else "not accepted yet"

    def surroundings(self, request: Any, thing: Organisation) -> dict[str, Any]:
        tools = []
        live = thing.withdrawn_at is None
        if live and self.keeps(request) and thing.licence_accepted != settings.DATA_LICENCE:
            tools.append((ACCEPT.button, page_of(thing, ACCEPT.name)))
        if request.user.has_perm("reforms.view_key"):
            tools.append(("Keys", list_of(Key, f"organisation__id__exact={thing.pk}")))
        if request.user.has_perm("reforms.view_webhook"):
            tools.append(
                (_webhooks(thing), list_of(Webhook, f"organisation__id__exact={thing.pk}"))
            )
        if live and request.user.has_perm("reforms.add_key"):
            address = reverse("admin:reforms_key_add")
            tools.append(("Issue a key", f"{address}?organisation={thing.pk}"))
        return {"tools": tools}

    def get_urls(self) -> Any:
        accept = path(
            f"<path:object_id>/{ACCEPT.name}/",
            self.admin_site.admin_view(self.accept_view),
            name=f"reforms_organisation_{ACCEPT.name}",
        )
        return [accept, *super().get_urls()]

    def accept_view(self, request: Any, object_id: str) -> HttpResponse:
        """Ask, then note that an organisation of before accepts the data licence."""
        if not self.keeps(request):
            raise PermissionDenied
        with self.turn(request):
            thing = self.get_object(request, admin.utils.unquote(object_id))
            if thing is None:
                return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)  # type: ignore[attr-defined]
            return ask_then_act_on_one(self, request, thing, ACCEPT)

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        if change:
            super().save_related(request, form, formsets, change)
            return
        workflow.enrol(form.instance)
        form.save_m2m()
