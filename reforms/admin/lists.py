"""Lists that stay quick at any size: counted to a bound, paged to a bound, and stopped in time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from reforms.admin import batches
from reforms.admin.counting import CappedPaginator
from reforms.errors import TrackerError

# What a list or a search may take. The slowest that was measured at size takes a tenth of it.
LONGEST_SECONDS = 10
_CANCELLED = "57014"


class TooLong(TrackerError):
    """A list was stopped before it was found."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop each query after so long and raise TooLong. SQLite knows no such bound."""
    if connection.vendor != "postgresql":
        yield
        return
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(
                    # Until the end of the transaction.
                    "SELECT set_config('statement_timeout', %s, true)",
                    [str(int(seconds * 1000))],
                )
            yield
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != _CANCELLED:
            raise
        raise TooLong(f"Nothing was found within {seconds} s") from error


class BoundedChangeList(ChangeList):
    """A list of the first rows alone; the rest is found by filters and search."""

    model_admin: Any
    selects_across = False

    def get_filters(self, request: HttpRequest) -> Any:
        specs, has, remaining, _repeats, active = super().get_filters(request)
        # No filter of ours repeats rows. DISTINCT would compare all columns of all rows.
        return specs, has, remaining, False, active

    def get_ordering_field(self, field_name: Any) -> Any:
        # Also in an address, where Django would sort by every column there is.
        if self.sortable_by is not None and field_name not in self.sortable_by:
            return None
        return super().get_ordering_field(field_name)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.count_in_words = self.paginator.count_in_words
        # An action takes no more rows than that, so that no more are offered at once.
        self.selects_across = self.result_count <= batches.LIMIT
        rows: Any = list(self.result_list)
        self.model_admin.complete(request, rows)
        self.result_list = rows


class BoundedLists(admin.ModelAdmin):
    """A page whose list stays quick at any size."""

    paginator = CappedPaginator
    show_full_result_count = False
    # Counts beside the filters would each count everything.
    show_facets = admin.ShowFacets.NEVER

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return BoundedChangeList

    def complete(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Give the rows of a page what its columns show beside their own, in bounded queries."""

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if request.method != "GET":
            return super().changelist_view(request, extra_context)
        try:
            with at_most(LONGEST_SECONDS):
                return super().changelist_view(request, extra_context)
        except TooLong:
            context = {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": "This would take too long",
                "seconds": LONGEST_SECONDS,
            }
            return TemplateResponse(request, "admin/reforms/too_long.html", context, status=503)
