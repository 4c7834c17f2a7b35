"""The read endpoints: declarations. What is public is said by the querysets, what may be asked by
the filter sets, how it is answered by the serializers.
"""

from dataclasses import replace
from typing import Any

from django.db.models import Prefetch, Value
from django.db.models.functions import Coalesce

from reforms import verdicts
from reforms.api import filtersets, loading, update_filters
from reforms.api.clocks import CLOCKS
from reforms.api.memory import take_verdict
from reforms.api.pagination import Key, read_day, read_moment, read_relevance
from reforms.api.reading import ReadViewSet
from reforms.api.renditions.answering import Rendered, RenderedPromises
from reforms.api.serializers.context import (
    BodySerializer,
    OrganisationSerializer,
    ProgrammeSerializer,
    PublisherSerializer,
    SourceSerializer,
    TopicSerializer,
)
from reforms.api.serializers.evidence import StatusUpdateSerializer
from reforms.api.serializers.promise import AssessmentSerializer, PromiseSerializer
from reforms.api.serializers.reform import CountedReformSerializer
from reforms.api.strictness import StrictFilterSet
from reforms.models import (
    Body,
    Organisation,
    Programme,
    Promise,
    Publisher,
    Reform,
    Source,
    StatusUpdate,
    Topic,
)
from reforms.querysets import LAST_DAY

BY_ID = {"id": Key("pk", "The id, letter by letter.")}
BY_POSITION = {"id": Key("position", "The order of the programme's own text.")}


class ProgrammeViewSet(ReadViewSet):
    """Programmes: sets of reforms announced together."""

    queryset = Programme.objects.for_api()
    serializer_class = ProgrammeSerializer
    orderings = BY_ID
    expansions = {
        "lead_organisation": lambda queryset: queryset.select_related("lead_organisation"),
        "announced_by": lambda queryset: queryset.prefetch_related(None).prefetch_related(
            Prefetch("announced_by", queryset=Source.objects.for_api())
        ),
    }


class SourceViewSet(ReadViewSet):
    """Sources: documents that something public cites."""

    queryset = Source.objects.for_api()
    serializer_class = SourceSerializer
    filterset_class = filtersets.SourceFilters
    orderings = BY_ID | {
        "published_on": Key(
            Coalesce("published_on", Value(LAST_DAY)),
            "When it appeared; undated ones last.",
            read_day,
        )
    }
    unsteady = ("published_on",)
    expansions = {"publisher": lambda queryset: queryset.select_related("publisher")}


class PublisherViewSet(ReadViewSet):
    """Publishers: whose sources are cited."""

    queryset = Publisher.objects.all()
    serializer_class = PublisherSerializer
    filterset_class = filtersets.PublisherFilters
    orderings = BY_ID


class BodyViewSet(ReadViewSet):
    """Bodies: institutions that are responsible for promises or affected by them."""

    queryset = Body.objects.all()
    serializer_class = BodySerializer
    filterset_class = filtersets.BodyFilters
    orderings = BY_ID


class TopicViewSet(ReadViewSet):
    """Topics: subjects that promises share."""

    queryset = Topic.objects.all()
    serializer_class = TopicSerializer
    orderings = BY_ID


class OrganisationViewSet(ReadViewSet):
    """Organisations: who assesses."""

    queryset = Organisation.objects.all()
    serializer_class = OrganisationSerializer
    orderings = BY_ID


class ReformViewSet(ReadViewSet):
    """Reforms: the directions of a programme, each with its counts by status."""

    queryset = Reform.objects.all()
    serializer_class = CountedReformSerializer
    filterset_class = filtersets.ReformFilters
    orderings = BY_POSITION
    tie = "position"
    expansions = {"programme": loading.with_programme}
    clocks = one_clocks = CLOCKS

    def programme(self) -> str:
        return loading.programme_of(self.kwargs.get("pk"))

    def get_queryset(self) -> Any:
        reforms, clocks = super().get_queryset(), self.question.clocks
        if clocks.as_of is None:
            return reforms
        return reforms.filter(programme__in=clocks.announced())

    def complete(self, rows: list[Any]) -> None:
        if self.question.shows("promises"):
            loading.count_promises(rows, self.question.clocks)


class StatusUpdateViewSet(Rendered, ReadViewSet):
    """Status updates that are public; one that no longer stands says why and what replaced it."""

    queryset = StatusUpdate.objects.all()
    serializer_class = StatusUpdateSerializer
    clocks = one_clocks = CLOCKS
    filterset_class = update_filters.UpdateFilters
    orderings = {
        "published_at": Key("published_at", "When the record said so.", read_moment),
        "effective_on": Key(
            "counts_from",
            "When it became true; ties by publication.",
            read_day,
            (("published_at", read_moment),),
        ),
    }
    default_ordering = "-published_at"
    lookup_value_regex = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
    expansions = {
        "promise": lambda queryset: queryset.prefetch_related(
            Prefetch("promise", queryset=Promise.objects.for_api().select_related("programme"))
        ),
        "organisation": lambda queryset: queryset.select_related("organisation"),
    }

    def get_queryset(self) -> Any:
        day = self.question.clocks.as_of
        updates = super().get_queryset()
        return updates if day is None else updates.filter(counts_from__lte=day)

    def load(self, queryset: Any) -> Any:
        queryset = super().load(queryset)
        return queryset.for_api() if self.question.shows("citations") else queryset

    def complete(self, rows: list[Any]) -> None:
        clocks = self.question.clocks
        if "promise" in self.question.expand and clocks.asked and clocks.sequence is None:
            loading.judge_as_of([update.promise for update in rows], clocks.as_of)
        self.quotations = loading.quotations(
            citation
            for update in rows
            if self.question.shows("citations")
            for citation in update.citations.all()
        )


