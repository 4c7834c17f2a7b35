"""Signing in: a password, then a code where the account has a second factor."""

import time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth import REDIRECT_FIELD_NAME, login, logout
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, RedirectURLMixin
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.generic.edit import FormView

from reforms import second_factor
from reforms.admin import attempts, sessions
from reforms.admin.attempts import TooManyAttempts

# Seconds in which the code has to follow the password.
CODE_WITHIN = 600
# From how many wrong codes on somebody else may have tried.
MANY_WRONG = 3


class CountedForm(forms.Form):
    """A form whose answer says how long to wait, where too many were wrong."""

    wait = 0

    def begin(self, asked: attempts.Asked) -> list[Any]:
        try:
            return attempts.begin(asked)
        except TooManyAttempts as refusal:
            self.wait = refusal.wait
            raise ValidationError(str(refusal), code="too_many") from None


class PasswordForm(CountedForm, AdminAuthenticationForm):
    """Name and password. After too many wrong ones none is looked at, whoever is meant."""

    def clean(self) -> Any:
        name, password = (self.cleaned_data.get(field) for field in ("username", "password"))
        if not (name and password):
            return super().clean()
        taken = self.begin(attempts.with_a_password(self.request, name))
        cleaned = super().clean()
        attempts.was_right(taken)
        return cleaned


class CodeInput(forms.PasswordInput):
    """Readable while it is typed, empty again when it was refused."""

    input_type = "text"


class CodeField(forms.CharField):
    """What an app shows, or a backup code."""

    def __init__(self, **more: Any) -> None:
        typed = {"autocomplete": "one-time-code", "autocapitalize": "none", "spellcheck": "false"}
        given = {"label": "Code", "max_length": 40, "widget": CodeInput(typed)}
        super().__init__(**{**given, **more})


class CodeForm(CountedForm):
    """The code of somebody who has a second factor."""

    code = CodeField()

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        taken = self.begin(attempts.with_a_code(self.user))
        self.wrong = second_factor.wrong_codes(self.user)
        if not second_factor.accepts(self.user, code):
            raise ValidationError("This code is not right, or was used before.", code="wrong")
        attempts.was_right(taken)
        return code


def too_many(response: HttpResponse, form: CountedForm) -> HttpResponse:
    """The answer with its status, and how long to wait, where there were too many attempts."""
    if form.wait:
        response.status_code = 429
        response["Retry-After"] = str(form.wait)
    return response


class PasswordView(LoginView):
    """The first page. Who gave a right password is signed in, or owes a code."""

    authentication_form = PasswordForm
    template_name = "admin/login.html"
    next_page = "admin:index"

    def form_valid(self, form: Any) -> HttpResponse:
        user = form.get_user()
        if second_factor.of(user) is None:
            return super().form_valid(form)
        logout(self.request)
        self.request.session[sessions.OWING] = {
            "user": user.pk,
            "password": user.get_session_auth_hash(),
            "until": int(time.time()) + CODE_WITHIN,
        }
        way_on = urlencode({REDIRECT_FIELD_NAME: self.get_success_url()})
        return HttpResponseRedirect(f"{reverse('admin:code')}?{way_on}")

    def form_invalid(self, form: Any) -> HttpResponse:
        return too_many(super().form_invalid(form), form)


def owes_a_code(request: HttpRequest) -> User | None:
    """Who gave a right password a short while ago, and no code yet."""
    owing = request.session.get(sessions.OWING)
    if not owing or owing["until"] < time.time():
        return None
    user = User.objects.filter(pk=owing["user"], is_active=True, is_staff=True).first()
    if user is None or not constant_time_compare(
        user.get_session_auth_hash(), str(owing["password"])
    ):
        return None
    return user if second_factor.of(user) is not None else None


