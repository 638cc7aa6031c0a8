"""The addresses of the shop, and of the kit."""

from django.apps import apps
from django.urls import include, path

from example.hosts import urls

urlpatterns = [
    *urls.urlpatterns[1:],
    path("", include(apps.get_app_config("oscar").urls[0])),
]
