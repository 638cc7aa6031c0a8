"""The URLs of the kit; include them under a path of your choice."""

from django.urls import path

from themis_htmx import muting_views, views

app_name = "themis"

urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("items/", views.inbox_items, name="inbox_items"),
    path("bell/", views.bell, name="bell"),
    path("dropdown/", views.dropdown, name="dropdown"),
    path("toasts/", views.toasts, name="toasts"),
    path("read-all/", views.read_all, name="read_all"),
    path("mute/", muting_views.mute, name="mute"),
    path("unmute/", muting_views.unmute, name="unmute"),
    path("mute-urgent/", muting_views.mute_urgent, name="mute_urgent"),
    path("preferences/", views.preferences, name="preferences"),
    path("preferences/form/", views.preferences_form, name="preferences_form"),
    # In a folder of its own: a worker's scope is its folder, and never the whole site.
    path("worker/alerts.js", views.service_worker, name="service_worker"),
    # Not <int:pk>: a malformed id gets the same 404 as an unknown one, from the view.
    path("<str:pk>/read/", views.read, name="read"),
    path("<str:pk>/unread/", views.unread, name="unread"),
    path("<str:pk>/dismiss/", views.dismiss, name="dismiss"),
    path("<str:pk>/restore/", views.restore, name="restore"),
]
