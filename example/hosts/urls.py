"""The addresses of a host that is an admin: the admin, the kit, and what notifications lead to."""

from django.contrib import admin
from django.urls import include, path
from django.views.generic import RedirectView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="admin:index")),
    path("admin/", admin.site.urls),
    path("notifications/", include("themis_htmx.urls")),
    path("board/", include("example.tasks.urls")),
    path("accounts/", include("django.contrib.auth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("gallery/", RedirectView.as_view(pattern_name="admin:index"), name="gallery"),
]
