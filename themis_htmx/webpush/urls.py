"""The URLs of Web Push, which those of the kit include below ``push/``."""

from django.urls import path

from themis_htmx.webpush import views

urlpatterns = [
    path("", views.state, name="push_state"),
    path("subscribe/", views.subscribe, name="push_subscribe"),
    path("unsubscribe/", views.unsubscribe, name="push_unsubscribe"),
    path("test/", views.test, name="push_test"),
]
