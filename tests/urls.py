from django.contrib import admin
from django.urls import include, path

from tests.helpers.pages import page

urlpatterns = [
    path("admin/", admin.site.urls),
    path("notifications/", include("themis_htmx.urls")),
    path("page/", page),
]
