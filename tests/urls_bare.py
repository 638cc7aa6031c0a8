from django.urls import include, path

urlpatterns = [path("notifications/", include("themis_htmx.urls"))]
