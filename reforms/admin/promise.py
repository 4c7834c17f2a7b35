from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.urls import reverse

from reforms import roles, search
from reforms.admin import finding
from reforms.admin.citation import CitationFormSet, CitationInline
from reforms.admin.columns import PartInline
from reforms.admin.fields import PartialDateFormField
from reforms.admin.filters import QuietFilter, TimelinessFilter
from reforms.admin.forms import NumberedForm
from reforms.admin.from_passage import FromPassage
from reforms.admin.labels import NOTHING, badge, below, in_words
from reforms.admin.narrowing import DeadlineYearFilter, DescribedFilter, ReformFilter
from reforms.admin.promise_page import everything_about
from reforms.admin.public import PublicAdmin, withdraw_selected
from reforms.admin.tables import Tabular
from reforms.admin.timeline import timeline
from reforms.dates import now
from reforms.models import Programme, Promise, PromiseBody, PromiseRelation, Reform, SheetKind
from reforms.querysets import LAST_DAY
from reforms.vocabulary import Status, Timeliness, Verification


class PromiseForm(NumberedForm):
    """A promise: its id is its reform's and its number."""

    numbered = Promise
    parent = "reform"
    deadline = PartialDateFormField(
        required=False,
        help_text="Only if the text gives one: a day as 2022-11-05, a month as 2022-11, a year as"
        " 2022. “Urgently” and “soon” are no dates.",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "number" in self.fields:
            self.fields["number"].required = False
            self.fields["number"].help_text = "Leave it empty for the next number that is free."


class BodyInline(PartInline):
    """The bodies that are responsible for a promise or affected by it."""

    model = PromiseBody
    template = "admin/edit_inline/tabular.html"
    verbose_name = "body"
    verbose_name_plural = "bodies"
    autocomplete_fields = ["body"]
    fields = ["body", "role"]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("body")


class RelationInline(PartInline):
    """How the promise is tied to other promises."""

    model = PromiseRelation
    template = "admin/edit_inline/tabular.html"
    fk_name = "promise"
    verbose_name = "relation"
    verbose_name_plural = "relations to other promises"
    autocomplete_fields = ["to"]
    fields = ["kind", "to"]

    def get_queryset(self, request: Any) -> Any:
        return super().get_queryset(request).select_related("to")


class PromiseCitationInline(CitationInline):
    """The passages that a promise rests on."""

    fk_name = "promise"
    verbose_name_plural = "passages and other citations"


@admin.register(Promise)
class PromiseAdmin(FromPassage, Tabular, PublicAdmin):
    """The heart of the record: what was promised, and what became of it."""

    sheet = SheetKind.PROMISES
    form = PromiseForm
    list_display = ["id", "words", "status_words", "deadline_words"]
    list_display_links = ["id", "words"]
    list_filter = [
        ("programme", DescribedFilter),
        ("reform", ReformFilter),
        "status",
        "verification",
        TimelinessFilter,
        QuietFilter,
        DeadlineYearFilter,
        "contested",
        "kind",
        "commitment",
        ("topics", DescribedFilter),
    ]
    # `get_search_results` asks the search index; the names here are what it covers.
    search_fields = ["id", "title", "statement"]
    search_help_text = (
        "Words of title, statement, bodies and notes; “a phrase”; or an id: kz2022-2."
    )
    ordering = ["position"]
    autocomplete_fields = ["reform", "topics"]
    actions = [withdraw_selected]
    inlines = [BodyInline, RelationInline, PromiseCitationInline]
    fieldsets = [
        (None, {"fields": ["reform", "number", "title", "statement"]}),
        ("Coding", {"fields": ["kind", "commitment", "condition", "topics"]}),
        ("Deadline", {"fields": ["deadline", "deadline_wording"]}),
        ("Figures", {"fields": ["figures"]}),
    ]

    # Reading

    def get_queryset(self, request: Any) -> Any:
        today = Programme.objects.today(now())
        promises: Any = super().get_queryset(request)
        return promises.with_timeliness(today)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = finding.cleaned(search_term)
        if not term:
            return queryset, False
        by_id = Q(pk__startswith=term.lower())
        try:
            found = queryset.filter(by_id | finding.holding("pk", search.parse(term)))
        except ValueError as error:
            if request.resolver_match.url_name == "reforms_promise_changelist":
                messages.warning(request, f"Search: {error}.")
            found = queryset.filter(by_id)
        return found, False

    def fixed(self, request: Any, obj: Any) -> list[Any]:
        return super().fixed(request, obj) + (["reform", "number"] if obj else [])

    def get_changeform_initial_data(self, request: Any) -> Any:
        initial: dict[str, Any] = dict(super().get_changeform_initial_data(request))
        reform = initial.get("reform", "")
        if Reform.objects.filter(pk=reform).exists():
            initial.setdefault("number", PromiseForm.next_number(reform))
        return initial

    def surroundings(self, request: Any, thing: Promise) -> dict[str, Any]:
        add = reverse("admin:reforms_statusupdate_add")
        may_add = roles.may_submit(request.user) and thing.is_public
        return {
            **everything_about(thing, request.user),
            "timeline": timeline(thing, request.user),
            "add_update": f"{add}?promise={thing.pk}" if may_add else "",
        }

    # Columns

    @admin.display(description="Title", ordering="position")
    def words(self, promise: Promise) -> str:
        return in_words(promise.title)

    @admin.display(description="Status", ordering="status")
    def status_words(self, promise: Promise) -> str:
        since = f"since {promise.since}" if promise.since else ""
        evidence = Verification(promise.verification)
        known = evidence.label if evidence != Verification.NONE else ""
        contested = "contested" if promise.contested else ""
        return below(badge(Status(promise.status)), since, known, contested)

    # An index holds it with the last of all days in the place of none.
    @admin.display(description="Deadline", ordering=Coalesce("deadline_on", Value(LAST_DAY)))
    def deadline_words(self, promise: Any) -> str:
        if promise.deadline is None:
            return NOTHING
        return below(promise.deadline, Timeliness(promise.timeliness_now).label)

    # Writing

    def save_formset(self, request: Any, form: Any, formset: Any, change: Any) -> None:
        moved = []
        if isinstance(formset, CitationFormSet):
            for position, one in enumerate(formset.kept(), start=1):
                if one.instance.position != position and not one.has_changed():
                    moved.append(one.instance)
                one.instance.position = position
        super().save_formset(request, form, formset, change)
        for citation in moved:
            citation.save(update_fields=["position"])
