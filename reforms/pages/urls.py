"""Where each public page is."""

from django.urls import include, path, re_path

from reforms.pages import conventions, feeds
from reforms.pages.home import Home
from reforms.pages.letters import ReceiptPage, ReplyPage, ReportPage
from reforms.pages.programmes import Programme
from reforms.pages.promise import Promise
from reforms.pages.promises import Promises
from reforms.pages.reform import Reform

app_name = "pages"

_KEY = r"(?P<pk>[a-z0-9-]+)/\Z"

urlpatterns = [
    path("", Home.as_view(), name="home"),
    re_path(rf"^programmes/{_KEY}", Programme.as_view(), name="programme"),
    re_path(rf"^reforms/{_KEY}", Reform.as_view(), name="reform"),
    path("promises/", Promises.as_view(), name="promises"),
    re_path(rf"^promises/{_KEY}", Promise.as_view(), name="promise"),
    path("", include("reforms.pages.urls_record")),
    *feeds.urlpatterns,
    *conventions.urlpatterns,
    path("report/", ReportPage.as_view(), name="report"),
    path("report/<slug:receipt>/", ReceiptPage.as_view(), name="receipt"),
    path("reply/", ReplyPage.as_view(), name="reply"),
    path("", include("reforms.pages.urls_pictures")),
]
