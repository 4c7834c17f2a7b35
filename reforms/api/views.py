"""The read endpoints: declarations. What is public is said by the querysets, what may be asked by
the filter sets, how it is answered by the serializers.
"""

from typing import Any

from django.db.models import Prefetch, Value
from django.db.models.functions import Coalesce
from django.http import Http404

from reforms.api import filtersets, loading
from reforms.api.pagination import Key, read_day, read_moment
from reforms.api.reading import ReadViewSet
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

    queryset = Source.objects.public().for_api()
    serializer_class = SourceSerializer
    filterset_class = filtersets.SourceFilters
    orderings = BY_ID | {
        "published_on": Key(
            Coalesce("published_on", Value(LAST_DAY)),
            "When it appeared; undated ones last.",
            read_day,
        )
    }
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

    def complete(self, rows: list[Any]) -> None:
        if self.question.shows("promises"):
            loading.count_promises(rows)


class StatusUpdateViewSet(ReadViewSet):
    """Status updates that are public; one that no longer stands says why and what replaced it."""

    queryset = StatusUpdate.objects.public()
    serializer_class = StatusUpdateSerializer
    filterset_class = filtersets.UpdateFilters
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

    def load(self, queryset: Any) -> Any:
        queryset = super().load(queryset)
        return queryset.for_api() if self.question.shows("citations") else queryset

    def complete(self, rows: list[Any]) -> None:
        self.quotations = loading.quotations(
            citation
            for update in rows
            if self.question.shows("citations")
            for citation in update.citations.all()
        )


class PromiseViewSet(ReadViewSet):
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
            int,
        ),
    }
    tie = "position"
    expansions = {
        "programme": loading.with_programme,
        "reform": lambda queryset: queryset.select_related("reform"),
        "bodies": lambda queryset: queryset.prefetch_related("body_ties__body"),
        "topics": lambda queryset: queryset,
        "citations": lambda queryset: queryset,
        "updates": lambda queryset: queryset,
    }
    on_request = PromiseSerializer.on_request

    def load(self, queryset: Any) -> Any:
        queryset = loading.promise_parts(super().load(queryset).for_api(), self.shown())
        # Its time zone says what today is, so that the programme is always needed.
        embedded = "programme" in self.question.expand
        return queryset if embedded else queryset.select_related("programme")

    def narrowed(self, queryset: Any) -> Any:
        queryset = super().narrowed(queryset)
        if self.question.ordering.endswith("relevance"):
            assert self.question.filterset is not None
            query = self.question.filterset.form.cleaned_data["search"]
            queryset = queryset.with_relevance(query)
        return queryset

    def complete(self, rows: list[Any]) -> None:
        self.quotations = loading.quotations(loading.citations_of(rows, self.shown()))


class TimelineViewSet(StatusUpdateViewSet):
    """The timeline of one promise: its public status updates, latest effective date first."""

    filterset_class = filtersets.TimelineFilters
    default_ordering = "-effective_on"

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(promise=promise_or_404(self.kwargs["promise"]))


class AssessmentViewSet(ReadViewSet):
    """Each organisation's current view of one promise: its standing update with the latest
    effective date. The answer has one page.
    """

    queryset = StatusUpdate.objects.standing()
    serializer_class = AssessmentSerializer
    paged = False

    def get_queryset(self) -> Any:
        return super().get_queryset().filter(promise=promise_or_404(self.kwargs["promise"]))

    def load(self, queryset: Any) -> Any:
        return queryset.for_api().select_related("organisation", "promise", "promise__programme")

    def rows(self, queryset: Any) -> list[Any]:
        views = loading.assessments(list(queryset))
        self.quotations = loading.quotations(
            citation for view in views for citation in view["update"].citations.all()
        )
        return views


def promise_or_404(promise_id: str) -> Promise:
    """The promise that an address names."""
    try:
        return Promise.objects.get(pk=promise_id)
    except Promise.DoesNotExist:
        raise Http404(f"There is no promise {promise_id}.") from None
