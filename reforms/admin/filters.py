"""Filters at the side of the lists."""

from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db.models import Exists, OuterRef

from reforms import keys, records, roles
from reforms.dates import now
from reforms.models import Paragraph
from reforms.vocabulary import ReviewState, Timeliness

ALL = "all"
# After so many days without a publication an open promise is one to look at again.
QUIET_DAYS = 365
QUEUE = (ReviewState.SUBMITTED, ReviewState.CHANGES_REQUESTED)


class TimelinessFilter(admin.SimpleListFilter):
    """How promises stand to their deadline today."""

    title = "timeliness"
    parameter_name = "timeliness"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return Timeliness.choices()

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(timeliness_now=self.value()) if self.value() else queryset


class QuietFilter(admin.SimpleListFilter):
    """Promises of which more is to be expected, and nothing was published for long."""

    title = "nothing published"
    parameter_name = "quiet"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        years = ((182, "For half a year"), (QUIET_DAYS, "For a year"), (730, "For two years"))
        return [(str(days), words) for days, words in years]

    def queryset(self, request: Any, queryset: Any) -> Any:
        # An unknown value was dropped by `value`, like everything that is not offered.
        days = self.value()
        return queryset.quiet_since(now() - timedelta(days=int(days))) if days else queryset

    def value(self) -> str | None:
        given = super().value()
        return given if given in {name for name, _ in self.lookup_choices} else None


class OwnFilter(admin.SimpleListFilter):
    """Those of the organisations for which somebody speaks."""

    title = "whose"
    parameter_name = "own"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("yes", "My organisations’")] if roles.organisations_of(request.user) else []

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        return queryset.filter(organisation__in=request.user.organisations.all())


class ChosenFilter(admin.SimpleListFilter):
    """A filter that always has a value."""

    default: str

    def value(self) -> str:
        return super().value() or self.default

    def choices(self, changelist: ChangeList) -> Any:
        for value, label in self.lookup_choices:
            chosen: dict[str, Any] = {str(self.parameter_name): value}
            yield {
                "selected": self.value() == str(value),
                "query_string": changelist.get_query_string(chosen),
                "display": label,
            }


class ReviewStateFilter(ChosenFilter):
    """Where updates stand; whoever reviews sees first what waits for review."""

    title = "review state"
    parameter_name = "state"

    def __init__(self, request: Any, *args: Any) -> None:
        self.default = ReviewState.SUBMITTED.value if roles.reviews(request.user) else ALL
        super().__init__(request, *args)

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [*ReviewState.choices(), (ALL, "All")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset if self.value() == ALL else queryset.filter(review_state=self.value())


class WithdrawnFilter(ChosenFilter):
    """What was taken out of the record is shown only to those who ask for it."""

    title = "withdrawn"
    parameter_name = "withdrawn"
    default = "no"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("no", "No"), ("yes", "Yes")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(withdrawn_at__isnull=self.value() != "yes")


class AliveFilter(ChosenFilter):
    """Keys that have ended are shown only to those who ask for them."""

    title = "state"
    parameter_name = "state"
    default = "alive"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("alive", "Alive"), ("ended", "Ended"), (ALL, "All")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() == ALL:
            return queryset
        alive = keys.living()
        return queryset.filter(alive if self.value() == "alive" else ~alive)


class ObjectTypeFilter(admin.SimpleListFilter):
    """Entries of the ledger about one type of objects; the types are not looked up in them."""

    title = "type of object"
    parameter_name = "type"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [(name, name.capitalize()) for name in records.TYPES]

    def queryset(self, request: Any, queryset: Any) -> Any:
        return queryset.filter(object_type=self.value()) if self.value() else queryset


class WithTextFilter(admin.SimpleListFilter):
    """Sources whose text is loaded."""

    title = "text"
    parameter_name = "text"

    def lookups(self, request: Any, model_admin: Any) -> Any:
        return [("loaded", "Loaded"), ("missing", "Not loaded")]

    def queryset(self, request: Any, queryset: Any) -> Any:
        if self.value() is None:
            return queryset
        with_text = Exists(Paragraph.objects.filter(source=OuterRef("pk")))
        return queryset.filter(with_text if self.value() == "loaded" else ~with_text)
