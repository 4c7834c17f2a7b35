"""The page on which somebody sets up a second factor, renews backup codes, or switches it off."""

from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters

from reforms import second_factor
from reforms.admin import sessions
from reforms.admin.signing_in import CodeField, CodeForm, too_many
from reforms.errors import RuleBroken

# Under which name the session keeps the secret that is being set up.
SECRET = "second_factor_secret"  # noqa: S105 - a name, no secret


class SetUpForm(forms.Form):
    """The first code of an app: it shows that the app has the secret."""

    code = CodeField(label="The code that the app shows", max_length=10)


@sensitive_post_parameters()
def page(request: Any, site: Any) -> HttpResponse:
    """Set it up; or, for whoever has one, renew the backup codes and switch it off."""
    if second_factor.of(request.user) is None:
        return set_up(site, request)
    return keep(site, request)


def set_up(site: Any, request: Any) -> HttpResponse:
    """Show a secret; it counts once a code shows that an app has it."""
    secret = request.session.setdefault(SECRET, second_factor.new_secret())
    form = SetUpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.enrol(request.user, secret, form.cleaned_data["code"])
        except RuleBroken as refusal:
            form.add_error("code", f"{refusal}.")
        else:
            # All other sessions of the account end; this one was opened by whoever set it up.
            request.session.cycle_key()
            request.session[sessions.FACTOR] = second_factor.of(request.user)
            del request.session[SECRET]
            return shown_once(site, request, codes, "Your second factor is on.")
    picture = segno.make(second_factor.address_of(request.user, secret), micro=False)
    return answer(
        site,
        request,
        "set_up",
        form=form,
        picture=mark_safe(picture.svg_inline(scale=5, light="#fff")),  # noqa: S308 - squares
        secret=second_factor.for_typing(secret),
        required=sessions.must_set_up(request.user),
    )


def keep(site: Any, request: Any) -> HttpResponse:
    """What somebody who has a second factor may do to it, with a code of it."""
    form = CodeForm(request.user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        if "renew" in request.POST:
            codes = second_factor.renew_codes(request.user)
            return shown_once(site, request, codes, "These take the place of all older ones.")
        if "switch_off" in request.POST:
            second_factor.remove(request.user)
            request.session.cycle_key()
            del request.session[sessions.FACTOR]
            messages.success(request, "Your second factor is off. Other sessions have ended.")
            return HttpResponseRedirect(reverse("admin:second_factor"))
    left = second_factor.codes_left(request.user)
    return too_many(answer(site, request, "keep", form=form, left=left), form)


def shown_once(site: Any, request: Any, codes: list[str], done: str) -> HttpResponse:
    """The only page that shows backup codes: no address leads to it, and nothing keeps it."""
    return answer(site, request, "codes", codes=codes, done=done)


def answer(site: Any, request: HttpRequest, part: str, **context: Any) -> TemplateResponse:
    """The page, with one of its parts."""
    request.current_app = site.name
    given = {**site.each_context(request), "title": "Second factor", "part": part, **context}
    if sessions.must_set_up(request.user):
        given["is_nav_sidebar_enabled"] = False
    return TemplateResponse(request, "admin/access/second_factor.html", given)