@method_decorator([sensitive_post_parameters(), csrf_protect, never_cache], name="dispatch")
class CodeView(RedirectURLMixin, FormView):
    """The second page. It opens for nobody whose password was not right just now."""

    form_class = CodeForm
    template_name = "admin/access/code.html"
    next_page = "admin:index"
    extra_context: Any = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        self.user = owes_a_code(request)
        if self.user is None:
            way_on = urlencode({REDIRECT_FIELD_NAME: self.get_success_url()})
            return HttpResponseRedirect(f"{reverse('admin:login')}?{way_on}")
        return super().dispatch(request, *args, **kwargs)  # type: ignore[return-value]

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.user}

    def get_form(self, form_class: Any = None) -> Any:
        form = super().get_form(form_class)
        form.fields["code"].widget.attrs["autofocus"] = True
        return form

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        more = {REDIRECT_FIELD_NAME: self.get_success_url(), **(self.extra_context or {})}
        return super().get_context_data(**kwargs, **more)

    def form_valid(self, form: CodeForm) -> HttpResponse:
        del self.request.session[sessions.OWING]
        login(self.request, self.user)
        self.request.session[sessions.FACTOR] = second_factor.of(self.user)
        if form.wrong >= MANY_WRONG:
            messages.warning(
                self.request,
                f"Since you last signed in, somebody gave your password and {form.wrong} wrong"
                " codes. If it was not you, change your password now.",
            )
        if (left := second_factor.codes_left(self.user)) < 3:
            messages.warning(
                self.request,
                f"You have {left or 'no'} backup code{'' if left == 1 else 's'} left: make new"
                " ones under “Second factor”.",
            )
        return HttpResponseRedirect(self.get_success_url())

    def form_invalid(self, form: CodeForm) -> HttpResponse:
        return too_many(super().form_invalid(form), form)


def sign_in(site: Any, request: Any, extra_context: Any = None) -> HttpResponse:
    """The page of the site that asks for a name and a password."""
    if comes_from_elsewhere(request):
        return render(request, "admin/access/onward.html", {"address": way_on(request)})
    if request.user.is_authenticated and request.user.is_staff:
        if not sessions.stands(request):
            logout(request)
            messages.info(request, "Your session has ended. Please sign in again.")
        elif sessions.must_set_up(request.user) and request.method == "GET":
            return HttpResponseRedirect(reverse("admin:second_factor"))
    if request.method == "GET" and site.has_permission(request):
        return HttpResponseRedirect(reverse("admin:index"))
    request.current_app = site.name
    context = {**outside(site, request, "Log in"), "username": request.user.get_username()}
    if REDIRECT_FIELD_NAME not in {*request.GET, *request.POST}:
        context[REDIRECT_FIELD_NAME] = reverse("admin:index")
    view: Any = PasswordView.as_view(extra_context={**context, **(extra_context or {})})
    return view(request)


def give_code(request: Any, site: Any) -> HttpResponse:
    """The page of the site that asks for a code."""
    request.current_app = site.name
    view: Any = CodeView.as_view(extra_context=outside(site, request, "Second factor"))
    return view(request)


def outside(site: Any, request: Any, title: str) -> dict[str, Any]:
    """What pages show to whoever is not signed in."""
    shown = {"title": title, "subtitle": None, "app_path": request.get_full_path()}
    return {**site.each_context(request), **shown}


def comes_from_elsewhere(request: HttpRequest) -> bool:
    """Whether a link on another site led here, so that the browser kept a strict cookie back.

    Whoever follows one from a chat or a mail may well be signed in. A page of ours that leads on
    to the same address lets the browser send the cookie; then it comes from here, and not again.
    """
    elsewhere = request.headers.get("Sec-Fetch-Site") == "cross-site"
    unknown = settings.SESSION_COOKIE_NAME not in request.COOKIES
    return request.method == "GET" and elsewhere and unknown


def way_on(request: HttpRequest) -> str:
    """The address of ours that was asked for."""
    wanted = request.GET.get(REDIRECT_FIELD_NAME, "")
    hosts = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, hosts, require_https=request.is_secure())
    return wanted if safe else reverse("admin:index")
