"""The addresses of the example project."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("example.tasks.urls")),
    path("mailbox/", include("example.mailbox.urls")),
    path("notifications/", include("themis_htmx.urls")),
    path("gallery/", include("example.gallery.urls")),
    path("accounts/", include("django.contrib.auth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
