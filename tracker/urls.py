"""Where everything is."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from reforms.api.health import healthz, readyz

urlpatterns = [
    path("api/v1/", include("reforms.api.urls")),
    path("api/v1/", include("reforms.releases.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("admin/", admin.site.urls),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("", include("reforms.pages.urls")),
]

handler400 = "reforms.api.errors.handler400"
handler403 = "reforms.api.errors.handler403"
handler404 = "reforms.api.errors.handler404"
handler500 = "reforms.api.errors.handler500"
