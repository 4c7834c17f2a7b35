"""The base of all read endpoints: read the question, narrow, load, answer."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from reforms.api import question as questions
from reforms.api.absence import absent
from reforms.api.authentication import Discreet
from reforms.api.kept import Kept
from reforms.api.memory import Memory
from reforms.api.pagination import Key, KeysetPagination
from reforms.api.question import Askable, Question
from reforms.api.strictness import NoFilters, StrictFilterSet

Loader = Callable[[Any], Any]
Rows = list[Any]
Names = list[str]

MAX_AGE = 60  # seconds for which a cache may answer in our place


class ReadViewSet(Kept, Discreet, GenericViewSet[Any]):
    """A list and its objects, read only; subclasses are declarations.

    `orderings` are the documented keys, the first of them the default unless `default_ordering`
    names another; `tie` ends every order; `unsteady` are orderings that `known_at` refuses.
    `clocks` may be set for a list, `one_clocks` for one object. `expansions` load what `expand`
    embeds; `on_request` are fields that a list shows only if asked; `paged` is False for
    an answer that is always whole.
    """

    filterset_class: ClassVar[type[StrictFilterSet]] = NoFilters
    orderings: ClassVar[Mapping[str, Key]] = {}
    default_ordering: ClassVar[str] = ""
    tie: ClassVar[str] = "id"
    expansions: ClassVar[Mapping[str, Loader]] = {}
    on_request: ClassVar[tuple[str, ...]] = ()
    paged: ClassVar[bool] = True
    clocks: ClassVar[tuple[str, ...]] = ("known_at",)
    one_clocks: ClassVar[tuple[str, ...]] = ("known_at",)
    unsteady: ClassVar[tuple[str, ...]] = ()
    http_method_names = ["get", "head"]
    pagination_class = KeysetPagination
    # Filters are read with the rest of the question; the schema asks `askable` for them.
    filter_backends = ()
    lookup_value_regex = "[a-z0-9-]+"

    question: Question
    quotations: Mapping[tuple[str, str], Rows]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not self.action:
            return  # a method that is not there is refused whatever was asked
        self.question = questions.read(
            request._request.GET, request.headers.get("Accept-Language", ""), self.askable()
        )
        self.quotations = {}

    def askable(self) -> Askable:
        """What may be asked here."""
        serializer: Any = self.serializer_class
        one = self.action != "list" or not self.paged
        return Askable(
            # A list below an object is another list for each object.
            name="/".join((self.basename, *self.kwargs.values())),
            fields=tuple(serializer._declared_fields),
            expandable=tuple(
                name for name in self.expansions if not one or name not in self.on_request
            ),
            orderings=tuple(self.orderings),
            default_ordering=self.default_ordering or next(iter(self.orderings), ""),
            filterset_class=None if one else self.filterset_class,
            clocks=self.clocks if self.action == "list" else self.one_clocks,
            programme=self.programme(),
            unsteady=self.unsteady,
        )

    def programme(self) -> str:
        """The programme that the address names, if any."""
        return ""

    def get_queryset(self) -> Any:
        """What is public, or was at the moment asked for."""
        everything: Any = super().get_queryset()
        clocks = self.question.clocks
        if clocks.recorded_at is None:
            return everything.public()
        return everything.public_at(clocks.recorded_at)

    def order_key(self, name: str) -> Key:
        """What the documented ordering means at the moment asked for."""
        return self.orderings[name]

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.loaded(self.narrowed(self.get_queryset()))
        if not self.paged:
            rows = self.rows(queryset)
            return Response({**self.said(), "results": self.answers(rows)})
        assert isinstance(self.paginator, KeysetPagination)
        rows = self.paginator.paginate_queryset(queryset, request, self)
        page = self.paginator.get_paginated_response(self.answers(self.told(rows)))
        page.data = {**self.said(), **page.data}
        return page

    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        queryset = self.loaded(self.get_queryset())
        try:
            row = queryset.get(pk=kwargs["pk"])
        except queryset.model.DoesNotExist:
            raise absent(queryset.model, kwargs["pk"], self.question.clocks) from None
        return Response({**self.said(), **self.answers(self.told([row]))[0]})

    def said(self) -> dict[str, Any]:
        """Which moment the answer is about, where another than now was asked for."""
        clocks = self.question.clocks
        return {"clocks": clocks.as_json()} if clocks.asked else {}

    def loaded(self, queryset: Any) -> Any:
        """The rows with what the answer shows of them; what is remembered needs only their ids."""
        return queryset if self.question.clocks.sequence is not None else self.load(queryset)

    def told(self, rows: Rows) -> Rows:
        """What the answer tells of these rows: as they are, or as the record knew them once."""
        rows = self.remembered(rows)
        self.complete(rows)
        return rows

    def remembered(self, rows: Iterable[Any]) -> Rows:
        """The rows, or what the record knew of them at the moment asked for."""
        question = self.question
        if question.clocks.sequence is None:
            return list(rows)
        return Memory(question.clocks, self.shown(), question.expand).recall(rows)

    def narrowed(self, queryset: Any, filterset: StrictFilterSet | None = None) -> Any:
        """The rows that match the question, or its filters with other values."""
        filterset = filterset or self.question.filterset
        return queryset if filterset is None else filterset.filter_queryset(queryset)

    def load(self, queryset: Any) -> Any:
        """Fetch with the rows what the answer shows of them."""
        for name in self.question.expand:
            queryset = self.expansions[name](queryset)
        return queryset

    def complete(self, rows: Rows) -> None:
        """Fetch for all rows at once what no join can bring."""

    def taken(self, page: QuerySet[Any], columns: Iterable[Any]) -> Rows:
        """The rows of a page, which is ordered by these columns."""
        return list(page)

    def rows(self, queryset: QuerySet[Any]) -> Rows:
        """The rows of an answer without pages."""
        return list(queryset)

    def shown(self) -> Names:
        """The names of the fields that this answer shows."""
        question = self.question
        return [
            name
            for name in self.askable().fields
            if question.shows(name)
            and (
                self.action != "list"
                or name not in self.on_request
                or name in question.expand
                or name in question.fields
            )
        ]

    def answers(self, rows: Rows) -> Rows:
        serializer: Any = self.serializer_class
        context = {
            "request": self.request,
            "question": self.question,
            "quotations": self.quotations,
        }
        return serializer(rows, many=True, shown=self.shown(), context=context).data

    def finalize_response(
        self, request: Request, response: Any, *args: Any, **kwargs: Any
    ) -> Response:
        if response.status_code in (200, 304):
            response["Cache-Control"] = f"public, max-age={MAX_AGE}"
        if response.status_code in (200, 201) and self.question.spoken:
            response["Content-Language"] = ", ".join(sorted(self.question.spoken))
        response["Vary"] = "Accept, Accept-Language"
        return super().finalize_response(request, response, *args, **kwargs)
