"""The ledger over HTTP: the feed that loses nothing, its signed head, histories, corrections."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from reforms import ledger
from reforms.api import question as questions
from reforms.api.authentication import Discreet
from reforms.api.entry_filters import (
    CorrectionFilters,
    FeedFilters,
    HistoryFilters,
    unknown_object,
)
from reforms.api.errors import BadParameter, QuestionRefused
from reforms.api.kept import Kept
from reforms.api.pagination import Key, KeysetPagination
from reforms.api.question import Askable, Question
from reforms.api.reading import ReadViewSet
from reforms.api.serializers.changes import (
    ChangeSerializer,
    CheckpointSerializer,
    EntrySerializer,
    Payloads,
    change_row,
    entry_row,
    head_row,
)
from reforms.ledger import finding
from reforms.models import LedgerEntry, LedgerPayload
from reforms.vocabulary import CORRECTIONS

MOST_ENTRIES = 1000
# A cache may keep an answer, but has to ask whether it is still the newest.
HEADERS = {"Cache-Control": "no-cache", "Vary": "Accept"}


class FeedPage(BasePagination):
    """How a page of the feed is documented."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["head", "next", "results"],
            "properties": {
                "head": {"$ref": "#/components/schemas/Checkpoint"},
                "next": {
                    "type": "string",
                    "format": "uri",
                    "description": "The address to go on from, now or later; never null.",
                },
                "results": schema,
            },
        }


class ChangeViewSet(Kept, Discreet, GenericViewSet[LedgerEntry]):
    """The feed: every public change in its order, oldest first.

    An entry never appears behind one that somebody has seen, so that whoever follows `next` sees
    every change exactly once.
    """

    queryset = LedgerEntry.objects.order_by("sequence")
    serializer_class = EntrySerializer
    pagination_class = FeedPage
    filter_backends = ()
    http_method_names = ["get", "head"]

    def askable(self) -> Askable:
        """What may be asked of the feed."""
        return Askable(
            self.basename,
            orderings=("sequence",),
            default_ordering="sequence",
            filterset_class=FeedFilters,
            paging=("limit",),
            highest_limit=MOST_ENTRIES,
        )

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        question = questions.read(request._request.GET, "", self.askable())
        # The head is read first: entries that come meanwhile belong to the next page.
        head = ledger.head()
        entries = list(self.entries(question, head)[: question.limit])
        if not entries:
            self.check_object(question)
        payloads = payloads_of(entry.sequence for entry in entries)
        last = entries[-1].sequence if len(entries) == question.limit else head.sequence
        return Response(
            {
                "head": head_row(head),
                "next": self._address(question, last),
                "results": [entry_row(entry, payloads) for entry in entries],
            },
            headers=HEADERS,
        )

    def entries(self, question: Question, head: ledger.Head) -> Any:
        """The entries asked for, up to the head; refuses to begin behind it."""
        assert question.filterset is not None
        after = question.filterset.form.cleaned_data.get("after") or 0
        if after > head.sequence:
            detail = f"There is no entry {after} yet: the head of the ledger is {head.sequence}."
            raise QuestionRefused([BadParameter("after", "out_of_range", detail)])
        entries = question.filterset.filter_queryset(self.get_queryset())
        return entries.filter(sequence__lte=head.sequence)

    def check_object(self, question: Question) -> None:
        """Refuse a question about an object of which the ledger has never heard."""
        assert question.filterset is not None
        if bad := list(unknown_object(question.filterset.form.cleaned_data)):
            raise QuestionRefused(bad)

    def _address(self, question: Question, after: int) -> str:
        query = {"limit": question.limit} | question.filters | {"after": after}
        path = self.request._request.path
        return self.request.build_absolute_uri(f"{path}?{urlencode(query)}")


class HeadViewSet(Kept, Discreet, GenericViewSet[LedgerEntry]):
    """The signed head of the ledger: what others keep as a witness."""

    queryset = LedgerEntry.objects.all()
    serializer_class = CheckpointSerializer
    filter_backends = ()
    http_method_names = ["get", "head"]

    def askable(self) -> Askable:
        """Nothing may be asked of it."""
        return Askable(self.basename)

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        questions.read(request._request.GET, "", self.askable())
        return Response(head_row(ledger.head()), headers=HEADERS)


class EntryPages(KeysetPagination):
    """Pages of entries: they are of every moment, so that no clock is set for them."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page = super().get_paginated_response_schema(schema)
        del page["properties"]["clocks"]
        return page


class EntryListViewSet(ReadViewSet):
    """Lists of entries for people to read, newest first, each with what it changed."""

    serializer_class = ChangeSerializer
    pagination_class = EntryPages
    orderings = {"sequence": Key("sequence", "The order of the ledger.", int)}
    default_ordering = "-sequence"
    tie = "sequence"

    def askable(self) -> Askable:
        return Askable(
            name="/".join((self.basename, *self.kwargs.values())),
            fields=tuple(ChangeSerializer._declared_fields),
            orderings=tuple(self.orderings),
            default_ordering=self.default_ordering,
            filterset_class=self.filterset_class,
            spoken=False,
        )

    def get_queryset(self) -> Any:
        """All of them: an entry is public for good, and was so from its own moment on."""
        return LedgerEntry.objects.all()

    def load(self, queryset: Any) -> Any:
        return finding.with_earlier(queryset)

    def complete(self, rows: list[Any]) -> None:
        self.payloads = payloads_of(one for row in rows for one in (row.pk, row.earlier))

    def answers(self, rows: list[Any]) -> list[Any]:
        shown = self.shown()
        changes = [change_row(row, self.payloads) for row in rows]
        return [{name: change[name] for name in shown} for change in changes]


class HistoryViewSet(EntryListViewSet):
    """The history of one promise: the entries about it, its status updates and the replies to it,
    newest first.

    Their citations are part of their documents. A withdrawn promise still has its history.
    """

    filterset_class = HistoryFilters

    def get_queryset(self) -> Any:
        promise = self.kwargs["promise"]
        about = LedgerEntry.objects.filter(object_type="promise", object_id=promise)
        if not about.exists():
            raise Http404(f"There is no promise {promise}.")
        return super().get_queryset().filter(finding.about_promises([promise]))


class CorrectionViewSet(EntryListViewSet):
    """Corrections: what was superseded, retracted, removed, withdrawn or redacted, and reasoned
    edits, newest first.
    """

    filterset_class = CorrectionFilters

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(action__in=[one.value for one in CORRECTIONS])


def payloads_of(sequences: Iterable[int | None]) -> Payloads:
    """The payloads of entries, in a query of their own.

    Joined, PostgreSQL may read the payloads of all entries before those that are asked for.
    """
    found = LedgerPayload.objects.filter(pk__in=[one for one in sequences if one])
    return {pk: (salt, body) for pk, salt, body in found.values_list("pk", "salt", "body")}
