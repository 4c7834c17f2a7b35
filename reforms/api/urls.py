"""Where each endpoint is, below /api/v1/."""

from typing import Any

from django.urls import URLPattern, path, re_path

from reforms.api import changes, views
from reforms.api.root import ApiRoot

READ_LIST: Any = {"get": "list", "head": "list"}
READ_ONE: Any = {"get": "retrieve", "head": "retrieve"}


def collection(name: str, singular: str, view: Any) -> list[URLPattern]:
    """The address of a list and the addresses of its objects."""
    return [
        path(f"{name}/", view.as_view(READ_LIST, basename=singular), name=f"{singular}-list"),
        re_path(
            rf"^{name}/(?P<pk>{view.lookup_value_regex})/\Z",
            view.as_view(READ_ONE, basename=singular),
            name=f"{singular}-detail",
        ),
    ]


urlpatterns = [
    path("", ApiRoot.as_view(), name="api-root"),
    *collection("programmes", "programme", views.ProgrammeViewSet),
    *collection("reforms", "reform", views.ReformViewSet),
    *collection("promises", "promise", views.PromiseViewSet),
    *collection("updates", "update", views.StatusUpdateViewSet),
    *collection("sources", "source", views.SourceViewSet),
    *collection("publishers", "publisher", views.PublisherViewSet),
    *collection("bodies", "body", views.BodyViewSet),
    *collection("topics", "topic", views.TopicViewSet),
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
]
