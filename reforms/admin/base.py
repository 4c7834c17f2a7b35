"""What all pages of the record share: who sees what, and writing through `workflow` alone."""

from contextlib import AbstractContextManager, nullcontext
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, connection, models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from reforms import ledger, roles, workflow
from reforms.admin import conflicts
from reforms.admin.columns import RecordFields
from reforms.admin.labels import describe
from reforms.admin.lists import BoundedLists
from reforms.errors import RuleBroken, TransitionRefused
from reforms.models import Citation

# What the filters of Django's lists put behind the name of a column.
OFFERED_ENDINGS = ("", "__exact", "__in", "__isnull", "__isempty", "__id__exact", "__id__in")


class RecordAdmin(RecordFields, BoundedLists):
    """A page of the record. `workflow` writes; what its rules refuse is shown in the form."""

    list_per_page = 50
    # Lookups in an address beyond the filters shown: `promise__id__exact` and the like.
    linked_lookups: tuple[str, ...] = ()

    class Media:
        css = {"all": ["reforms/admin.css"]}

    # Reading

    def describe(self, thing: Any) -> str:
        """What choices show of an object."""
        return describe(thing)

    def visible(self, request: HttpRequest) -> models.QuerySet[Any]:
        """What the user may see at all; lists, pages, choices and searches all start here."""
        return self.model._default_manager.all()

    def choosable(self, things: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """Those of the objects that may be referred to anew."""
        return things

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return self.ordered(request, self.visible(request))

    def ordered(self, request: HttpRequest, things: models.QuerySet[Any]) -> models.QuerySet[Any]:
        """In the order of the list; in the model's own where the list has none."""
        ordering = self.get_ordering(request)
        return things.order_by(*ordering) if ordering else things

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        if "\x00" in object_id:
            return None
        thing = super().get_object(request, object_id, from_field)
        if thing is not None and request.method == "POST" and connection.in_atomic_block:
            # Held from reading to writing, so that what others write meanwhile is not undone.
            self.model._default_manager.select_for_update().filter(pk=thing.pk).first()
            thing = super().get_object(request, object_id, from_field)
        return thing

    def lookup_allowed(self, lookup: str, value: Any, request: Any = None) -> bool:
        """Filter only by what the list offers: columns that are not shown cannot be probed."""
        offered: list[str] = [*self.linked_lookups]
        for one in self.get_list_filter(request):
            name: Any = one[0] if isinstance(one, tuple) else one
            offered.append(getattr(name, "parameter_name", name))
        # No column can hold U+0000, and PostgreSQL refuses to be asked for it.
        return "\x00" not in str(value) and any(
            lookup == f"{one}{ending}" for one in offered for ending in OFFERED_ENDINGS
        )

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        search_term = search_term.replace("\x00", "")
        found, repeated = super().get_search_results(request, queryset, search_term)
        if connection.vendor == "sqlite" and not search_term.isascii():
            # SQLite folds the case of a to z alone: other letters are looked for in each case.
            for spell in (str.lower, str.upper, str.capitalize, str.title):
                more, _ = super().get_search_results(request, queryset, spell(search_term))
                found |= more
        return found, repeated

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        given = super().get_changeform_initial_data(request)
        return {name: value for name, value in given.items() if "\x00" not in value}

    def get_form(self, request: Any, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.refusal = getattr(request, "refusal", None)
        form.user = request.user
        return form

    def fixed(self, request: HttpRequest, obj: Any) -> list[Any]:
        # A public id never changes.
        return super().fixed(request, obj) + (["id"] if obj else [])

    def may_see_history(self, request: HttpRequest, obj: Any) -> bool:
        """Who did what, by name, is for those who keep the record."""
        return roles.reviews(request.user) or self.has_change_permission(request, obj)

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        thing = self.get_object(request, admin.utils.unquote(object_id))
        if thing is not None and not self.may_see_history(request, thing):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def surroundings(self, request: Any, thing: Any) -> dict[str, Any]:
        """What the page shows around the form of an object."""
        return {}

    def render_change_form(self, request: Any, context: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        thing = context.get("original")
        if thing is not None:
            context["subtitle"] = describe(thing)
            context["may_see_history"] = self.may_see_history(request, thing)
            context |= self.surroundings(request, thing)
            context |= self.seen(request, thing, context)
        return super().render_change_form(request, context, **kwargs)

    def seen(self, request: Any, thing: Any, context: Any) -> dict[str, Any]:
        """What the form shows, to be compared when it is saved; and both versions in a conflict."""
        if not self.has_change_permission(request, thing):
            return {}
        form = context["adminform"].form
        found = conflicts.shown(form, (one.formset for one in context["inline_admin_formsets"]))
        refusal = getattr(request, "refusal", None)
        if isinstance(refusal, conflicts.EditConflict):
            differences = conflicts.differences(refusal, found)
            return {"seen": conflicts.sealed(refusal.stored), "conflict": differences}
        return {"seen": request.POST.get(conflicts.FIELD) or conflicts.sealed(found)}

    # Writing

    def turn(self, request: HttpRequest) -> AbstractContextManager[None]:
        """Whoever writes holds the ledger before any row: two writers never wait for each other."""
        return ledger.writing() if request.method == "POST" else nullcontext()

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        try:
            with self.turn(request):
                self.refuse_overwriting(request, object_id)
                return super().changeform_view(request, object_id, form_url, extra_context)
        except (RuleBroken, TransitionRefused, conflicts.EditConflict) as refusal:
            request.refusal = refusal
        except IntegrityError:
            request.refusal = RuleBroken(
                "Somebody else saved the same just now. Look at what is there, then try again."
            )
        # Nothing was written. The same form again now shows why.
        return super().changeform_view(request, object_id, form_url, extra_context)

    def refuse_overwriting(self, request: Any, object_id: Any) -> None:
        """Raise EditConflict if the object is not what it was when its form was opened."""
        if request.method != "POST" or object_id is None:
            return
        thing = self.get_object(request, admin.utils.unquote(object_id))
        if thing is None or not self.has_change_permission(request, thing):
            return
        form = self.get_form(request, thing, change=True)(instance=thing)
        formsets = (
            formset(
                instance=thing,
                prefix=formset.get_default_prefix(),
                queryset=inline.get_queryset(request),
            )
            for formset, inline in self.get_formsets_with_inlines(request, thing)
        )
        conflicts.check(request.POST.get(conflicts.FIELD, ""), conflicts.shown(form, formsets))

    def save_model(self, request: Any, obj: Any, form: Any, change: Any) -> None:
        """Write nothing yet: `save_related` writes the object and its parts as one change."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:
        thing = form.instance
        with workflow.change(thing, form.cleaned_data.get("reason", "")):
            workflow.save(thing)
            form.save_m2m()
            for formset in formsets:
                self.save_formset(request, form, formset, change)

    def save_formset(self, request: Any, form: Any, formset: Any, change: Any) -> None:
        parts = formset.save(commit=False)
        for part in formset.deleted_objects:
            part.delete()
        for part in parts:
            workflow.prepare(part)
            if isinstance(part, Citation):
                workflow.check_citation(part)
            workflow.store(part)

    # Deleting

    def delete_model(self, request: Any, obj: Any) -> None:
        workflow.delete(obj)

    def delete_view(self, request: Any, object_id: str, extra_context: Any = None) -> Any:
        try:
            with self.turn(request):
                return super().delete_view(request, object_id, extra_context)
        except RuleBroken as refusal:
            self.message_user(request, f"Not deleted: {refusal}.", messages.ERROR)
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return HttpResponseRedirect(reverse(name, args=[quote(object_id)]))

    def get_deleted_objects(self, objs: Any, request: Any) -> Any:
        """Name the objects alone: whatever rests on one of them stops its deletion anyway."""
        things = [describe(one) for one in objs]
        return things, {self.opts.verbose_name_plural: len(things)}, set(), []

    def get_actions(self, request: HttpRequest) -> Any:
        actions = super().get_actions(request)
        # It would delete past the rules; `withdraw_selected` is its counterpart.
        actions.pop("delete_selected", None)
        return actions

    def response_action(self, request: Any, queryset: Any, *location: Any) -> Any:
        try:
            return super().response_action(request, queryset, *location)
        except ValidationError:
            self.message_user(request, "The selection holds an id that cannot be.", messages.ERROR)
            return None


class ReadOnlyAdmin(RecordAdmin):
    """A page that only shows."""

    def has_add_permission(self, request: Any) -> bool:
        return False

    def has_change_permission(self, request: Any, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False
