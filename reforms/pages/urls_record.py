"""Where the pages are about what stands around promises, and the guides."""

from typing import Any

from django.urls import URLPattern, path, re_path

from reforms.api.actions import UpdateViewSet
from reforms.pages import context, data, entries, guides, organisations, sources, updates

UPDATE = UpdateViewSet.lookup_value_regex


def one(folder: str, name: str, page: type[Any]) -> URLPattern:
    """The address of the page about an object."""
    pattern = UPDATE if name == "update" else "[a-z0-9-]+"
    return re_path(rf"^{folder}/(?P<pk>{pattern})/\Z", page.as_view(), name=name)


urlpatterns = [
    path("sources/", sources.SourceList.as_view(), name="sources"),
    one("sources", "source", sources.SourcePage),
    path("publishers/", sources.PublisherList.as_view(), name="publishers"),
    one("publishers", "publisher", sources.PublisherPage),
    path("bodies/", context.BodyList.as_view(), name="bodies"),
    one("bodies", "body", context.BodyPage),
    path("topics/", context.TopicList.as_view(), name="topics"),
    one("topics", "topic", context.TopicPage),
    path("organisations/", organisations.OrganisationList.as_view(), name="organisations"),
    one("organisations", "organisation", organisations.OrganisationPage),
    one("updates", "update", updates.UpdatePage),
    re_path(
        r"^promises/(?P<pk>[a-z0-9-]+)/history/\Z",
        entries.History.as_view(),
        name="history",
    ),
    path("corrections/", entries.Corrections.as_view(), name="corrections"),
    path("changes/", entries.Changes.as_view(), name="changes"),
    path("methodology/", guides.Methodology.as_view(), name="methodology"),
    path("docs/", guides.Guides.as_view(), name="guides"),
    re_path(guides.FILE_ADDRESS, guides.guide_file, name="guide-file"),
    re_path(r"^docs/(?P<name>[a-z0-9-]+)/\Z", guides.Guide.as_view(), name="guide"),
    path("data/", data.Data.as_view(), name="data"),
]
