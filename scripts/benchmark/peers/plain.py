"""Plain, idiomatic Django REST framework over our tables: what most projects would write."""

import os
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmark.peers.plain_settings")

import django

django.setup()

import django_filters.rest_framework
from django.core.wsgi import get_wsgi_application
from django.urls import include, path
from rest_framework import pagination, routers, serializers, viewsets

from reforms.models import Citation, Promise, PromiseBody, Publisher, Source, StatusUpdate


class PublisherSerializer(serializers.ModelSerializer[Any]):
    """A publisher."""

    class Meta:
        model = Publisher
        fields = ("id", "name", "type")


class SourceSerializer(serializers.ModelSerializer[Any]):
    """A source with its publisher."""

    publisher = PublisherSerializer()

    class Meta:
        model = Source
        fields = ("id", "title", "kind", "url", "archived_url", "published_on", "publisher")


class CitationSerializer(serializers.ModelSerializer[Any]):
    """A citation with its source."""

    source: Any = SourceSerializer()
    origin = PublisherSerializer()

    class Meta:
        model = Citation
        fields = ("source", "stance", "basis", "origin", "locator", "paragraphs", "note")


class UpdateSerializer(serializers.ModelSerializer[Any]):
    """A status update with its citations."""

    citations = CitationSerializer(many=True)

    class Meta:
        model = StatusUpdate
        fields = (
            *("id", "promise", "organisation", "status", "effective_on", "assessed_on", "note"),
            *("review_state", "published_at", "ended_at", "ended_reason", "successor", "citations"),
        )


class BodySerializer(serializers.ModelSerializer[Any]):
    """A body and its role."""

    class Meta:
        model = PromiseBody
        fields = ("body", "role")


class PromiseSerializer(serializers.ModelSerializer[Any]):
    """A promise as lists show it."""

    bodies = BodySerializer(source="body_ties", many=True)

    class Meta:
        model = Promise
        fields = (
            *("id", "programme", "reform", "number", "title", "statement", "kind", "commitment"),
            *("condition", "deadline_on", "deadline_wording", "figures", "bodies", "topics"),
            *("status", "status_since", "verification", "contested", "last_published_at"),
            "changed_at",
        )


class PromiseDetailSerializer(PromiseSerializer):
    """A promise with all that belongs to it."""

    citations = CitationSerializer(many=True)
    updates = UpdateSerializer(many=True)

    class Meta(PromiseSerializer.Meta):
        fields: Any = (*PromiseSerializer.Meta.fields, "citations", "updates")


class Pages(pagination.LimitOffsetPagination):
    """Fifty at a time, with a count."""

    default_limit = 50


class PromiseViewSet(viewsets.ReadOnlyModelViewSet[Any]):
    """Promises."""

    queryset = Promise.objects.prefetch_related("body_ties", "topics").order_by("position")
    serializer_class: Any = PromiseSerializer
    authentication_classes = ()
    throttle_classes = ()
    pagination_class = Pages
    filter_backends = (django_filters.rest_framework.DjangoFilterBackend,)
    filterset_fields = ("reform", "status")

    def get_serializer_class(self) -> Any:
        return PromiseDetailSerializer if self.action == "retrieve" else PromiseSerializer

    def get_queryset(self) -> Any:
        queryset = super().get_queryset()
        if self.action != "retrieve":
            return queryset
        return queryset.prefetch_related(
            *("citations__source__publisher", "citations__origin"),
            *("updates__citations__source__publisher", "updates__citations__origin"),
        )


router = routers.DefaultRouter()
router.register("promises", PromiseViewSet)
urlpatterns = [path("api/v1/", include(router.urls))]
application = get_wsgi_application()
