"""Things done to several objects one by one: a page that asks, and one that reports each row."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from reforms import ledger, workflow
from reforms.admin.fields import ReasonFormField
from reforms.admin.labels import describe, page_of
from reforms.errors import TrackerError

LIMIT = 100


class ReasonForm(forms.Form):
    """Why something is done, in a sentence."""

    reason = ReasonFormField()

    def __init__(self, *args: Any, help_text: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].help_text = help_text


@dataclass(frozen=True, slots=True)
class Step:
    """What is done to each object. `act` raises TrackerError to refuse one."""

    name: str
    title: str
    button: str
    done: str
    act: Callable[[Any, str], None]
    advice: str = ""
    reason_help: str = ""
    needs_reason: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one object."""

    label: str
    address: str
    words: str
    done: bool


def carry_out(step: Step, things: Iterable[Any], reason: str) -> list[Outcome]:
    """Take the step for each object in a transaction of its own; a refusal stops no other."""
    outcomes = []
    for thing in things:
        # Named before the step: what is deleted forgets its id.
        label, address = describe(thing), page_of(thing)
        try:
            # Whoever writes holds the ledger before any row: two writers never wait for each other.
            with ledger.writing():
                step.act(thing, reason)
        except TrackerError as refusal:
            outcomes.append(Outcome(label, address, f"Refused: {refusal}", done=False))
        else:
            address = address if thing.pk else ""
            outcomes.append(Outcome(label, address, step.done, done=True))
    return outcomes


def ask_then_act(
    model_admin: Any, request: HttpRequest, selected: models.QuerySet[Any], step: Step
) -> HttpResponse | None:
    """Answer a list's action: first ask, then act and report row by row."""
    asked_again = "confirmed" in request.POST
    if asked_again:
        # What was shown is what is acted on, whatever the list's filters would say by now.
        selected = model_admin.get_queryset(request).filter(
            pk__in=request.POST.getlist(ACTION_CHECKBOX_NAME)
        )
    things = list(selected[: LIMIT + 1])
    if not things:
        model_admin.message_user(request, "What you selected is no longer there.", messages.ERROR)
        return None
    if len(things) > LIMIT:
        model_admin.message_user(
            request, f"Select at most {LIMIT} rows; nothing was changed.", messages.ERROR
        )
        return None
    form = ReasonForm(request.POST if asked_again else None, help_text=step.reason_help)
    if not asked_again or (step.needs_reason and not form.is_valid()):
        return page(model_admin, request, step, things, form=form)
    reason = form.cleaned_data["reason"] if step.needs_reason else ""
    return page(model_admin, request, step, outcomes=carry_out(step, things, reason))


def ask_then_act_on_one(
    model_admin: Any, request: HttpRequest, thing: Any, step: Step
) -> HttpResponse:
    """Ask, then act, then show the object again."""
    asked = request.method == "POST"
    form = ReasonForm(request.POST if asked else None, help_text=step.reason_help)
    context = {"form": form, "back": page_of(thing)}
    if not asked or (step.needs_reason and not form.is_valid()):
        return page(model_admin, request, step, [thing], **context)
    reason = form.cleaned_data["reason"] if step.needs_reason else ""
    [outcome] = carry_out(step, [thing], reason)
    if not outcome.done:
        messages.error(request, outcome.words)
        return page(model_admin, request, step, [thing], **context)
    messages.success(request, f"{outcome.words} {outcome.label}")
    return HttpResponseRedirect(page_of(thing))


def page(
    model_admin: Any, request: Any, step: Step, things: Iterable[Any] = (), **context: Any
) -> TemplateResponse:
    """The page that asks, or the one that reports."""
    opts = model_admin.opts
    request.current_app = model_admin.admin_site.name
    return TemplateResponse(
        request,
        [f"admin/reforms/{opts.model_name}/batch.html", "admin/reforms/batch.html"],
        {
            **model_admin.admin_site.each_context(request),
            "opts": opts,
            "title": step.title,
            "step": step,
            "things": [(thing.pk, describe(thing), page_of(thing)) for thing in things],
            "checkbox_name": ACTION_CHECKBOX_NAME,
            "media": model_admin.media,
            "back": request.get_full_path(),
            **context,
        },
    )


DELETE = Step(
    name="delete_unused",
    title="Delete what was never public",
    button="Delete",
    done="Deleted.",
    act=lambda thing, _reason: workflow.delete(thing),
    advice="What is public, or still used, is kept, and the report says so.",
)


@admin.action(permissions=["delete"], description="Delete the selected ones that were never public")
def delete_unused(model_admin: Any, request: HttpRequest, queryset: Any) -> HttpResponse | None:
    """The bulk action that takes the place of Django's, which would delete past the rules."""

    def delete(thing: Any, reason: str) -> None:
        model_admin.log_deletions(request, [thing])
        DELETE.act(thing, reason)

    return ask_then_act(model_admin, request, queryset, replace(DELETE, act=delete))
