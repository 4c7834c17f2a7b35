"""Where each public page is."""

from django.urls import path

from reforms.pages.home import Home

app_name = "pages"

urlpatterns = [
    path("", Home.as_view(), name="home"),
]
