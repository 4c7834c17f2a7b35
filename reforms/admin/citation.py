from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db.models import Q
from django.forms.models import BaseInlineFormSet
from django.utils.html import format_html, format_html_join

from reforms import roles, workflow
from reforms.admin import finding
from reforms.admin.base import ReadOnlyAdmin
from reforms.admin.columns import PartInline
from reforms.admin.forms import PassageForm
from reforms.admin.labels import NOTHING, in_words, link, page_of
from reforms.admin.passages import passages
from reforms.admin.reading_room import place_of
from reforms.admin.source import OfSource
from reforms.errors import RuleBroken
from reforms.models import Citation, Paragraph, StatusUpdate
from reforms.vocabulary import PublisherType
from reforms.workflow import Cited

# Of a promise, for the search by its id: they are asked for one by one.
MOST_UPDATES = 5_000


class CitationForm(PassageForm):
    """A citation; whose assertion a relayed one is has to be said."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "position" in self.fields:
            self.fields["position"].required = False
            if self.instance._state.adding:
                self.initial["position"] = None
        if "origin" in self.fields:
            self.fields["origin"].required = False

    def clean(self) -> Any:
        cleaned = super().clean()
        source = self.cleaned_data.get("source")
        if self.cleaned_data.get("origin") is None and source is not None:
            self.cleaned_data["origin"] = source.publisher
        return cleaned

    def _post_clean(self) -> None:
        super()._post_clean()
        if not self.errors and self.instance.source_id:
            try:
                workflow.check_citation(self.instance)
            except RuleBroken as refusal:
                self.complain(refusal)


class CitationFormSet(BaseInlineFormSet):
    """The citations of one object, with the passages that they name, in their order."""

    def get_queryset(self) -> Any:
        if not hasattr(self, "_queryset"):
            citations = super().get_queryset()
            found = passages(citations)
            for citation in citations:
                citation.passage = found[citation.pk]
        return super().get_queryset()

    def kept(self) -> list[Any]:
        """The forms whose citations stay, in the order that was given; new ones come last."""
        forms = [
            form
            for form in self.forms
            if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]
        return sorted(forms, key=lambda form: form.cleaned_data.get("position") or self.max_num + 1)

    def cited(self) -> list[Cited]:
        """What `workflow` takes as the citations of a status update."""
        return [
            Cited(
                source=one["source"].pk,
                stance=one["stance"],
                basis=one["basis"],
                origin=one["origin"].pk,
                locator=one["locator"],
                paragraphs=one["paragraphs"],
                note=one["note"],
            )
            for one in (form.cleaned_data for form in self.kept())
        ]


class CitationInline(PartInline):
    """Citations beside what they belong to, with the quotation where the text is loaded."""

    model = Citation
    template = "admin/edit_inline/stacked.html"
    form = CitationForm
    formset = CitationFormSet
    autocomplete_fields = ["source", "origin"]
    readonly_fields = ["document", "passage"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "source",
                    "document",
                    ("stance", "basis"),
                    "origin",
                    ("locator", "position"),
                    "paragraphs",
                    "passage",
                    "note",
                ]
            },
        )
    ]

    def get_queryset(self, request: Any) -> Any:
        # An inline is made anew for each request.
        self.may_read = roles.may_read_texts(request.user)
        return super().get_queryset(request).select_related("source__publisher", "origin")

    @admin.display(description="Published by")
    def document(self, citation: Citation) -> str:
        if not citation.source_id:
            return NOTHING
        source = citation.source
        publisher = source.publisher
        words = f"{in_words(publisher.name)} · {PublisherType(publisher.type).label}"
        pages = ((source.url, "Open the page"), (source.archived_url, "Open the archived copy"))
        return format_html(
            "{}{}",
            words,
            format_html_join(
                "",
                ' · <a href="{}" target="_blank" rel="noopener noreferrer">{}</a>',
                (page for page in pages if page[0]),
            ),
        )

    @admin.display(description="Passage")
    def passage(self, citation: Any) -> str:
        return quotation(getattr(citation, "passage", []), linked=self.may_read)


def quotation(passage: Iterable[Any], *, linked: bool = False) -> str:
    """The quoted paragraphs; where the text is not loaded, only what the locator names.

    `linked` is for those who may read the text: each leads to its place there.
    """
    return (
        format_html_join(
            "",
            '<blockquote class="passage"><span class="ordinal">¶{}</span> {}</blockquote>',
            (
                (in_its_place(loaded) if linked else loaded.ordinal, loaded.text)
                if loaded
                else (cited["ordinal"], format_html("<i>{}</i>", "not in a loaded text"))
                for cited, loaded in passage
            ),
        )
        or NOTHING
    )


def in_its_place(paragraph: Paragraph) -> str:
    """The number of a paragraph, as a link to its place in the reading room."""
    address = place_of(paragraph.source_id, paragraph.ordinal)
    return format_html(
        '<a href="{}" title="Read it in its place">{}</a>', address, paragraph.ordinal
    )


@admin.register(Citation)
class CitationAdmin(OfSource, ReadOnlyAdmin):
    """Who cites what. Citations are edited with the promise or the update that they belong to."""

    list_display = ["owner", "source_link", "stance", "basis", "origin", "locator"]
    list_select_related = ["source", "origin", "promise", "update__promise"]
    list_filter = ["stance", "basis"]
    linked_lookups = ("source__id__exact",)
    # `get_search_results` asks the indexes; the names here are what it covers.
    search_fields = ["promise__id", "update__promise__id", "source__id", "origin__id"]
    search_help_text = "The id of a promise, a source or a publisher."
    ordering = ["-id"]
    sortable_by = ()
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "belongs_to",
                    "source_link",
                    "stance",
                    "basis",
                    "origin",
                    "locator",
                    "paragraphs",
                    "passage",
                    "note",
                ]
            },
        )
    ]

    def visible(self, request: Any) -> Any:
        return Citation.objects.visible_to(request.user)

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> tuple[Any, bool]:
        term = finding.cleaned(search_term).lower()
        if not term:
            return queryset, False
        found = Q(source=term) | Q(origin=term)
        if promise := finding.as_promise(term):
            updates = StatusUpdate.objects.filter(promise=promise)
            found = Q(promise=promise) | finding.among("update", updates, MOST_UPDATES)
        return queryset.filter(found), False

    @admin.display(description="Of")
    def owner(self, citation: Citation) -> str:
        owner: Any = citation.promise or citation.update
        return in_words(getattr(owner, "title", None)) or str(owner)

    @admin.display(description="Belongs to")
    def belongs_to(self, citation: Citation) -> str:
        owner: Any = citation.promise or citation.update
        return link(page_of(owner), owner)

    @admin.display(description="Passage")
    def passage(self, citation: Citation) -> str:
        return quotation(passages([citation])[citation.pk])
