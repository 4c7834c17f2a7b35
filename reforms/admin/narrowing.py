"""Filters over what may be many: none lists more than can be read, or looks its choices up in the
rows that it filters.
"""

import datetime
from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import Q, Value
from django.db.models.functions import Coalesce
from django.utils.text import Truncator

from reforms.admin.labels import describe
from reforms.dates import now
from reforms.models import Programme
from reforms.querysets import LAST_DAY
from reforms.vocabulary import LANGUAGES

# Of more than can be listed the id is typed; so many are offered while it is.
MOST_CHOICES = 50
MOST_OFFERED = 200


class DescribedFilter(admin.RelatedFieldListFilter):
    """A filter by another object, with titles beside the ids. Where there are too many to list, its
    id is typed.
    """

    typed = False

    def offered(self, things: Any, request: Any) -> Any:
        """Those of the objects that are worth offering."""
        return things

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> Any:
        visible = model_admin.get_field_queryset(None, field, request)
        things = list(self.offered(visible, request)[:MOST_OFFERED])
        self.typed = len(things) > MOST_CHOICES
        if self.typed:
            self.template = "admin/reforms/typed_filter.html"
            self.suggestions = [(one.pk, describe(one)) for one in things]
            things = list(visible.filter(pk__in=self.lookup_val or [])[:MOST_CHOICES])
        return [(thing.pk, Truncator(describe(thing)).chars(48)) for thing in things]

    def has_output(self) -> bool:
        return self.typed or super().has_output()

    def queryset(self, request: Any, queryset: Any) -> Any:
        if not self.field.many_to_many:
            return super().queryset(request, queryset)
        # A join would repeat the rows that it finds twice.
        if not self.used_parameters:
            return queryset
        found: Any = super().queryset(request, queryset.model._default_manager.order_by())
        return queryset.filter(pk__in=found.values("pk"))

    def choices(self, changelist: ChangeList) -> Any:
        own = self.expected_parameters()
        # What the form has to send along, so that the other filters stay.
        self.others = [
            (name, value)
            for name, values in changelist.filter_params.items()
            if name not in own
            for value in values
        ]
        return super().choices(changelist)


class ReformFilter(DescribedFilter):
    """By reform; of the programme that was chosen, if one is."""

    def offered(self, things: Any, request: Any) -> Any:
        programme = request.GET.get("programme__id__exact")
        return things.filter(programme=programme) if programme else things


class YearFilter(admin.SimpleListFilter):
    """By the year of a date: the years are those since the first programme, whatever the rows say,
    so that no row is read to offer them.
    """

    column: str
    ahead = 0
    # Whether an index holds the date with the last of all days in the place of none.
    indexed = False

    def lookups(self, request: Any, model_admin: Any) -> Any:
        announced = Programme.objects.order_by("announced_on").values_list("announced_on")
        last = now().year + self.ahead
        first = min([one.year for (one,) in announced[:1]], default=last)
        return [(str(year), str(year)) for year in range(last, max(first - 1, last - 30), -1)]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        try:
            year = int(self.value() or "")
            first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
        except ValueError as error:
            raise IncorrectLookupParameters(error) from error
        if not self.indexed:
            return queryset.filter(**{f"{self.column}__range": (first, last)})
        date = Coalesce(self.column, Value(LAST_DAY))
        return queryset.alias(_dated=date).filter(_dated__range=(first, last))


class DeadlineYearFilter(YearFilter):
    """By the year of the deadline."""

    title = "year of the deadline"
    column = "deadline_on"
    parameter_name = "deadline_on__year"
    ahead = 5
    indexed = True


class EffectYearFilter(YearFilter):
    """By the year in which a status became true."""

    title = "year of effect"
    column = "effective_on"
    parameter_name = "effective_on__year"


class PublicationYearFilter(YearFilter):
    """By the year in which a source was published."""

    title = "year of publication"
    column = "published_on"
    parameter_name = "published_on__year"
    indexed = True


class LanguageFilter(admin.SimpleListFilter):
    """By the language of a document; which languages there are is not looked up in all of them."""

    title = "language"
    parameter_name = "language"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [*LANGUAGES.items(), ("other", "Another"), ("none", "Not said")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        match self.value():
            case None:
                return queryset
            case "none":
                return queryset.filter(language="")
            case "other":
                return queryset.exclude(Q(language__in=LANGUAGES) | Q(language=""))
            case language:
                return queryset.filter(language=language)
