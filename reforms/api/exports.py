"""What can be exported: the lists of the same names, as files."""

from collections.abc import Generator
from contextlib import closing
from dataclasses import replace
from typing import Any

from rest_framework.request import Request

from reforms.api import changes, question, update_filters, views
from reforms.api.exporting import CHUNK, Export, ListExport, Row, chunks
from reforms.api.filters import Terms, with_exclusions
from reforms.api.question import Askable
from reforms.api.renditions.exporting import RenderedExport, RenderedUpdateExport
from reforms.api.serializers.changes import EntrySerializer, entry_row
from reforms.api.update_filters import PublicState


class PromiseExport(RenderedExport, ListExport, views.PromiseViewSet):
    """All promises that match, as one file of one moment of the record."""

    table = "promises"


@with_exclusions
class PublicUpdateFilters(update_filters.UpdateFilters):
    """What can be asked of status updates that are public, whoever asks."""

    review_state = Terms("review_state", PublicState, about="Whether it stands, or how it ended.")


class UpdateExport(RenderedUpdateExport, ListExport, views.StatusUpdateViewSet):
    """All public status updates that match, as one file of one moment of the record."""

    table = "updates"
    filterset_class = PublicUpdateFilters


class SourceExport(ListExport, views.SourceViewSet):
    """All sources that match, as one file of one moment of the record."""

    table = "sources"


class ReformExport(ListExport, views.ReformViewSet):
    """All reforms that match, each with its counts by status, as one file of one moment."""

    table = "reforms"


class OrganisationExport(ListExport, views.OrganisationViewSet):
    """All organisations, as one file of one moment of the record."""

    table = "organisations"


class ChangeExport(Export, changes.ChangeViewSet):
    """All entries of the ledger that match, oldest first, as one file."""

    table = "changes"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        self.question = question.read(request._request.GET, "", self.askable())

    def askable(self) -> Askable:
        askable = super().askable()
        return replace(askable, fields=tuple(EntrySerializer._declared_fields), spoken=False)

    def matching(self) -> Any:
        entries = self.entries(self.question, self.last_entry())
        if not entries.exists():
            self.check_object(self.question)
        return entries

    def objects(self, rows: Any) -> Generator[Row, None, None]:
        with closing(rows.order_by("sequence").iterator(chunk_size=CHUNK)) as found:
            for chunk in chunks(found):
                payloads = changes.payloads_of(entry.sequence for entry in chunk)
                for entry in chunk:
                    row = entry_row(entry, payloads)
                    yield {name: row[name] for name in row if self.question.shows(name)}


EXPORTS = (
    PromiseExport,
    UpdateExport,
    SourceExport,
    ReformExport,
    OrganisationExport,
    ChangeExport,
)
