"""A promise written from paragraphs that were selected in the reading room: `?passage=`."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html

from reforms.admin.base import RecordAdmin
from reforms.admin.margin import Text, direction_of
from reforms.admin.reading_room import place_of
from reforms.admin.selection import Selection, as_ranges, selection
from reforms.models import Citation


def passage_of(request: Any) -> Selection | None:
    """The paragraphs that the form is to cite; None where the address names none."""
    chosen: Selection | None = getattr(request, "passage", None)
    return chosen


class FromPassage(RecordAdmin):
    """A form that begins with a citation of the passage, and shows its words above the fields."""

    def changeform_view(
        self, request: Any, object_id: Any = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        if named := request.GET.get("passage"):
            try:
                if request.user.has_perm("reforms.add_promise"):
                    request.passage = selection(request.user, named)
            except ValidationError as refusal:
                if request.method != "POST":
                    messages.error(request, f"No passage: {' '.join(refusal.messages)}")
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_changeform_initial_data(self, request: HttpRequest) -> Any:
        initial = super().get_changeform_initial_data(request)
        passage = passage_of(request)
        if passage is not None and not initial.get("reform"):
            reform = direction_of(Text(passage.source.pk), passage.ordinals)
            if reform is not None:
                initial["reform"] = reform.pk
        return initial

    def get_inline_instances(self, request: Any, obj: Any = None) -> Any:
        inlines = super().get_inline_instances(request, obj)
        for inline in inlines:
            if self._is_prefilled(request, inline):
                inline.extra = 1
        return inlines

    def get_formset_kwargs(self, request: Any, obj: Any, inline: Any, prefix: str) -> Any:
        given = super().get_formset_kwargs(request, obj, inline, prefix)
        if self._is_prefilled(request, inline):
            given["initial"] = [passage_of(request).as_citation()]  # type: ignore[union-attr]
        return given

    def _is_prefilled(self, request: Any, inline: Any) -> bool:
        fills = passage_of(request) is not None and request.method != "POST"
        return fills and inline.model is Citation

    def render_change_form(self, request: Any, context: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        response = super().render_change_form(request, context, **kwargs)
        passage = passage_of(request)
        thing = context.get("original")
        if passage is not None and (thing is None or self.has_change_permission(request, thing)):
            ranges = as_ranges(passage.ordinals)
            address, _, anchor = place_of(passage.source, passage.ordinals[0]).partition("#")
            sign = "&" if "?" in address else "?"
            response.context_data |= {
                "passage": passage,
                "passage_address": f"{address}{sign}chosen={ranges}#{anchor}",
            }
            response.template_name = "admin/reforms/promise/from_passage.html"
        return response

    def response_add(self, request: Any, obj: Any, post_url_continue: Any = None) -> HttpResponse:
        answer = super().response_add(request, obj, post_url_continue)
        self._lead_back(request)
        return answer

    def response_change(self, request: Any, obj: Any) -> HttpResponse:
        answer = super().response_change(request, obj)
        self._lead_back(request)
        return answer

    def _lead_back(self, request: Any) -> None:
        passage = passage_of(request)
        if passage is not None:
            last = passage.ordinals[-1]
            words = f"Go on reading at ¶{last}"
            messages.info(
                request, format_html('<a href="{}">{}</a>', place_of(passage.source, last), words)
            )
