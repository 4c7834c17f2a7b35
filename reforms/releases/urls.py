"""Where releases are, below /api/v1/."""

from django.urls import path, re_path

from reforms.api.urls import READ_LIST, READ_ONE
from reforms.releases.api import ReleaseFileViewSet, ReleaseViewSet

urlpatterns = [
    path("releases/", ReleaseViewSet.as_view(READ_LIST, basename="release"), name="release-list"),
    re_path(
        r"^releases/(?P<pk>[0-9a-z-]+)/\Z",
        ReleaseViewSet.as_view(READ_ONE, basename="release"),
        name="release-detail",
    ),
    re_path(
        r"^releases/(?P<pk>[0-9a-z-]+)/(?P<path>[A-Za-z0-9_./-]+)\Z",
        ReleaseFileViewSet.as_view(READ_ONE, basename="release-file"),
        name="release-file",
    ),
]
