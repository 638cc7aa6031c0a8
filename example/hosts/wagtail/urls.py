"""The addresses of Wagtail's admin, and of the kit."""

from django.urls import include, path
from django.views.generic import RedirectView
from wagtail.admin import urls as wagtailadmin_urls

from example.hosts import urls

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="wagtailadmin_home")),
    path("cms/", include(wagtailadmin_urls)),
    *urls.urlpatterns[1:],
]
