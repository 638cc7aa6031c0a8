"""A site below a path, with its language in each address."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

urlpatterns = i18n_patterns(path("a/notifications/", include("themis_htmx.urls")))