class PromiseViewSet(RenderedPromises, ReadViewSet):
    """Promises: the heart of the record."""

    queryset = Promise.objects.all()
    serializer_class = PromiseSerializer
    filterset_class = filtersets.PromiseFilters
    orderings = BY_POSITION | {
        "deadline": Key(
            Coalesce("deadline_on", Value(LAST_DAY)), "The deadline; without one last.", read_day
        ),
        "status_since": Key(
            Coalesce("status_since", Value(LAST_DAY)),
            "Since when the headline holds; not assessed last.",
            read_day,
        ),
        "changed_at": Key("changed_at", "When anything public about it changed.", read_moment),
        "relevance": Key(
            "relevance",
            "Only with search: matches in the title first, then statement, bodies and notes.",
            read_relevance,
        ),
    }
    tie = "position"
    clocks = one_clocks = CLOCKS
    unsteady = ("changed_at", "relevance")
    expansions = {
        "programme": loading.with_programme,
        "reform": lambda queryset: queryset.select_related("reform"),
        "bodies": lambda queryset: queryset.prefetch_related("body_ties__body"),
        "topics": lambda queryset: queryset,
        "citations": lambda queryset: queryset,
        "updates": lambda queryset: queryset,
        "replies": lambda queryset: queryset,
    }
    on_request = PromiseSerializer.on_request

    def programme(self) -> str:
        return loading.programme_of(self.kwargs.get("pk"))

    def get_queryset(self) -> Any:
        clocks = self.question.clocks
        if not clocks.asked:
            return super().get_queryset()
        return Promise.objects.at(clocks.as_of, clocks.sequence).with_span()

    def order_key(self, name: str) -> Key:
        key = super().order_key(name)
        column = {"deadline": "deadline_on", "status_since": "status_since"}.get(name)
        if column is None or not self.question.clocks.asked:
            return key
        return replace(key, expression=Coalesce(f"span__{column}", Value(LAST_DAY)))

    def load(self, queryset: Any) -> Any:
        queryset = super().load(queryset).for_api()
        queryset = loading.promise_parts(queryset, self.shown(), self.question.clocks.as_of)
        # Its time zone says what today is, so that the programme is always needed.
        embedded = "programme" in self.question.expand
        return queryset if embedded else queryset.select_related("programme")

    def narrowed(self, queryset: Any, filterset: StrictFilterSet | None = None) -> Any:
        queryset = super().narrowed(queryset, filterset)
        if self.question.ordering.endswith("relevance"):
            filterset = filterset or self.question.filterset
            assert filterset is not None
            queryset = queryset.with_relevance(filterset.form.cleaned_data["search"])
        return queryset

    def complete(self, rows: list[Any]) -> None:
        clocks = self.question.clocks
        if clocks.asked and clocks.sequence is None:
            take_verdict(rows, rows)
        self.quotations = loading.quotations(loading.citations_of(rows, self.shown()))


class TimelineViewSet(StatusUpdateViewSet):
    """The timeline of one promise: its public status updates, latest effective date first."""

    filterset_class = update_filters.TimelineFilters
    default_ordering = "-effective_on"

    def programme(self) -> str:
        return loading.programme_of(self.kwargs.get("promise"))

    def get_queryset(self) -> Any:
        promise = loading.promise_at(self.kwargs["promise"], self.question.clocks)
        return super().get_queryset().filter(promise=promise)


class AssessmentViewSet(ReadViewSet):
    """Each organisation's current view of one promise, the latest in effect; in one page."""

    queryset = StatusUpdate.objects.all()
    serializer_class = AssessmentSerializer
    paged = False
    clocks = CLOCKS

    def programme(self) -> str:
        return loading.programme_of(self.kwargs.get("promise"))

    def get_queryset(self) -> Any:
        clocks = self.question.clocks
        self.promise = loading.promise_at(self.kwargs["promise"], clocks)
        updates = StatusUpdate.objects.standing_at(clocks.recorded_at, clocks.as_of)
        return updates.filter(promise=self.promise)

    def load(self, queryset: Any) -> Any:
        return queryset.for_api().select_related("organisation")

    def rows(self, queryset: Any) -> list[Any]:
        [promise] = self.remembered([self.promise])
        updates = self.remembered(queryset)
        for update in updates:
            update.promise = promise
        views = verdicts.views(updates)
        self.quotations = loading.quotations(
            citation for view in views for citation in view.update.citations.all()
        )
        return views
