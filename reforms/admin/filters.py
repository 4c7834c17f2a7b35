"""Filters at the side of the lists."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.utils.text import Truncator

from reforms import roles
from reforms.admin.labels import describe
from reforms.vocabulary import ReviewState, Timeliness

ALL = "all"
QUEUE = (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED)


class DescribedFilter(admin.RelatedFieldListFilter):
    """A filter by another object, with titles beside the ids."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> Any:
        things = model_admin.get_field_queryset(None, field, request)
        return [(thing.pk, Truncator(describe(thing)).chars(48)) for thing in things]


class TimelinessFilter(admin.SimpleListFilter):
    """How promises stand to their deadline today."""

    title = "timeliness"
    parameter_name = "timeliness"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return Timeliness.choices()

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(timeliness_now=self.value()) if self.value() else queryset


class ReviewStateFilter(admin.SimpleListFilter):
    """Where updates stand; whoever reviews sees first what waits for review."""

    title = "review state"
    parameter_name = "state"

    def __init__(self, request: Any, *args: Any) -> None:
        self.default = ReviewState.SUBMITTED.value if roles.reviews(request.user) else ALL
        super().__init__(request, *args)

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [*ReviewState.choices(), (ALL, "All")]

    def value(self) -> str:
        return super().value() or self.default

    def choices(self, changelist: ChangeList) -> Any:
        for state, label in self.lookup_choices:
            yield {
                "selected": self.value() == str(state),
                "query_string": changelist.get_query_string({self.parameter_name: state}),
                "display": label,
            }

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset if self.value() == ALL else queryset.filter(review_state=self.value())


class WithTextFilter(admin.SimpleListFilter):
    """Sources whose text is loaded."""

    title = "text"
    parameter_name = "text"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("loaded", "Loaded"), ("missing", "Not loaded")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        return queryset.filter(paragraph_count__isnull=self.value() == "missing")
