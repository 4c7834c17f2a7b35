"""Where each endpoint is, below /api/v1/."""

from typing import Any

from django.urls import URLPattern, path, re_path

from reforms.api import (
    actions,
    batches,
    changes,
    deliveries,
    replies,
    sources,
    statistics,
    views,
    webhooks,
)
from reforms.api.exports import EXPORTS
from reforms.api.root import ApiRoot
from reforms.api.usage import KeyUsage
from reforms.vocabulary import Action

READ_LIST: Any = {"get": "list", "head": "list"}
READ_ONE: Any = {"get": "retrieve", "head": "retrieve"}


def collection(
    name: str, singular: str, view: Any, writes: Any = None, changes: Any = None
) -> list[URLPattern]:
    """The address of a list and the addresses of its objects; `writes` are the methods that add to
    the list, `changes` those that change an object.
    """
    return [
        path(
            f"{name}/",
            view.as_view(READ_LIST | (writes or {}), basename=singular),
            name=f"{singular}-list",
        ),
        re_path(
            rf"^{name}/(?P<pk>{view.lookup_value_regex})/\Z",
            view.as_view(READ_ONE | (changes or {}), basename=singular),
            name=f"{singular}-detail",
        ),
    ]


def action(method: str) -> URLPattern:
    """The address below a status update at which an action is taken."""
    view = actions.UpdateViewSet
    name = method.replace("_", "-")
    return re_path(
        rf"^updates/(?P<pk>{view.lookup_value_regex})/{name}/\Z",
        view.as_view({"post": method}, basename="update"),
        name=f"update-{name}",
    )


def webhook_action(method: str) -> URLPattern:
    """The address below a webhook at which something is done to it."""
    view = webhooks.WebhookViewSet
    name = method.replace("_", "-")
    return re_path(
        rf"^webhooks/(?P<pk>{view.lookup_value_regex})/{name}/\Z",
        view.as_view({"post": method}, basename="webhook"),
        name=f"webhook-{name}",
    )


urlpatterns = [
    path("", ApiRoot.as_view(), name="api-root"),
    *collection("programmes", "programme", views.ProgrammeViewSet),
    *collection("reforms", "reform", views.ReformViewSet),
    *collection("promises", "promise", views.PromiseViewSet),
    path(
        "updates/batch/",
        batches.BatchViewSet.as_view({"post": "create"}, basename="update-batch"),
        name="update-batch",
    ),
    *collection(
        "updates", "update", actions.UpdateViewSet, {"post": "create"}, {"patch": "revise"}
    ),
    *(action(one.value) for one in Action),
    *collection("sources", "source", sources.SourceViewSet, {"post": "create"}),
    *collection("publishers", "publisher", views.PublisherViewSet),
    *collection("bodies", "body", views.BodyViewSet),
    *collection("topics", "topic", views.TopicViewSet),
    *collection("replies", "reply", replies.ReplyViewSet),
    *collection("organisations", "organisation", views.OrganisationViewSet),
    re_path(
        r"^promises/(?P<promise>[a-z0-9-]+)/updates/\Z",
        views.TimelineViewSet.as_view(READ_LIST, basename="promise-update"),
        name="promise-update-list",
    ),
    re_path(
        r"^promises/(?P<promise>[a-z0-9-]+)/assessments/\Z",
        views.AssessmentViewSet.as_view(READ_LIST, basename="promise-assessment"),
        name="promise-assessment-list",
    ),
    re_path(
        r"^promises/(?P<promise>[a-z0-9-]+)/history/\Z",
        changes.HistoryViewSet.as_view(READ_LIST, basename="promise-history"),
        name="promise-history-list",
    ),
    path(
        "changes/",
        changes.ChangeViewSet.as_view(READ_LIST, basename="change"),
        name="change-list",
    ),
    path(
        "changes/head/",
        changes.HeadViewSet.as_view(READ_ONE, basename="change-head"),
        name="change-head",
    ),
    path(
        "corrections/",
        changes.CorrectionViewSet.as_view(READ_LIST, basename="correction"),
        name="correction-list",
    ),
    path(
        "statistics/",
        statistics.StatisticsViewSet.as_view(READ_ONE, basename="statistics"),
        name="statistics",
    ),
    path(
        "statistics/timeseries/",
        statistics.TimeSeriesViewSet.as_view(READ_ONE, basename="statistics-timeseries"),
        name="statistics-timeseries",
    ),
    path(
        "statistics/agreement/",
        statistics.AgreementViewSet.as_view(READ_ONE, basename="statistics-agreement"),
        name="statistics-agreement",
    ),
    *collection(
        "webhooks",
        "webhook",
        webhooks.WebhookViewSet,
        {"post": "create"},
        {"patch": "change", "delete": "delete"},
    ),
    *(
        webhook_action(method)
        for method in ("rotate_secret", "enable", "disable", "replay", "ping")
    ),
    re_path(
        r"^webhooks/(?P<webhook>[0-9a-f-]+)/deliveries/\Z",
        deliveries.DeliveryViewSet.as_view(READ_LIST, basename="webhook-delivery"),
        name="webhook-deliveries",
    ),
    *(
        re_path(
            rf"^export/{view.table}\.(?P<extension>[a-z]+)\Z",
            view.as_view(READ_LIST, basename=f"export-{view.table}"),
            name=f"export-{view.table}",
        )
        for view in EXPORTS
    ),
    path("key/", KeyUsage.as_view(), name="key"),
]
